import CLibPQ
import KeywrightDomain

/// The schema of the PostgreSQL engine and its version.
enum PostgresSchema {
    /// The schema with our tables.
    static let name = "keywright"
    /// The version that this program needs.
    static var version: Int64 { Int64(PostgresTables.steps.count) }

    /// Whether a server may use the database.
    ///
    /// - Throws: `DomainError` `.conflict` when the tables are older or newer than this version needs, or absent, or
    ///   when the data of another database is being moved into them.
    static func check(_ connection: PostgresConnection, _ schema: String) throws {
        try checkVersion(connection)
        guard try !isMoving(connection) else {
            throw DomainError(
                .conflict,
                """
                Data is being moved into this database, or that ended half-way: run keywright migrate again, to its end.
                """
            )
        }
    }

    /// Whether the tables are those that this version needs.
    static func checkVersion(_ connection: PostgresConnection) throws {
        let found = try installed(on: connection)
        if found == version { return }
        throw DomainError(
            .conflict,
            found > version
                ? "The database was written by a newer version of Keywright."
                : "The database is not prepared for this version of Keywright: run keywright database prepare."
        )
    }

    // MARK: Moving

    /// The setting that marks a database while another one's data is moved into it.
    private static let moving = "move.begun"

    /// Whether the data of another database is being moved there, or was to be.
    static func isMoving(_ connection: PostgresConnection) throws -> Bool {
        try connection.run("SELECT 1 FROM settings WHERE name = $1", [.value(.text(moving))]).rowCount > 0
    }

    /// Marks the database so.
    static func mark(_ connection: PostgresConnection) throws {
        _ = try connection.run("INSERT INTO settings (name, value) VALUES ($1, '')", [.value(.text(moving))])
    }

    /// Keeps others from preparing the database, and from moving into it, until the connection ends.
    static func lock(_ connection: PostgresConnection) throws {
        _ = try connection.run("SELECT pg_advisory_lock(\(key))")
    }

    private static let key = "hashtextextended('keywright schema', 0)"

    // MARK: Making

    /// The version of the tables; 0 when there are none.
    private static func installed(on connection: PostgresConnection) throws -> Int64 {
        let exists = try connection.run("SELECT to_regclass('schema_versions') IS NOT NULL").row(0).integer(0) == 1
        guard exists else { return 0 }
        return try connection.run("SELECT coalesce(max(version), 0) FROM schema_versions").row(0).integer(0)
    }

    /// Makes the schema, or brings it up to date, one node at a time.
    ///
    /// The role that connects owns everything. Another one, which serves, gets what serving needs and no more: it can
    /// neither change nor remove audit events.
    ///
    /// - Parameter runRole: the role that serves; nil when it is the one that connects.
    static func prepare(_ connection: PostgresConnection, _ schema: String, runRole: String?) throws {
        let quoted = quote(schema)
        guard try connection.run("SHOW server_encoding").row(0).text(0) == "UTF8" else {
            throw DomainError(.conflict, "The database must have the encoding UTF8.")
        }
        try lock(connection)
        defer { _ = try? connection.run("SELECT pg_advisory_unlock(\(key))") }
        try connection.runScript(
            """
            CREATE SCHEMA IF NOT EXISTS \(quoted);
            CREATE TABLE IF NOT EXISTS schema_versions (version bigint PRIMARY KEY, at timestamptz NOT NULL DEFAULT now());
            """
        )
        let found = try installed(on: connection)
        guard found <= version else {
            throw DomainError(.conflict, "The database was written by a newer version of Keywright.")
        }
        for (index, step) in PostgresTables.steps.enumerated() where Int64(index) >= found {
            // A script of several statements is one transaction.
            try connection.runScript(
                """
                \(step)
                INSERT INTO schema_versions (version) VALUES (\(index + 1));
                """
            )
        }
        try connection.runScript(
            "ALTER FUNCTION add_audit_months() SET search_path = \(quoted), pg_temp; SELECT add_audit_months();"
        )
        if let runRole { try connection.runScript(rights(of: quote(runRole), quoted)) }
    }

    private static func rights(of role: String, _ schema: String) -> String {
        """
        GRANT USAGE ON SCHEMA \(schema) TO \(role);
        GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA \(schema) TO \(role);
        REVOKE INSERT, UPDATE, DELETE ON schema_versions, audit_checkpoints FROM \(role);
        DO $$
        DECLARE part regclass;
        BEGIN
            FOR part IN SELECT relid FROM pg_partition_tree('audit_events') LOOP
                EXECUTE format('REVOKE ALL ON %s FROM %s', part, \(literal(role)));
            END LOOP;
        END
        $$;
        GRANT SELECT, INSERT ON audit_events TO \(role);
        GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA \(schema) TO \(role);
        GRANT EXECUTE ON FUNCTION add_audit_months() TO \(role);
        """
    }

    private static func quote(_ name: String) -> String { "\"" + name.replacing("\"", with: "\"\"") + "\"" }

    private static func literal(_ text: String) -> String { "'" + text.replacing("'", with: "''") + "'" }
}
