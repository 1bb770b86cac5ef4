/// A role, or a set of actions, that holds at one resource and everything below it.
public struct Grant: Hashable, Sendable {
    /// A grant's id.
    public typealias ID = Identifier<Grant>

    /// The number of the grant.
    public let id: ID
    /// Where it holds.
    public let nrn: NRN
    /// The role it gives; for a fine-grained grant, a role private to the key.
    public let roleID: Role.ID
    /// The role's slug exactly as it was written, the older level-prefixed spelling included.
    public let roleSlug: String
    /// The set of a fine-grained grant; nil when it gives a role of the catalogue.
    public let custom: CustomActions?

    /// A grant with all its members.
    public init(id: ID, nrn: NRN, roleID: Role.ID, roleSlug: String, custom: CustomActions? = nil) {
        self.id = id
        self.nrn = nrn
        self.roleID = roleID
        self.roleSlug = roleSlug
        self.custom = custom
    }
}

/// What a fine-grained grant allows: actions by name, or roles with actions added and removed.
///
/// These are sets: they are kept sorted, each element once, so that equal sets are equal.
public struct CustomActions: Hashable, Sendable {
    /// The actions given; nil when the grant inherits roles.
    public let actions: [Action]?
    /// The roles it inherits.
    public let inherits: [Role.ID]
    /// Actions added to those of the inherited roles.
    public let added: [Action]
    /// Actions taken from those of the inherited roles.
    public let removed: [Action]

    /// Just these actions.
    public init(actions: [Action]) {
        self.actions = Set(actions).sorted()
        inherits = []
        added = []
        removed = []
    }

    /// The actions of these roles, with some added and some removed.
    public init(inherits: [Role.ID], added: [Action], removed: [Action]) {
        actions = nil
        self.inherits = Set(inherits).sorted()
        self.added = Set(added).sorted()
        self.removed = Set(removed).sorted()
    }

    /// What it allows, given the roles of the organization.
    public func effectiveActions(in catalogue: RoleCatalogue) -> ActionSet {
        if let actions { return ActionSet(actions) }
        var result = ActionSet.none
        for id in inherits {
            if let role = catalogue[id] { result = result.union(catalogue.effectiveActions(of: role)) }
        }
        return result.union(ActionSet(added)).subtracting(removed)
    }
}

extension RoleCatalogue {
    /// What a grant allows; nothing when its role is gone.
    public func effectiveActions(of grant: Grant) -> ActionSet {
        if let custom = grant.custom { return custom.effectiveActions(in: self) }
        return self[grant.roleID].map(effectiveActions(of:)) ?? .none
    }
}

/// Which users a list of those who hold grants shows.
public struct GrantHolderQuery: Hashable, Sendable {
    /// Within which organization.
    public var organizationID: Organization.ID
    /// These users alone; nil for all but the machine users of internal keys.
    public var ids: [User.ID]?
    /// Who holds a grant exactly at one of these places; nil for any place.
    public var places: [NRN]?
    /// Who holds a grant within one of these places, where the reader may read grants.
    public var visibleWithin: [NRN] = []
    /// The reader, who sees all grants of their own.
    public var reader: User.ID?

    /// Everyone whose grants nobody may read yet.
    public init(organizationID: Organization.ID) {
        self.organizationID = organizationID
    }
}
