/// A tag in an answer.
public struct TagObject: Codable, Sendable, Hashable {
    /// The tag's key.
    public var key: String
    /// The tag's value.
    public var value: String

    /// A tag.
    public init(key: String, value: String) {
        self.key = key
        self.value = value
    }

    private enum CodingKeys: String, CodingKey {
        case key
        case value
    }
}
