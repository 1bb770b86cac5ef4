/// The number of an entity, typed so that a role's id cannot be passed where a user's is meant.
///
/// Ids grow from 1 per kind of entity, stay below 2^53 (so that JavaScript keeps them exact) and are
/// never reused.
public struct Identifier<Entity>: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The number as it is stored and sent.
    public let rawValue: Int64

    /// An id from a number that is known to be one.
    public init(_ rawValue: Int64) {
        self.rawValue = rawValue
    }

    /// An id from text: ASCII digits without sign or leading zero, below 2^53; nil for anything else.
    public init?(parsing text: some StringProtocol) {
        guard let number = IdentifierText.parse(text.utf8) else { return nil }
        rawValue = number
    }

    /// The number in decimal.
    public var description: String { String(rawValue) }

    /// By number.
    public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
}

/// Ids as text, parsed on bytes: `Int("+5")` and `Int("007")` would pass elsewhere.
enum IdentifierText {
    /// The first number that is no id any more.
    static let limit: Int64 = 1 << 53

    static func parse(_ bytes: some Sequence<UInt8>) -> Int64? {
        var value: Int64 = 0
        var count = 0
        for byte in bytes {
            guard byte >= 0x30, byte <= 0x39 else { return nil }
            let digit = Int64(byte - 0x30)
            if count == 0 && digit == 0 { return nil }
            count += 1
            guard count <= 16 else { return nil }
            value = value &* 10 &+ digit
        }
        guard count > 0, value < limit else { return nil }
        return value
    }

    /// The id that stands at a position, which moves behind its digits; nil when none does.
    static func parse(_ bytes: Span<UInt8>, from position: inout Int) -> Int64? {
        let start = position
        var value: Int64 = 0
        while position < bytes.count, bytes[position] >= 0x30, bytes[position] <= 0x39 {
            guard position - start < 16 else { return nil }
            value = value &* 10 &+ Int64(bytes[position] - 0x30)
            position += 1
        }
        guard position > start, bytes[start] != 0x30, value < limit else { return nil }
        return value
    }
}
