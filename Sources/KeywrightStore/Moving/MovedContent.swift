import KeywrightDomain

/// What the embedded engine's database holds, and in what order it moves: what others refer to comes first.
struct MovedContent {
    /// A table whose rows move as they are.
    struct Table {
        let name: String
        let columns: [String]
        let count: Int
        /// The query for its rows.
        let query: String
    }

    /// The tables that move, with the order of their rows, in which the target's indexes grow at their ends.
    static let order: [(name: String, order: String)] = [
        ("settings", "name"), ("organizations", "id"), ("resources", "level, id"), ("users", "id"), ("roles", "id"),
        ("grants", "id"), ("api_keys", "id"), ("api_key_sets", "organization_id, term, block"),
        ("deleted_api_keys", "id"), ("signing_keys", "id"), ("revoked_tokens", "number"), ("one_time_tokens", "digest"),
        ("idempotency_records", "user_id, request_key"), ("sessions", "id"), ("sign_in_attempts", "digest"),
        ("form_drafts", "id"), ("audit_events", "id"),
    ]

    /// What does not move: followers of the change log begin anew, and how far it was cut goes with it; numbers become
    /// sequences; the search's index is the embedded engine's own.
    static let left: Set<String> = ["changes", "counters", "api_key_search"]
    private static let leftSetting = "changes.removed"

    let tables: [Table]
    /// The months of the audit trail, as `2026-11`.
    let months: [String]
    /// The last number of each sequence that has given any.
    let lastNumbers: [(sequence: String, last: Int64)]

    init(_ session: SQLiteSession) throws {
        tables = try Self.order.map { name, order in
            let columns = try session.rows("SELECT name FROM pragma_table_info($1)", [.text(name)]) { $0.text(0) }
            let filter = name == "settings" ? "WHERE name <> '\(Self.leftSetting)'" : ""
            return Table(
                name: name, columns: columns, count: try session.count("SELECT count(*) FROM \(name) \(filter)", []),
                query: "SELECT \(columns.joined(separator: ", ")) FROM \(name) \(filter) ORDER BY \(order)"
            )
        }
        months = try session.rows(
            """
            SELECT DISTINCT strftime('%Y-%m', at / 1000, 'unixepoch') AS month FROM audit_events
            WHERE at BETWEEN 0 AND 253402300799999 ORDER BY month
            """,
            []
        ) { $0.text(0) }
        let counters = try session.rows("SELECT name, last FROM counters ORDER BY name", []) {
            (sequence: "ids_\($0.text(0))", last: $0.integer(1))
        }
        let event = try session.first("SELECT coalesce(max(id), 0) FROM audit_events", []) { $0.integer(0) } ?? 0
        lastNumbers = counters + (event > 0 ? [("ids_audit_event", event)] : [])
    }

    /// How many rows of a table move.
    func count(of table: String) -> Int { tables.first { $0.name == table }?.count ?? 0 }
}
