import Foundation
import GRDB
import KeywrightDomain
import Testing

@testable import KeywrightStore

@Suite("SQLite: settings and files")
struct SQLiteSettingsTests {
    private func withStore(_ body: (SQLiteStore, SQLiteDatabase) async throws -> Void) async throws {
        let database = SQLiteDatabase()
        let store = try database.openStore()
        try await body(store, database)
        try await store.close()
        await database.remove()
    }

    @Test("the writing connection flushes each commit, waits for locks and checks references")
    func writer() async throws {
        try await withStore { store, _ in
            let values = try ["synchronous", "foreign_keys", "busy_timeout"].map { try store.pragma($0) }
            #expect(values == [2, 1, 5_000])
        }
    }

    @Test("the database keeps a write-ahead log")
    func log() async throws {
        try await withStore { _, database in
            let file = try DatabaseQueue(path: SQLiteStore.databaseURL(in: database.folder).path)
            let mode = try await file.read { try String.fetchOne($0, sql: "PRAGMA journal_mode") }
            #expect(mode == "wal")
            try file.close()
        }
    }

    @Test("reads cannot write")
    func readers() async throws {
        try await withStore { store, _ in
            let error = await #expect(throws: (any Error).self) {
                try await store.read { read in
                    let transaction = try #require(read as? SQLTransaction)
                    try transaction.set("a", [1])
                }
            }
            #expect(error is DomainError)
            await #expect(throws: DomainError.self) {
                try await store.read { read in
                    let transaction = try #require(read as? SQLTransaction)
                    _ = try transaction.allocate(.apiKey)
                }
            }
            let setting = try await store.read { try $0.setting("a") }
            #expect(setting == nil)
        }
    }

    @Test(
        "only the owner may read the files, also of a folder or database that was there and open to all",
        arguments: [false, true])
    func modes(_ fileIsThere: Bool) async throws {
        let database = SQLiteDatabase()
        let manager = FileManager.default
        try manager.createDirectory(at: database.folder, withIntermediateDirectories: true)
        try manager.setAttributes([.posixPermissions: 0o755], ofItemAtPath: database.folder.path)
        let path = SQLiteStore.databaseURL(in: database.folder).path
        if fileIsThere {
            try await database.openStore().close()
            try manager.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
        }
        let store = try database.openStore()
        _ = try await store.makeOrganization()
        let files = try manager.contentsOfDirectory(atPath: database.folder.path)
        #expect(Set(files).isSuperset(of: ["keywright.db", "keywright.db-wal", "keywright.lock"]))
        for file in files {
            let path = database.folder.appending(path: file).path
            let mode = try manager.attributesOfItem(atPath: path)[.posixPermissions] as? NSNumber
            #expect(mode?.intValue == 0o600, "\(file)")
        }
        try await store.close()
        await database.remove()
    }

    @Test("a folder that has to be made is closed to others")
    func newFolder() async throws {
        try await withStore { (_, database) throws in
            let mode =
                try FileManager.default.attributesOfItem(atPath: database.folder.path)[.posixPermissions] as? NSNumber
            #expect(mode?.intValue == 0o700)
        }
    }

    @Test("a database of a newer version is left alone")
    func newer() async throws {
        let database = SQLiteDatabase()
        let store = try database.openStore()
        try store.executeUnchecked("INSERT INTO grdb_migrations VALUES ('2099')")
        try await store.close()
        let error = #expect(throws: DomainError.self) { try database.openStore() }
        #expect(error?.code == .conflict)
        await database.remove()
    }

    @Test("the schema refuses what no operation may write")
    func constraints() async throws {
        try await withStore { store, _ in
            _ = try await store.makeOrganization()
            for sql in [
                "INSERT INTO resources VALUES (6, 1, 0, 1, 0, 0, 0, 0, 'n', 's', 'active', 0, 0)",
                "INSERT INTO resources VALUES (2, 9, 1, 7, 9, 0, 0, 0, 'n', 's', 'active', 0, 0)",
                "INSERT INTO resources VALUES (2, 9, 1, 1, 9, 0, 0, 0, 'n', 's', 'gone', 0, 0)",
                "UPDATE organizations SET key_count = -1", "INSERT INTO settings VALUES ('a', 'text')",
                "INSERT INTO settings VALUES (NULL, x'00')",
            ] {
                #expect(throws: (any Error).self, "\(sql)") { try store.executeUnchecked(sql) }
            }
            try await store.write { $0.append(AuditEvent.sample(NRN(organization: 1))) }
            #expect(throws: (any Error).self) { try store.executeUnchecked("UPDATE audit_events SET action = 'x'") }
        }
    }
}
