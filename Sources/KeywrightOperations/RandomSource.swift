import Synchronization

/// Where secrets come from: the system's generator, or a seeded one in tests.
public final class RandomSource: Sendable {
    private let generator: Mutex<any RandomNumberGenerator & Sendable>

    /// A source on a generator.
    public init(_ generator: any RandomNumberGenerator & Sendable = SystemRandomNumberGenerator()) {
        self.generator = Mutex(generator)
    }

    /// Runs a body with the generator.
    func with<Value>(_ body: (inout any RandomNumberGenerator & Sendable) -> Value) -> Value {
        generator.withLock { body(&$0) }
    }

    /// Random bytes.
    public func bytes(_ count: Int) -> [UInt8] {
        with { generator in
            var result: [UInt8] = []
            while result.count < count {
                let word: UInt64 = generator.next()
                withUnsafeBytes(of: word) { result.append(contentsOf: $0.prefix(count - result.count)) }
            }
            return result
        }
    }
}
