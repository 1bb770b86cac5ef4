import KeywrightDomain

/// The ids given within one commit; stored once at its end.
final class CommitNumbers: NumberSource {
    /// The last number given of each kind, as far as it is known.
    private(set) var last: [Counter: Int64]
    private var changed: Set<Counter> = []
    private let effects: CommitEffects

    init(last: [Counter: Int64], effects: CommitEffects) {
        self.last = last
        self.effects = effects
    }

    func allocate(_ counter: Counter, count: Int, in session: any SQLSession) throws -> Int64 {
        let known = try last[counter] ?? stored(counter, in: session)
        last[counter] = known + Int64(count)
        changed.insert(counter)
        return known + 1
    }

    private func stored(_ counter: Counter, in session: any SQLSession) throws -> Int64 {
        try session.first("SELECT last FROM counters WHERE name = $1", [.text(counter.name)]) { $0.integer(0) }
            ?? counter.first - 1
    }

    func eventNumbers(_ count: Int, in session: any SQLSession) throws -> [Int64] {
        let last = try session.first("SELECT coalesce(max(id), 0) FROM audit_events", []) { $0.integer(0) } ?? 0
        return (1...Int64(count)).map { last + $0 }
    }

    func pendingKeyCount(_ organization: Organization.ID) -> (all: Int, listed: Int) {
        effects.pendingKeyCount(organization)
    }

    var pendingTermChanges: [APIKeyTermChange] { effects.termChanges }

    var untoldChanges: [Change]? { effects.changes }

    func write(to session: any SQLSession) throws {
        for counter in changed {
            try session.execute(
                """
                INSERT INTO counters (name, last) VALUES ($1, $2)
                ON CONFLICT (name) DO UPDATE SET last = excluded.last
                """,
                [.text(counter.name), SQLValue(last[counter])]
            )
        }
    }
}
