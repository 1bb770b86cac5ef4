import KeywrightDomain

/// Statements on one PostgreSQL connection: within a transaction, or a single one that is its own.
final class PostgresSession: SQLSession {
    /// How many statements there may be.
    enum Statements {
        /// One, outside of a transaction.
        case one
        /// Any number, within the transaction that the connection has.
        case many
    }

    /// Thrown where a second statement would not see what the first one saw.
    private struct TransactionNeeded: Error {}

    private let connection: PostgresConnection
    private var statementsLeft: Int
    /// Whether more was asked than one statement can tell: what it told counts for nothing.
    private(set) var needsTransaction = false
    /// Whether anything was sent that may change rows.
    private(set) var hasWritten = false
    private var cursorCount = 0

    init(_ connection: PostgresConnection, statements: Statements = .many) {
        self.connection = connection
        statementsLeft = statements == .one ? 1 : .max
    }

    let positionFunction = "strpos"
    let isRemote = true
    let rowLock = " FOR NO KEY UPDATE"
    let hasSearchIndex = false
    let detachesAuditMonths = true

    @discardableResult
    func execute(_ sql: String, _ arguments: [SQLValue]) throws -> Int {
        hasWritten = true
        return try connection.run(sql, arguments.map(PostgresArgument.value)).changedRowCount
    }

    func post(_ sql: String, _ arguments: [SQLValue]) throws {
        hasWritten = true
        try connection.post(try PostgresConnection.Command(sql, arguments.map(PostgresArgument.value)))
    }

    /// Rows of a statement that only reads.
    private func read(_ sql: String, _ arguments: [PostgresArgument]) throws -> PostgresResult {
        try count(1)
        return try connection.run(sql, arguments)
    }

    private func count(_ statements: Int) throws {
        guard statements <= statementsLeft else {
            needsTransaction = true
            throw TransactionNeeded()
        }
        statementsLeft -= statements
    }

    func each(_ sql: String, _ arguments: [SQLValue], _ body: (any SQLRow) throws -> Bool) throws {
        let result = try read(sql, arguments.map(PostgresArgument.value))
        for index in 0..<result.rowCount where try !body(result.row(index)) { return }
    }

    /// Forgets that something was written, at the beginning of another body.
    func beginBody() {
        hasWritten = false
    }

    func lockChangeLog() throws {
        let (lock, notification) = (PostgresLocks.changeLog, PostgresLocks.notification)
        try connection.post(
            connection.channel.map {
                try PostgresConnection.Command("SELECT \(lock), \(notification)", [.value(.text($0))])
            } ?? PostgresConnection.Command("SELECT \(lock)"))
    }

    // MARK: Rows of which only the first may be wanted

    /// The rows of the first part of a walk; each further part has twice as many.
    private static let firstPart = 64
    private static let largestPart = 4_096

    /// A cursor: the server stops where the reader stops.
    func walk(_ sql: String, _ arguments: [SQLValue], _ body: (any SQLRow) throws -> Bool) throws {
        // Opening, reading and closing it.
        try count(3)
        // Another may be open meanwhile.
        cursorCount += 1
        let name = "walk\(cursorCount)"
        var size = Self.firstPart
        var part = try connection.run([
            PostgresConnection.Command(
                "DECLARE \(name) NO SCROLL CURSOR FOR \(sql)", arguments.map(PostgresArgument.value)),
            PostgresConnection.Command("FETCH \(size) FROM \(name)"),
        ]).last
        while let rows = part {
            var isOver = rows.rowCount < size
            for index in 0..<rows.rowCount where try !body(rows.row(index)) {
                isOver = true
                break
            }
            if isOver { break }
            size = min(size * 2, Self.largestPart)
            part = try connection.run("FETCH \(size) FROM \(name)")
        }
        // Nobody waits for this: it goes before the next statement.
        try connection.post(try PostgresConnection.Command("CLOSE \(name)"))
        cursorCount -= 1
    }

    // MARK: Many values in one statement

    func matching(_ ids: [Int64], _ conditions: SQLConditions) throws -> [Int64] {
        if ids.isEmpty { return [] }
        let position = conditions.arguments.count + 1
        var conditions = conditions
        conditions.add("k.id = ANY($\(position))")
        let result = try read(
            "SELECT k.id FROM api_keys k \(conditions.clause)",
            conditions.arguments.map(PostgresArgument.value) + [.integers(ids)]
        )
        let found = Set((0..<result.rowCount).map { result.row($0).integer(0) })
        return ids.filter(found.contains)
    }

    /// The limit has each block looked up; without, the planner reads the whole table for some hundred of them.
    func blocks(_ places: [KeySetPlace]) throws -> [[UInt8]?] {
        let result = try read(
            """
            SELECT p.number, s.members
            FROM unnest($1::bigint[], $2::text[], $3::bigint[]) WITH ORDINALITY AS p (organization_id, term, block, number),
                LATERAL (
                    SELECT members FROM api_key_sets
                    WHERE organization_id = p.organization_id AND term = p.term COLLATE "C" AND block = p.block LIMIT 1
                ) AS s
            """,
            Self.columns(places)
        )
        var blocks = [[UInt8]?](repeating: nil, count: places.count)
        for index in 0..<result.rowCount {
            let row = result.row(index)
            blocks[Int(row.integer(0)) - 1] = row.bytes(1)
        }
        return blocks
    }

    func eachBlock(
        of terms: [APIKeyTerm], in organization: Organization.ID, _ body: (any SQLRow) throws -> Void
    ) throws {
        let result = try read(
            """
            SELECT term, block, members FROM api_key_sets WHERE organization_id = $1 AND term = ANY($2)
            ORDER BY term, block
            """,
            [.value(SQLValue(organization)), .texts(terms.map(\.text))]
        )
        for index in 0..<result.rowCount { try body(result.row(index)) }
    }

    func store(_ blocks: [(place: KeySetPlace, members: [UInt8])]) throws {
        if blocks.isEmpty { return }
        hasWritten = true
        try connection.post(
            try PostgresConnection.Command(
                """
                INSERT INTO api_key_sets (organization_id, term, block, members)
                SELECT * FROM unnest($1::bigint[], $2::text[], $3::bigint[], $4::bytea[])
                ON CONFLICT (organization_id, term, block) DO UPDATE SET members = excluded.members
                """,
                Self.columns(blocks.map(\.place)) + [.blobs(blocks.map(\.members))]
            ))
    }

    private static func columns(_ places: [KeySetPlace]) -> [PostgresArgument] {
        [
            .integers(places.map(\.organizationID.rawValue)), .texts(places.map(\.term.text)),
            .integers(places.map(\.block)),
        ]
    }

    /// Never asked: no index finds parts of names here.
    func searchSource(
        _ folded: String, joinsRows: Bool, _ conditions: inout SQLConditions
    ) -> (from: String, id: String) {
        conditions.add("1 = 0")
        return ("api_keys d", "d.id")
    }
}
