import KeywrightDomain

/// The database that a move goes to, and the one transaction in which it does.
final class MoveTarget {
    private let connection: PostgresConnection
    private let tables = MovedContent.order.map(\.name)
    /// Tables that the embedded engine does not have, or that begin anew.
    private let others = ["changes", "audit_checkpoints"]

    /// Opens a database that was prepared.
    ///
    /// - Throws: `DomainError`: `.conflict` when it was not, `.forbidden` when its tables are another role's.
    init(_ address: PostgresAddress, schema: String) throws {
        connection = try PostgresConnection(
            address, .init(schema: schema, statementTimeout: .zero, lockTimeout: .seconds(10)))
        try PostgresSchema.checkVersion(connection)
        let isOwner = try connection.run(
            "SELECT pg_has_role(relowner, 'USAGE')::int FROM pg_class WHERE oid = 'audit_events'::regclass"
        ).row(0).integer(0)
        guard isOwner == 1 else {
            throw DomainError(.forbidden, "Name the role that owns the tables: the one of keywright database prepare.")
        }
    }

    /// Takes the database for this move: marks it, so that nobody serves it, and begins the transaction.
    ///
    /// - Throws: `DomainError`: `.conflict` when it holds anything but what is left of an earlier move.
    func begin() throws {
        try PostgresSchema.lock(connection)
        if try !PostgresSchema.isMoving(connection) {
            for table in tables + others {
                let isEmpty = try connection.run("SELECT NOT EXISTS (SELECT 1 FROM \(table))").row(0).integer(0) == 1
                guard isEmpty else {
                    throw DomainError(
                        .conflict, "The target holds data already (in \(table)). Move into an empty database.")
                }
            }
            try PostgresSchema.mark(connection)
        }
        _ = try connection.run("BEGIN")
        // Its mark is read all the while, by whoever would serve it.
        _ = try connection.run("DELETE FROM settings")
        let emptied = tables.filter { $0 != "settings" } + others
        _ = try connection.run("TRUNCATE \(emptied.joined(separator: ", ")) RESTART IDENTITY")
    }

    /// Makes a partition for each month that there is not one for.
    ///
    /// - Parameter months: as `2026-11`.
    func addAuditMonths(_ months: [String]) throws {
        for month in months {
            let parts = month.split(separator: "-").compactMap { Int64($0) }
            guard parts.count == 2 else { continue }
            let name = "audit_events_" + month.replacing("-", with: "_")
            let result = try connection.run(
                """
                SELECT (extract(epoch FROM first) * 1000)::bigint,
                    (extract(epoch FROM (first AT TIME ZONE 'UTC' + interval '1 month') AT TIME ZONE 'UTC') * 1000)::bigint,
                    (to_regclass($3) IS NULL)::int
                FROM make_timestamptz($1::int, $2::int, 1, 0, 0, 0, 'UTC') AS first
                """,
                [.value(.integer(parts[0])), .value(.integer(parts[1])), .value(.text(name))]
            ).row(0)
            guard result.integer(2) == 1 else { continue }
            _ = try connection.run(
                """
                CREATE TABLE \(name) PARTITION OF audit_events
                FOR VALUES FROM (\(result.integer(0))) TO (\(result.integer(1)))
                """
            )
        }
    }

    /// Adds rows to a table, in COPY's text form.
    func copy(
        _ table: String, _ columns: [String],
        _ body: (_ send: (UnsafeRawBufferPointer) throws -> Void) throws -> Void
    ) throws {
        try connection.copy("COPY \(table) (\(columns.joined(separator: ", "))) FROM STDIN", body)
    }

    /// Has sequences go on behind the numbers that were given.
    func setSequences(_ lastNumbers: [(sequence: String, last: Int64)]) throws {
        for (sequence, last) in lastNumbers {
            _ = try connection.run(
                "SELECT setval($1::regclass, $2)", [.value(.text(sequence)), .value(.integer(last))])
        }
    }

    /// How many rows each table has.
    func counts() throws -> [(table: String, count: Int)] {
        try tables.map { ($0, Int(try connection.run("SELECT count(*) FROM \($0)").row(0).integer(0))) }
    }

    /// Commits, unless the function throws; then the tables' statistics are made, without which plans are bad.
    func end(at now: Instant, _ conclude: (any WriteTransaction) throws -> Void) throws {
        let effects = CommitEffects()
        let numbers = PostgresNumbers(effects: effects)
        let session = PostgresSession(connection)
        let transaction = SQLTransaction(session: session, numbers: numbers)
        try conclude(transaction)
        effects.add(transaction.effects)
        try effects.write(to: session, numbers: numbers, now: now)
        guard try connection.run("COMMIT").command == "COMMIT" else {
            throw PostgresError(state: "25P02", message: "the transaction had failed")
        }
        try connection.runScript("ANALYZE \(tables.joined(separator: ", "))")
    }
}
