import KeywrightDomain
import KeywrightStore
import Synchronization

/// Remembers what every page of a list says: counts that take a look at every key, and the uppermost places.
///
/// It stands until something that it is about changes in its organization, a minute at most. A count of an organization
/// with more than 20,000 keys stands for a second for each 10,000 of them, two minutes at most, whatever changes: a busy
/// organization with very many keys is not counted all the time. Nor is it counted twice at a time: meanwhile the last
/// count serves. Places are read again instead.
final class OverviewCache: Sendable {
    /// What is remembered.
    enum Kind: Hashable {
        case facets
        case roleCounts
        /// The uppermost places within those of each level.
        case places([NRN.Level: [NRN]])

        /// Whether an old value will do while another one is made.
        fileprivate var mayLag: Bool {
            switch self {
            case .facets, .roleCounts: true
            case .places: false
            }
        }

        /// What changes it.
        fileprivate var subject: Change.Subject {
            switch self {
            case .facets, .roleCounts: .apiKey
            case .places: .resource
            }
        }
    }

    /// What is remembered, and for whom.
    struct Key: Hashable {
        let kind: Kind
        let scope: CountScope

        fileprivate var topic: Topic { Topic(organizationID: scope.organizationID, subject: kind.subject) }
    }

    /// What changes in an organization.
    fileprivate struct Topic: Hashable {
        let organizationID: Organization.ID
        let subject: Change.Subject
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
        var revisions: [Topic: UInt64] = [:]
        /// How often everything was forgotten.
        var forgettings: UInt64 = 0

        func revision(of topic: Topic) -> UInt64 { forgettings + (revisions[topic] ?? 0) }
    }

    /// The most that is remembered.
    private static let limit = 400
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

    /// Notes in which organizations keys or resources changed.
    func forget(_ changes: [Change]) {
        var topics: Set<Topic> = []
        var concernsAll = false
        for change in changes {
            // Places are told with the name of their organization.
            let subject = change.subject == .organization ? .resource : change.subject
            guard subject == .apiKey || subject == .resource else { continue }
            if let organization = change.organizationID {
                topics.insert(Topic(organizationID: organization, subject: subject))
            } else {
                concernsAll = true
            }
        }
        if topics.isEmpty, !concernsAll { return }
        state.withLock { state in
            for topic in topics { state.revisions[topic, default: 0] += 1 }
            if concernsAll {
                state.entries = [:]
                state.forgettings += 1
            }
        }
    }

    /// What was asked for, from memory or made now.
    ///
    /// - Parameter make: gives the value, and how many keys it counts.
    func value<Value: Sendable>(
        _ key: Key, now: Instant, make: () async throws -> (value: Value, keyCount: Int)
    ) async throws -> Value {
        let (known, revision) = state.withLock { state -> (Value?, UInt64) in
            let revision = state.revision(of: key.topic)
            if isCurrent(), let entry = state.entries[key], let value = entry.value as? Value {
                let age = now.duration(since: entry.madeAt)
                let isInGrace = entry.grace > .zero && age < entry.grace
                let stands = (entry.revision == revision && age < Self.lifetime) || isInGrace
                if stands || (key.kind.mayLag && state.loading.contains(key)) { return (value, revision) }
            }
            state.loading.insert(key)
            return (nil, revision)
        }
        if let known { return known }
        defer { state.withLock { _ = $0.loading.remove(key) } }
        let (value, keyCount) = try await make()
        let seconds = keyCount > Self.exactKeyLimit ? min(keyCount / 10_000, 120) : 0
        state.withLock { state in
            if state.entries.count >= Self.limit,
                let oldest = state.entries.min(by: { $0.value.madeAt < $1.value.madeAt })
            {
                state.entries[oldest.key] = nil
            }
            state.entries[key] = Entry(value: value, revision: revision, madeAt: now, grace: .seconds(seconds))
        }
        return value
    }
}

extension Operations {
    /// Counts the keys of a scope, or takes the count from memory.
    func overview<Value: Sendable>(
        _ kind: OverviewCache.Kind, _ scope: CountScope,
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
