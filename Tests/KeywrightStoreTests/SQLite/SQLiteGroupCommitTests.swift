import Dispatch
import KeywrightDomain
import Testing

@testable import KeywrightStore

@Suite("SQLite: group commit")
struct SQLiteGroupCommitTests {
    /// Starts many writes while one holds the database, so that they wait together.
    private func commits(_ count: Int, _ body: @escaping @Sendable (any WriteTransaction, Int) throws -> Void)
        async throws -> [[Change]]
    {
        let database = SQLiteDatabase()
        let store = try database.openStore()
        let recorder = ChangeRecorder(store)
        let starting = DispatchGroup()
        for _ in 0..<count { starting.enter() }
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                try? await store.write { write in
                    starting.wait()
                    write.append(Change(.apiKey, -1, in: nil))
                }
            }
            for index in 0..<count {
                group.addTask {
                    starting.leave()
                    try? await store.write { write in
                        write.append(Change(.apiKey, Int64(index), in: nil))
                        try body(write, index)
                    }
                }
            }
        }
        try await store.close()
        await database.remove()
        return recorder.heardByCommit
    }

    @Test("writes that wait together share commits")
    func shared() async throws {
        let commits = try await commits(120) { _, _ in }
        #expect(commits.flatMap { $0 }.map(\.id).sorted() == Array(-1..<120))
        #expect(commits.count <= 12, "\(commits.map(\.count))")
    }

    @Test("one that fails does not disturb those that share its commit")
    func failures() async throws {
        let commits = try await commits(120) { write, index in
            if index % 3 == 0 {
                _ = try write.makeOrganization("Gone \(index)")
                throw Interrupted()
            }
        }
        let expected: [Int64] = [-1] + (0..<120).filter { $0 % 3 != 0 }
        #expect(commits.flatMap { $0 }.map(\.id).sorted() == expected)
        #expect(commits.count <= 12)
    }

    @Test("lists, counts and ids of one transaction see those that share its commit")
    func shareState() async throws {
        let database = SQLiteDatabase()
        let store = try database.openStore()
        let organization = try await store.makeOrganization()
        let totals = await withTaskGroup(of: [Int].self) { group in
            for index in 0..<60 {
                group.addTask {
                    let seen = try? await store.write { write in
                        try write.makeKey(
                            in: organization, tags: [Tag(stored: "a", "1")], expiresAt: index % 2 == 0 ? .start : nil)
                        if index % 10 == 9 { try write.removeOutdated(now: .after(1), changesBefore: .start) }
                        var query = APIKeyQuery(organizationID: organization.organizationID, now: .start)
                        let alive = try write.apiKeys(query, PageRequest()).total
                        query.status = .expired
                        query.tags = [Tag(stored: "a", "1")]
                        let expired = try write.apiKeys(query, PageRequest()).total
                        let count = try write.organization(organization.organizationID)?.keyCount ?? 0
                        #expect(alive + expired == count)
                        return [count]
                    }
                    return seen ?? []
                }
            }
            return await group.reduce(into: []) { $0 += $1 }
        }
        #expect(totals.sorted() == Array(1...60))
        try await store.close()
        await database.remove()
    }
}
