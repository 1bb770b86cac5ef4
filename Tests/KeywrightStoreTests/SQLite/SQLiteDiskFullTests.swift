import Foundation
import KeywrightDomain
import Testing

@testable import KeywrightStore

@Suite("SQLite: disk full")
struct SQLiteDiskFullTests {
    @Test("writes are refused whole, reads go on, and it heals when there is room again")
    func full() async throws {
        let database = SQLiteDatabase()
        let store = try database.openStore()
        let organization = try await store.makeOrganization()
        try await fill(store, organization, 0..<40)
        let pages = try #require(try store.pragma("page_count"))
        try store.executeUnchecked("PRAGMA max_page_count = \(pages + 12)")

        var written = Array(0..<40)
        while await refusal(store, organization, written.count) == nil { written.append(written.count) }
        try await check(store, organization, written)

        let outcomes = await withTaskGroup(of: (Int, DomainError.Code?).self) { group in
            for index in 1_000..<1_200 {
                group.addTask { (index, await self.refusal(store, organization, index)) }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(outcomes.allSatisfy { $0.1 == nil || $0.1 == .storageFull })
        #expect(outcomes.contains { $0.1 == .storageFull })
        written += outcomes.filter { $0.1 == nil }.map(\.0)
        try await check(store, organization, written)

        try store.executeUnchecked("PRAGMA max_page_count = 1073741823")
        try await fill(store, organization, 2_000..<2_040)
        try await check(store, organization, written + Array(2_000..<2_040))
        try await store.close()

        let file = try SQLiteFile(SQLiteStore.databaseURL(in: database.folder), logger: .silent)
        #expect(try file.integrityErrors() == [])
        await database.remove()
    }

    private func fill(_ store: SQLiteStore, _ organization: NRN, _ range: Range<Int>) async throws {
        for index in range { try await write(store, organization, index) }
    }

    private func refusal(_ store: SQLiteStore, _ organization: NRN, _ index: Int) async -> DomainError.Code? {
        do {
            try await write(store, organization, index)
            return nil
        } catch {
            return (error as? DomainError)?.code ?? .invalid
        }
    }

    private func write(_ store: SQLiteStore, _ organization: NRN, _ index: Int) async throws {
        try await store.write { write in
            try write.makeKey(in: organization, name: "key \(index)", tags: [Tag(stored: "number", "\(index)")])
            _ = try write.makePerson(in: organization, "p\(index)@example.org")
            write.append(
                AuditEvent.sample(organization, target: "\(index)", after: .text(String(repeating: "x", count: 500))))
            write.append(Change(.apiKey, Int64(index), in: organization.organizationID))
        }
    }

    /// Everything is there for each of these writes, and nothing of any other.
    private func check(_ store: SQLiteStore, _ organization: NRN, _ indices: [Int]) async throws {
        let id = organization.organizationID
        let (count, events, changes) = try await store.read { read in
            (
                try read.organization(id)?.keyCount, try read.auditChain(id, after: AuditEvent.ID(0), limit: 10_000),
                try read.changes(after: 0, limit: 10_000)
            )
        }
        #expect(count == indices.count)
        #expect(events.compactMap { Int($0.event.target.id) }.sorted() == indices.sorted())
        #expect(changes.map { Int($0.change.id) }.sorted() == indices.sorted())
        #expect(try await AuditContractTests.firstBroken(in: store, organization) == nil)
        for index in indices {
            let found = try await store.read { read in
                var query = APIKeyQuery(organizationID: id, now: .start)
                query.tags = [Tag(stored: "number", "\(index)")]
                return (
                    try read.apiKeys(query, PageRequest()).results.map(\.name),
                    try read.person(email: "p\(index)@example.org")
                )
            }
            #expect(found.0 == ["key \(index)"] && found.1 != nil)
        }
        let query = UserQuery(organizationID: id)
        #expect(try await store.read { try $0.users(query, PageRequest()).total } == indices.count)
    }
}
