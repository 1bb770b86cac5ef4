/// An element of the bare array that `GET /authz/user_role` answers: a user with all grants at an NRN.
public struct UserRolesObject: Codable, Sendable, Hashable {
    /// A grant with its role.
    public struct Grant: Codable, Sendable, Hashable {
        /// The grant's id.
        public var id: Int64
        /// Where it holds.
        public var nrn: String
        /// What it gives.
        public var role: Role

        /// A grant.
        public init(id: Int64, nrn: String, role: Role) {
            self.id = id
            self.nrn = nrn
            self.role = role
        }

        private enum CodingKeys: String, CodingKey {
            case id
            case nrn
            case role
        }
    }

    /// A role as far as this list tells.
    public struct Role: Codable, Sendable, Hashable {
        /// The role's id.
        public var id: Int64
        /// The name for people.
        public var name: String
        /// The role's slug exactly as it was given.
        public var slug: String
        /// The only level where it may be given; nil, written as `null`, for every level.
        public var level: String?
        /// What it is for.
        public var description: String
        /// Slugs of the roles that its holders may give to others.
        public var canAssignRoles: [String]

        /// A role.
        public init(
            id: Int64, name: String, slug: String, level: String?, description: String, canAssignRoles: [String]
        ) {
            self.id = id
            self.name = name
            self.slug = slug
            self.level = level
            self.description = description
            self.canAssignRoles = canAssignRoles
        }

        /// Writes all members.
        public func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(id, forKey: .id)
            try container.encode(name, forKey: .name)
            try container.encode(slug, forKey: .slug)
            try container.encode(level, forKey: .level)
            try container.encode(description, forKey: .description)
            try container.encode(canAssignRoles, forKey: .canAssignRoles)
        }

        private enum CodingKeys: String, CodingKey {
            case id
            case name
            case slug
            case level
            case description
            case canAssignRoles = "can_assign_roles"
        }
    }

    /// Who holds the grants.
    public var userID: Int64
    /// What the user holds.
    public var grants: [Grant]

    /// A user with grants.
    public init(userID: Int64, grants: [Grant]) {
        self.userID = userID
        self.grants = grants
    }

    private enum CodingKeys: String, CodingKey {
        case userID = "user_id"
        case grants
    }
}
