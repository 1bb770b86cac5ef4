import KeywrightDomain
import KeywrightStore
import Synchronization

/// Remembers keys with what they may do, until the change log says to forget them.
///
/// It remembers rows, never decisions: whether a key is enabled, expired or allowed something is judged on every use.
/// What is asked of it without `await` it answers from memory alone. While the store is not current it has no memory.
final class Authenticator: Sendable {
    /// What memory says about a handle or an id.
    enum Recollection: Sendable {
        /// The key, or the tombstone of one.
        case row(KeyRow)
        /// There is and was no such key.
        case nothing
        /// It must be read.
        case unknown
    }

    /// A key with its grants, as a principal needs it.
    struct Entry: Sendable {
        let key: KeyRow
        /// Those whose resources are live.
        let grants: [EffectiveGrant]
        fileprivate let resourceRevision: UInt64

        var organizationEpoch: Int64 { key.organization.epoch }
        var catalogue: RoleCatalogue { key.organization.catalogue }

        func principal(_ origin: Principal.Origin) -> Principal {
            var principal = Principal(
                kind: .apiKey(key.id, handle: key.handle), userID: key.userID, organizationID: key.organizationID,
                grants: grants, catalogue: catalogue, origin: origin
            )
            principal.revision = key.revision
            principal.resourceRevision = resourceRevision
            return principal
        }
    }

    /// The most organizations remembered.
    private static let organizationLimit = 10_000

    /// The tree, as far as it was asked for.
    let resources: ResourceCache
    /// Which handles there are at all.
    let directory = HandleDirectory()
    private let log: ForgettingLog
    private let keys: KeyCache
    /// Apart from the keys, so that deleted ones never take the place of those in use.
    private let tombstones: KeyCache
    /// What the remembered keys of each organization share; several where some were read at the same time.
    private let organizations: Mutex<[Organization.ID: [OrganizationRow]]> = Mutex([:])
    private let byHandle = SingleFlight<KeyHandle, KeyRow?>()
    private let byID = SingleFlight<APIKey.ID, KeyRow?>()
    private let revisions = Atomic<UInt64>(1)
    private let isCurrent: @Sendable () -> Bool

    /// - Parameters:
    ///   - limit: the most keys remembered, within a tenth.
    ///   - isCurrent: whether what is remembered may be relied on (``KeywrightStore/Store/isCurrent``).
    init(limit: Int, isCurrent: @escaping @Sendable () -> Bool) {
        log = ForgettingLog()
        self.isCurrent = isCurrent
        resources = ResourceCache(log: log, isCurrent: isCurrent)
        keys = KeyCache(limit: limit)
        tombstones = KeyCache(limit: limit / 16)
    }

    /// How many keys are remembered, deleted ones included.
    var count: Int { keys.count + tombstones.count }

    // MARK: Forgetting

    /// Forgets what changed, and all keys of an organization whose roles did.
    func forget(_ changes: [Change]) {
        log.append(changes)
        for change in changes {
            switch change.subject {
            case .apiKey:
                directory.keyChanged(change.id)
                keys.forget(APIKey.ID(change.id))
            case .role, .organization: forgetOrganization(change.organizationID)
            case .resource: resources.forget(change.id)
            case .user, .signingKey, .token: break
            }
        }
        // Who read between may have used what was just being forgotten. Nobody who comes from now on joins them.
        log.append(changes)
    }

    /// Forgets everything: what changed cannot be told.
    func forgetAll() {
        log.appendUnknown()
        // Every row goes with the one that the keys of its organization share.
        forgetOrganization(nil)
        resources.forgetAll()
    }

    /// - Parameter id: nil for all.
    private func forgetOrganization(_ id: Organization.ID?) {
        organizations.withLock { organizations in
            for (known, rows) in organizations where id == nil || known == id {
                for row in rows { row.forget() }
            }
            if let id { organizations[id] = nil } else { organizations = [:] }
        }
    }

    // MARK: From memory

    func recall(_ handle: KeyHandle) -> Recollection {
        guard isCurrent() else { return .unknown }
        if let row = keys.row(handle) ?? tombstones.row(handle) { return .row(row) }
        return directory.mayHold(handle) ? .unknown : .nothing
    }

    func recall(_ id: APIKey.ID) -> Recollection {
        guard isCurrent() else { return .unknown }
        return (keys.row(id) ?? tombstones.row(id)).map(Recollection.row) ?? .unknown
    }

    // MARK: Read when not remembered

    /// The key with that handle, or the tombstone of one.
    func row(_ handle: KeyHandle, store: any Store) async throws -> KeyRow? {
        switch recall(handle) {
        case .row(let row): return row
        case .nothing: return nil
        case .unknown: break
        }
        let moment = log.count
        return try await byHandle.value(for: handle, at: moment, isShared: isCurrent()) { [self] in
            let text = handle.description
            return try await read(store, at: moment) {
                try $0.apiKey(handle: text)
            } orDeleted: {
                try $0.deletedAPIKey(handle: text)
            }
        }
    }

    /// The key with that id, or the tombstone of one.
    func row(_ id: APIKey.ID, store: any Store) async throws -> KeyRow? {
        if case .row(let row) = recall(id) { return row }
        let moment = log.count
        return try await byID.value(for: id, at: moment, isShared: isCurrent()) { [self] in
            try await read(store, at: moment) {
                try $0.apiKey(id)
            } orDeleted: {
                try $0.deletedAPIKey(id)
            }
        }
    }

    /// The key with that id, with its grants; nil when there is none any more.
    func entry(_ id: APIKey.ID, store: any Store) async throws -> Entry? {
        guard let row = try await row(id, store: store), !row.isDeleted else { return nil }
        return try await entry(of: row, store: store)
    }

    /// A key with those of its grants whose resources are live.
    func entry(of key: KeyRow, store: any Store) async throws -> Entry {
        let revision = resources.revision
        if let grants = key.liveGrants(resources.isLive) {
            return Entry(key: key, grants: grants, resourceRevision: revision)
        }
        let live = try await resources.live(among: key.grants.map(\.nrn), in: store)
        let grants = key.liveGrants { live.contains($0) } ?? []
        return Entry(key: key, grants: grants, resourceRevision: revision)
    }

    private struct Reading: Sendable {
        var row: KeyRow?
        let newHandles: [(id: APIKey.ID, handle: String)]
    }

    private func read(
        _ store: any Store, at moment: UInt64,
        _ find: @escaping @Sendable (any ReadTransaction) throws -> APIKey?,
        orDeleted findDeleted: @escaping @Sendable (any ReadTransaction) throws -> DeletedAPIKey?
    ) async throws -> KeyRow? {
        let revision = revisions.wrappingAdd(1, ordering: .relaxed).newValue
        var reading = try await store.readByOneStatement { [self] transaction -> Reading in
            let newHandles = try directory.newer(in: transaction)
            guard let key = try find(transaction) else { return Reading(row: nil, newHandles: newHandles) }
            let organization = try organization(key.organizationID, in: transaction)
            return Reading(row: KeyRow(key, in: organization, revision: revision), newHandles: newHandles)
        }
        if reading.row == nil {
            // What was deleted never comes back: there is no need for both to see one state.
            reading.row = try await store.readByOneStatement { [self] transaction in
                guard let key = try findDeleted(transaction) else { return nil }
                return KeyRow(
                    key, in: try organization(key.organizationID, in: transaction), revision: revision
                )
            }
        }
        directory.learn(reading.newHandles)
        // Without it, each reading has a row of the organization of its own.
        if let row = reading.row, isCurrent() { remember(row, readAt: moment) }
        return reading.row
    }

    private func organization(
        _ id: Organization.ID, in transaction: any ReadTransaction
    ) throws -> OrganizationRow {
        if isCurrent(), let known = organizations.withLock({ $0[id]?.last }) { return known }
        return try OrganizationRow.read(id, in: transaction)
    }

    private func remember(_ row: KeyRow, readAt moment: UInt64) {
        let organization = row.organization
        organizations.withLock { organizations in
            if organizations[organization.id]?.contains(where: { $0 === organization }) == true { return }
            let isOutdated = log.mayHaveChanged(since: moment) { change in
                let concerns = change.subject == .role || change.subject == .organization
                return concerns && (change.organizationID == nil || change.organizationID == organization.id)
            }
            if isOutdated { return organization.forget() }
            if organizations.count >= Self.organizationLimit, let (id, rows) = organizations.first {
                for row in rows { row.forget() }
                organizations[id] = nil
            }
            organizations[organization.id, default: []].append(organization)
        }
        guard organization.isCurrent else { return }
        (row.isDeleted ? tombstones : keys).insert(row) {
            log.mayHaveChanged(since: moment) { $0.subject == .apiKey && $0.id == row.id.rawValue }
        }
    }

    // MARK: Within a mutation

    /// The principal as its rights are now: within a mutation, what was authenticated before may have changed.
    ///
    /// - Throws: `.unauthenticated` when its key is gone or may not be used any more, or the person is not active.
    func current(_ principal: Principal, in transaction: any ReadTransaction, now: Instant) throws -> Principal {
        let id: APIKey.ID
        switch principal.kind {
        case .localOperator: return principal
        case .person: return try Self.person(principal.userID, principal.origin, in: transaction)
        case .apiKey(let key, _): id = key
        }
        if isCurrent(), principal.revision > 0, principal.resourceRevision == resources.revision,
            keys.row(id)?.revision == principal.revision
        {
            return principal
        }
        guard let key = try transaction.apiKey(id), key.isUsable(at: now) else {
            throw Operations.badCredential
        }
        let catalogue = try transaction.catalogue(key.organizationID)
        let live = try key.grants.filter { try transaction.isLive($0.nrn) }
        return Principal(
            kind: principal.kind, userID: key.userID, organizationID: key.organizationID,
            grants: live.map { EffectiveGrant($0, in: catalogue) }, catalogue: catalogue, origin: principal.origin
        )
    }

    /// An active person with what they may do now.
    ///
    /// - Throws: `.unauthenticated` when there is no such person, or they are not active.
    static func person(
        _ id: User.ID?, _ origin: Principal.Origin, in transaction: any ReadTransaction
    ) throws -> Principal {
        guard let id, let user = try transaction.person(id), user.status == .active else {
            throw Operations.badCredential
        }
        let catalogue = try transaction.catalogue(user.organizationID)
        let live = try transaction.grants(of: id).filter { try transaction.isLive($0.nrn) }
        return Principal(
            kind: .person, userID: id, organizationID: user.organizationID,
            grants: live.map { EffectiveGrant($0, in: catalogue) }, catalogue: catalogue, origin: origin
        )
    }
}

extension KeyRow {
    /// The grants whose resources are live; nil when that is not known of one.
    fileprivate func liveGrants(_ isLive: (NRN) -> Bool?) -> [EffectiveGrant]? {
        var live: [EffectiveGrant] = []
        live.reserveCapacity(grants.count)
        for grant in grants {
            guard let isLive = isLive(grant.nrn) else { return nil }
            if isLive { live.append(grant.effective) }
        }
        return live
    }
}
