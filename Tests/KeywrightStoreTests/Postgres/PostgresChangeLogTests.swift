import KeywrightDomain
import Testing

@testable import KeywrightStore

@Suite("PostgreSQL: change log", .enabled(if: PostgresCluster.address != nil))
struct PostgresChangeLogTests {
    @Test("whoever reads on from the last number given misses none, while many write on two nodes")
    func order() async throws {
        try await PostgresCluster.withTwoNodes { first, second, _ in
            let count = 300
            try await withThrowingTaskGroup(of: Void.self) { group in
                for index in 0..<count {
                    group.addTask {
                        // Bodies of different organizations, and of none: they run side by side.
                        let organization: Organization.ID? =
                            index % 7 == 0 ? nil : Organization.ID(Int64(index % 5 + 1))
                        try await (index % 2 == 0 ? first : second).write(
                            organization.map { .organization($0) } ?? .nothing
                        ) {
                            $0.append(Change(.apiKey, Int64(index), in: organization))
                        }
                    }
                }
                group.addTask {
                    var read: [LoggedChange] = []
                    while read.count < count {
                        let last = read.last?.sequence ?? 0
                        read += try await second.read { try $0.changes(after: last, limit: 50) }
                    }
                    #expect(Set(read.map(\.change.id)).count == count)
                    #expect(read.map(\.sequence) == read.map(\.sequence).sorted())
                }
                try await group.waitForAll()
            }
        }
    }
}
