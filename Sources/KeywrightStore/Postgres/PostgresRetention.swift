import KeywrightDomain
public import Logging

/// A month of the audit trail, as in `2026-01`; in UTC.
public struct AuditMonth: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// The month as text.
    public let description: String

    /// - Throws: `DomainError`: `.invalid` for any other text.
    public init(parsing text: String) throws {
        guard text.wholeMatch(of: /[0-9]{4}-(0[1-9]|1[0-2])/) != nil else {
            throw DomainError(.invalid, "A month reads 2026-01.")
        }
        description = text
    }

    /// The earlier month is less.
    public static func < (one: AuditMonth, other: AuditMonth) -> Bool {
        one.description.utf8.lexicographicallyPrecedes(other.description.utf8)
    }

    /// The partition with the events of the month.
    var table: String { "audit_events_" + description.replacing("-", with: "_") }
}

extension PostgresStore {
    /// Takes old months out of the audit trail. Their events stay in the database, in tables of their own, until somebody
    /// drops those.
    ///
    /// Where each organization's chain goes on is kept with it. Waits for the network: not for an event loop.
    ///
    /// - Parameters:
    ///   - address: the database as the role that owns the tables.
    ///   - month: the first month that stays.
    /// - Returns: the tables that hold the events now.
    /// - Throws: `DomainError`: `.invalid` when the current month would go too, `.unavailable` when the database cannot be
    ///   reached or somebody reads the trail.
    public static func detachAuditMonths(
        _ address: PostgresAddress, before month: AuditMonth, logger: Logger
    ) throws -> [String] {
        try detachAuditMonths(address, schema: PostgresSchema.name, before: month, logger: logger)
    }

    static func detachAuditMonths(
        _ address: PostgresAddress, schema: String, before month: AuditMonth, logger: Logger
    ) throws -> [String] {
        do {
            let connection = try PostgresConnection(address, .init(schema: schema, statementTimeout: .zero))
            try PostgresSchema.check(connection, schema)
            // Whoever reads the trail is waited for, and writers wait behind: not for long.
            _ = try connection.run("SELECT set_config('lock_timeout', '2000', false)")
            _ = try connection.run("BEGIN")
            return try detach(before: month, on: connection)
        } catch {
            throw PostgresError.translate(error, logger)
        }
    }

    private static func detach(before month: AuditMonth, on connection: PostgresConnection) throws -> [String] {
        _ = try connection.run("SELECT pg_advisory_xact_lock(hashtextextended('keywright audit months', 0))")
        let now = try connection.run("SELECT to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM')").row(0).text(0)
        guard try month <= AuditMonth(parsing: now) else {
            throw DomainError(.invalid, "The current month stays: give \(now) or an earlier one.")
        }
        let found = try connection.run(
            """
            SELECT c.relname::text FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
            WHERE i.inhparent = 'audit_events'::regclass AND c.relname ~ '^audit_events_[0-9]{4}_[0-9]{2}$'
                AND c.relname COLLATE "C" < $1
            ORDER BY 1
            """,
            [.value(.text(month.table))]
        )
        let tables = (0..<found.rowCount).map { found.row($0).text(0) }
        for table in tables {
            _ = try connection.run(
                """
                INSERT INTO audit_checkpoints (organization_id, event_id, link)
                SELECT o.id, e.id, e.link FROM organizations o CROSS JOIN LATERAL (
                    SELECT id, link FROM \(table) WHERE organization_id = o.id ORDER BY id DESC LIMIT 1) e
                ON CONFLICT (organization_id) DO UPDATE SET event_id = excluded.event_id, link = excluded.link
                WHERE audit_checkpoints.event_id < excluded.event_id
                """)
            _ = try connection.run("ALTER TABLE audit_events DETACH PARTITION \(table)")
        }
        _ = try connection.run("COMMIT")
        return tables
    }
}
