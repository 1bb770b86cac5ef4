/// A tag as a client sends it.
public struct TagRequest: WireRequest {
    /// The tag's key.
    public var key: String
    /// The tag's value.
    public var value: String

    /// A tag.
    public init(key: String, value: String) {
        self.key = key
        self.value = value
    }

    /// Reads `key` and `value`; other members are errors.
    public init?(_ reader: inout FieldReader) {
        let key = reader.required(CodingKeys.key.rawValue, .string(.tagKey))
        let value = reader.required(CodingKeys.value.rawValue, .string(.tagValue))
        reader.refuseUnknownMembers()
        guard let key, let value else { return nil }
        self.init(key: key, value: value)
    }

    private enum CodingKeys: String, CodingKey {
        case key
        case value
    }
}
