import Foundation
import GRDB
import KeywrightDomain
import Testing

@testable import KeywrightStore

/// What a database of an earlier version holds once this one has opened it.
@Suite("SQLite: migrations")
struct SQLiteMigrationTests {
    @Test("from version 1: signing keys go on signing from when they were made")
    func first() async throws {
        let database = SQLiteDatabase()
        try FileManager.default.createDirectory(at: database.folder, withIntermediateDirectories: true)
        let queue = try DatabaseQueue(path: SQLiteStore.databaseURL(in: database.folder).path)
        try SQLiteSchema.migrator.migrate(queue, upTo: "1")
        try await queue.write { connection in
            try connection.execute(
                sql: "INSERT INTO signing_keys (id, sealed, created_at) VALUES ('old', x'0102', ?)",
                arguments: [Instant.start.milliseconds]
            )
        }
        try queue.close()
        let store = try database.openStore()
        let key = SigningKey(id: "old", sealed: [1, 2], createdAt: .start, signsFrom: .start)
        #expect(try await store.read { try $0.signingKeys() } == [key])
        try await store.close()
        await database.remove()
    }
}
