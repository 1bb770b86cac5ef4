import Foundation
import KeywrightDomain
import Testing

@testable import KeywrightStore

/// The store of one installation: in a folder, or with TEST_ENGINE=postgres in a schema of its own on the server of
/// TEST_POSTGRES_URL.
enum StoreUnderTest {
    /// Whether the engine is the embedded one.
    static let isEmbedded = ProcessInfo.processInfo.environment["TEST_ENGINE"] != "postgres"

    /// Why a suite is for the embedded engine alone that asks memory right after a change.
    static let hearsTwice: Comment = "A node hears of its changes twice, and forgets twice. NodeTests ask its memory."

    /// So many databases are used at a time: each has several connections.
    private static let places = Places(12)

    /// Runs a body on an empty store, which is gone afterwards.
    static func run(dating clock: TestClock, _ body: (any Store) async throws -> Void) async throws {
        let now: @Sendable () -> Instant = { clock.now }
        let logger = OperationsInstallation.logger
        if isEmbedded {
            return try await OperationsInstallation.withFolder { folder in
                try await closing(try SQLiteStore(folder: folder, now: now, logger: logger), body)
            }
        }
        let address = try #require(TwoNodes.address)
        let schema = "operations_" + UUID().uuidString.lowercased().replacing("-", with: "")
        await places.take()
        let result: Result<Void, any Error>
        do {
            let store = try await TwoNodes.offPool {
                try PostgresStore.prepare(address, schema: schema, runRole: nil, logger: logger)
                return try PostgresStore(address, schema: schema, now: now, logger: logger)
            }
            try await closing(store, body)
            result = .success(())
        } catch {
            result = .failure(error)
        }
        try? await TwoNodes.run("DROP SCHEMA IF EXISTS \(schema) CASCADE", schema: schema)
        await places.giveBack()
        try result.get()
    }

    private static func closing(_ store: any Store, _ body: (any Store) async throws -> Void) async throws {
        do {
            try await body(store)
        } catch {
            try? await store.close()
            throw error
        }
        try await store.close()
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
        if free == 0 { return await withCheckedContinuation { waiting.append($0) } }
        free -= 1
    }

    func giveBack() {
        if waiting.isEmpty { free += 1 } else { waiting.removeFirst().resume() }
    }
}
