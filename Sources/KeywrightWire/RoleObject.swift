/// A role in an answer of `/role`.
public struct RoleObject: Codable, Sendable, Equatable {
    /// The role's id, which never changes.
    public var id: Int64
    /// The name for people.
    public var name: String
    /// The short name.
    public var slug: String
    /// What it is for.
    public var description: String
    /// The only level where it may be given; nil, written as `null`, for every level.
    public var level: String?
    /// The only type of user who may hold it; nil, written as `null`, for both.
    public var userType: String?
    /// Its own actions.
    public var actions: [String]
    /// Slugs of the roles whose actions it adds to its own.
    public var inherits: [String]
    /// Slugs of the roles that its holders may give to others.
    public var canAssignRoles: [String]
    /// Whether it holds every action, also those that `actions` cannot list; written only when true.
    public var hasAllActions: Bool
    /// The organization that made it; nil, written as `null`, for a built-in role.
    public var organizationID: Int64?
    /// When it was created; absent for a built-in role.
    public var createdAt: String?
    /// When it was last changed; absent for a built-in role.
    public var updatedAt: String?

    /// A role.
    public init(
        id: Int64, name: String, slug: String, description: String, level: String?, userType: String?,
        actions: [String], inherits: [String], canAssignRoles: [String], hasAllActions: Bool = false,
        organizationID: Int64? = nil, createdAt: String? = nil, updatedAt: String? = nil
    ) {
        self.id = id
        self.name = name
        self.slug = slug
        self.description = description
        self.level = level
        self.userType = userType
        self.actions = actions
        self.inherits = inherits
        self.canAssignRoles = canAssignRoles
        self.hasAllActions = hasAllActions
        self.organizationID = organizationID
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }

    /// Reads the members; a missing `all_actions` is false.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        id = try container.decode(Int64.self, forKey: .id)
        name = try container.decode(String.self, forKey: .name)
        slug = try container.decode(String.self, forKey: .slug)
        description = try container.decode(String.self, forKey: .description)
        level = try container.decodeIfPresent(String.self, forKey: .level)
        userType = try container.decodeIfPresent(String.self, forKey: .userType)
        actions = try container.decode([String].self, forKey: .actions)
        inherits = try container.decode([String].self, forKey: .inherits)
        canAssignRoles = try container.decode([String].self, forKey: .canAssignRoles)
        hasAllActions = try container.decodeIfPresent(Bool.self, forKey: .hasAllActions) ?? false
        organizationID = try container.decodeIfPresent(Int64.self, forKey: .organizationID)
        createdAt = try container.decodeIfPresent(String.self, forKey: .createdAt)
        updatedAt = try container.decodeIfPresent(String.self, forKey: .updatedAt)
    }

    /// Writes the members, times and `all_actions` only when they say something.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(id, forKey: .id)
        try container.encode(name, forKey: .name)
        try container.encode(slug, forKey: .slug)
        try container.encode(description, forKey: .description)
        try container.encode(level, forKey: .level)
        try container.encode(userType, forKey: .userType)
        try container.encode(actions, forKey: .actions)
        try container.encode(inherits, forKey: .inherits)
        try container.encode(canAssignRoles, forKey: .canAssignRoles)
        if hasAllActions { try container.encode(true, forKey: .hasAllActions) }
        try container.encode(organizationID, forKey: .organizationID)
        try container.encodeIfPresent(createdAt, forKey: .createdAt)
        try container.encodeIfPresent(updatedAt, forKey: .updatedAt)
    }

    private enum CodingKeys: String, CodingKey {
        case id
        case name
        case slug
        case description
        case level
        case userType = "user_type"
        case actions
        case inherits
        case canAssignRoles = "can_assign_roles"
        case hasAllActions = "all_actions"
        case organizationID = "organization_id"
        case createdAt = "created_at"
        case updatedAt = "updated_at"
    }

    /// The members that only the server sets.
    static let readOnlyMembers: [String] = {
        let keys: [CodingKeys] = [.id, .organizationID, .hasAllActions, .createdAt, .updatedAt]
        return keys.map(\.rawValue)
    }()
}
