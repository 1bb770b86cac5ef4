internal import GRDB
import GRDBSQLite
import KeywrightDomain

/// Statements on one SQLite connection.
///
/// GRDB keeps the connections and the prepared statements; values are bound and read through SQLite's own interface,
/// which costs half as much as GRDB's rows on short statements.
final class SQLiteSession: SQLSession {
    private let database: Database

    init(_ database: Database) {
        self.database = database
    }

    let positionFunction = "instr"

    /// How many rows were changed on the connection since it was opened.
    var changeCount: Int64 { Int64(sqlite3_total_changes(database.sqliteConnection)) }

    @discardableResult
    func execute(_ sql: String, _ arguments: [SQLValue]) throws -> Int {
        try each(sql, arguments) { _ in true }
        return Int(sqlite3_changes(database.sqliteConnection))
    }

    func each(_ sql: String, _ arguments: [SQLValue], _ body: (any SQLRow) throws -> Bool) throws {
        try withStatement(sql, arguments) { statement in
            let row = SQLiteRow(statement: statement)
            while true {
                switch sqlite3_step(statement) {
                case SQLITE_ROW: if try !body(row) { return }
                case SQLITE_DONE: return
                case let code: try check(code)
                }
            }
        }
    }

    private func withStatement(
        _ sql: String, _ arguments: [SQLValue], _ body: (OpaquePointer) throws -> Void
    ) throws {
        let statement = try database.cachedStatement(sql: sql).sqliteStatement
        defer {
            sqlite3_reset(statement)
            sqlite3_clear_bindings(statement)
        }
        for (index, argument) in arguments.enumerated() {
            try check(try bind(argument, at: Int32(index + 1), of: statement))
        }
        try body(statement)
    }

    /// One statement is run again and again with another id, which costs as much as reading the rows together.
    func matching(_ ids: [Int64], _ conditions: SQLConditions) throws -> [Int64] {
        if ids.isEmpty { return [] }
        var conditions = conditions
        let position = conditions.bind(.null)
        conditions.add("k.id = \(position)")
        var result: [Int64] = []
        try withStatement("SELECT 1 FROM api_keys k \(conditions.clause)", conditions.arguments) { statement in
            for id in ids {
                try check(sqlite3_bind_int64(statement, Int32(conditions.arguments.count), id))
                switch sqlite3_step(statement) {
                case SQLITE_ROW: result.append(id)
                case SQLITE_DONE: break
                case let code: try check(code)
                }
                sqlite3_reset(statement)
            }
        }
        return result
    }

    private func check(_ code: Int32) throws {
        guard code != SQLITE_OK else { return }
        let message = sqlite3_errmsg(database.sqliteConnection).map { String(cString: $0) }
        throw DatabaseError(
            resultCode: ResultCode(rawValue: sqlite3_extended_errcode(database.sqliteConnection)), message: message
        )
    }

    private func bind(_ value: SQLValue, at index: Int32, of statement: OpaquePointer) throws -> Int32 {
        let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
        switch value {
        case .null: return sqlite3_bind_null(statement, index)
        case .integer(let number): return sqlite3_bind_int64(statement, index, number)
        case .text(var text):
            try SQLText.check(text)
            return text.withUTF8 { bytes in
                bytes.withMemoryRebound(to: CChar.self) {
                    sqlite3_bind_text(statement, index, $0.baseAddress ?? SQLiteSession.empty, Int32($0.count), copied)
                }
            }
        case .bytes(let bytes):
            if bytes.isEmpty { return sqlite3_bind_zeroblob(statement, index, 0) }
            return bytes.withUnsafeBytes {
                sqlite3_bind_blob(statement, index, $0.baseAddress, Int32($0.count), copied)
            }
        }
    }

    /// A text without bytes still needs an address, or SQLite binds NULL.
    nonisolated(unsafe) private static let empty: UnsafePointer<CChar> = {
        let pointer = UnsafeMutablePointer<CChar>.allocate(capacity: 1)
        pointer.initialize(to: 0)
        return UnsafePointer(pointer)
    }()

    func searchSource(
        _ folded: String, joinsRows: Bool, _ conditions: inout SQLConditions
    ) -> (from: String, id: String) {
        let parts = Trigrams.some(of: folded).map { "\"" + $0.replacing("\"", with: "\"\"") + "\"" }
        conditions.add("d.api_key_search MATCH", .text(parts.joined(separator: " AND ")))
        // The order of the join is fixed, or the planner might sort.
        return ("api_key_search d" + (joinsRows ? " CROSS JOIN api_keys k ON k.id = d.rowid" : ""), "d.rowid")
    }
}

/// A row of a statement that was stepped; valid until the next step.
struct SQLiteRow: SQLRow {
    let statement: OpaquePointer

    func isNull(_ column: Int) -> Bool { sqlite3_column_type(statement, Int32(column)) == SQLITE_NULL }

    func integer(_ column: Int) -> Int64 { sqlite3_column_int64(statement, Int32(column)) }

    func text(_ column: Int) -> String {
        guard let pointer = sqlite3_column_text(statement, Int32(column)) else { return "" }
        let count = Int(sqlite3_column_bytes(statement, Int32(column)))
        return String(decoding: UnsafeBufferPointer(start: pointer, count: count), as: UTF8.self)
    }

    func bytes(_ column: Int) -> [UInt8] {
        withBytes(column) { [UInt8]($0) }
    }

    func withBytes<Value>(_ column: Int, _ body: (UnsafeRawBufferPointer) throws -> Value) rethrows -> Value {
        let pointer = sqlite3_column_blob(statement, Int32(column))
        let count = pointer == nil ? 0 : Int(sqlite3_column_bytes(statement, Int32(column)))
        return try body(UnsafeRawBufferPointer(start: pointer, count: count))
    }
}
