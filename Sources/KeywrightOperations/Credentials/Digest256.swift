import Crypto

/// A digest of 32 bytes as a value of fixed size. It compares in constant time.
struct Digest256: Hashable, Sendable {
    private let words: (UInt64, UInt64, UInt64, UInt64)

    /// Equal to no digest that anybody can find.
    static let none = Digest256(words: (0, 0, 0, 0))

    /// Nil unless there are 32 bytes.
    init?(_ bytes: [UInt8]) {
        guard bytes.count == 32 else { return nil }
        self = bytes.withUnsafeBytes(Digest256.read)
    }

    init(_ digest: SHA256.Digest) {
        self = digest.withUnsafeBytes(Digest256.read)
    }

    private init(words: (UInt64, UInt64, UInt64, UInt64)) {
        self.words = words
    }

    /// - Parameter bytes: 32 of them.
    private static func read(_ bytes: UnsafeRawBufferPointer) -> Digest256 {
        func word(_ index: Int) -> UInt64 { bytes.loadUnaligned(fromByteOffset: index * 8, as: UInt64.self) }
        return Digest256(words: (word(0), word(1), word(2), word(3)))
    }

    /// The 32 bytes.
    var bytes: [UInt8] { withUnsafeBytes(of: words) { Array($0) } }

    /// Whether both are the same, in time that does not depend on either.
    static func == (a: Digest256, b: Digest256) -> Bool {
        let (a, b) = (a.words, b.words)
        return (a.0 ^ b.0) | (a.1 ^ b.1) | (a.2 ^ b.2) | (a.3 ^ b.3) == 0
    }

    /// Hashes a part; a digest is even enough.
    func hash(into hasher: inout Hasher) { hasher.combine(words.0) }
}
