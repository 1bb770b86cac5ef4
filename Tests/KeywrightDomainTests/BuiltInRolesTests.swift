import KeywrightDomain
import Testing

@Suite("Built-in roles")
struct BuiltInRolesTests {
    private let catalogue = RoleCatalogue()

    @Test("each role is the one of the wire contract", arguments: ContractRoles.rows)
    func row(_ row: ContractRoles.Row) throws {
        let role = try #require(catalogue.role(slug: row.slug))
        if let id = row.id { #expect(role.id == Role.ID(id)) }
        #expect(catalogue[role.id] == role)
        #expect(role.level == nil)
        #expect(role.userType == (row.machinesOnly ? .machine : nil))
        try check(role, is: row)
    }

    @Test("each older level-prefixed slug is the plain role at its own level", arguments: ContractRoles.levelPrefixed)
    func levelPrefixed(_ slug: String, _ level: String, _ id: Int64?) throws {
        let role = try #require(catalogue.role(slug: "\(level):\(slug)"))
        if let id { #expect(role.id == Role.ID(id)) }
        #expect(catalogue[role.id] == role)
        #expect(role.level == NRN.Level(name: level))
        #expect(NRN.Level.allCases.filter { role.fits($0) } == [role.level])
        try check(role, is: try #require(ContractRoles.row(of: slug)))
        let plain = try #require(catalogue.role(slug: slug))
        #expect(role.actions == plain.actions)
        #expect(role.assignable == plain.assignable)
        #expect(role.userType == plain.userType)
    }

    private func check(_ role: Role, is row: ContractRoles.Row) throws {
        #expect(role.isBuiltIn)
        let expected = try row.actions.map { ActionSet(try actions(Array($0))) } ?? .all
        #expect(role.actions == expected)
        #expect(catalogue.effectiveActions(of: role) == expected)
        switch (role.assignable, row.assignable) {
        case (.all, nil): break
        case (.roles(let ids), let slugs?):
            #expect(Set(ids.compactMap { catalogue[$0]?.slug }) == slugs)
            #expect(ids.count == slugs.count)
        default: Issue.record("\(role.slug) may give \(role.assignable)")
        }
    }

    @Test("there is no other built-in role")
    func complete() {
        let expected = ContractRoles.rows.map(\.slug) + ContractRoles.levelPrefixed.map { "\($0.level):\($0.slug)" }
        #expect(Set(Role.builtIn.map(\.slug)) == Set(expected))
        #expect(Role.builtIn.count == expected.count)
        for absent in ["scope:admin", "scope:member", "account:verifier", "Admin", "admin ", "", "owner"] {
            #expect(catalogue.role(slug: absent) == nil)
        }
    }

    @Test("ids are unique and lie below those of custom roles")
    func ids() {
        let ids = Role.builtIn.map(\.id)
        #expect(Set(ids).count == ids.count)
        #expect(ids.allSatisfy { $0.rawValue > 0 && $0.rawValue < 2_000_000_001 })
        #expect(Role.firstCustomID == 2_000_000_001)
    }

    @Test("the named ids are those of the roles")
    func constants() {
        let named: [(Role.ID, String)] = [
            (Role.admin, "admin"), (Role.ops, "ops"), (Role.secops, "secops"), (Role.developer, "developer"),
            (Role.member, "member"), (Role.insightsViewer, "insights-viewer"), (Role.machineCI, "machine:ci"),
            (Role.controlplaneAgent, "controlplane:agent"), (Role.secretsReader, "secrets-reader"),
            (Role.troubleshooting, "troubleshooting"), (Role.verifier, "verifier"),
        ]
        for (id, slug) in named { #expect(catalogue[id]?.slug == slug) }
    }

    @Test("only built-in actions are in built-in roles, and every role has words for people")
    func words() {
        for role in Role.builtIn {
            #expect((try? Name.validate(role.name)) == role.name)
            #expect(!role.description.isEmpty)
            #expect(role.organizationID == nil)
            #expect(role.inherits.isEmpty)
            if case .only(let actions) = role.actions { #expect(actions.isSubset(of: Action.builtIn)) }
        }
    }

    @Test("a member sees no keys, grants, people, audit trail or secret parameters")
    func memberIsHarmless() throws {
        let member = try #require(catalogue[Role.member])
        for name in ["api_key:read", "grant:read", "user:read", "audit:read", "parameter:read_secret", "authz:check"] {
            #expect(!member.actions.contains(try action(name)))
        }
        #expect(member.actions.named.allSatisfy { $0.name.hasSuffix(":read") })
    }

    @Test("only Admin and Ops change keys")
    func keyChangers() {
        let changes: [Action] = [.createAPIKey, .updateAPIKey, .deleteAPIKey]
        let changers = Role.builtIn.filter { role in changes.contains { role.actions.contains($0) } }
        #expect(Set(changers.map { ContractRoles.plainSlug(of: $0.slug) ?? $0.slug }) == ["admin", "ops"])
    }
}
