import Foundation
import KeywrightDomain

@testable import KeywrightStore

/// How the server would run a statement, as EXPLAIN says.
struct QueryPlan: Decodable {
    let root: Node
    /// Whether it is read only as far as is wanted.
    private var isCursor = false

    private enum CodingKeys: String, CodingKey {
        case root = "Plan"
    }

    /// A step of it.
    struct Node: Decodable {
        let kind: String
        let relation: String?
        let index: String?
        let condition: String?
        let children: [Node]?

        private enum CodingKeys: String, CodingKey {
            case kind = "Node Type"
            case relation = "Relation Name"
            case index = "Index Name"
            case condition = "Index Cond"
            case children = "Plans"
        }
    }

    /// Asks for the plan of a command with its own arguments.
    ///
    /// - Parameter setting: a statement that goes before it.
    init(of command: PostgresConnection.Command, on connection: PostgresConnection) throws {
        let result = try connection.run([command.prefixed(by: "EXPLAIN (FORMAT JSON) ")])
        try self.init(result)
        isCursor = command.isCursor
    }

    /// Asks for the plan that holds for any arguments, which the server may keep for a prepared statement.
    init(genericOf command: PostgresConnection.Command, on connection: PostgresConnection) throws {
        let nulls = (0..<command.arguments.count).map { _ in "NULL" }.joined(separator: ", ")
        try connection.runScript("PREPARE generic AS \(command.sql)")
        defer { try? connection.runScript("DEALLOCATE generic") }
        let execute = "EXECUTE generic" + (nulls.isEmpty ? "" : "(\(nulls))")
        try self.init(try connection.run([PostgresConnection.Command("EXPLAIN (FORMAT JSON) \(execute)")]))
    }

    private init(_ results: [PostgresResult]) throws {
        guard let result = results.last, result.rowCount == 1 else { throw SampleError() }
        let plans = try JSONDecoder().decode([QueryPlan].self, from: Data(result.row(0).text(0).utf8))
        guard let first = plans.first else { throw SampleError() }
        self = first
    }

    /// The steps that read a table, or an index, from one end to the other.
    ///
    /// What is below a LIMIT, or read by a cursor, may do so in the order of an index: it stops soon.
    func wholeReads(except small: Set<String>) -> [String] {
        var found: [String] = []
        func walk(_ node: Node, relation: String?, isLimited: Bool) {
            let relation = node.relation ?? relation
            let isLimited = isLimited || node.kind == "Limit"
            let name = relation ?? "?"
            if !small.contains(name) {
                switch node.kind {
                case "Seq Scan": found.append("\(name) from beginning to end")
                case "Index Scan", "Index Only Scan", "Bitmap Index Scan":
                    if node.condition == nil, !isLimited {
                        found.append("\(name) along all of \(node.index ?? "an index")")
                    }
                default: break
                }
            }
            for child in node.children ?? [] { walk(child, relation: relation, isLimited: isLimited) }
        }
        walk(root, relation: nil, isLimited: isCursor)
        return found
    }
}

extension PostgresConnection.Command {
    var isCursor: Bool { sql.hasPrefix("DECLARE") }

    /// The same with a text before it.
    func prefixed(by text: String) -> PostgresConnection.Command {
        PostgresConnection.Command(text + sql, encoded: arguments)
    }
}
