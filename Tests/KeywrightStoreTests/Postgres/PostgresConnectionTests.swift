import KeywrightDomain
import Testing

@testable import KeywrightStore

@Suite("PostgreSQL: connections", .enabled(if: PostgresCluster.address != nil))
struct PostgresConnectionTests {
    @Test("reads and writes go on after every connection was ended")
    func endedConnections() async throws {
        try await PostgresCluster.withEmptyDatabase { database in
            let store = try await database.openStore()
            let organization = try await store.makeOrganization()
            for round in 0..<3 {
                try await database.endConnections()
                #expect(try await store.read { try $0.organizations() }.map(\.id) == [organization.organizationID])
                try await database.endConnections()
                _ = try await store.write { try $0.makeKey(in: organization) }
                #expect(
                    try await store.read { try $0.organization(organization.organizationID)?.keyCount } == round + 1)
            }
            try await store.close()
        }
    }

    @Test("while connections are ended again and again, no acknowledged write is lost, none is halved or doubled")
    func storm() async throws {
        try await PostgresCluster.withEmptyDatabase { database in
            let nodes = [try await database.openStore(), try await database.openStore()]
            let organization = try await nodes[0].makeOrganization()
            let acknowledged = await withTaskGroup(of: [Int].self) { group in
                for worker in 0..<12 {
                    group.addTask {
                        var numbers: [Int] = []
                        for number in (worker * 50)..<(worker * 50 + 50) {
                            if number % 5 == worker % 5 { try? await database.endConnections() }
                            let written = try? await nodes[worker % 2].write(.organization(organization.organizationID))
                            {
                                write in
                                try write.makeKey(in: organization, name: "key \(number)")
                                write.append(AuditEvent.sample(organization, target: "\(number)"))
                                return number
                            }
                            if let written { numbers.append(written) }
                        }
                        return numbers
                    }
                }
                return Set(await group.reduce(into: []) { $0 += $1 })
            }
            #expect(acknowledged.count > 300, "most are acknowledged all the same")
            let id = organization.organizationID
            let targets = try await AuditContractTests.chain(of: nodes[0], organization).compactMap {
                Int($0.event.target.id)
            }
            #expect(Set(targets).count == targets.count)
            #expect(acknowledged.isSubset(of: targets))
            let keys = try await nodes[1].read { read in
                let query = APIKeyQuery(organizationID: id, now: .start)
                let count = try read.organization(id)?.keyCount ?? 0
                return try stride(from: 0, to: count, by: 200).flatMap {
                    try read.apiKeys(query, PageRequest(limit: 200, offset: $0)).results.map(\.name)
                }
            }
            #expect(keys.sorted() == targets.map { "key \($0)" }.sorted())
            #expect(try await AuditContractTests.firstBroken(in: nodes[0], organization) == nil)
            for node in nodes { try await node.close() }
        }
    }

    @Test("a request that gets no connection in time is told so, and the next one is served")
    func acquireTimeout() async throws {
        try await PostgresCluster.withEmptyDatabase { database in
            var limits = PostgresStore.Limits()
            limits.readers = 1
            limits.acquireTimeout = .milliseconds(50)
            let store = try await database.openStore(limits)
            let (started, finish) = (Signal(), Signal())
            async let slow = store.read { read in
                started.raise()
                finish.wait()
                return try read.hasPersons()
            }
            await started.reached()
            let error = await #expect(throws: DomainError.self) { try await store.read { try $0.hasPersons() } }
            #expect(error?.code == .unavailable && error?.retryAfter != nil)
            finish.raise()
            #expect(try await slow == false)
            #expect(try await store.read { try $0.hasPersons() } == false)
            try await store.close()
        }
    }

    @Test("a server that is not there is an answer within seconds, not a wait")
    func absent() async throws {
        try await PostgresCluster.withEmptyDatabase { database in
            let address = try PostgresAddress(parsing: "postgres://nobody@127.0.0.1:1/none")
            let error = await #expect(throws: DomainError.self) {
                try await PostgresCluster.offPool {
                    _ = try PostgresStore(address, now: { .start }, logger: .silent)
                }
            }
            #expect(error?.code == .unavailable)
        }
    }

    @Test("a statement that takes too long ends, and its transaction with it")
    func statementTimeout() async throws {
        try await onConnection { connection in
            _ = try connection.run("SELECT set_config('statement_timeout', '50', false)")
            _ = try connection.run("BEGIN")
            let error = #expect(throws: PostgresError.self) { try connection.run("SELECT pg_sleep(10)") }
            #expect(error?.state == "57014")
            #expect(connection.isFailed && connection.loss == nil)
            try connection.runLater("ROLLBACK")
            #expect(try connection.run("SELECT 7").row(0).integer(0) == 7)
        }
    }

    @Test("a batch larger than every buffer between here and the server is answered")
    func largeBatch() async throws {
        try await onConnection { connection in
            let text = String(repeating: "x", count: 20_000)
            let commands = try (0..<400).map { _ in
                try PostgresConnection.Command("SELECT repeat($1, 5)", [.value(.text(text))])
            }
            let results = try connection.run(commands)
            #expect(results.count == 400 && results.allSatisfy { $0.row(0).text(0).utf8.count == 100_000 })
        }
    }

    @Test("more different statements than are kept are run, and run again")
    func manyStatements() async throws {
        try await onConnection { connection in
            for round in 0..<2 {
                for number in 0..<900 {
                    let result = try connection.run("SELECT \(number) + $1::bigint", [.value(.integer(Int64(round)))])
                    #expect(result.row(0).integer(0) == Int64(number + round))
                }
            }
            let kept = try connection.run("SELECT count(*) FROM pg_prepared_statements").row(0).integer(0)
            #expect(kept <= 401)
        }
    }

    @Test("the error of a posted statement is that of the batch it travels with, which then does nothing")
    func postedError() async throws {
        try await onConnection { connection in
            _ = try connection.run("CREATE TEMPORARY TABLE things (id bigint PRIMARY KEY)")
            let insert = try PostgresConnection.Command("INSERT INTO things VALUES ($1)", [.value(.integer(1))])
            _ = try connection.run("BEGIN")
            try connection.post(insert)
            try connection.post(insert)
            let error = #expect(throws: PostgresError.self) { try connection.run("COMMIT") }
            #expect(error?.state == "23505" && connection.isFailed)
            try connection.runLater("ROLLBACK")
            #expect(try connection.run("SELECT count(*) FROM things").row(0).integer(0) == 0)
            #expect(throws: PostgresError.self) { try connection.run("SELECT nonsense") }
            #expect(try connection.run("SELECT count(*) FROM things").row(0).integer(0) == 0)
        }
    }

    @Test("values of every kind come back as they were, alone and in arrays")
    func values() async throws {
        try await onConnection { connection in
            for number in [0, 1, -1, .max, .min] as [Int64] {
                let row = try connection.run(
                    "SELECT $1::bigint, ($2::bigint[])[2]", [.value(.integer(number)), .integers([7, number])]
                ).row(0)
                #expect(row.integer(0) == number && row.integer(1) == number)
            }
            for text in ["", "é", "{\"a\",NULL}\\", "日本語"] {
                let row = try connection.run("SELECT $1::text, ($2::text[])[1]", [.value(.text(text)), .texts([text])])
                    .row(0)
                #expect(row.text(0).utf8.elementsEqual(text.utf8) && row.text(1).utf8.elementsEqual(text.utf8))
            }
            for bytes in [[], [0], [0, 255, 92, 0]] as [[UInt8]] {
                let row = try connection.run(
                    "SELECT $1::bytea, ($2::bytea[])[1]", [.value(.bytes(bytes)), .blobs([bytes])]
                ).row(0)
                #expect(row.bytes(0) == bytes && row.bytes(1) == bytes && !row.isNull(0))
            }
            let row = try connection.run("SELECT $1::text, cardinality($2::bigint[])", [.value(.null), .integers([])])
                .row(0)
            #expect(row.isNull(0) && row.integer(1) == 0)
        }
    }

    private func onConnection(_ body: @escaping @Sendable (PostgresConnection) throws -> Void) async throws {
        let address = try await PostgresCluster.runAddress()
        try await PostgresCluster.offPool { try body(try PostgresConnection(address, .init(schema: "public"))) }
    }
}
