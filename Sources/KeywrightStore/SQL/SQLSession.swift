import KeywrightDomain

/// A connection in a transaction, as the statements that both engines share see it.
///
/// Arguments are `$1`, `$2`, … in order of first appearance, which both engines read alike.
protocol SQLSession: AnyObject {
    /// Runs a statement.
    ///
    /// - Returns: how many rows it changed.
    @discardableResult
    func execute(_ sql: String, _ arguments: [SQLValue]) throws -> Int

    /// Runs a statement whose effect nobody waits for: it may travel together with a later one, whose call then reports
    /// its error.
    func post(_ sql: String, _ arguments: [SQLValue]) throws

    /// Runs a query and calls a function with each row until it answers false. The function does not run the same
    /// statement again.
    func each(_ sql: String, _ arguments: [SQLValue], _ body: (any SQLRow) throws -> Bool) throws

    /// As `each`, for a query of which only the first rows may be wanted, and no more are read than that.
    func walk(_ sql: String, _ arguments: [SQLValue], _ body: (any SQLRow) throws -> Bool) throws

    /// Those of some ids, in their order, whose row `k` of `api_keys` meets the conditions.
    func matching(_ ids: [Int64], _ conditions: SQLConditions) throws -> [Int64]

    /// The stored blocks of sets of keys; nil for one that is not there.
    func blocks(_ places: [KeySetPlace]) throws -> [[UInt8]?]

    /// Calls a function with each term, number and members of the stored blocks of some sets of keys, one set after the
    /// other and its blocks in their order.
    func eachBlock(
        of terms: [APIKeyTerm], in organization: Organization.ID, _ body: (any SQLRow) throws -> Void
    ) throws

    /// Stores blocks of sets of keys in the place of those that are there.
    func store(_ blocks: [(place: KeySetPlace, members: [UInt8])]) throws

    /// The function that finds a text within another.
    var positionFunction: String { get }

    /// Whether every statement is a message to another process, so that few large ones are quicker than many small ones.
    var isRemote: Bool { get }

    /// What a SELECT ends with to keep other writers from the rows it read, where writers run side by side.
    var rowLock: String { get }

    /// Has the rows that this transaction adds to the change log numbered in the order of commits, where writers run side
    /// by side, and the other nodes notified with the commit.
    func lockChangeLog() throws

    /// Whether months may be taken out of the audit trail.
    var detachesAuditMonths: Bool { get }

    /// Whether an index finds parts of names; else the sets of keys have a term for each three characters of a name.
    var hasSearchIndex: Bool { get }

    /// A FROM clause and the expression of the id, by which every key of any organization is found whose name may hold
    /// a folded text of three characters or more; quick in the order of ids. Its conditions are added. Asked only where
    /// an index finds parts of names.
    ///
    /// - Parameter joinsRows: whether the keys' rows are wanted too, as `k`.
    func searchSource(
        _ folded: String, joinsRows: Bool, _ conditions: inout SQLConditions
    ) -> (from: String, id: String)
}

/// A row of a result; columns count from 0.
protocol SQLRow {
    func isNull(_ column: Int) -> Bool
    func integer(_ column: Int) -> Int64
    func text(_ column: Int) -> String
    func bytes(_ column: Int) -> [UInt8]
    /// Calls a function with the bytes where they lie.
    func withBytes<Value>(_ column: Int, _ body: (UnsafeRawBufferPointer) throws -> Value) rethrows -> Value
}

/// A value that can be bound.
enum SQLValue {
    case null
    case integer(Int64)
    case text(String)
    case bytes([UInt8])

    init(_ value: Int64?) { self = value.map(SQLValue.integer) ?? .null }
    init(_ value: String?) { self = value.map(SQLValue.text) ?? .null }
    init(_ value: Instant?) { self = value.map { .integer($0.milliseconds) } ?? .null }
    init(_ value: Bool) { self = .integer(value ? 1 : 0) }
    init<Entity>(_ value: Identifier<Entity>?) { self = value.map { .integer($0.rawValue) } ?? .null }
}

/// Where a block of a set of keys is stored.
struct KeySetPlace: Hashable {
    let organizationID: Organization.ID
    let term: APIKeyTerm
    let block: Int64

    var arguments: [SQLValue] { [SQLValue(organizationID), .text(term.text), .integer(block)] }
}

/// How an engine within this process does it.
extension SQLSession {
    func post(_ sql: String, _ arguments: [SQLValue]) throws {
        try execute(sql, arguments)
    }

    func walk(_ sql: String, _ arguments: [SQLValue], _ body: (any SQLRow) throws -> Bool) throws {
        try each(sql, arguments, body)
    }

    func blocks(_ places: [KeySetPlace]) throws -> [[UInt8]?] {
        try places.map { place in
            try first(
                "SELECT members FROM api_key_sets WHERE organization_id = $1 AND term = $2 AND block = $3",
                place.arguments
            ) { $0.bytes(0) }
        }
    }

    func eachBlock(
        of terms: [APIKeyTerm], in organization: Organization.ID, _ body: (any SQLRow) throws -> Void
    ) throws {
        for term in terms {
            try each(
                "SELECT term, block, members FROM api_key_sets WHERE organization_id = $1 AND term = $2 ORDER BY block",
                [SQLValue(organization), .text(term.text)]
            ) { row in
                try body(row)
                return true
            }
        }
    }

    func store(_ blocks: [(place: KeySetPlace, members: [UInt8])]) throws {
        for block in blocks {
            try execute(
                """
                INSERT INTO api_key_sets (organization_id, term, block, members) VALUES ($1, $2, $3, $4)
                ON CONFLICT (organization_id, term, block) DO UPDATE SET members = excluded.members
                """,
                block.place.arguments + [.bytes(block.members)]
            )
        }
    }

    func lockChangeLog() {}

    var isRemote: Bool { false }
    var rowLock: String { "" }
    var hasSearchIndex: Bool { true }
    var detachesAuditMonths: Bool { false }
}

extension SQLSession {
    @discardableResult
    func execute(_ sql: String) throws -> Int {
        try execute(sql, [])
    }

    /// Runs a query and turns each row into a value.
    func rows<Value>(
        _ sql: String, _ arguments: [SQLValue], _ decode: (any SQLRow) throws -> Value
    ) throws -> [Value] {
        var result: [Value] = []
        try each(sql, arguments) { row in
            result.append(try decode(row))
            return true
        }
        return result
    }

    /// The first row; nil when there is none.
    func first<Value>(
        _ sql: String, _ arguments: [SQLValue], _ decode: (any SQLRow) throws -> Value
    ) throws -> Value? {
        var result: Value?
        try each(sql, arguments) { row in
            result = try decode(row)
            return false
        }
        return result
    }

    /// Whether the query has any row.
    func exists(_ sql: String, _ arguments: [SQLValue]) throws -> Bool {
        try first(sql, arguments) { _ in true } ?? false
    }

    /// The number a query gives.
    func count(_ sql: String, _ arguments: [SQLValue]) throws -> Int {
        Int(try first(sql, arguments) { $0.integer(0) } ?? 0)
    }
}

extension SQLRow {
    func optionalText(_ column: Int) -> String? { isNull(column) ? nil : text(column) }
    func optionalInteger(_ column: Int) -> Int64? { isNull(column) ? nil : integer(column) }
    func flag(_ column: Int) -> Bool { integer(column) != 0 }
    func instant(_ column: Int) -> Instant { Instant(milliseconds: integer(column)) }
    func optionalInstant(_ column: Int) -> Instant? { isNull(column) ? nil : instant(column) }
    func id<Entity>(_ column: Int, _: Entity.Type = Entity.self) -> Identifier<Entity> { Identifier(integer(column)) }

    /// An NRN from five columns; an error names a row that the schema should have refused.
    func nrn(_ column: Int) throws -> NRN {
        let slots = (0..<5).map { integer(column + $0) }
        guard let nrn = NRN(slots: slots) else { throw CorruptRow(what: "an NRN with the slots \(slots)") }
        return nrn
    }
}

/// A stored value that this version cannot read.
struct CorruptRow: Error, CustomStringConvertible {
    let what: String
    var description: String { "The database holds \(what)." }
}
