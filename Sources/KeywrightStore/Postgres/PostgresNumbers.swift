import KeywrightDomain

/// Ids from the database's sequences: whatever becomes of a transaction, none is given again.
final class PostgresNumbers: NumberSource {
    /// How often several numbers are drawn until none of another writer lies between them.
    private static let attempts = 50

    private let effects: CommitEffects

    init(effects: CommitEffects) {
        self.effects = effects
    }

    func allocate(_ counter: Counter, count: Int, in session: any SQLSession) throws -> Int64 {
        // The name is one of a few of ours.
        let sequence = "ids_\(counter.name)"
        if count == 1 {
            guard let number = try session.first("SELECT nextval('\(sequence)')", [], { $0.integer(0) }) else {
                throw CorruptRow(what: "no sequence \(sequence)")
            }
            return number
        }
        for _ in 0..<Self.attempts {
            let range = try session.first(
                "SELECT min(n), max(n) FROM (SELECT nextval('\(sequence)') AS n FROM generate_series(1, $1)) AS given",
                [.integer(Int64(count))]
            ) { (first: $0.integer(0), last: $0.integer(1)) }
            if let range, range.last - range.first == Int64(count) - 1 { return range.first }
        }
        throw PostgresError.unavailable
    }

    func eventNumbers(_ count: Int, in session: any SQLSession) throws -> [Int64] {
        try session.rows("SELECT nextval('ids_audit_event') FROM generate_series(1, $1)", [.integer(Int64(count))]) {
            $0.integer(0)
        }
    }

    func pendingKeyCount(_ organization: Organization.ID) -> (all: Int, listed: Int) {
        effects.pendingKeyCount(organization)
    }

    var pendingTermChanges: [APIKeyTermChange] { effects.termChanges }
}
