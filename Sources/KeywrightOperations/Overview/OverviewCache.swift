import KeywrightDomain
import KeywrightStore
import Synchronization

/// Remembers counts that take a look at every key.
///
/// A count stands until a key of its organization changes, a minute at most. That of an organization with more than
/// 20,000 keys stands for a second for each 10,000 of them, two minutes at most, whatever changes: a busy organization
/// with very many keys is not counted all the time.
final class OverviewCache: Sendable {
    /// What is counted, and for whom.
    struct Key: Hashable {
        let kind: String
        let scope: CountScope
    }

    private struct Entry {
        let value: any Sendable
        let revision: UInt64
        let madeAt: Instant
        let grace: Duration
    }

    private struct State {
        var entries: [Key: Entry] = [:]
        var loading: Set<Key> = []
        var revisions: [Organization.ID: UInt64] = [:]
        /// How often everything was forgotten.
        var forgettings: UInt64 = 0

        func revision(of organization: Organization.ID) -> UInt64 { forgettings + (revisions[organization] ?? 0) }
    }

    /// The most counts remembered.
    private static let limit = 200
    /// Up to so many keys a count follows each change.
    private static let exactKeyLimit = 20_000
    private static let lifetime: Duration = .seconds(60)

    private let isCurrent: @Sendable () -> Bool
    private let state = Mutex(State())

    /// - Parameter isCurrent: whether what is remembered may be relied on.
    init(isCurrent: @escaping @Sendable () -> Bool) {
        self.isCurrent = isCurrent
    }

    /// Forgets everything: what changed cannot be told.
    func forgetAll() {
        state.withLock { state in
            state.entries = [:]
            state.forgettings += 1
        }
    }

    /// Notes which organizations' keys changed.
    func forget(_ changes: [Change]) {
        let organizations = Set(changes.filter { $0.subject == .apiKey }.map(\.organizationID))
        guard !organizations.isEmpty else { return }
        state.withLock { state in
            for case let organization? in organizations { state.revisions[organization, default: 0] += 1 }
            if organizations.contains(nil) { state.entries = [:] }
        }
    }

    /// A count from memory, or made now. While another caller makes it, the last one serves.
    ///
    /// - Parameter make: gives the count, and how many keys the organization has.
    func value<Value: Sendable>(
        _ key: Key, now: Instant, make: () async throws -> (value: Value, keyCount: Int)
    ) async throws -> Value {
        let (known, revision) = state.withLock { state -> (Value?, UInt64) in
            let revision = state.revision(of: key.scope.organizationID)
            if isCurrent(), let entry = state.entries[key], let value = entry.value as? Value {
                let age = now.duration(since: entry.madeAt)
                let stands = (entry.revision == revision && age < Self.lifetime) || age < entry.grace
                if stands || state.loading.contains(key) { return (value, revision) }
            }
            state.loading.insert(key)
            return (nil, revision)
        }
        if let known { return known }
        defer { state.withLock { _ = $0.loading.remove(key) } }
        let (value, keyCount) = try await make()
        let seconds = keyCount > Self.exactKeyLimit ? min(keyCount / 10_000, 120) : 0
        state.withLock { state in
            if state.entries.count >= Self.limit { state.entries = [:] }
            state.entries[key] = Entry(value: value, revision: revision, madeAt: now, grace: .seconds(seconds))
        }
        return value
    }
}

extension Operations {
    /// Counts the keys of a scope, or takes the count from memory.
    func overview<Value: Sendable>(
        _ kind: String, _ scope: CountScope,
        _ count: @escaping @Sendable (any ReadTransaction, Instant) throws -> Value
    ) async throws -> Value {
        let time = now()
        return try await overviews.value(.init(kind: kind, scope: scope), now: time) {
            try await store.read { transaction in
                let keyCount = try transaction.organization(scope.organizationID)?.keyCount ?? 0
                return (try count(transaction, time), keyCount)
            }
        }
    }
}
