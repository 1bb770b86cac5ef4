import KeywrightDomain
import KeywrightStore
import Testing

@Suite("Store contract: audit trail")
struct AuditContractTests {
    @Test("an event comes back as appended, its states as the text that was hashed", arguments: Engine.underTest)
    func roundTrip(_ engine: Engine) async throws {
        try await engine.withEmptyStore { store in
            let organization = try await store.makeOrganization()
            let events = AuditEvent.Outcome.allCases.enumerated().map { index, outcome in
                AuditEvent(
                    organizationID: organization.organizationID, at: .after(Int64(index)), action: "user.update",
                    outcome: outcome,
                    userID: index == 0 ? nil : User.ID(7), actorType: "api_key",
                    credential: index == 1 ? nil : "0aZ0aZ0aZ0aZ",
                    address: index == 1 ? nil : "2001:db8::1", requestID: index == 1 ? nil : "request-é",
                    target: .init("user", "organization=1:account=2"),
                    before: index == 0 ? nil : AuditEvent.Snapshot.none,
                    after: .members([
                        .init("name", .text("a\"b\\c\n\u{1}é")), .init("count", .number(-3)), .init("on", .flag(true)),
                        .init("none", .none), .init("list", .list([.text(""), .flag(false), .list([]), .members([])])),
                    ])
                )
            }
            try await store.write { write in for event in events { write.append(event) } }
            let found = try await store.read {
                try $0.auditEvents(AuditQuery(organizationID: organization.organizationID), .init())
            }
            #expect(found.total == 3 && found.results.map(\.id.rawValue) == [3, 2, 1])
            for (sealed, event) in zip(found.results.reversed(), events) {
                var plain = event
                plain = AuditEvent(
                    organizationID: event.organizationID, at: event.at, action: event.action, outcome: event.outcome,
                    userID: event.userID, actorType: event.actorType, credential: event.credential,
                    address: event.address,
                    requestID: event.requestID, target: event.target
                )
                #expect(sealed.event == plain)
                #expect(sealed.beforeText == (event.before == nil ? nil : "null"))
                let text = #"{"name":"a\"b\\c\u000a\u0001é","count":-3,"on":true,"none":null,"list":["",false,[],{}]}"#
                #expect(sealed.afterText == text)
                #expect(AuditEvent.Snapshot(parsing: text) == event.after)
            }
        }
    }

    @Test("chains of two organizations stay intact under parallel writes", arguments: Engine.underTest)
    func parallelChains(_ engine: Engine) async throws {
        try await engine.withEmptyStore { store in
            let organizations = [try await store.makeOrganization("One"), try await store.makeOrganization("Two")]
            await withTaskGroup(of: Void.self) { group in
                for index in 0..<120 {
                    group.addTask {
                        try? await store.write { write in
                            for organization in organizations.prefix(index % 3 + 1).shuffled() {
                                write.append(
                                    AuditEvent.sample(organization, target: "\(index)", after: .number(Int64(index))))
                            }
                            if index % 4 == 3 { throw Interrupted() }
                        }
                    }
                }
            }
            let counts = [
                (0..<120).filter { $0 % 4 != 3 }.count, (0..<120).filter { $0 % 4 != 3 && $0 % 3 != 0 }.count,
            ]
            for (organization, count) in zip(organizations, counts) {
                let events = try await Self.chain(of: store, organization)
                #expect(events.count == count)
                #expect(try await Self.firstBroken(in: store, organization) == nil)
            }
        }
    }

    @Test(
        "a changed, removed or inserted row breaks the chain at that row",
        arguments: Engine.underTest,
        [
            ("UPDATE audit_events SET action = 'x' WHERE id = 3", 3),
            ("UPDATE audit_events SET at = at + 1 WHERE id = 5", 5),
            ("UPDATE audit_events SET after_state = NULL WHERE id = 5", 5),
            ("UPDATE audit_events SET user_id = 8 WHERE id = 1", 1),
            ("UPDATE audit_events SET link = audit_link FROM organizations WHERE audit_events.id = 3", 3),
            ("DELETE FROM audit_events WHERE id = 3", 5), ("DELETE FROM audit_events WHERE id = 1", 3),
            (
                """
                INSERT INTO audit_events (id, organization_id, at, action, outcome, user_id, actor_type, credential, address,
                    request_id, target_type, target_id, before_state, after_state, link)
                SELECT 4000, organization_id, at, action, outcome, user_id, actor_type, credential, address, request_id,
                    target_type, target_id, before_state, after_state, link FROM audit_events WHERE id = 9
                """, 4000
            ),
            ("UPDATE audit_events SET organization_id = 2 WHERE id = 9", 11),
        ])
    func tampering(_ engine: Engine, _ damage: (sql: String, broken: Int64)) async throws {
        try await engine.withEmptyDatabase { database in
            let store = try await database.open()
            // Odd ids belong to the first organization, even ones to the second.
            let organizations = [try await store.makeOrganization("One"), try await store.makeOrganization("Two")]
            for index in 0..<6 {
                for organization in organizations {
                    try await store.write {
                        $0.append(AuditEvent.sample(organization, target: "\(index)", after: .number(1)))
                    }
                }
            }
            for organization in organizations {
                #expect(try await Self.firstBroken(in: store, organization) == nil)
            }
            try await database.tamper(store, damage.sql)
            #expect(try await Self.firstBroken(in: store, organizations[0])?.rawValue == damage.broken)
            try await store.close()
        }
    }

    @Test("cutting off the newest rows shows at the head", arguments: Engine.underTest)
    func truncation(_ engine: Engine) async throws {
        try await engine.withEmptyDatabase { database in
            let store = try await database.open()
            let organization = try await store.makeOrganization()
            #expect(
                try await store.read { try $0.auditHead(organization.organizationID) } == SealedAuditEvent.firstLink)
            for _ in 0..<3 { try await store.write { $0.append(AuditEvent.sample(organization)) } }
            let events = try await Self.chain(of: store, organization)
            #expect(try await store.read { try $0.auditHead(organization.organizationID) } == events.last?.link)
            try await database.tamper(store, "DELETE FROM audit_events WHERE id = 3")
            #expect(try await Self.chain(of: store, organization) == Array(events.dropLast()))
            #expect(try await store.read { try $0.auditHead(organization.organizationID) } != events[1].link)
            try await store.close()
        }
    }

    @Test("the chain goes on after a restart", arguments: Engine.underTest)
    func restart(_ engine: Engine) async throws {
        try await engine.withEmptyDatabase { database in
            var organization = NRN(organization: 1)
            for round in 0..<3 {
                let store = try await database.open()
                if round == 0 { organization = try await store.makeOrganization() }
                try await store.write { [organization] write in
                    for index in 0..<3 { write.append(AuditEvent.sample(organization, target: "\(index)")) }
                }
                try await store.close()
            }
            let store = try await database.open()
            #expect(try await Self.chain(of: store, organization).map(\.id.rawValue) == Array(1...9))
            #expect(try await Self.firstBroken(in: store, organization) == nil)
            try await store.close()
        }
    }

    @Test("events are listed newest first, through every filter, within one organization", arguments: Engine.underTest)
    func list(_ engine: Engine) async throws {
        try await engine.withEmptyStore { store in
            let organization = try await store.makeOrganization("One")
            let foreign = try await store.makeOrganization("Two")
            try await store.write { write in
                for index in 0..<60 {
                    write.append(
                        AuditEvent.sample(
                            index % 10 == 9 ? foreign : organization, index % 2 == 0 ? "api_key.create" : "user.update",
                            target: "\(index % 5)", user: index % 3 == 0 ? nil : Int64(index % 3),
                            outcome: index % 7 == 0 ? .refused : .success, at: .after(Int64(index))
                        ))
                }
            }
            let all = try await Self.chain(of: store, organization)
            #expect(all.count == 54)
            let filters:
                [(name: String, change: @Sendable (inout AuditQuery) -> Void, holds: @Sendable (AuditEvent) -> Bool)] =
                    [
                        ("action", { $0.actions = ["user.update"] }, { $0.action == "user.update" }),
                        ("user", { $0.userIDs = [User.ID(2)] }, { $0.userID == User.ID(2) }),
                        ("type", { $0.targetTypes = ["api_key"] }, { $0.target.type == "api_key" }),
                        ("no type", { $0.targetTypes = ["user"] }, { $0.target.type == "user" }),
                        ("id", { $0.targetIDs = ["4"] }, { $0.target.id == "4" }),
                        ("outcome", { $0.outcomes = [.refused] }, { $0.outcome == .refused }),
                        ("success", { $0.outcomes = [.success] }, { $0.outcome == .success }),
                        ("failure", { $0.outcomes = [.failure] }, { $0.outcome == .failure }),
                        (
                            "two ids", { $0.targetIDs = ["4", "1", "none"] },
                            { $0.target.id == "4" || $0.target.id == "1" }
                        ),
                        ("since", { $0.since = .after(20) }, { $0.at >= .after(20) }),
                        ("until", { $0.until = .after(40) }, { $0.at < .after(40) }),
                        ("nothing", { _ in }, { _ in true }),
                    ]
            for first in filters {
                for second in filters {
                    var query = AuditQuery(organizationID: organization.organizationID)
                    first.change(&query)
                    second.change(&query)
                    let isReplaced =
                        Set([first.name, second.name]).count == 2
                        && [["type", "no type"], ["id", "two ids"], ["outcome", "success", "failure"]].contains {
                            $0.contains(first.name) && $0.contains(second.name)
                        }
                    let expected = all.reversed().filter {
                        (isReplaced || first.holds($0.event)) && second.holds($0.event)
                    }
                    let page = try await store.read { [query] in
                        try $0.auditEvents(query, PageRequest(limit: 7, offset: 2))
                    }
                    #expect(page.results == Array(expected.dropFirst(2).prefix(7)), "\(first.name) and \(second.name)")
                    #expect(page.total == expected.count && !page.isTotalCapped, "\(first.name) and \(second.name)")
                }
            }
        }
    }

    static func chain(of store: any Store, _ organization: NRN) async throws -> [SealedAuditEvent] {
        var events: [SealedAuditEvent] = []
        while true {
            let last = events.last?.id ?? AuditEvent.ID(0)
            let part = try await store.read { try $0.auditChain(organization.organizationID, after: last, limit: 4) }
            #expect(part.count <= 4)
            if part.isEmpty { return events }
            events += part
        }
    }

    /// Walks the chain as a verification does.
    static func firstBroken(in store: any Store, _ organization: NRN) async throws -> AuditEvent.ID? {
        var link = SealedAuditEvent.firstLink
        for event in try await chain(of: store, organization) {
            guard event.isIntact(after: link) else { return event.id }
            link = event.link
        }
        return nil
    }
}
