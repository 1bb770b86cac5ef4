import KeywrightDomain
import KeywrightStore
import Synchronization

/// A role as grants are remembered with it: one for all grants of an organization that give it.
final class RoleRow: Sendable {
    let id: Role.ID
    /// As it was written in the grant.
    let slug: String
    let assignable: Role.Assignable
    let table: ActionTable

    init(id: Role.ID, slug: String, assignable: Role.Assignable, table: ActionTable) {
        self.id = id
        self.slug = slug
        self.assignable = assignable
        self.table = table
    }
}

/// What the keys of one organization share, as it was read at one moment. When it changes, all of them are read anew.
final class OrganizationRow: Sendable {
    private struct RoleKey: Hashable {
        let id: Role.ID
        let slug: String
    }

    /// What several keys have in common is kept once. Bounded, since an organization may make as much of it as it likes;
    /// what comes later is kept with its key.
    private struct Shared {
        var roles: [RoleKey: RoleRow] = [:]
        var tables: [CustomActions: ActionTable] = [:]
        var tags: [[UInt8]: [Tag]] = [:]
        static let limit = 10_000
    }

    let id: Organization.ID
    let epoch: Int64
    let catalogue: RoleCatalogue
    private let shared = Mutex(Shared())
    private let forgotten = Atomic(false)

    init(id: Organization.ID, epoch: Int64, catalogue: RoleCatalogue) {
        self.id = id
        self.epoch = epoch
        self.catalogue = catalogue
    }

    static func read(_ id: Organization.ID, in transaction: any ReadTransaction) throws -> OrganizationRow {
        OrganizationRow(
            id: id, epoch: try transaction.organization(id)?.epoch ?? 0, catalogue: try transaction.catalogue(id)
        )
    }

    /// Whether it is still what the database holds.
    var isCurrent: Bool { !forgotten.load(ordering: .acquiring) }

    func forget() { forgotten.store(true, ordering: .releasing) }

    /// What a grant gives.
    func role(of grant: Grant) -> RoleRow {
        if let custom = grant.custom {
            return RoleRow(id: grant.roleID, slug: grant.roleSlug, assignable: .roles([]), table: table(of: custom))
        }
        let key = RoleKey(id: grant.roleID, slug: grant.roleSlug)
        return shared.withLock { shared in
            if let known = shared.roles[key] { return known }
            let role = RoleRow(
                id: grant.roleID, slug: grant.roleSlug, assignable: catalogue[grant.roleID]?.assignable ?? .roles([]),
                table: ActionTable(catalogue.effectiveActions(of: grant))
            )
            if shared.roles.count < Shared.limit { shared.roles[key] = role }
            return role
        }
    }

    private func table(of custom: CustomActions) -> ActionTable {
        shared.withLock { shared in
            if let known = shared.tables[custom] { return known }
            let table = ActionTable(custom.effectiveActions(in: catalogue))
            if shared.tables.count < Shared.limit { shared.tables[custom] = table }
            return table
        }
    }

    /// The same tags, in the memory of another key that has them.
    func sharing(_ tags: [Tag]) -> [Tag] {
        if tags.isEmpty { return tags }
        // Texts are told apart by their bytes: two that Swift calls equal may be written differently.
        var bytes: [UInt8] = []
        for text in tags.flatMap({ [$0.key, $0.value] }) {
            bytes += text.utf8
            bytes.append(0)
        }
        return shared.withLock { shared in
            if let known = shared.tags[bytes] { return known }
            if shared.tags.count < Shared.limit { shared.tags[bytes] = tags }
            return tags
        }
    }
}
