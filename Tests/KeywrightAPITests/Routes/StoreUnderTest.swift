import Foundation
import KeywrightDomain
import Logging
import Testing

@testable import KeywrightStore

/// The store of one installation: in a folder, or with TEST_ENGINE=postgres in a schema of its own on the server of
/// TEST_POSTGRES_URL.
struct StoreUnderTest: Sendable {
    /// Whether the engine is the embedded one.
    static let isEmbedded = ProcessInfo.processInfo.environment["TEST_ENGINE"] != "postgres"

    let store: any Store
    /// The server's data folder.
    let folder: URL
    private let database: Database?

    /// A schema on a PostgreSQL server.
    private struct Database {
        let address: PostgresAddress
        let schema: String

        func connect() throws -> PostgresConnection { try PostgresConnection(address, .init(schema: schema)) }
    }

    /// Runs a body on an empty store, which is gone afterwards.
    static func run(
        dating clock: TestClock, logger: Logger, _ body: (StoreUnderTest) async throws -> Void
    ) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "keywright-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let now: @Sendable () -> Instant = { clock.now }
        if isEmbedded {
            let store = try SQLiteStore(folder: folder, now: now, logger: logger)
            return try await closing(StoreUnderTest(store: store, folder: folder, database: nil), body)
        }
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let url = try #require(ProcessInfo.processInfo.environment["TEST_POSTGRES_URL"])
        let schema = "api_" + UUID().uuidString.lowercased().replacing("-", with: "")
        let database = Database(address: try PostgresAddress(parsing: url), schema: schema)
        await places.take()
        let result: Result<Void, any Error>
        do {
            let store = try await offPool {
                try PostgresStore.prepare(database.address, schema: schema, runRole: nil, logger: logger)
                return try PostgresStore(database.address, schema: schema, now: now, logger: logger)
            }
            try await closing(StoreUnderTest(store: store, folder: folder, database: database), body)
            result = .success(())
        } catch {
            result = .failure(error)
        }
        try? await offPool { try database.connect().runScript("DROP SCHEMA IF EXISTS \(schema) CASCADE") }
        await places.giveBack()
        try result.get()
    }

    private static func closing(_ own: StoreUnderTest, _ body: (StoreUnderTest) async throws -> Void) async throws {
        do {
            try await body(own)
        } catch {
            try? await own.store.close()
            throw error
        }
        try await own.store.close()
    }

    // MARK: What somebody with the data in hands could do

    /// Every byte that is stored: of the files, or of each column of each row.
    func content() async throws -> Data {
        guard let database else {
            let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            return try files.filter { !$0.lastPathComponent.hasSuffix("-shm") }
                .reduce(into: Data()) { $0 += try Data(contentsOf: $1) }
        }
        return try await Self.offPool {
            let connection = try database.connect()
            let tables = try connection.run(
                """
                SELECT relname::text, count(*) FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid
                WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r' AND attnum > 0 AND NOT attisdropped
                GROUP BY relname
                """)
            var content = Data()
            for table in (0..<tables.rowCount).map(tables.row) {
                let rows = try connection.run("SELECT * FROM \(table.text(0))")
                for row in (0..<rows.rowCount).map(rows.row) {
                    for column in 0..<Int(table.integer(1)) { content += row.bytes(column) + [0] }
                }
            }
            return content
        }
    }

    /// Runs SQL beside all rules.
    func damage(_ sql: String) async throws {
        if let database { return try await Self.offPool { try database.connect().runScript(sql) } }
        try #require(store as? SQLiteStore).executeUnchecked(sql)
    }

    // MARK: The server's limits

    /// So many databases are used at a time: each has several connections.
    private static let places = Places(12)

    /// A number of places, taken one by one.
    private actor Places {
        private var free: Int
        private var waiting: [CheckedContinuation<Void, Never>] = []

        init(_ count: Int) {
            free = count
        }

        func take() async {
            if free == 0 { return await withCheckedContinuation { waiting.append($0) } }
            free -= 1
        }

        func giveBack() {
            if waiting.isEmpty { free += 1 } else { waiting.removeFirst().resume() }
        }
    }

    /// Runs what waits for the network on a thread where that is no harm.
    private static func offPool<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            Thread { continuation.resume(with: Result(catching: body)) }.start()
        }
    }
}
