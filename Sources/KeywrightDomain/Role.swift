/// A named set of actions, built in or made by an organization.
///
/// Effective actions and who may assign what depend on other roles: ask a ``RoleCatalogue``.
public struct Role: Hashable, Sendable {
    /// A role's id. Built-in ids are fixed; custom ones start at 2,000,000,001.
    public typealias ID = Identifier<Role>

    /// Which roles the holder may give to others.
    public enum Assignable: Hashable, Sendable {
        /// Every role, custom ones included.
        case all
        /// These roles.
        case roles([ID])
    }

    /// The number that grants refer to; it never changes.
    public let id: ID
    /// The organization that made it; nil for a built-in role.
    public let organizationID: Identifier<Organization>?
    /// The short name.
    public var slug: String
    /// The name for people.
    public var name: String
    /// What it is for.
    public var description: String
    /// The only level where it may be given; nil for every level.
    public var level: NRN.Level?
    /// The only kind of user who may hold it; nil for both.
    public var userType: User.Kind?
    /// Its own actions, without those of the roles it inherits.
    public var actions: ActionSet
    /// The roles whose actions it adds to its own.
    public var inherits: [ID]
    /// Which roles its holder may give to others.
    public var assignable: Assignable
    /// When it was made; nil for a built-in role.
    public var createdAt: Instant?
    /// When it was last changed; nil for a built-in role.
    public var updatedAt: Instant?

    /// Whether it is part of Keywright rather than made by an organization.
    public var isBuiltIn: Bool { organizationID == nil }

    /// The most roles of one organization beside the built-in ones: every change of rights looks at all of them.
    public static let limit = 200
    /// The most actions that a role names, and the most roles in each of its lists.
    public static let listLimit = 250

    /// The first id of a custom role; above every built-in one.
    public static let firstCustomID: Int64 = 2_000_000_001

    /// A role with all its members.
    public init(
        id: ID, organizationID: Identifier<Organization>?, slug: String, name: String, description: String = "",
        level: NRN.Level? = nil, userType: User.Kind? = nil, actions: ActionSet, inherits: [ID] = [],
        assignable: Assignable = .roles([]), createdAt: Instant? = nil, updatedAt: Instant? = nil
    ) {
        self.id = id
        self.organizationID = organizationID
        self.slug = slug
        self.name = name
        self.description = description
        self.level = level
        self.userType = userType
        self.actions = actions
        self.inherits = inherits
        self.assignable = assignable
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }

    /// Whether it may be given at that level.
    public func fits(_ level: NRN.Level) -> Bool { self.level == nil || self.level == level }
    /// Whether that kind of user may hold it.
    public func fits(_ kind: User.Kind) -> Bool { userType == nil || userType == kind }
}
