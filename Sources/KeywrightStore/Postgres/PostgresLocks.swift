import KeywrightDomain

/// The advisory locks of our schema, by which writers of all nodes wait for each other. Each ends with its transaction.
enum PostgresLocks {
    /// The lock of everything; organizations have their own id.
    private static let everything: Int64 = 0

    private static let schema = "to_regnamespace(current_schema()::text)::oid::integer"

    /// Takes the lock of the change log. It is the last that a transaction takes, and ends when others see its commit: so
    /// numbers of the log become visible in their order.
    static let changeLog = "pg_advisory_xact_lock(\(schema), -1)"

    /// Sends a notification with the commit, to whoever follows the change log.
    static let notification = "pg_notify($1, '')"

    /// What a transaction's first statement selects beside, with its arguments.
    ///
    /// The schema's number keeps several installations in one database apart. Locks are taken in one order, the one of
    /// everything first.
    static func acquiring(_ scope: WriteScope) -> (columns: String, arguments: [PostgresArgument]) {
        let shared = ", pg_advisory_xact_lock_shared(\(schema), \(everything))"
        switch scope {
        case .installation:
            return (", pg_advisory_xact_lock(\(schema), \(everything))", [])
        case .organization(let id):
            // Organizations whose ids end alike would share a lock, and merely wait for each other.
            let own = max(Int64(Int32(truncatingIfNeeded: id.rawValue)), 1)
            return (shared + ", pg_advisory_xact_lock(\(schema), $1)", [.value(.integer(own))])
        case .digest(let digest):
            let own = digest.prefix(8).reduce(Int64(0)) { $0 << 8 | Int64($1) }
            return (shared + ", pg_advisory_xact_lock($1)", [.value(.integer(own))])
        case .nothing:
            return ("", [])
        }
    }
}
