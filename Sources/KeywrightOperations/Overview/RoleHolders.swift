public import KeywrightDomain
import KeywrightStore

/// How many hold a role.
public struct RoleHolderCount: Hashable, Sendable {
    /// The listed keys that the principal sees; nil when it reads none.
    public let keys: Int?
    /// The active persons; nil when the principal does not read people's grants.
    public let persons: Int?
}

extension Operations {
    /// How many keys and people hold each role of the organization.
    ///
    /// - Throws: `.forbidden` when the principal reads roles nowhere.
    public func roleHolderCounts(as principal: Principal) async throws -> [Role.ID: RoleHolderCount] {
        let catalogue = try await roles(as: principal)
        let keys = principal.rights.readsAPIKeys ? try await keyCountsByRole(principal) : nil
        let persons =
            Self.readsHolders(principal)
            ? try await store.read { try $0.personCounts(principal.organizationID) } : nil
        return Dictionary(
            catalogue.all.map { role in
                (
                    role.id,
                    RoleHolderCount(keys: keys.map { $0[role.slug] ?? 0 }, persons: persons.map { $0[role.id] ?? 0 })
                )
            },
            uniquingKeysWith: { first, _ in first }
        )
    }

    /// The active people who hold a role somewhere, by id. The keys that do are ``apiKeys(_:_:as:)`` with the role's slug.
    ///
    /// - Throws: `.forbidden` unless the principal reads users and grants at organization level.
    public func persons(holding role: Role.ID, _ page: PageRequest, as principal: Principal) async throws -> Page<User>
    {
        try principal.require(.readUser, at: NRN(principal.organizationID))
        try principal.require(.readGrant, at: NRN(principal.organizationID))
        return try await store.read { try $0.persons(holding: role, in: principal.organizationID, page) }
    }

    private func keyCountsByRole(_ principal: Principal) async throws -> [String: Int] {
        let scope = try Self.countScope(principal)
        return try await overview(.roleCounts, scope) { transaction, time in
            let counts = try transaction.roleCounts(scope, now: time, limit: 10_000)
            return Dictionary(counts.map { ($0.slug, $0.count) }, uniquingKeysWith: { first, _ in first })
        }
    }

    private static func readsHolders(_ principal: Principal) -> Bool {
        principal.rights.readsPeople && principal.rights.holdsEverywhere(.readGrant)
    }
}
