import KeywrightDomain
import Testing

@testable import KeywrightStore

@Suite("PostgreSQL: schema and rights", .enabled(if: PostgresCluster.address != nil))
struct PostgresSchemaTests {
    @Test("preparing again, and by several at a time, changes nothing")
    func again() async throws {
        try await PostgresCluster.withEmptyDatabase { database in
            let store = try await database.openStore()
            let organization = try await store.makeOrganization()
            let address = try #require(PostgresCluster.address)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<4 {
                    group.addTask {
                        try await PostgresCluster.offPool { [schema = database.schema] in
                            try PostgresStore.prepare(
                                address, schema: schema, runRole: PostgresCluster.runRole, logger: .silent)
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await store.read { try $0.organizations() }.map(\.id) == [organization.organizationID])
            #expect(try await database.number("SELECT count(*) FROM schema_versions") == PostgresSchema.version)
            try await store.close()
        }
    }

    @Test("a database that is not prepared, or was by a newer version, is not served")
    func versions() async throws {
        try await PostgresCluster.withEmptyDatabase { database in
            try await PostgresCluster.run(
                schema: database.schema, "INSERT INTO schema_versions (version) VALUES (1000)")
            let address = try #require(PostgresCluster.address)
            func refusal(_ body: () async throws -> Void) async -> DomainError? {
                do {
                    try await body()
                    return nil
                } catch {
                    return error as? DomainError
                }
            }
            let newer = await refusal { _ = try await database.openStore() }
            #expect(newer?.code == .conflict && newer?.detail.contains("newer") == true)
            let preparing = await refusal {
                try await PostgresCluster.offPool { [schema = database.schema] in
                    try PostgresStore.prepare(address, schema: schema, runRole: nil, logger: .silent)
                }
            }
            #expect(preparing?.code == .conflict)
            try await PostgresCluster.run(schema: database.schema, "DROP TABLE schema_versions")
            let absent = await refusal { _ = try await database.openStore() }
            #expect(absent?.code == .conflict && absent?.detail.contains("database prepare") == true)
        }
    }

    @Test(
        "the role that serves can neither change nor remove audit events, nor alter tables",
        arguments: [
            "UPDATE audit_events SET action = 'x'", "UPDATE audit_events_other SET action = 'x'",
            "DELETE FROM audit_events", "DELETE FROM audit_events_other", "TRUNCATE audit_events",
            "SELECT * FROM audit_events_other", "INSERT INTO audit_events_other SELECT * FROM audit_events",
            "DROP TABLE audit_events", "ALTER TABLE audit_events DISABLE TRIGGER USER",
            "TRUNCATE changes", "DROP TABLE api_keys",
            "CREATE TABLE more (id bigint)", "DELETE FROM schema_versions", "SET ROLE keywright",
            "INSERT INTO audit_checkpoints VALUES (1, 1, '')", "DELETE FROM audit_checkpoints",
            "ALTER TABLE audit_events DETACH PARTITION audit_events_other",
            "SELECT setval('ids_api_key', 1)",
            "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
        ])
    func rights(_ sql: String) async throws {
        try await PostgresCluster.withEmptyDatabase { database in
            let store = try await database.openStore()
            let organization = try await store.makeOrganization()
            try await store.write { $0.append(AuditEvent.sample(organization)) }
            try await database.runAsServer("SELECT count(*) FROM audit_events; SELECT add_audit_months()")
            let error = await #expect(throws: PostgresError.self) { try await database.runAsServer(sql) }
            #expect(error?.state == "42501", "\(error?.description ?? "")")
            #expect(try await AuditContractTests.firstBroken(in: store, organization) == nil)
            try await store.close()
        }
    }

    @Test("not even the owner changes an audit event by mistake")
    func owner() async throws {
        try await PostgresCluster.withEmptyDatabase { database in
            let store = try await database.openStore()
            let organization = try await store.makeOrganization()
            try await store.write { $0.append(AuditEvent.sample(organization)) }
            await #expect(throws: PostgresError.self) {
                try await PostgresCluster.run(schema: database.schema, "UPDATE audit_events SET action = 'x'")
            }
            try await store.close()
        }
    }

    @Test("events lie in the month in which they happened; months are added ahead")
    func months() async throws {
        try await PostgresCluster.withEmptyDatabase { database in
            let store = try await database.openStore()
            let organization = try await store.makeOrganization()
            let now = try await database.number("SELECT (extract(epoch FROM now()) * 1000)::bigint")
            let times = [0, now, now + 32 * 86_400_000, Instant.distantFuture.milliseconds]
            try await store.write { write in
                for time in times { write.append(AuditEvent.sample(organization, at: Instant(milliseconds: time))) }
            }
            #expect(try await database.number("SELECT count(*) FROM audit_events_other") == 2)
            #expect(try await database.number("SELECT count(DISTINCT tableoid) FROM audit_events") == 3)
            #expect(
                try await database.number("SELECT count(*) FROM pg_inherits WHERE inhparent = 'audit_events'::regclass")
                    == 4)
            let chain = try await AuditContractTests.chain(of: store, organization)
            #expect(chain.map(\.event.at.milliseconds) == times)
            #expect(try await AuditContractTests.firstBroken(in: store, organization) == nil)
            try await store.close()
        }
    }

    @Test("every kind of id has its sequence")
    func sequences() async throws {
        try await PostgresCluster.withEmptyDatabase { database in
            let store = try await database.openStore()
            for counter in NRN.Level.allCases.map(Counter.resource) + [.person, .role, .grant, .apiKey, .session] {
                #expect(try await store.write { try $0.allocate(counter) } == counter.first)
            }
            try await store.close()
        }
    }
}
