import Foundation
import KeywrightDomain
import KeywrightStore
import Testing

/// A database engine that must keep the contract of ``Store``.
struct Engine: Sendable, CustomTestStringConvertible {
    let name: String
    let makeDatabase: @Sendable () async throws -> any TestDatabase

    var testDescription: String { name }

    /// Every engine that can be reached here.
    static let underTest: [Engine] = [.sqlite] + (PostgresCluster.address == nil ? [] : [.postgres])

    /// Runs a body on a new, empty database that can be opened again and again.
    func withEmptyDatabase(_ body: (any TestDatabase) async throws -> Void) async throws {
        let database = try await makeDatabase()
        do {
            try await body(database)
        } catch {
            await database.remove()
            throw error
        }
        await database.remove()
    }

    /// Runs a body on a store without content.
    func withEmptyStore(_ body: (any Store) async throws -> Void) async throws {
        try await withEmptyDatabase { database in
            let store = try await database.open()
            do {
                try await body(store)
            } catch {
                try? await store.close()
                throw error
            }
            try await store.close()
        }
    }
}

/// A database made for one test.
protocol TestDatabase: Sendable {
    /// The clock by which the store dates the change log.
    var clock: TestClock { get }

    /// Opens the database, which must not be open.
    func open() async throws -> any Store

    /// Runs SQL on a store of ``open()``, beside all rules: what somebody with the file in hands could do.
    func tamper(_ store: any Store, _ sql: String) async throws

    /// Removes everything.
    func remove() async
}
