import Foundation
import KeywrightDomain
import Testing

@testable import KeywrightStore

/// What PostgreSQL's planner makes of every statement that the store sends, on 200,000 keys and 1,000,000 events.
@Suite("PostgreSQL: query plans at size", .enabled(if: PostgresCluster.address != nil))
struct PostgresPlanTests {
    private static let growing: Set<String> = [
        "api_keys", "api_key_sets", "deleted_api_keys", "grants", "changes", "audit_events", "sessions",
        "revoked_tokens", "idempotency_records", "sign_in_attempts", "form_drafts",
    ]

    /// Statements that are to touch every row there is: a backup was put back, or everybody is signed out.
    private static let whole = ["UPDATE api_keys SET epoch = epoch + 1", "DELETE FROM sessions"]

    @Test("every function of the store's transactions is among the calls")
    func calls() throws {
        let declared = try TransactionFunctions.declared()
        #expect(declared.count > 90)
        #expect(declared.subtracting(StoreCall.all.map(\.function)) == Set(StoreCall.whole))
        #expect(Set(StoreCall.all.map(\.function)).subtracting(declared).isEmpty)
    }

    @Test("no statement reads keys, grants, sets, tombstones, changes or the trail from one end to the other")
    func plans() async throws {
        try await PostgresCluster.withEmptyDatabase { database in
            try await PostgresCluster.run(schema: database.schema, Self.filling(blocks: 49, events: 1_000_000))
            let address = try #require(PostgresCluster.address)
            let problems = try await PostgresCluster.offPool {
                let connection = try PostgresConnection(
                    address, .init(schema: database.schema, statementTimeout: .seconds(120)))
                let commands = try Self.sent(by: StoreCall.all, on: connection)
                let small = try Self.small(connection)
                return try Self.growing.intersection(small).map { "\($0) is too small to tell" }
                    + Self.missing(from: commands)
                    + Self.complaints(about: commands, small, on: connection)
                    + Self.unnoticed(commands, small, on: connection)
            }
            for problem in problems { Issue.record("\(problem)") }
        }
    }

    /// The script of `bench/postgres`.
    private static func filling(blocks: Int, events: Int) throws -> String {
        let file = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../../../bench/postgres/fill.sql")
        return try String(contentsOf: file, encoding: .utf8)
            .replacing(":blocks", with: String(blocks)).replacing(":events", with: String(events))
    }

    /// Tables and partitions of so few pages that an index would be no quicker, and tables that stay small: what one
    /// organization has of them is read whole anyway.
    private static func small(_ connection: PostgresConnection) throws -> Set<String> {
        let result = try connection.run(
            """
            SELECT relname::text FROM pg_class
            WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r' AND relpages <= 20
            """
        )
        let names = (0..<result.rowCount).map { result.row($0).text(0) }
        return Set(names + ["users", "resources", "roles", "one_time_tokens"])
    }

    /// What the calls have the connection send, each statement with each of its arguments once.
    private static func sent(
        by calls: [StoreCall], on connection: PostgresConnection
    ) throws -> [PostgresConnection.Command] {
        var commands: [PostgresConnection.Command] = []
        var known: Set<PostgresConnection.Command> = []
        connection.onSend = { command in
            if ["SELECT", "INSERT", "UPDATE", "DELETE", "DECLARE"].contains(where: command.sql.hasPrefix),
                known.insert(command).inserted
            {
                commands.append(command)
            }
        }
        defer { connection.onSend = nil }
        _ = try connection.run("BEGIN")
        let session = PostgresSession(connection)
        let effects = CommitEffects()
        let numbers = PostgresNumbers(effects: effects)
        for call in calls {
            let transaction = SQLTransaction(session: session, numbers: numbers)
            try call.run(transaction)
            effects.add(transaction.effects)
        }
        try effects.write(to: session, numbers: numbers, now: StoreCall.now)
        // What finds out how a commit ended whose connection broke.
        let trail = SQLTransaction(session: session, numbers: numbers)
        for event in try trail.auditChain(StoreCall.organization, after: AuditEvent.ID(0), limit: 1) {
            _ = try connection.run([PostgresCommits.search(for: event)])
        }
        _ = try connection.run("ROLLBACK")
        return commands
    }

    /// The statements of the sources that were not sent.
    private static func missing(from commands: [PostgresConnection.Command]) throws -> [String] {
        let statements = Set(commands.map(\.sql))
        let sources = try StatementsInSources.on(growing)
        guard sources.count > 40 else { return ["the sources have only \(sources.count) statements"] }
        return sources.filter { parts in
            !whole.contains { parts == [$0] }
                && !statements.contains { StatementsInSources.isInstance($0, of: parts) }
        }.map { "the calls do not lead to: \($0.joined(separator: " … "))" }
    }

    /// Of each statement so many arguments are looked at.
    private static let variantLimit = 8

    /// What is wrong with the plans, for the arguments given and for any.
    private static func complaints(
        about commands: [PostgresConnection.Command], _ small: Set<String>, on connection: PostgresConnection
    ) throws -> [String] {
        var complaints: Set<String> = []
        try connection.runScript("SET plan_cache_mode = force_generic_plan")
        defer { try? connection.runScript("RESET plan_cache_mode") }
        var variants: [String: Int] = [:]
        for command in commands where variants[command.sql, default: 0] < variantLimit {
            variants[command.sql, default: 0] += 1
            for read in try QueryPlan(of: command, on: connection).wholeReads(except: small) {
                complaints.insert("\(read): \(command.sql)")
            }
            // A cursor, and a statement of more arguments than stay prepared, is planned each time.
            guard variants[command.sql] == 1, !command.isCursor, command.arguments.count <= 64 else { continue }
            for read in try QueryPlan(genericOf: command, on: connection).wholeReads(except: small) {
                complaints.insert("\(read), for any arguments: \(command.sql)")
            }
        }
        return complaints.sorted()
    }

    /// The indexes that may be dropped without a complaint, of some of which there must be one: whoever forgets an index
    /// is told so.
    private static func unnoticed(
        _ commands: [PostgresConnection.Command], _ small: Set<String>, on connection: PostgresConnection
    ) throws -> [String] {
        try [
            ("ALTER TABLE api_keys DROP CONSTRAINT api_keys_handle_key", "api_keys"),
            ("ALTER TABLE deleted_api_keys DROP CONSTRAINT deleted_api_keys_handle_key", "deleted_api_keys"),
            ("ALTER TABLE api_key_sets DROP CONSTRAINT api_key_sets_pkey", "api_key_sets"),
            ("DROP INDEX grants_by_user", "grants"), ("ALTER TABLE changes DROP CONSTRAINT changes_pkey", "changes"),
            ("ALTER TABLE audit_events DROP CONSTRAINT audit_events_pkey", "audit_events"),
            ("DROP INDEX revoked_tokens_by_key", "revoked_tokens"),
        ].compactMap { drop, table in
            _ = try connection.run("BEGIN")
            defer { try? connection.runLater("ROLLBACK") }
            _ = try connection.run(drop)
            let isNoticed = try commands.contains { command in
                guard command.sql.hasPrefix("SELECT"), command.sql.contains(table) else { return false }
                return try QueryPlan(of: command, on: connection).wholeReads(except: small)
                    .contains { $0.hasPrefix(table) }
            }
            return isNoticed ? nil : "nobody notices: \(drop)"
        }
    }
}
