/// A value that must reach nobody but the one who asked for it.
///
/// It prints as `<redacted>`, is not `Codable`, and compares in constant time. Whoever calls `reveal()` answers for
/// where the text goes.
public struct Secret: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    private let value: String

    /// Wraps a value.
    public init(_ value: String) {
        self.value = value
    }

    /// The value itself.
    public func reveal() -> String { value }

    /// The value's bytes.
    public var bytes: [UInt8] { Array(value.utf8) }

    /// Always `<redacted>`.
    public var description: String { "<redacted>" }
    /// Always `<redacted>`.
    public var debugDescription: String { "<redacted>" }
    /// Nothing to look into.
    public var customMirror: Mirror { Mirror(self, children: []) }

    /// Whether both hold the same bytes, in time that depends on the lengths alone.
    public func equals(_ other: Secret) -> Bool {
        ConstantTime.equal(bytes, other.bytes)
    }
}

/// Comparison that does not tell where two byte strings first differ.
public enum ConstantTime {
    /// Whether both are the same bytes.
    public static func equal(_ a: [UInt8], _ b: [UInt8]) -> Bool {
        guard a.count == b.count else { return false }
        var difference: UInt8 = 0
        for index in a.indices { difference |= a[index] ^ b[index] }
        return difference == 0
    }
}
