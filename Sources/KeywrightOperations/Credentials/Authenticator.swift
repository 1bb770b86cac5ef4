import KeywrightDomain
import KeywrightStore
import Synchronization

/// Remembers keys with what they may do, until the change log says to forget them.
///
/// It caches rows, never decisions: whether a key is enabled or expired is judged on every use.
final class Authenticator: Sendable {
    /// A key as it is remembered.
    struct Entry: Sendable {
        let key: APIKey
        let organizationEpoch: Int64
        /// Those whose resources are live.
        let grants: [EffectiveGrant]
        let catalogue: RoleCatalogue
        /// Differs between any two loads, so that a principal knows whether its entry still stands.
        var revision: UInt64 = 0

        func principal(_ origin: Principal.Origin) -> Principal {
            var principal = Principal(
                kind: .apiKey(key.id, handle: key.handle), userID: key.userID, organizationID: key.organizationID,
                grants: grants, catalogue: catalogue, origin: origin
            )
            principal.revision = revision
            return principal
        }
    }

    private struct State {
        var entries: [APIKey.ID: Entry] = [:]
        var handles: [String: APIKey.ID] = [:]
        /// Raised by every forgetting and loading: what was read before is not remembered after.
        var revision: UInt64 = 1
    }

    /// The most keys remembered.
    private static let limit = 100_000

    private let state = Mutex(State())

    /// Forgets what changed, and all keys of an organization whose roles or resources did.
    func forget(_ changes: [Change]) {
        state.withLock { state in
            state.revision += 1
            for change in changes {
                switch change.subject {
                case .apiKey:
                    if let entry = state.entries.removeValue(forKey: APIKey.ID(change.id)) {
                        state.handles[entry.key.handle] = nil
                    }
                case .role, .resource, .organization:
                    state.entries = state.entries.filter { $0.value.key.organizationID != change.organizationID }
                    let entries = state.entries
                    state.handles = state.handles.filter { entries[$0.value] != nil }
                case .user, .signingKey, .token: break
                }
            }
        }
    }

    /// The key with that handle; from memory where possible.
    func entry(handle: String, store: any Store) async throws -> Entry? {
        if let entry = state.withLock({ state in state.handles[handle].flatMap { state.entries[$0] } }) { return entry }
        return try await load(store) { try $0.apiKey(handle: handle) }
    }

    /// The key with that id; from memory where possible.
    func entry(_ id: APIKey.ID, store: any Store) async throws -> Entry? {
        if let entry = state.withLock({ $0.entries[id] }) { return entry }
        return try await load(store) { try $0.apiKey(id) }
    }

    private func load(
        _ store: any Store, _ find: @escaping @Sendable (any ReadTransaction) throws -> APIKey?
    ) async throws -> Entry? {
        let before = state.withLock { $0.revision }
        let loaded = try await store.read { transaction -> Entry? in
            guard let key = try find(transaction) else { return nil }
            return try Self.entry(key, in: transaction)
        }
        guard var entry = loaded else { return nil }
        return state.withLock { state in
            // Something was forgotten while this was read: it may be out of date, so it serves this request only.
            guard state.revision == before else { return entry }
            state.revision += 1
            entry.revision = state.revision
            if state.entries.count >= Self.limit {
                state.entries = [:]
                state.handles = [:]
            }
            state.entries[entry.key.id] = entry
            state.handles[entry.key.handle] = entry.key.id
            return entry
        }
    }

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
        if principal.revision > 0, state.withLock({ $0.entries[id]?.revision }) == principal.revision {
            return principal
        }
        guard let key = try transaction.apiKey(id), key.isUsable(at: now) else {
            throw Operations.badCredential
        }
        return try Self.entry(key, in: transaction).principal(principal.origin)
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

    static func entry(_ key: APIKey, in transaction: any ReadTransaction) throws -> Entry {
        let catalogue = try transaction.catalogue(key.organizationID)
        let live = try key.grants.filter { try transaction.isLive($0.nrn) }
        return Entry(
            key: key, organizationEpoch: try transaction.organization(key.organizationID)?.epoch ?? 0,
            grants: live.map { EffectiveGrant($0, in: catalogue) }, catalogue: catalogue
        )
    }
}
