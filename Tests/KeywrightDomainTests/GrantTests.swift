import KeywrightDomain
import Testing

@Suite("Grants")
struct GrantTests {
    private let catalogue = RoleCatalogue()

    private func grant(_ roleID: Role.ID, _ slug: String, _ custom: CustomActions? = nil) -> Grant {
        Grant(id: .init(9), nrn: NRN(organization: 1), roleID: roleID, roleSlug: slug, custom: custom)
    }

    @Test("a grant of a role allows what the role allows", arguments: Role.builtIn)
    func role(_ role: Role) {
        #expect(catalogue.effectiveActions(of: grant(role.id, role.slug)) == role.actions)
    }

    @Test("a grant whose role is gone allows nothing")
    func goneRole() {
        let gone = grant(Role.ID(2_000_000_999), "admin")
        #expect(catalogue.effectiveActions(of: gone) == .none)
        let held = EffectiveGrant(gone, in: catalogue)
        #expect(held.actions == .none)
        #expect(held.assignable == .roles([]))
    }

    @Test("a grant follows the role's id, not its slug")
    func idDecides() {
        #expect(!catalogue.effectiveActions(of: grant(Role.member, "admin")).isOpen)
    }

    @Test("named actions are allowed, and nothing else")
    func named() throws {
        let custom = CustomActions(actions: try actions(["widget:paint", "api_key:read"]))
        let set = catalogue.effectiveActions(of: grant(Role.ID(5), "apikey:5:1", custom))
        #expect(set.named.map(\.name) == ["api_key:read", "widget:paint"])
    }

    @Test("inherited roles are joined, actions added, then actions removed")
    func derived() throws {
        let member = try #require(catalogue[Role.member]).actions
        let custom = CustomActions(
            inherits: [Role.member, Role.verifier], added: try actions(["widget:paint", "widget:burn"]),
            removed: try actions(["log:read", "widget:burn", "never:held"])
        )
        let expected = member.union(ActionSet(try actions(["authz:check", "widget:paint"]))).subtracting([
            try action("log:read")
        ])
        #expect(custom.effectiveActions(in: catalogue) == expected)
    }

    @Test("what is both added and removed is not allowed")
    func removedWins() {
        let custom = CustomActions(inherits: [Role.verifier], added: [.readAudit], removed: [.readAudit])
        #expect(custom.effectiveActions(in: catalogue) == ActionSet([.checkAuthorization]))
    }

    @Test("admin less some actions still allows unknown ones, but not those")
    func adminLess() throws {
        let deleteUser = try action("user:delete")
        let custom = CustomActions(inherits: [Role.admin], added: [deleteUser], removed: [.deleteAPIKey, deleteUser])
        let set = custom.effectiveActions(in: catalogue)
        #expect(set == ActionSet.all.subtracting([.deleteAPIKey, deleteUser]))
        #expect(set.contains(try action("widget:paint")))
        #expect(!set.contains(.deleteAPIKey))
        #expect(!set.contains(deleteUser))
    }

    @Test("an inherited role that is gone adds nothing")
    func inheritsGone() {
        let custom = CustomActions(inherits: [Role.ID(2_000_000_999)], added: [.readAudit], removed: [])
        #expect(custom.effectiveActions(in: catalogue) == ActionSet([.readAudit]))
    }

    @Test("only a grant of a role lets its holder give roles")
    func assignable() {
        #expect(EffectiveGrant(grant(Role.admin, "admin"), in: catalogue).assignable == .all)
        let derived = CustomActions(inherits: [Role.admin], added: [], removed: [])
        let held = EffectiveGrant(grant(Role.admin, "apikey:5:1", derived), in: catalogue)
        #expect(held.actions == .all)
        #expect(held.assignable == .roles([]))
        #expect(held.roleSlug == "apikey:5:1")
    }
}
