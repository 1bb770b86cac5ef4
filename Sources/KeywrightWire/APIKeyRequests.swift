/// The body of `POST /api_key`.
public struct CreateAPIKeyRequest: WireRequest {
    /// The key's name; not unique.
    public var name: String
    /// What the key may do.
    public var grants: [GrantRequest]
    /// Its labels.
    public var tags: [TagRequest]
    /// Whether lists leave it out.
    public var isInternal: Bool
    /// Whether it works from the start.
    public var isEnabled: Bool
    /// When it stops working, in milliseconds since 1970 UTC; nil for never.
    public var expiresAt: Int64?

    /// A key to create.
    public init(
        name: String, grants: [GrantRequest], tags: [TagRequest] = [], isInternal: Bool = false,
        isEnabled: Bool = true, expiresAt: Int64? = nil
    ) {
        self.name = name
        self.grants = grants
        self.tags = tags
        self.isInternal = isInternal
        self.isEnabled = isEnabled
        self.expiresAt = expiresAt
    }

    /// Reads the members; unknown and read-only ones are errors.
    public init?(_ reader: inout FieldReader) {
        let name = reader.required(CodingKeys.name.rawValue, .string(.apiKeyName))
        let grants = reader.required(CodingKeys.grants.rawValue, .array(of: .object(GrantRequest.init)))
        let tags = reader.optional(CodingKeys.tags.rawValue, .array(of: .object(TagRequest.init)))
        let isInternal = reader.optional(CodingKeys.isInternal.rawValue, .bool)
        let isEnabled = reader.optional(CodingKeys.isEnabled.rawValue, .bool)
        let expiresAt = reader.optional(CodingKeys.expiresAt.rawValue, .timestamp)
        reader.refuseUnknownMembers(readOnly: APIKeyObject.readOnlyMembers)
        guard let name, let grants else { return nil }
        self.init(
            name: name, grants: grants, tags: tags ?? [], isInternal: isInternal ?? false,
            isEnabled: isEnabled ?? true, expiresAt: expiresAt
        )
    }

    /// Writes `name` and `grants`, and the others where they differ from what is assumed.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(name, forKey: .name)
        try container.encode(grants, forKey: .grants)
        if !tags.isEmpty { try container.encode(tags, forKey: .tags) }
        if isInternal { try container.encode(true, forKey: .isInternal) }
        if !isEnabled { try container.encode(false, forKey: .isEnabled) }
        try container.encodeIfPresent(expiresAt.map(WireTime.format), forKey: .expiresAt)
    }

    private enum CodingKeys: String, CodingKey {
        case name
        case grants
        case tags
        case isInternal = "internal"
        case isEnabled = "enabled"
        case expiresAt = "expires_at"
    }
}

/// The body of `PATCH /api_key/{id}`; what is nil or absent stays as it is.
///
/// Only `expires_at` may be `null`, which means that the key never expires.
public struct UpdateAPIKeyRequest: WireRequest {
    /// A new name.
    public var name: String?
    /// Grants in place of all that the key has.
    public var grants: [GrantRequest]?
    /// Tags in place of all that the key has; empty clears them.
    public var tags: [TagRequest]?
    /// Whether the key works.
    public var isEnabled: Bool?
    /// When it stops working, in milliseconds since 1970 UTC; `.null` for never.
    public var expiresAt: Field<Int64>

    /// A change of a key.
    public init(
        name: String? = nil, grants: [GrantRequest]? = nil, tags: [TagRequest]? = nil, isEnabled: Bool? = nil,
        expiresAt: Field<Int64> = .absent
    ) {
        self.name = name
        self.grants = grants
        self.tags = tags
        self.isEnabled = isEnabled
        self.expiresAt = expiresAt
    }

    /// Reads the members; unknown and read-only ones are errors, and `internal` is read-only after creation.
    public init?(_ reader: inout FieldReader) {
        name = reader.ifPresent(CodingKeys.name.rawValue, .string(.apiKeyName))
        grants = reader.ifPresent(CodingKeys.grants.rawValue, .array(of: .object(GrantRequest.init)))
        tags = reader.ifPresent(CodingKeys.tags.rawValue, .array(of: .object(TagRequest.init)))
        isEnabled = reader.ifPresent(CodingKeys.isEnabled.rawValue, .bool)
        expiresAt = reader.field(CodingKeys.expiresAt.rawValue, .timestamp)
        reader.refuseUnknownMembers(readOnly: APIKeyObject.readOnlyMembers + ["internal"])
    }

    /// Whether the request changes nothing.
    public var isEmpty: Bool { self == UpdateAPIKeyRequest() }

    /// Writes what shall change.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encodeIfPresent(name, forKey: .name)
        try container.encodeIfPresent(grants, forKey: .grants)
        try container.encodeIfPresent(tags, forKey: .tags)
        try container.encodeIfPresent(isEnabled, forKey: .isEnabled)
        try container.encode(expiresAt.map(WireTime.format), forKey: .expiresAt)
    }

    private enum CodingKeys: String, CodingKey {
        case name
        case grants
        case tags
        case isEnabled = "enabled"
        case expiresAt = "expires_at"
    }
}
