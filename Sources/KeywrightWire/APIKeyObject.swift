/// An API key in an answer.
public struct APIKeyObject: Codable, Sendable, Equatable {
    /// The key's id.
    public var id: Int64
    /// The key's name.
    public var name: String
    /// The key without its secret.
    public var maskedAPIKey: String
    /// Its labels; always an array.
    public var tags: [TagObject]
    /// What it may do.
    public var grants: [GrantObject]
    /// The user who created it.
    public var ownerID: Int64
    /// The key's own machine user.
    public var userID: Int64
    /// Whether it works.
    public var isEnabled: Bool
    /// When it stops working; nil, written as `null`, for never.
    public var expiresAt: String?
    /// When it was last used; nil, written as `null`, for never.
    public var lastUsedAt: String?
    /// When it was created.
    public var createdAt: String
    /// When it was last changed; use does not count.
    public var updatedAt: String
    /// The key itself: in the answer to its creation and nowhere else.
    public var apiKey: SensitiveText?

    /// A key.
    public init(
        id: Int64, name: String, maskedAPIKey: String, tags: [TagObject], grants: [GrantObject], ownerID: Int64,
        userID: Int64, isEnabled: Bool, expiresAt: String?, lastUsedAt: String?, createdAt: String, updatedAt: String,
        apiKey: SensitiveText? = nil
    ) {
        self.id = id
        self.name = name
        self.maskedAPIKey = maskedAPIKey
        self.tags = tags
        self.grants = grants
        self.ownerID = ownerID
        self.userID = userID
        self.isEnabled = isEnabled
        self.expiresAt = expiresAt
        self.lastUsedAt = lastUsedAt
        self.createdAt = createdAt
        self.updatedAt = updatedAt
        self.apiKey = apiKey
    }

    /// Writes all members, `api_key` only when there is one.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(id, forKey: .id)
        try container.encode(name, forKey: .name)
        try container.encode(maskedAPIKey, forKey: .maskedAPIKey)
        try container.encode(tags, forKey: .tags)
        try container.encode(grants, forKey: .grants)
        try container.encode(ownerID, forKey: .ownerID)
        try container.encode(userID, forKey: .userID)
        try container.encode(isEnabled, forKey: .isEnabled)
        try container.encode(expiresAt, forKey: .expiresAt)
        try container.encode(lastUsedAt, forKey: .lastUsedAt)
        try container.encode(createdAt, forKey: .createdAt)
        try container.encode(updatedAt, forKey: .updatedAt)
        try container.encodeIfPresent(apiKey, forKey: .apiKey)
    }

    private enum CodingKeys: String, CodingKey {
        case id
        case name
        case maskedAPIKey = "masked_api_key"
        case tags
        case grants
        case ownerID = "owner_id"
        case userID = "user_id"
        case isEnabled = "enabled"
        case expiresAt = "expires_at"
        case lastUsedAt = "last_used_at"
        case createdAt = "created_at"
        case updatedAt = "updated_at"
        case apiKey = "api_key"
    }

    /// The members that only the server sets.
    static let readOnlyMembers: [String] = {
        let keys: [CodingKeys] = [.id, .maskedAPIKey, .ownerID, .userID, .lastUsedAt, .createdAt, .updatedAt, .apiKey]
        return keys.map(\.rawValue)
    }()
}
