public import KeywrightDomain
import KeywrightStore

/// A role that fits a place, and whether the principal may give it there.
public struct RoleChoice: Sendable {
    /// The role.
    public let role: Role
    /// Why it may not be given; nil when it may.
    public let refusal: String?

    /// Whether it may be given.
    public var isAllowed: Bool { refusal == nil }
}

/// What a set of grants would allow at one of its places.
public struct GrantPreview: Sendable {
    /// The place.
    public let nrn: NRN
    /// Everything the set allows there and beneath, what it gives further up included.
    public let actions: ActionSet
    /// The slugs of the roles that the set names for this place, as written.
    public let roleSlugs: [String]
}

extension Operations {
    /// The roles that can be given at a place to that kind of user, those the principal may not give marked.
    ///
    /// - Parameter showsOlderSpellings: whether the level-prefixed slugs are among them.
    public func roleChoices(
        at nrn: NRN, for kind: User.Kind, showsOlderSpellings: Bool = false, as principal: Principal
    ) -> [RoleChoice] {
        let action: Action = kind == .machine ? .createAPIKey : .createGrant
        return principal.catalogue.all.compactMap { role in
            guard role.fits(nrn.level), role.fits(kind), showsOlderSpellings || !role.isBuiltIn || role.level == nil,
                let grant = try? principal.catalogue.resolve(
                    GrantRequest(nrn: nrn, shape: .role(role.id)), for: kind, pointer: "")
            else { return nil }
            guard principal.organizationID == nrn.organizationID, principal.holds(action, at: nrn) else {
                return RoleChoice(role: role, refusal: DomainError.missing(action, at: nrn).detail)
            }
            return RoleChoice(
                role: role,
                refusal: AssignmentRule.refusal(of: grant, by: principal.grants, in: principal.catalogue)
            )
        }
    }

    /// What grants would allow together, place by place in the order they are first named. Those that cannot be read,
    /// or that name an unknown role, are left out.
    public func preview(of grants: [GrantInput], as principal: Principal) -> [GrantPreview] {
        let catalogue = principal.catalogue
        let resolved = grants.prefix(APIKey.grantLimit).compactMap { input -> ResolvedGrant? in
            var violations = Violations()
            guard let request = input.parse("", &violations), violations.all.isEmpty,
                request.nrn.organizationID == principal.organizationID
            else { return nil }
            return try? catalogue.resolve(request, for: .machine, pointer: "")
        }
        let effective = resolved.map { grant in
            EffectiveGrant(
                id: Grant.ID(0), nrn: grant.nrn, roleID: grant.role?.id ?? Role.ID(0),
                roleSlug: grant.role?.slug ?? "", actions: grant.actions(in: catalogue), assignable: .roles([])
            )
        }
        var seen: Set<NRN> = []
        return effective.filter { seen.insert($0.nrn).inserted }.map { first in
            GrantPreview(
                nrn: first.nrn, actions: Access.actions(at: first.nrn, grants: effective),
                roleSlugs: effective.filter { $0.nrn == first.nrn && !$0.roleSlug.isEmpty }.map(\.roleSlug)
            )
        }
    }
}

extension ResolvedGrant {
    /// What it would allow.
    func actions(in catalogue: RoleCatalogue) -> ActionSet {
        if let custom { return custom.effectiveActions(in: catalogue) }
        return role.flatMap { catalogue[$0.id] }.map(catalogue.effectiveActions(of:)) ?? .none
    }
}
