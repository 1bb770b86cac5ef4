import KeywrightDomain

// The change log.

extension SQLTransaction {
    /// The setting that holds, in decimal, the highest number removed from the log.
    private static let removedChange = "changes.removed"

    private func changes(_ tail: String, _ arguments: [SQLValue]) throws -> [LoggedChange] {
        try session.rows(
            "SELECT sequence, organization_id, subject, subject_id, at FROM changes \(tail)", arguments
        ) { row in
            guard let subject = Change.Subject(rawValue: row.text(2)) else {
                throw CorruptRow(what: "a change of \(row.text(2))")
            }
            let organization = row.optionalInteger(1).map { Organization.ID($0) }
            return LoggedChange(
                sequence: row.integer(0), change: Change(subject, row.integer(3), in: organization), at: row.instant(4)
            )
        }
    }

    func changes(after sequence: Int64, limit: Int) throws -> [LoggedChange] {
        try changes(
            "WHERE sequence > $1 ORDER BY sequence LIMIT $2", [.integer(sequence), .integer(Int64(limit))]
        )
    }

    func changes(
        after sequence: Int64, concerning organization: Organization.ID, limit: Int
    ) throws -> [LoggedChange] {
        // Two walks along the index: one condition for both would read what others changed, or sort.
        let own = try changes(
            "WHERE organization_id = $1 AND sequence > $2 ORDER BY sequence LIMIT $3",
            [SQLValue(organization), .integer(sequence), .integer(Int64(limit))]
        )
        let shared = try changes(
            "WHERE organization_id IS NULL AND sequence > $1 ORDER BY sequence LIMIT $2",
            [.integer(sequence), .integer(Int64(limit))]
        )
        if shared.isEmpty { return own }
        return Array((own + shared).sorted { $0.sequence < $1.sequence }.prefix(limit))
    }

    func changeLogBounds() throws -> ChangeLogBounds {
        let removed = try setting(Self.removedChange).flatMap { Int64(String(decoding: $0, as: UTF8.self)) } ?? 0
        return ChangeLogBounds(removed: removed, last: try end("max") ?? removed)
    }

    /// The lowest or highest number of the log; nil when it is empty.
    private func end(_ function: String) throws -> Int64? {
        try session.first("SELECT \(function)(sequence) FROM changes", []) { $0.optionalInteger(0) } ?? nil
    }

    /// Removes the rows before a moment, and notes how far the log was cut.
    func removeOutdatedChanges(before time: Instant) throws {
        guard let last = try end("max") else { return }
        // From the oldest on, up to the first that stays: the log is in the order of time and has no index of it.
        let count = try session.execute(
            """
            DELETE FROM changes WHERE sequence < coalesce(
                (SELECT sequence FROM changes WHERE at >= $1 ORDER BY sequence LIMIT 1),
                (SELECT max(sequence) + 1 FROM changes), 0
            )
            """,
            [SQLValue(time)]
        )
        guard count > 0 else { return }
        let removed = try end("min").map { $0 - 1 } ?? last
        try set(Self.removedChange, Array(String(removed).utf8))
    }
}
