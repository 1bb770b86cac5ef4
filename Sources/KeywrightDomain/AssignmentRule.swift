/// Who may give which grant: nobody gives what they do not hold.
///
/// A principal may give role r at s when a role it holds at s lists r as assignable and the actions it holds at s
/// include all of r's. Actions are given only by someone who holds them at s; inherited roles must each be assignable.
public enum AssignmentRule {
    /// Why a grant may not be given; nil when it may.
    public static func refusal(
        of grant: ResolvedGrant, by holder: [EffectiveGrant], in catalogue: RoleCatalogue
    ) -> String? {
        let here = holder.filter { $0.nrn.covers(grant.nrn) }
        let held = Access.actions(at: grant.nrn, grants: here)
        if let role = grant.role {
            return refusal(of: role.id, at: grant.nrn, here, held, catalogue)
        }
        guard let custom = grant.custom else { return nil }
        for id in custom.inherits {
            if let refusal = refusal(of: id, at: grant.nrn, here, held, catalogue) { return refusal }
        }
        guard !here.isEmpty, held.isSuperset(of: custom.effectiveActions(in: catalogue)) else {
            return "You can only give actions that you hold at \(grant.nrn)."
        }
        return nil
    }

    /// Why a role may not be put into another one, as inherited or as one that its holders may give; nil when it may.
    ///
    /// A role of the organization may be given anywhere in it: what goes into one must be the principal's to give at
    /// organization level.
    public static func refusal(
        ofPuttingIntoRole id: Role.ID, at organization: NRN, by holder: [EffectiveGrant], in catalogue: RoleCatalogue
    ) -> String? {
        let here = holder.filter { $0.nrn.covers(organization) }
        return refusal(
            of: id, at: organization, here, Access.actions(at: organization, grants: here), catalogue
        )
    }

    private static func refusal(
        of id: Role.ID, at nrn: NRN, _ here: [EffectiveGrant], _ held: ActionSet, _ catalogue: RoleCatalogue
    ) -> String? {
        guard let role = catalogue[id] else { return "There is no such role." }
        guard here.contains(where: { lists(role, $0.assignable) }) else {
            return "You may not give the role \(role.slug) at \(nrn)."
        }
        guard held.isSuperset(of: catalogue.effectiveActions(of: role)) else {
            return "The role \(role.slug) allows more than you hold at \(nrn)."
        }
        return nil
    }

    /// The older level-prefixed spellings are listed where their plain role is.
    private static func lists(_ role: Role, _ assignable: Role.Assignable) -> Bool {
        switch assignable {
        case .all: true
        case .roles(let ids): ids.contains(role.id) || plainID(of: role).map(ids.contains) == true
        }
    }

    private static func plainID(of role: Role) -> Role.ID? {
        guard role.isBuiltIn, let level = role.level else { return nil }
        let plain = role.slug.dropFirst(level.name.count + 1)
        return Role.builtIn.first { $0.slug == plain }?.id
    }
}
