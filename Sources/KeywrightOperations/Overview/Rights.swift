public import KeywrightDomain
import KeywrightStore

/// What a principal may do, so that a page can say beforehand what would be refused.
///
/// The operations decide again, within their transaction.
public struct Rights: Sendable {
    private let principal: Principal

    init(_ principal: Principal) {
        self.principal = principal
    }

    private var organization: NRN { NRN(principal.organizationID) }

    /// Whether the principal holds an action anywhere.
    public func holdsSomewhere(_ action: Action) -> Bool { !principal.places(holding: action).isEmpty }
    /// Whether the principal holds an action at organization level.
    public func holdsEverywhere(_ action: Action) -> Bool { principal.holds(action, at: organization) }

    /// Whether lists of keys show anything.
    public var readsAPIKeys: Bool { holdsSomewhere(.readAPIKey) }
    /// Whether keys may be created, at some place.
    public var createsAPIKeys: Bool { holdsSomewhere(.createAPIKey) }
    /// Whether the audit trail may be read.
    public var readsAudit: Bool { holdsEverywhere(.readAudit) }
    /// Whether roles may be seen.
    public var readsRoles: Bool { holdsSomewhere(.readRole) }
    /// Whether roles may be created.
    public var createsRoles: Bool { holdsEverywhere(.createRole) }
    /// Whether people may be seen.
    public var readsPeople: Bool { holdsEverywhere(.readUser) }
    /// Whether people may be invited.
    public var invitesPeople: Bool { holdsEverywhere(.createUser) }
    /// Whether people may be changed.
    public var updatesPeople: Bool { holdsEverywhere(.updateUser) }
    /// Whether grants of people may be seen.
    public var readsGrants: Bool { holdsSomewhere(.readGrant) }
    /// Whether people may be given roles, at some place.
    public var givesGrants: Bool { holdsSomewhere(.createGrant) }

    /// Whether a key may be changed.
    public func updates(_ key: APIKey) -> Bool { may(.updateAPIKey, key) }
    /// Whether a key may be deleted.
    public func deletes(_ key: APIKey) -> Bool { may(.deleteAPIKey, key) }

    private func may(_ action: Action, _ key: APIKey) -> Bool {
        principal.canSee(key) && key.grants.allSatisfy { principal.holds(action, at: $0.nrn) }
    }

    /// Whether a key may be created with a grant at a place.
    public func createsAPIKeys(at nrn: NRN) -> Bool { principal.holds(.createAPIKey, at: nrn) }

    /// Whether a role may be changed: a custom one that allows nothing beyond the principal's own rights.
    public func updates(_ role: Role) -> Bool {
        guard !role.isBuiltIn, holdsEverywhere(.updateRole) else { return false }
        let held = Access.actions(at: organization, grants: principal.grants)
        return held.isSuperset(of: principal.catalogue.effectiveActions(of: role))
    }

    /// Whether a role may be deleted, once nobody holds it.
    public func deletes(_ role: Role) -> Bool { !role.isBuiltIn && holdsEverywhere(.deleteRole) }

    /// Whether a resource may be read.
    public func reads(_ nrn: NRN) -> Bool { principal.holds(.on(nrn.level, .read), at: nrn) }
    /// Whether a resource may be renamed.
    public func updates(_ nrn: NRN) -> Bool { principal.holds(.on(nrn.level, .update), at: nrn) }
    /// Whether a resource may be archived, once nothing is beneath it.
    public func archives(_ nrn: NRN) -> Bool {
        nrn.level != .organization && principal.holds(.on(nrn.level, .delete), at: nrn)
    }
    /// Whether something may be added directly beneath a resource.
    public func addsChildren(to nrn: NRN) -> Bool {
        nrn.level.child.map { principal.holds(.on($0, .create), at: nrn) } ?? false
    }

    /// Whether a grant may be taken from a person.
    public func takes(_ grant: Grant) -> Bool {
        principal.holds(.deleteGrant, at: grant.nrn)
            && AssignmentRule.refusal(
                of: ResolvedGrant(keeping: grant), by: principal.grants, in: principal.catalogue) == nil
    }
}

extension Principal {
    /// What the principal may do, for pages.
    public var rights: Rights { Rights(self) }
}

/// Why a person may not be acted upon; nil where they may.
public struct PersonRights: Sendable {
    /// Why their address, state, password and sessions may not be changed.
    public let changeRefusal: String?
    /// Why they may not be deactivated.
    public let deactivationRefusal: String?
}

extension Operations {
    /// What the principal may do with a person.
    ///
    /// - Throws: `.notFound` when the principal does not see them.
    public func rights(over id: User.ID, as principal: Principal) async throws -> PersonRights {
        try await store.read { transaction in
            let user = try Self.visibleUser(id, principal, transaction)
            func refusal(_ check: () throws -> Void) throws -> String? {
                do {
                    try check()
                    return nil
                } catch let error as DomainError {
                    return error.detail
                }
            }
            let change = try refusal {
                try Self.requirePerson(user)
                try principal.require(.updateUser, at: NRN(principal.organizationID))
                try Self.requireOutranking(user, principal, transaction)
            }
            let deactivation = try refusal {
                try Self.requireAnotherAdministrator(than: id, principal.organizationID, transaction)
            }
            return PersonRights(changeRefusal: change, deactivationRefusal: change ?? deactivation)
        }
    }
}
