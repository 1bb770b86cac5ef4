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
        try run(sql, arguments) { _ in }
        return Int(sqlite3_changes(database.sqliteConnection))
    }

    func rows<Value>(
        _ sql: String, _ arguments: [SQLValue], _ decode: (any SQLRow) throws -> Value
    ) throws -> [Value] {
        var result: [Value] = []
        try run(sql, arguments) { result.append(try decode($0)) }
        return result
    }

    private func run(_ sql: String, _ arguments: [SQLValue], _ body: (SQLiteRow) throws -> Void) throws {
        let statement = try database.cachedStatement(sql: sql).sqliteStatement
        // A body may run the same statement again (a look-up within a look-up) only after this one is done.
        defer {
            sqlite3_reset(statement)
            sqlite3_clear_bindings(statement)
        }
        for (index, argument) in arguments.enumerated() {
            try check(bind(argument, at: Int32(index + 1), of: statement))
        }
        while true {
            switch sqlite3_step(statement) {
            case SQLITE_ROW: try body(SQLiteRow(statement: statement))
            case SQLITE_DONE: return
            case let code: try check(code)
            }
        }
    }

    private func check(_ code: Int32) throws {
        guard code != SQLITE_OK else { return }
        let message = sqlite3_errmsg(database.sqliteConnection).map { String(cString: $0) }
        throw DatabaseError(
            resultCode: ResultCode(rawValue: sqlite3_extended_errcode(database.sqliteConnection)), message: message
        )
    }

    private func bind(_ value: SQLValue, at index: Int32, of statement: OpaquePointer) -> Int32 {
        let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
        switch value {
        case .null: return sqlite3_bind_null(statement, index)
        case .integer(let number): return sqlite3_bind_int64(statement, index, number)
        case .text(var text):
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
        _ folded: String, including others: [APIKey.ID], _ conditions: inout SQLConditions
    ) -> String {
        let match = conditions.bind(.text(Trigrams.query(folded)))
        let found = "SELECT rowid AS id FROM api_key_search WHERE api_key_search MATCH \(match)"
        if others.isEmpty {
            return "api_key_search d CROSS JOIN api_keys k ON k.id = d.rowid AND d.api_key_search MATCH \(match)"
        }
        let list = others.map { "SELECT \(conditions.bind(SQLValue($0)))" }.joined(separator: " UNION ")
        return "(\(found) UNION \(list)) AS d CROSS JOIN api_keys k ON k.id = d.id"
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
        guard let pointer = sqlite3_column_blob(statement, Int32(column)) else { return [] }
        let count = Int(sqlite3_column_bytes(statement, Int32(column)))
        return [UInt8](UnsafeRawBufferPointer(start: pointer, count: count))
    }
}

/// Texts of three characters, by which the search index finds names.
enum Trigrams {
    /// Ten are enough to narrow any search; the name itself is compared afterwards.
    private static let limit = 10

    /// All trigrams of a text, joined by AND.
    static func query(_ text: String) -> String {
        let scalars = Array(text.unicodeScalars)
        var parts: [String] = []
        for start in 0...max(scalars.count - 3, 0) where parts.count < limit {
            let trigram = String(String.UnicodeScalarView(scalars[start..<min(start + 3, scalars.count)]))
            parts.append("\"" + trigram.replacing("\"", with: "\"\"") + "\"")
        }
        return parts.joined(separator: " AND ")
    }
}
