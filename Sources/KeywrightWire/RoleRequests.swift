/// The body of `POST /role`: a role of one's own organization.
public struct CreateRoleRequest: WireRequest {
    /// The name for people.
    public var name: String
    /// The short name.
    public var slug: String
    /// What it is for.
    public var description: String?
    /// Its own actions.
    public var actions: [String]
    /// Slugs of the roles whose actions it adds to its own.
    public var inherits: [String]
    /// Slugs of the roles that its holders may give to others.
    public var canAssignRoles: [String]
    /// The only level where it may be given; nil for every level.
    public var level: String?
    /// The only type of user who may hold it; nil for both.
    public var userType: String?

    /// A role to create.
    public init(
        name: String, slug: String, description: String? = nil, actions: [String] = [], inherits: [String] = [],
        canAssignRoles: [String] = [], level: String? = nil, userType: String? = nil
    ) {
        self.name = name
        self.slug = slug
        self.description = description
        self.actions = actions
        self.inherits = inherits
        self.canAssignRoles = canAssignRoles
        self.level = level
        self.userType = userType
    }

    /// Reads the members; unknown and read-only ones are errors, `null` counts as left out.
    public init?(_ reader: inout FieldReader) {
        let name = reader.required(CodingKeys.name.rawValue, .string(.roleName))
        let slug = reader.required(CodingKeys.slug.rawValue, .string(.newRoleSlug))
        let description = reader.optional(CodingKeys.description.rawValue, .string(.roleDescription))
        let actions = reader.optional(CodingKeys.actions.rawValue, .array(of: .string(.action)))
        let inherits = reader.optional(CodingKeys.inherits.rawValue, .array(of: .nonEmptyString(.roleSlug)))
        let canAssignRoles = reader.optional(CodingKeys.canAssignRoles.rawValue, .array(of: .nonEmptyString(.roleSlug)))
        let level = reader.optional(CodingKeys.level.rawValue, .string(.level))
        let userType = reader.optional(CodingKeys.userType.rawValue, .string(.userType))
        reader.refuseUnknownMembers(readOnly: RoleObject.readOnlyMembers)
        guard let name, let slug else { return nil }
        self.init(
            name: name, slug: slug, description: description, actions: actions ?? [], inherits: inherits ?? [],
            canAssignRoles: canAssignRoles ?? [], level: level, userType: userType
        )
    }

    private enum CodingKeys: String, CodingKey {
        case name
        case slug
        case description
        case actions
        case inherits
        case canAssignRoles = "can_assign_roles"
        case level
        case userType = "user_type"
    }
}

/// The body of `PATCH /role/{id}`; what is nil or absent stays as it is, an array replaces the whole array.
public struct UpdateRoleRequest: WireRequest {
    /// A new name for people.
    public var name: String?
    /// A new short name.
    public var slug: String?
    /// What it is for; `.null` clears it.
    public var description: Field<String>
    /// Its own actions.
    public var actions: [String]?
    /// Slugs of the roles whose actions it adds to its own.
    public var inherits: [String]?
    /// Slugs of the roles that its holders may give to others.
    public var canAssignRoles: [String]?
    /// The only level where it may be given; `.null` for every level.
    public var level: Field<String>
    /// The only type of user who may hold it; `.null` for both.
    public var userType: Field<String>

    /// A change of a role.
    public init(
        name: String? = nil, slug: String? = nil, description: Field<String> = .absent, actions: [String]? = nil,
        inherits: [String]? = nil, canAssignRoles: [String]? = nil, level: Field<String> = .absent,
        userType: Field<String> = .absent
    ) {
        self.name = name
        self.slug = slug
        self.description = description
        self.actions = actions
        self.inherits = inherits
        self.canAssignRoles = canAssignRoles
        self.level = level
        self.userType = userType
    }

    /// Reads the members; unknown and read-only ones are errors.
    public init?(_ reader: inout FieldReader) {
        let roles = FieldShape.array(of: .nonEmptyString(.roleSlug))
        name = reader.ifPresent(CodingKeys.name.rawValue, .string(.roleName))
        slug = reader.ifPresent(CodingKeys.slug.rawValue, .string(.newRoleSlug))
        description = reader.field(CodingKeys.description.rawValue, .string(.roleDescription))
        actions = reader.ifPresent(CodingKeys.actions.rawValue, .array(of: .string(.action)))
        inherits = reader.ifPresent(CodingKeys.inherits.rawValue, roles)
        canAssignRoles = reader.ifPresent(CodingKeys.canAssignRoles.rawValue, roles)
        level = reader.field(CodingKeys.level.rawValue, .string(.level))
        userType = reader.field(CodingKeys.userType.rawValue, .string(.userType))
        reader.refuseUnknownMembers(readOnly: RoleObject.readOnlyMembers)
    }

    /// Writes what shall change.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encodeIfPresent(name, forKey: .name)
        try container.encodeIfPresent(slug, forKey: .slug)
        try container.encode(description, forKey: .description)
        try container.encodeIfPresent(actions, forKey: .actions)
        try container.encodeIfPresent(inherits, forKey: .inherits)
        try container.encodeIfPresent(canAssignRoles, forKey: .canAssignRoles)
        try container.encode(level, forKey: .level)
        try container.encode(userType, forKey: .userType)
    }

    private enum CodingKeys: String, CodingKey {
        case name
        case slug
        case description
        case actions
        case inherits
        case canAssignRoles = "can_assign_roles"
        case level
        case userType = "user_type"
    }
}
