import KeywrightDomain
import Testing

@testable import KeywrightStore

/// What a read costs in messages, and that it ends.
@Suite("PostgreSQL: reads", .enabled(if: PostgresCluster.address != nil))
struct PostgresReadTests {
    @Test("keys come with their grants in one statement: one by its handle or id, and those of a page")
    func keys() async throws {
        try await PostgresCluster.withEmptyDatabase { database in
            let store = try await database.openStore()
            let keys = try await store.write { write in
                let organization = try write.makeOrganization()
                return try (0..<4).map { count in
                    let grants = try (0..<count).map { _ in try write.makeGrant("member", at: organization) }
                    return try write.makeKey(in: organization, grants: grants)
                }
            }
            try await store.close()
            let address = try await PostgresCluster.runAddress()
            try await PostgresCluster.offPool { [schema = database.schema] in
                let connection = try PostgresConnection(address, .init(schema: schema))
                var sent = 0
                connection.onSend = { _ in sent += 1 }
                let transaction = SQLTransaction(session: PostgresSession(connection), numbers: NoNumbers())
                for key in keys {
                    #expect(try transaction.apiKey(handle: key.handle) == key)
                    #expect(try transaction.apiKey(key.id) == key)
                }
                #expect(sent == keys.count * 2)
                #expect(try transaction.apiKeys(keys.reversed().map(\.id)) == keys.reversed())
                #expect(sent == keys.count * 2 + 1)
            }
        }
    }

    @Test("a transaction that only read ends, although nobody waits for it")
    func end() async throws {
        try await PostgresCluster.withEmptyDatabase { database in
            let store = try await database.openStore()
            #expect(try await store.read { try $0.organizations() }.isEmpty)
            // No such lock is given while a transaction that has read the table goes on.
            try await PostgresCluster.run(
                schema: database.schema,
                "SET lock_timeout = '5s'; BEGIN; LOCK TABLE organizations IN ACCESS EXCLUSIVE MODE; COMMIT")
            try await store.close()
        }
    }

    @Test("a body that fails ends its transaction, and the next one sees what was written since")
    func failure() async throws {
        try await PostgresCluster.withEmptyDatabase { database in
            var limits = PostgresStore.Limits()
            limits.readers = 1
            let store = try await database.openStore(limits)
            await #expect(throws: Interrupted.self) {
                try await store.read { read in
                    _ = try read.organizations()
                    throw Interrupted()
                }
            }
            let organization = try await store.makeOrganization()
            #expect(try await store.read { try $0.organizations() }.map(\.id) == [organization.organizationID])
            try await store.close()
        }
    }
}
