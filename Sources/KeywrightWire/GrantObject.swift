/// A grant of an API key in an answer.
public struct GrantObject: Codable, Sendable, Hashable {
    /// A role that a fine-grained grant inherits.
    public struct InheritedRole: Codable, Sendable, Hashable {
        /// The role's id.
        public var id: Int64
        /// The role's slug.
        public var slug: String
        /// The organization that made it; nil, written as `null`, for a built-in role.
        public var organizationID: Int64?

        /// An inherited role.
        public init(id: Int64, slug: String, organizationID: Int64?) {
            self.id = id
            self.slug = slug
            self.organizationID = organizationID
        }

        /// Writes all members.
        public func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(id, forKey: .id)
            try container.encode(slug, forKey: .slug)
            try container.encode(organizationID, forKey: .organizationID)
        }

        private enum CodingKeys: String, CodingKey {
            case id
            case slug
            case organizationID = "organization_id"
        }
    }

    /// Where it holds.
    public var nrn: String
    /// The role's id; a fine-grained grant has a role of its own.
    public var roleID: Int64
    /// The role's slug exactly as it was given; `apikey:<key id>:<n>` for a fine-grained grant.
    public var roleSlug: String
    /// The effective actions of a fine-grained grant; absent for a role.
    public var actions: [String]?
    /// The roles a fine-grained grant inherits; absent for a role.
    public var inherits: [InheritedRole]?
    /// The actions added to the inherited ones; absent for a role.
    public var added: [String]?
    /// The actions removed from the inherited ones; absent for a role.
    public var removed: [String]?

    /// A grant of a role.
    public init(nrn: String, roleID: Int64, roleSlug: String) {
        self.nrn = nrn
        self.roleID = roleID
        self.roleSlug = roleSlug
    }

    /// A fine-grained grant.
    public init(
        nrn: String, roleID: Int64, roleSlug: String, actions: [String], inherits: [InheritedRole], added: [String],
        removed: [String]
    ) {
        self.init(nrn: nrn, roleID: roleID, roleSlug: roleSlug)
        self.actions = actions
        self.inherits = inherits
        self.added = added
        self.removed = removed
    }

    private enum CodingKeys: String, CodingKey {
        case nrn
        case roleID = "role_id"
        case roleSlug = "role_slug"
        case actions
        case inherits
        case added
        case removed
    }
}
