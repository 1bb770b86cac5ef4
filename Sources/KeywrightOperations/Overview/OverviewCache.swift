import KeywrightDomain
import KeywrightStore
import Synchronization

/// Remembers counts that take a look at every key.
///
/// A count stands until a key of its organization changes, a minute at most. One that took long stands for fifty times
/// as long as it took, two minutes at most, so that a busy organization with very many keys is not counted all the time.
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
    }

    /// The most counts remembered.
    private static let limit = 200
    private static let lifetime: Duration = .seconds(60)

    private let state = Mutex(State())

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
    func value<Value: Sendable>(
        _ key: Key, now: Instant, make: () async throws -> Value
    ) async throws -> Value {
        let (known, revision) = state.withLock { state -> (Value?, UInt64) in
            let revision = state.revisions[key.scope.organizationID] ?? 0
            if let entry = state.entries[key], let value = entry.value as? Value {
                let age = now.duration(since: entry.madeAt)
                let stands = (entry.revision == revision && age < Self.lifetime) || age < entry.grace
                if stands || state.loading.contains(key) { return (value, revision) }
            }
            state.loading.insert(key)
            return (nil, revision)
        }
        if let known { return known }
        defer { state.withLock { _ = $0.loading.remove(key) } }
        let clock = ContinuousClock()
        let start = clock.now
        let value = try await make()
        let cost = start.duration(to: clock.now)
        let grace: Duration = cost < .milliseconds(50) ? .zero : min(cost * 50, .seconds(120))
        state.withLock { state in
            if state.entries.count >= Self.limit { state.entries = [:] }
            state.entries[key] = Entry(value: value, revision: revision, madeAt: now, grace: grace)
        }
        return value
    }
}
