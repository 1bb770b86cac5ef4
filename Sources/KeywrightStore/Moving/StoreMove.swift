public import KeywrightDomain
public import Logging

/// Moves everything from the embedded engine to a PostgreSQL database.
///
/// All of it is one transaction: when it ends early, whatever the reason, the target holds nothing of it, and the next
/// try begins again. Until one succeeds the target bears a mark, by which no server opens it. Memory stays bounded.
public struct StoreMove {
    /// How far the move is.
    public struct Progress: Sendable, Equatable {
        /// The table whose rows are being moved.
        public let table: String
        /// How many of them were sent.
        public let done: Int
        /// How many there are.
        public let total: Int
    }

    /// Rows come in parts of so many between two reports.
    static let step = 20_000

    private let source: SQLiteStore
    private let target: PostgresAddress
    private let schema: String
    private let logger: Logger

    /// - Parameters:
    ///   - source: the data to move; whoever opened it keeps all others away.
    ///   - target: a database that was prepared and holds nothing, as the role that owns the tables.
    public init(from source: SQLiteStore, to target: PostgresAddress, logger: Logger) {
        self.init(from: source, to: target, schema: PostgresSchema.name, logger: logger)
    }

    init(from source: SQLiteStore, to target: PostgresAddress, schema: String, logger: Logger) {
        self.source = source
        self.target = target
        self.schema = schema
        self.logger = logger
    }

    /// Moves everything. Waits for disk and network: not for an event loop.
    ///
    /// - Parameters:
    ///   - now: the moment of the move.
    ///   - progress: called now and then, and at the end of each table.
    ///   - conclude: called on what was moved, before it is committed; when it throws, nothing was moved.
    /// - Returns: how many rows each table has now, as counted there.
    /// - Throws: `DomainError`: `.conflict` when the target is not prepared, holds other data, or ends with other
    ///   counts than the source; `.forbidden` when the role does not own the tables; `.unavailable` when the database
    ///   cannot be reached.
    public func run(
        at now: Instant, progress: (Progress) throws -> Void, conclude: (any WriteTransaction) throws -> Void
    ) throws -> [(table: String, count: Int)] {
        do {
            return try source.withSession { session in
                let content = try MovedContent(session)
                let target = try MoveTarget(target, schema: schema)
                try target.begin()
                try target.addAuditMonths(content.months)
                for table in content.tables {
                    try target.copy(table.name, table.columns) { try send(table, session, progress, to: $0) }
                }
                let partCount = try copyNameParts(session, target, progress)
                try target.setSequences(content.lastNumbers)
                let counts = try target.counts()
                for (table, count) in counts {
                    let expected = content.count(of: table) + (table == "api_key_sets" ? partCount : 0)
                    guard count == expected else {
                        throw DomainError(
                            .conflict, "\(table) has \(count) rows where \(expected) were expected. Nothing was moved.")
                    }
                }
                try target.end(at: now, conclude)
                return counts
            }
        } catch {
            throw PostgresError.translate(error, logger)
        }
    }

    /// Sends the rows of a table.
    private func send(
        _ table: MovedContent.Table, _ session: SQLiteSession, _ progress: (Progress) throws -> Void,
        to send: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        var text = CopyText()
        var done = 0
        try session.each(table.query, []) { row in
            guard let row = row as? SQLiteRow else { return false }
            text.append(row, columnCount: table.columns.count)
            done += 1
            if text.isFull { try text.drain(send) }
            if done.isMultiple(of: Self.step) {
                try progress(Progress(table: table.name, done: done, total: table.count))
            }
            return true
        }
        try text.drain(send)
        try progress(Progress(table: table.name, done: done, total: table.count))
    }
}
