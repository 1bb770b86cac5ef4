import Dispatch
import Foundation
import KeywrightDomain

@testable import KeywrightStore

extension Engine {
    /// The engine for many nodes, in a schema of its own.
    static let postgres = Engine(name: "PostgreSQL") {
        await PostgresCluster.places.take()
        do {
            return try await PostgresDatabase()
        } catch {
            await PostgresCluster.places.giveBack()
            throw error
        }
    }
}

/// The server that tests use.
enum PostgresCluster {
    /// The database of `TEST_POSTGRES_URL`, as a role that may make schemas and roles.
    static let address: PostgresAddress? = ProcessInfo.processInfo.environment["TEST_POSTGRES_URL"].flatMap {
        try? PostgresAddress(parsing: $0)
    }

    /// The role that serves in tests.
    static let runRole = "keywright_test_run"

    /// So many databases are used at a time: each has several connections.
    static let places = Places(10)

    /// Runs a body on a new, empty database.
    static func withEmptyDatabase(_ body: (PostgresDatabase) async throws -> Void) async throws {
        try await Engine.postgres.withEmptyDatabase { database in
            guard let database = database as? PostgresDatabase else { throw SampleError() }
            try await body(database)
        }
    }

    /// Runs a body on two nodes that share a new, empty database.
    static func withTwoNodes(_ body: (PostgresStore, PostgresStore, PostgresDatabase) async throws -> Void) async throws
    {
        try await withEmptyDatabase { database in
            let nodes = [try await database.openStore(), try await database.openStore()]
            do {
                try await body(nodes[0], nodes[1], database)
            } catch {
                for node in nodes { try? await node.close() }
                throw error
            }
            for node in nodes { try await node.close() }
        }
    }

    private static let roles = Task {
        try await run(
            schema: "public",
            """
            DO $$ BEGIN
                CREATE ROLE \(runRole) LOGIN PASSWORD 'test';
            EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
            END $$
            """
        )
    }

    /// The database as the role that serves.
    static func runAddress() async throws -> PostgresAddress {
        guard let address else { throw SampleError() }
        try await roles.value
        return address.with(["user": runRole, "password": "test"])
    }

    /// Runs a script as the role that owns everything.
    static func run(schema: String, _ script: String) async throws {
        guard let address else { throw SampleError() }
        try await offPool {
            let session = PostgresConnection.Session(schema: schema, statementTimeout: .zero)
            try PostgresConnection(address, session).runScript(script)
        }
    }

    /// Runs what waits for the network on a thread where that is no harm.
    static func offPool<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async { continuation.resume(with: Result(catching: body)) }
        }
    }
}

/// A number of places, taken one by one.
actor Places {
    private var free: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []

    init(_ count: Int) {
        free = count
    }

    func take() async {
        if free > 0 {
            free -= 1
            return
        }
        await withCheckedContinuation { waiting.append($0) }
    }

    func giveBack() {
        if waiting.isEmpty { free += 1 } else { waiting.removeFirst().resume() }
    }
}

/// A schema of one test.
final class PostgresDatabase: TestDatabase {
    let clock = TestClock()
    let schema = "test_" + UUID().uuidString.lowercased().replacing("-", with: "")

    /// Makes the tables as one role, for another that serves.
    init() async throws {
        guard let address = PostgresCluster.address else { throw SampleError() }
        _ = try await PostgresCluster.runAddress()
        try await PostgresCluster.offPool { [schema] in
            try PostgresStore.prepare(address, schema: schema, runRole: PostgresCluster.runRole, logger: .silent)
        }
    }

    func open() async throws -> any Store { try await openStore() }

    /// A node. Its connections bear the schema's name, so that a test can find them.
    func openStore(_ limits: PostgresStore.Limits = .init()) async throws -> PostgresStore {
        let address = try await PostgresCluster.runAddress().with(["application_name": schema])
        return try await PostgresCluster.offPool { [schema, clock] in
            try PostgresStore(address, schema: schema, limits: limits, now: { clock.now }, logger: .silent)
        }
    }

    /// Ends all connections of the nodes, as a server does that is stopped.
    func endConnections() async throws {
        try await PostgresCluster.run(
            schema: schema,
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = '\(schema)'"
        )
    }

    /// Runs SQL as the role that serves, on a connection of its own.
    func runAsServer(_ script: String) async throws {
        let address = try await PostgresCluster.runAddress()
        try await PostgresCluster.offPool { [schema] in
            try PostgresConnection(address, .init(schema: schema)).runScript(script)
        }
    }

    /// A number that a query gives.
    func number(_ sql: String) async throws -> Int64 {
        guard let address = PostgresCluster.address else { throw SampleError() }
        return try await PostgresCluster.offPool { [schema] in
            try PostgresConnection(address, .init(schema: schema)).run(sql).row(0).integer(0)
        }
    }

    func tamper(_ store: any Store, _ sql: String) async throws {
        try await PostgresCluster.run(schema: schema, "ALTER TABLE audit_events DISABLE TRIGGER USER; \(sql)")
    }

    func remove() async {
        try? await PostgresCluster.run(schema: schema, "DROP SCHEMA \(schema) CASCADE")
        await PostgresCluster.places.giveBack()
    }
}
