/// A text on the wire that must not end up in a log: a key, a token, a one-time link.
///
/// It prints as `<redacted>`, also inside other values. It is `Codable` because carrying it is what the wire is for.
public struct SensitiveText: Sendable, Codable, CustomStringConvertible, CustomDebugStringConvertible,
    CustomReflectable
{
    private let text: String

    /// Wraps a text.
    public init(_ text: String) {
        self.text = text
    }

    /// Reads a JSON string.
    public init(from decoder: any Decoder) throws {
        text = try decoder.singleValueContainer().decode(String.self)
    }

    /// Writes a JSON string.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }

    /// The text itself; whoever calls this answers for where it goes.
    public func reveal() -> String { text }

    /// Always `<redacted>`.
    public var description: String { "<redacted>" }
    /// Always `<redacted>`.
    public var debugDescription: String { "<redacted>" }
    /// Nothing to look into.
    public var customMirror: Mirror { Mirror(self, children: []) }
}

extension SensitiveText: Equatable {
    /// Whether both are the same bytes, in time that depends on the lengths alone.
    public static func == (a: SensitiveText, b: SensitiveText) -> Bool {
        guard a.text.utf8.count == b.text.utf8.count else { return false }
        return zip(a.text.utf8, b.text.utf8).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }
}
