/// The public part of a key, 12 base62 characters, as a value of fixed size.
public struct KeyHandle: Hashable, Sendable, CustomStringConvertible {
    @usableFromInline let begin: UInt64
    @usableFromInline let end: UInt32

    /// A handle from its bytes; nil unless these are 12 base62 digits.
    public init?(_ bytes: Span<UInt8>) {
        guard bytes.count == KeyFormat.handleLength else { return nil }
        var (begin, end): (UInt64, UInt32) = (0, 0)
        for index in 0..<8 {
            guard Base62.isDigit(bytes[index]) else { return nil }
            begin = begin << 8 | UInt64(bytes[index])
        }
        for index in 8..<12 {
            guard Base62.isDigit(bytes[index]) else { return nil }
            end = end << 8 | UInt32(bytes[index])
        }
        self.begin = begin
        self.end = end
    }

    /// A handle from its text; nil unless it is one.
    public init?(_ text: String) {
        var text = text
        guard let handle = text.withUTF8({ KeyHandle($0.span) }) else { return nil }
        self = handle
    }

    /// A number whose upper bits differ between handles, to spread them over parts of a table.
    public var spread: UInt64 { (begin ^ UInt64(end) << 17) &* 0x9E37_79B9_7F4A_7C15 }

    /// Calls a function with each byte in order.
    @inlinable
    public func forEachByte(_ body: (UInt8) -> Void) {
        for shift in stride(from: UInt64(56), through: 0, by: -8) { body(UInt8(truncatingIfNeeded: begin >> shift)) }
        for shift in stride(from: UInt32(24), through: 0, by: -8) { body(UInt8(truncatingIfNeeded: end >> shift)) }
    }

    /// The handle as text.
    public var description: String {
        String(unsafeUninitializedCapacity: KeyFormat.handleLength) { buffer in
            var count = 0
            forEachByte { byte in
                buffer.initializeElement(at: count, to: byte)
                count += 1
            }
            return count
        }
    }
}
