import KeywrightDomain
import Testing

@testable import KeywrightOperations
@testable import KeywrightStore

@Suite("Months taken out of the audit trail", .enabled(if: TwoNodes.address != nil))
struct RetentionTests {
    /// The beginnings of three months, and a moment in each, in milliseconds: January, February, March of 2025.
    private static let months: [(name: String, from: Int64, to: Int64)] = [
        ("2025_01", 1_735_689_600_000, 1_738_368_000_000), ("2025_02", 1_738_368_000_000, 1_740_787_200_000),
        ("2025_03", 1_740_787_200_000, 1_743_465_600_000),
    ]

    /// Runs a body on an installation with events of organization 1 in three months, four in each, and two of today.
    private func withTrail(_ body: (TwoNodes) async throws -> Void) async throws {
        try await TwoNodes.run { nodes in
            for month in Self.months {
                try await nodes.tamper(
                    """
                    CREATE TABLE audit_events_\(month.name) PARTITION OF audit_events
                        FOR VALUES FROM (\(month.from)) TO (\(month.to))
                    """)
            }
            // The last event of a month is noted after the first of the next one: clocks of nodes differ.
            let times = Self.months.flatMap { [$0.from + 1, $0.from + 2, $0.to + 7, $0.to - 1] }
            for time in times {
                try await nodes.first.store.write(.nothing) { $0.append(Self.event(Instant(milliseconds: time))) }
            }
            try await body(nodes)
        }
    }

    private static func event(_ time: Instant) -> AuditEvent {
        AuditEvent(
            organizationID: Organization.ID(1), at: time, action: "api_key.update", userID: nil, actorType: "operator",
            credential: nil, address: nil, requestID: nil, target: .init("api_key", "1"))
    }

    private func verify(_ nodes: TwoNodes) async throws -> AuditVerification {
        let results = try await nodes.second.store.read { try Operations.verifyAuditTrail(in: $0) }
        return try #require(results.first)
    }

    private func detach(before month: String, _ nodes: TwoNodes) async throws -> [String] {
        let (address, schema) = (try #require(TwoNodes.address), nodes.schema)
        return try await TwoNodes.offPool {
            try PostgresStore.detachAuditMonths(
                address, schema: schema, before: AuditMonth(parsing: month), logger: OperationsInstallation.logger)
        }
    }

    @Test("the rest of the chain is still checked, link by link, while nodes go on writing")
    func chain() async throws {
        try await withTrail { nodes in
            let whole = try await verify(nodes)
            #expect(whole.isIntact && whole.previous == nil && whole.count > 12)
            #expect(try await detach(before: "2025-03", nodes) == ["audit_events_2025_01", "audit_events_2025_02"])
            try await nodes.second.store.write(.nothing) { $0.append(Self.event(Instant(milliseconds: 1))) }
            let rest = try await verify(nodes)
            #expect(rest.isIntact && rest.previous != nil)
            #expect(try await nodes.number("SELECT count(*) FROM audit_events_2025_01") == 3)
            #expect(try await detach(before: "2025-03", nodes) == [])
            #expect(try await verify(nodes) == rest)
            #expect(try await detach(before: "2025-04", nodes) == ["audit_events_2025_03"])
            #expect(try await verify(nodes).isIntact)
        }
    }

    @Test(
        "what is changed, removed or forged afterwards is found",
        arguments: [
            "UPDATE audit_events SET action = 'x' WHERE id = (SELECT max(id) FROM audit_events)",
            "DELETE FROM audit_events WHERE id = (SELECT max(id) - 1 FROM audit_events)",
            "DELETE FROM audit_events WHERE id = (SELECT max(id) FROM audit_events)", "DELETE FROM audit_checkpoints",
            "UPDATE audit_checkpoints SET link = '\\x00'", "UPDATE audit_checkpoints SET event_id = event_id + 1",
        ])
    func tampered(_ sql: String) async throws {
        try await withTrail { nodes in
            _ = try await detach(before: "2025-03", nodes)
            #expect(try await verify(nodes).isIntact)
            try await nodes.tamper("ALTER TABLE audit_events DISABLE TRIGGER USER; \(sql)")
            #expect(try await !verify(nodes).isIntact)
        }
    }

    @Test("the current month stays, and a month is written one way", arguments: ["9999-12", "2025-13", "2025-1", "x"])
    func refused(_ month: String) async throws {
        try await withTrail { nodes in
            let error = await #expect(throws: DomainError.self) { _ = try await detach(before: month, nodes) }
            #expect(error?.code == .invalid)
            let whole = try await verify(nodes)
            #expect(whole.previous == nil)
        }
    }
}
