import Foundation
import KeywrightDomain
import Synchronization
import Testing

@testable import KeywrightStore

@Suite("SQLite: backup, restore, damage")
struct SQLiteBackupTests {
    private func add(_ store: SQLiteStore, _ organization: NRN, _ index: Int) async throws {
        try await store.write { write in
            let key = try write.makeKey(
                in: organization, name: "key \(index)", tags: [Tag(stored: "number", "\(index % 7)")])
            write.append(
                AuditEvent.sample(organization, target: "\(key.id)", after: .text(String(repeating: "x", count: 300))))
            if index % 5 == 4 { try write.remove(key) }
        }
    }

    private func backupURL(_ database: SQLiteDatabase, _ name: String = "backup.db") -> URL {
        database.folder.appending(path: name)
    }

    @Test("a backup beside a writing store is one consistent state that opens on its own")
    func besideWriter() async throws {
        let database = SQLiteDatabase()
        let store = try database.openStore()
        let organization = try await store.makeOrganization()
        for index in 0..<50 { try await add(store, organization, index) }
        let isDone = Flag()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for writer in 0..<4 {
                group.addTask {
                    var index = 1_000 * (writer + 1)
                    while !isDone.isSet {
                        try await add(store, organization, index)
                        index += 1
                    }
                }
            }
            group.addTask {
                defer { isDone.set() }
                for round in 0..<5 {
                    let before = try await store.read { try $0.auditHead(organization.organizationID) }
                    let file = try SQLiteFile(SQLiteStore.databaseURL(in: database.folder), logger: .silent)
                    var shares: [Double] = []
                    try file.backup(to: backupURL(database, "backup-\(round).db")) { shares.append($0) }
                    #expect(shares.last == 1)
                    let chain = try await AuditContractTests.chain(of: store, organization)
                    #expect(before == SealedAuditEvent.firstLink || chain.contains { $0.link == before })
                }
            }
            try await group.waitForAll()
        }
        for round in 0..<5 { try check(backupURL(database, "backup-\(round).db"), organization) }
        try await store.close()
        await database.remove()
    }

    private func check(_ url: URL, _ organization: NRN) throws {
        let mode = try FileManager.default.attributesOfItem(atPath: url.path)[.posixPermissions] as? NSNumber
        #expect(mode?.intValue == 0o600)
        let file = try SQLiteFile(url, logger: .silent)
        #expect(try file.integrityErrors() == [])
        try file.read { read in
            let id = organization.organizationID
            let events = try read.auditChain(id, after: AuditEvent.ID(0), limit: 100_000)
            var link = SealedAuditEvent.firstLink
            #expect(
                events.allSatisfy { event in
                    defer { link = event.link }
                    return event.isIntact(after: link)
                })
            #expect(try read.auditHead(id) == link)
            // Four of five keys stay, and each left an event.
            let keys = try read.organization(id)?.keyCount
            let tombstones = try events.filter {
                try read.deletedAPIKey(APIKey.ID(Int64($0.event.target.id) ?? 0)) != nil
            }.count
            #expect(keys.map { $0 + tombstones } == events.count)
            #expect(try read.apiKeys(APIKeyQuery(organizationID: id, now: .start), PageRequest()).total == keys)
        }
        #expect(!FileManager.default.fileExists(atPath: url.path + "-wal"))
    }

    @Test("a backup overwrites nothing and leaves nothing when it fails")
    func refusals() async throws {
        let database = SQLiteDatabase()
        let store = try database.openStore()
        let file = try SQLiteFile(SQLiteStore.databaseURL(in: database.folder), logger: .silent)
        try Data("precious".utf8).write(to: backupURL(database))
        let taken = #expect(throws: DomainError.self) { try file.backup(to: backupURL(database)) }
        #expect(taken?.code == .conflict)
        #expect(try Data(contentsOf: backupURL(database)) == Data("precious".utf8))
        let nowhere = database.folder.appending(path: "no/such/folder/backup.db")
        #expect(throws: DomainError.self) { try file.backup(to: nowhere) }
        let absent = #expect(throws: DomainError.self) {
            try SQLiteFile(backupURL(database, "absent.db"), logger: .silent)
        }
        #expect(absent?.code == .notFound)
        try await store.close()
        await database.remove()
    }

    @Test("a restored backup is the database it was; the replaced one is kept and can be put back")
    func restore() async throws {
        let database = SQLiteDatabase()
        let store = try database.openStore()
        let organization = try await store.makeOrganization()
        for index in 0..<20 { try await add(store, organization, index) }
        try SQLiteFile(SQLiteStore.databaseURL(in: database.folder), logger: .silent).backup(to: backupURL(database))
        for index in 20..<30 { try await add(store, organization, index) }
        try await store.close()

        func keyCount() async throws -> Int? {
            let store = try database.openStore()
            let count = try await store.read { try $0.organization(organization.organizationID)?.keyCount }
            try await store.close()
            return count
        }
        let kept = try SQLiteStore.replaceDatabase(in: database.folder, with: backupURL(database))
        #expect(kept != nil)
        #expect(try await keyCount() == 16)
        let again = try database.openStore()
        try await add(again, organization, 99)
        #expect(try await AuditContractTests.firstBroken(in: again, organization) == nil)
        try await again.close()
        try SQLiteStore.undoReplacement(in: database.folder, kept: kept)
        #expect(try await keyCount() == 24)
        await database.remove()
    }

    @Test("a damaged file is reported")
    func damage() async throws {
        let database = SQLiteDatabase()
        let store = try database.openStore()
        let organization = try await store.makeOrganization()
        for index in 0..<300 { try await add(store, organization, index) }
        try await store.close()
        let url = SQLiteStore.databaseURL(in: database.folder)
        #expect(try SQLiteFile(url, logger: .silent).integrityErrors() == [])
        var bytes = try Data(contentsOf: url)
        // A page in the middle of the file, behind the schema's own.
        let start = bytes.count / 2 / 4_096 * 4_096
        bytes.replaceSubrange(start..<(start + 4_096), with: Data(repeating: 0xA5, count: 4_096))
        try bytes.write(to: url)
        #expect(try !SQLiteFile(url, logger: .silent).integrityErrors().isEmpty)
        await database.remove()
    }
}

/// Something that happens once.
private final class Flag: Sendable {
    private let value = Mutex(false)
    var isSet: Bool { value.withLock { $0 } }
    func set() { value.withLock { $0 = true } }
}
