@testable import KeywrightStore

/// A session that keeps every statement it passes on.
final class RecordingSession: SQLSession {
    private let session: any SQLSession
    private(set) var statements: [String] = []

    init(_ session: any SQLSession) {
        self.session = session
    }

    func execute(_ sql: String, _ arguments: [SQLValue]) throws -> Int {
        statements.append(sql)
        return try session.execute(sql, arguments)
    }

    func each(_ sql: String, _ arguments: [SQLValue], _ body: (any SQLRow) throws -> Bool) throws {
        statements.append(sql)
        try session.each(sql, arguments, body)
    }

    var positionFunction: String { session.positionFunction }

    func matching(_ ids: [Int64], _ passed: SQLConditions) throws -> [Int64] {
        var conditions = passed
        conditions.add("k.id =", .null)
        statements.append("SELECT 1 FROM api_keys k \(conditions.clause)")
        return try session.matching(ids, passed)
    }

    func searchSource(
        _ folded: String, joinsRows: Bool, _ conditions: inout SQLConditions
    ) -> (from: String, id: String) {
        session.searchSource(folded, joinsRows: joinsRows, &conditions)
    }
}
