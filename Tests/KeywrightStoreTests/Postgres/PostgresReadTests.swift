import KeywrightDomain
import Synchronization
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

    @Test("one statement does without a transaction; of several all see one state, in a transaction")
    func statements() async throws {
        try await PostgresCluster.withEmptyDatabase { database in
            let store = try await database.openStore()
            let id = try await store.makeOrganization().organizationID
            let address = try await PostgresCluster.runAddress()
            let schema = database.schema
            let runs = Mutex(0)
            let names = try await store.readByOneStatement { read in
                runs.withLock { $0 += 1 }
                let before = try read.resource(.organization, id.rawValue)?.name
                // Another node, at just the wrong moment.
                let other = try PostgresConnection(address, .init(schema: schema))
                try other.runScript("UPDATE resources SET name = name || '!'")
                return [before, try read.resource(.organization, id.rawValue)?.name]
            }
            #expect(runs.withLock { $0 } == 2)
            #expect(names[0] == names[1])
            let name = try await store.readByOneStatement { read in
                runs.withLock { $0 += 1 }
                return try read.resource(.organization, id.rawValue)?.name
            }
            #expect(runs.withLock { $0 } == 3)
            #expect(name == names[0].map { $0 + "!" })
            try await store.close()
            try await PostgresCluster.offPool {
                let connection = try PostgresConnection(address, .init(schema: schema))
                let session = PostgresSession(connection, statements: .one)
                let transaction = SQLTransaction(session: session, numbers: NoNumbers())
                _ = try transaction.resource(.organization, id.rawValue)
                #expect(!session.needsTransaction)
                // A body that goes on after an error does not go unnoticed.
                _ = try? transaction.resource(.organization, id.rawValue)
                #expect(session.needsTransaction)
            }
        }
    }
}
