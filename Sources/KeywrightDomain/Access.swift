/// Something that allows actions at a resource and beneath it.
public protocol Granting {
    /// Where it holds.
    var nrn: NRN { get }
    /// Whether the action is among those it allows there.
    func allows(_ action: AskedAction) -> Bool
}

extension Granting {
    /// Whether it alone allows an action at a resource that is live: the rule that all decisions are made of.
    @inlinable
    public func allows(_ action: AskedAction, at nrn: NRN) -> Bool {
        self.nrn.covers(nrn) && allows(action)
    }
}

/// A grant with everything it allows, ready for decisions.
public struct EffectiveGrant: Hashable, Sendable, Granting {
    /// The grant's id.
    public let id: Grant.ID
    /// Where it holds.
    public let nrn: NRN
    /// The role it gives.
    public let roleID: Role.ID
    /// The role's slug as written.
    public let roleSlug: String
    /// What it allows there and below.
    public let actions: ActionSet
    /// Which roles its holder may give at its place and below.
    public let assignable: Role.Assignable

    /// A grant with what it allows.
    public init(
        id: Grant.ID, nrn: NRN, roleID: Role.ID, roleSlug: String, actions: ActionSet, assignable: Role.Assignable
    ) {
        self.id = id
        self.nrn = nrn
        self.roleID = roleID
        self.roleSlug = roleSlug
        self.actions = actions
        self.assignable = assignable
    }

    /// Whether the action is among those it allows.
    public func allows(_ action: AskedAction) -> Bool { actions.contains(action.action) }

    /// A stored grant, with its role looked up.
    public init(_ grant: Grant, in catalogue: RoleCatalogue) {
        self.init(
            id: grant.id, nrn: grant.nrn, roleID: grant.roleID, roleSlug: grant.roleSlug,
            actions: catalogue.effectiveActions(of: grant),
            assignable: grant.custom == nil ? catalogue[grant.roleID]?.assignable ?? .roles([]) : .roles([])
        )
    }
}

/// Whether an action is allowed at a place, and why.
public enum Decision: Hashable, Sendable {
    /// The first grant that allows it; its `nrn` is the resource itself or the ancestor it came through.
    case allowed(by: EffectiveGrant)
    /// No grant allows it.
    case denied
    /// The place does not exist, is deleted, or its ids do not belong together.
    case unknownResource

    /// Whether it may be done.
    public var isAllowed: Bool {
        if case .allowed = self { return true }
        return false
    }
}

/// The decision function: the only place where grants turn into yes or no.
///
/// Grants add up and there is no deny. Callers pass only grants whose own resource is live, and say whether the
/// asked resource is.
public enum Access {
    /// Decides whether the grants allow an action at a resource.
    public static func decide(
        _ action: Action, at nrn: NRN, isLive: Bool, grants: some Sequence<EffectiveGrant>
    ) -> Decision {
        guard isLive else { return .unknownResource }
        let action = AskedAction(action)
        for grant in grants where grant.allows(action, at: nrn) { return .allowed(by: grant) }
        return .denied
    }

    /// The first grant that allows an action at a resource that is live; nil when none does.
    @inlinable
    public static func firstGrant<Grants: RandomAccessCollection>(
        allowing action: AskedAction, at nrn: NRN, in grants: Grants
    ) -> Grants.Index? where Grants.Element: Granting {
        var index = grants.startIndex
        while index < grants.endIndex {
            if grants[index].allows(action, at: nrn) { return index }
            grants.formIndex(after: &index)
        }
        return nil
    }

    /// Everything the grants allow at a resource together.
    public static func actions(at nrn: NRN, grants: some Sequence<EffectiveGrant>) -> ActionSet {
        grants.reduce(.none) { $1.nrn.covers(nrn) ? $0.union($1.actions) : $0 }
    }

    /// A decision in words a person can act on.
    ///
    /// - Returns: which grant matched and through which ancestor; or which single grant would have allowed it.
    public static func explain(
        _ decision: Decision, _ action: Action, at nrn: NRN, for kind: User.Kind, in catalogue: RoleCatalogue
    ) -> Explanation {
        switch decision {
        case .allowed(let grant):
            return Explanation(grantID: grant.id, through: grant.nrn, roleSlug: grant.roleSlug, sufficient: nil)
        case .denied:
            let slug = catalogue.smallestRole(allowing: action, for: kind)?.slug
            let shape = slug.map(GrantRequest.Shape.slug) ?? .actions([action])
            return Explanation(
                grantID: nil, through: nil, roleSlug: nil, sufficient: GrantRequest(nrn: nrn, shape: shape)
            )
        case .unknownResource:
            return Explanation(grantID: nil, through: nil, roleSlug: nil, sufficient: nil)
        }
    }
}

/// Why a decision fell as it did.
public struct Explanation: Hashable, Sendable {
    /// The grant that allowed it.
    public let grantID: Grant.ID?
    /// The resource of that grant: the asked one or an ancestor.
    public let through: NRN?
    /// The role of that grant, as written.
    public let roleSlug: String?
    /// One grant that would have allowed it, when it was denied.
    public let sufficient: GrantRequest?
}
