import KeywrightDomain
import Testing

@testable import KeywrightStore

@Suite("Moving from SQLite to PostgreSQL", .enabled(if: PostgresCluster.address != nil))
struct StoreMoveTests {
    @Test("everything arrives as it was, and goes on where it was")
    func everything() async throws {
        try await Self.withFilledSource { source, population in
            try await PostgresCluster.withEmptyDatabase { database in
                let counts = try await Self.move(source, to: database)
                #expect(counts.filter { $0.count == 0 }.map(\.table).isEmpty)
                let store = try await database.openStore()
                let (before, after) = (try await source.read(Self.content), try await store.read(Self.content))
                #expect(before.count > 1_000)
                #expect(Self.differences(before, after).isEmpty)
                try await Self.compareLists(store, population)
                try await Self.goOn(source, store)
                try await store.close()
            }
        }
    }

    @Test("every table and column of the one engine is moved to the other, or said to be left")
    func completeness() async throws {
        try await Self.withFilledSource { source, _ in
            try await PostgresCluster.withEmptyDatabase { database in
                let tables = try source.withSession { session in
                    try session.rows(
                        """
                        SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite~_%' ESCAPE '~'
                            AND name NOT LIKE 'api~_key~_search~_%' ESCAPE '~' AND name <> 'grdb_migrations'
                        """, []
                    ) { $0.text(0) }
                }
                #expect(Set(tables) == Set(MovedContent.order.map(\.name)).union(MovedContent.left))
                for table in try source.withSession(MovedContent.init).tables {
                    let names = table.columns.map { "'\($0)'" }.joined(separator: ", ")
                    let (all, known) = try await (
                        database.number(Self.columnCount(table.name)),
                        database.number(Self.columnCount(table.name) + " AND column_name IN (\(names))")
                    )
                    #expect(all == known && known == table.columns.count, "\(table.name)")
                }
            }
        }
    }

    private static func columnCount(_ table: String) -> String {
        "SELECT count(*) FROM information_schema.columns WHERE table_schema = current_schema() AND table_name = '\(table)'"
    }

    @Test(
        "a move that ends early leaves nothing behind but a mark, by which nobody serves it; the next one begins anew",
        arguments: ["settings", "grants", "audit_events", "parts of names"], [true, false])
    func interruption(_ table: String, _ isConnectionLost: Bool) async throws {
        try await Self.withFilledSource { source, _ in
            try await PostgresCluster.withEmptyDatabase { database in
                let schema = database.schema
                await #expect(throws: (any Error).self) {
                    try await Self.move(source, to: database) { progress in
                        guard progress.table == table else { return }
                        guard isConnectionLost else { throw Interrupted() }
                        let address = try #require(PostgresCluster.address)
                        _ = try PostgresConnection(address, .init(schema: schema)).run(
                            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name = '\(schema)'"
                        )
                    }
                }
                let refusal = await #expect(throws: DomainError.self) { try await database.openStore() }
                #expect(refusal?.code == .conflict && refusal?.detail.contains("keywright migrate") == true)
                for name in MovedContent.order.map(\.name) where name != "settings" {
                    #expect(try await database.number("SELECT count(*) FROM \(name)") == 0, "\(name)")
                }
                try await Self.move(source, to: database)
                let store = try await database.openStore()
                let (before, after) = (try await source.read(Self.content), try await store.read(Self.content))
                #expect(Self.differences(before, after).isEmpty)
                try await store.close()
            }
        }
    }

    @Test("while it is going on, and when its conclusion fails, nobody serves the target")
    func conclusion() async throws {
        try await Self.withFilledSource { source, _ in
            try await PostgresCluster.withEmptyDatabase { database in
                let (started, finish) = (Signal(), Signal())
                let moving = Task {
                    try await Self.move(source, to: database) { progress in
                        guard progress.table == "grants" else { return }
                        started.raise()
                        finish.wait()
                    } conclude: { _ in
                        throw Interrupted()
                    }
                }
                await started.reached()
                let during = await #expect(throws: DomainError.self) { try await database.openStore() }
                #expect(during?.detail.contains("keywright migrate") == true)
                finish.raise()
                await #expect(throws: Interrupted.self) { try await moving.value }
                let after = await #expect(throws: DomainError.self) { try await database.openStore() }
                #expect(after?.detail.contains("keywright migrate") == true)
            }
        }
    }

    @Test("a target that holds data, was not prepared, or belongs to another role is refused and stays as it is")
    func refusals() async throws {
        try await Self.withFilledSource { source, _ in
            try await PostgresCluster.withEmptyDatabase { database in
                let asServer = try await PostgresCluster.runAddress()
                let forbidden = await #expect(throws: DomainError.self) {
                    try await Self.move(source, to: database, as: asServer)
                }
                #expect(forbidden?.code == .forbidden)
                let store = try await database.openStore()
                let organization = try await store.makeOrganization("Other")
                let full = await #expect(throws: DomainError.self) { try await Self.move(source, to: database) }
                #expect(full?.code == .conflict && full?.detail.contains("holds data") == true)
                #expect(try await store.read { try $0.organizations() }.map(\.id) == [organization.organizationID])
                try await store.close()
                try await database.openStore().close()
                try await PostgresCluster.run(schema: database.schema, "DROP TABLE schema_versions")
                let unprepared = await #expect(throws: DomainError.self) { try await Self.move(source, to: database) }
                #expect(unprepared?.detail.contains("database prepare") == true)
            }
        }
    }

    // MARK: Source and target

    private static func withFilledSource(_ body: (SQLiteStore, Population) async throws -> Void) async throws {
        let database = SQLiteDatabase()
        let store = try database.openStore()
        let population = try await MoveSample.fill(store)
        do {
            try await body(store, population)
        } catch {
            try? await store.close()
            await database.remove()
            throw error
        }
        try await store.close()
        await database.remove()
    }

    /// Moves as the owner of the tables unless another role is named.
    @discardableResult
    private static func move(
        _ source: SQLiteStore, to database: PostgresDatabase, as address: PostgresAddress? = PostgresCluster.address,
        progress: @escaping @Sendable (StoreMove.Progress) throws -> Void = { _ in },
        conclude: @escaping @Sendable (any WriteTransaction) throws -> Void = { _ in }
    ) async throws -> [(table: String, count: Int)] {
        let address = try #require(address).with(["application_name": database.schema])
        return try await PostgresCluster.offPool { [schema = database.schema] in
            try StoreMove(from: source, to: address, schema: schema, logger: .silent)
                .run(at: .start, progress: progress, conclude: conclude)
        }
    }

    // MARK: Comparison

    /// What the functions of a transaction tell, by their names.
    @Sendable
    private static func content(_ read: any ReadTransaction) throws -> [String: any Hashable & Sendable] {
        try MoveSample.content(read)
    }

    private static func differences(
        _ before: [String: any Hashable & Sendable], _ after: [String: any Hashable & Sendable]
    ) -> [String] {
        Set(before.keys).union(after.keys).filter { name in
            guard let old = before[name], let new = after[name] else { return true }
            return AnyHashable(old) != AnyHashable(new)
        }.sorted()
    }

    /// Each filter by itself and with the next, in each order.
    private static func compareLists(_ store: any Store, _ population: Population) async throws {
        var population = population
        let list = KeyList(keys: population.keys)
        let filters = population.filters() + population.filters()
        for (index, filter) in filters.enumerated() {
            for order in APIKeyQuery.Order.allCases {
                var query = APIKeyQuery(organizationID: Population.organization.organizationID, now: Population.now)
                filter.apply(&query)
                if order == .name { filters[(index + 1) % filters.count].apply(&query) }
                query.order = order
                let expected = list.matches(query).map(\.id)
                let found = try await store.read { [query] in try $0.apiKeys(query, PageRequest(limit: 200)) }
                #expect(found.results.map(\.id) == Array(expected.prefix(200)), "\(filter.name) by \(order)")
                #expect(found.total == expected.count, "\(filter.name) by \(order)")
            }
        }
    }

    /// What is added to both gets the same ids; the chain goes on; the change log begins anew.
    private static func goOn(_ source: any Store, _ target: any Store) async throws {
        #expect(try await target.read { try $0.changes(after: 0, limit: 10) }.isEmpty)
        #expect(try await target.read { try $0.changeLogBounds() } == ChangeLogBounds(removed: 0, last: 0))
        let add: @Sendable (any WriteTransaction) throws -> [Int64] = { write in
            let key = try write.makeKey(in: Population.organization, name: "after the move")
            let person = try write.makePerson(in: Population.organization, "after@example.org")
            let role = try write.makeRole(in: Population.organization, slug: "after")
            write.append(AuditEvent.sample(Population.organization, target: key.id.description))
            write.append(Change(.apiKey, key.id.rawValue, in: key.organizationID))
            return try [key.id.rawValue, person.id.rawValue, role.id.rawValue]
                + (NRN.Level.allCases.map(Counter.resource) + [.grant, .session]).map { try write.allocate($0) }
        }
        #expect(try await source.write(add) == target.write(add))
        #expect(try await target.read { try $0.changes(after: 0, limit: 10) }.map(\.sequence) == [1])
        for organization in [Population.organization, NRN(organization: 2)] {
            #expect(try await AuditContractTests.firstBroken(in: target, organization) == nil)
            let (own, other) = try await (
                AuditContractTests.chain(of: source, organization), AuditContractTests.chain(of: target, organization)
            )
            #expect(own == other)
            let head = try await target.read { try $0.auditHead(organization.organizationID) }
            #expect(head == other.last?.link)
        }
    }
}
