import KeywrightDomain
import KeywrightStore
import Testing

@testable import KeywrightOperations

@Suite("What pages say about resources and the trail")
struct TreeAndTrailTests {
    @Test("resources are found by name, NRN and part of it, only where the person may act")
    func search() async throws {
        try await OperationsInstallation.run { installation in
            let operations = installation.operations
            let admin = try await installation.principal()
            let payments = try await operations.createResource(
                .namespace, name: "Payments", slug: nil, parentID: 1, as: admin)
            _ = try await operations.createResource(.account, name: "Payroll", slug: nil, parentID: 1, as: admin)
            func names(
                _ text: String, _ purpose: ResourceSearchPurpose = .creatingAPIKeys, as principal: Principal
            ) async throws -> [String] {
                try await operations.searchResources(text, for: purpose, as: principal)
                    .map { $0.path.joined(separator: "/") }
            }
            #expect(try await names(" pAy ", as: admin) == ["Example/Payroll", "Example/main/Payments"])
            #expect(try await names("organization=1:account=1", as: admin) == ["Example/main"])
            #expect(try await names("account=1", as: admin) == ["Example/main", "Example/main/Payments"])
            #expect(try await names(payments.nrn.description, as: admin) == ["Example/main/Payments"])
            #expect(try await names("organization=2", as: admin).isEmpty)
            #expect(try await names("", as: admin).count == 4)
            for odd in ["%", "'", "account=", "account=01", "=", ":", String(repeating: "a", count: 500)] {
                #expect(try await names(odd, as: admin).isEmpty || odd == ":", "\(odd)")
            }
            let refused = try await refusal { _ = try await names("\u{0}", as: admin) }
            #expect(refused?.code == .invalid)
            _ = try await installation.makePerson("ops@example.test", role: "ops", at: payments.nrn.description)
            let ops = try await installation.signIn("ops@example.test").signedIn.principal
            #expect(try await names("", as: ops) == ["Example/main/Payments"])
            #expect(try await names("", .givingGrants, as: ops).isEmpty)
            #expect(try await operations.resource(at: payments.nrn, as: ops).path == ["Example", "main", "Payments"])
            let foreign = try await refusal { _ = try await operations.resource(at: NRN(organization: 1), as: ops) }
            #expect(foreign?.code == .notFound)
        }
    }

    @Test("the tree shows what may be read and what leads there; children come on their own")
    func tree() async throws {
        try await OperationsInstallation.run { installation in
            let operations = installation.operations
            let admin = try await installation.principal()
            let payments = try await operations.createResource(
                .namespace, name: "Payments", slug: nil, parentID: 1, as: admin)
            let gone = try await operations.createResource(.namespace, name: "Gone", slug: nil, parentID: 1, as: admin)
            _ = try await operations.deleteResource(.namespace, gone.nrn.id, as: admin)
            let whole = try await operations.resourceTree(as: admin)
            #expect(whole.isComplete)
            #expect(whole.nodes.map(\.resource.name) == ["Example", "main", "Payments"])
            #expect(whole.nodes.map(\.hasChildren) == [true, true, false])
            _ = try await installation.makePerson("dev@example.test", role: "developer", at: payments.nrn.description)
            let developer = try await installation.signIn("dev@example.test").signedIn.principal
            let part = try await operations.resourceTree(as: developer)
            #expect(part.nodes.map(\.resource.name) == ["Example", "main", "Payments"])
            #expect(part.nodes.map(\.isReadable) == [false, false, true])
            let account = try NRN(parsing: "organization=1:account=1")
            let children = try await operations.resourceChildren(of: account, PageRequest(), as: admin)
            #expect(children.results.map(\.resource.name) == ["Payments"])
            #expect(
                try await operations.resourceChildren(of: NRN(organization: 2), PageRequest(), as: admin).total == 0)
            #expect(
                try await operations.resourceChildren(of: NRN(organization: 1), PageRequest(), as: developer).total
                    == 0)
        }
    }

    @Test("keys that reach a place are counted once, however many of their grants do")
    func reach() async throws {
        try await OperationsInstallation.run { installation in
            let operations = installation.operations
            let admin = try await installation.principal()
            let account = try NRN(parsing: "organization=1:account=1")
            let draft = APIKeyDraft(
                name: "both",
                grants: [
                    GrantInput(nrn: "organization=1", shape: .slug("member")),
                    GrantInput(nrn: account.description, shape: .slug("ops")),
                ])
            _ = try await operations.createAPIKey(draft, as: admin)
            _ = try await installation.makeKey("ops", at: account.description)
            let reach = try await operations.keyReach(of: [NRN(organization: 1), account], as: admin)
            #expect(reach[NRN(organization: 1)] == KeyReach(direct: 2, all: 2))
            #expect(reach[account] == KeyReach(direct: 2, all: 3))
            for nrn in [NRN(organization: 1), account] {
                var query = APIKeyQuery(organizationID: Organization.ID(1), now: installation.clock.now)
                query.places = [.reaching(nrn)]
                #expect(try await operations.apiKeys(query, PageRequest(), as: admin).total == reach[nrn]?.all)
            }
        }
    }

    @Test("the trail is read in pages with names, exported whole, and only by whoever may")
    func trail() async throws {
        try await OperationsInstallation.run { installation in
            let operations = installation.operations
            let admin = try await installation.signIn().signedIn.principal
            let key = try await installation.makeKey()
            try await operations.deleteAPIKey(key.id, as: admin)
            let query = AuditQuery(organizationID: Organization.ID(9))
            let page = try await operations.auditPage(query, from: .newest, limit: 2, as: admin)
            #expect(page.events.map(\.event.action) == ["api_key.delete", "api_key.create"])
            #expect(page.hasOlder && !page.hasNewer)
            let names = try await operations.names(in: page.events.map(\.event), as: admin)
            let target = names.target(of: page.events[0].event)
            #expect(target?.name == "a key" && target?.isThere == false)
            #expect(admin.userID.flatMap { names.users[$0]?.text } == "admin@example.test")
            #expect(names.users[User.machine(of: APIKey.ID(1))]?.text == "first key")
            let one = try await operations.auditEvent(page.events[1].id, as: admin)
            #expect(one == page.events[1])
            #expect(try await operations.newAuditEvents(query, after: one.id, as: admin) == 1)
            let other = try await operations.createResource(.account, name: "Two", slug: nil, parentID: 1, as: admin)
            let newest = try await operations.auditPage(query, from: .newest, limit: 1, as: admin).events[0].event
            let named = try await operations.names(in: [newest], as: admin)
            #expect(named.target(of: newest)?.name == other.name)

            try await installation.store.write { transaction in
                for number in 0..<1_100 {
                    transaction.append(
                        AuditEvent("test", .init("test", "\(number)"), by: admin, at: Instant(milliseconds: 1)))
                }
            }
            var tests = query
            tests.actions = ["test"]
            var exported: [String] = []
            try await operations.exportAuditEvents(tests, as: admin) { events, _ in
                exported += events.map(\.event.target.id)
            }
            #expect(exported == (0..<1_100).reversed().map(String.init))
            _ = try await installation.makePerson("dev@example.test", role: "developer")
            let developer = try await installation.signIn("dev@example.test").signedIn.principal
            for read in [
                { _ = try await operations.auditPage(query, from: .newest, as: developer) },
                { _ = try await operations.auditEvent(one.id, as: developer) },
                { _ = try await operations.newAuditEvents(query, after: one.id, as: developer) },
                { try await operations.exportAuditEvents(query, as: developer) { _, _ in } },
            ] as [() async throws -> Void] {
                #expect(try await refusal(read)?.code == .forbidden)
            }
        }
    }
}
