import KeywrightDomain
import Testing

@Suite("Assignment rule")
struct AssignmentRuleTests {
    private let catalogue = RoleCatalogue(custom: AssignmentCase.customRoles)

    /// Whether a holder of these roles may give what is asked for.
    private func mayGive(
        _ shape: GrantRequest.Shape, at place: String, holding roles: [(slug: String, place: String)]
    ) throws -> Bool {
        let principal = try Principal.holding(roles, in: catalogue)
        let request = GrantRequest(nrn: try nrn(place), shape: shape)
        let grant = try catalogue.resolve(request, for: .machine, pointer: "")
        let refusal = AssignmentRule.refusal(of: grant, by: principal.grants, in: catalogue)
        if refusal == nil {
            try principal.requireAssignment(of: grant)
        } else {
            let error = #expect(throws: DomainError.self) { try principal.requireAssignment(of: grant) }
            #expect(error?.code == .forbidden)
            #expect(error?.detail == refusal)
        }
        return refusal == nil
    }

    private static let plainSlugs = ContractRoles.rows.map(\.slug)

    @Test(
        "a built-in role gives the roles that the contract lists, at its place and below", arguments: plainSlugs,
        plainSlugs)
    func builtIn(_ holder: String, _ given: String) throws {
        let row = try #require(ContractRoles.row(of: holder))
        let expected = row.assignable?.contains(given) ?? true
        let held = [(slug: holder, place: AssignmentCase.here)]
        #expect(try mayGive(.slug(given), at: AssignmentCase.here, holding: held) == expected)
        #expect(try mayGive(.slug(given), at: AssignmentCase.below, holding: held) == expected)
        #expect(
            try mayGive(.inherits([given], add: [], remove: []), at: AssignmentCase.below, holding: held) == expected)
        #expect(try !mayGive(.slug(given), at: AssignmentCase.above, holding: held))
        #expect(try !mayGive(.slug(given), at: AssignmentCase.beside, holding: held))
        #expect(try !mayGive(.slug(given), at: "organization=2:account=2", holding: held))
    }

    @Test(
        "the older level-prefixed spellings are given and held like the plain roles",
        arguments: ContractRoles.levelPrefixed)
    func levelPrefixed(_ slug: String, _ level: String, _ id: Int64?) throws {
        let place = try nrn("\(AssignmentCase.below):application=4").cut(to: try #require(NRN.Level(name: level)))
            .description
        for holder in ["admin", "ops", "secops", "developer", "member"] {
            let row = try #require(ContractRoles.row(of: holder))
            let expected = row.assignable?.contains(slug) ?? true
            for spelling in [holder, "\(level):\(holder)"] {
                let held = [(slug: spelling, place: place)]
                #expect(try mayGive(.slug("\(level):\(slug)"), at: place, holding: held) == expected)
                #expect(try mayGive(.slug(slug), at: place, holding: held) == expected)
            }
        }
    }

    @Test("custom roles are given by whom the rule names", arguments: AssignmentCase.ofCustomRoles)
    func customRole(_ row: AssignmentCase) throws {
        #expect(try mayGive(row.shape, at: row.place, holding: row.held) == row.allowed)
    }

    @Test("actions are given only by someone who holds them there", arguments: AssignmentCase.ofActions)
    func fineGrained(_ row: AssignmentCase) throws {
        #expect(try mayGive(row.shape, at: row.place, holding: row.held) == row.allowed)
    }

    @Test("inherited roles must each be assignable", arguments: AssignmentCase.ofInheritedRoles)
    func derived(_ row: AssignmentCase) throws {
        #expect(try mayGive(row.shape, at: row.place, holding: row.held) == row.allowed)
    }

    @Test("who holds everything through a fine-grained grant gives actions, but no role")
    func fineGrainedHolder() throws {
        let everything = CustomActions(inherits: [Role.admin], added: [], removed: [.deleteAPIKey])
        let grant = Grant(
            id: .init(1), nrn: try nrn(AssignmentCase.here), roleID: Role.ID(3_000_000_000), roleSlug: "apikey:5:1",
            custom: everything)
        let held = [EffectiveGrant(grant, in: catalogue)]
        func refused(_ shape: GrantRequest.Shape) throws -> Bool {
            let request = GrantRequest(nrn: try nrn(AssignmentCase.below), shape: shape)
            let resolved = try catalogue.resolve(request, for: .machine, pointer: "")
            return AssignmentRule.refusal(of: resolved, by: held, in: catalogue) != nil
        }
        #expect(try !refused(AssignmentCase.actions("widget:paint", "api_key:create")))
        #expect(try refused(AssignmentCase.actions("api_key:delete")))
        #expect(try refused(.slug("member")))
        #expect(try refused(.slug("admin")))
        #expect(try refused(AssignmentCase.inherits(["member"])))
    }

    @Test("even a grant of nothing is given only by someone who holds something there")
    func grantOfNothing() throws {
        let place = try nrn(AssignmentCase.here)
        let empty = ResolvedGrant(
            keeping: Grant(
                id: .init(1), nrn: place, roleID: Role.ID(3_000_000_000), roleSlug: "apikey:5:1",
                custom: CustomActions(actions: [])
            ))
        let beside = try catalogue.held("admin", at: AssignmentCase.beside)
        let above = try catalogue.held("member", at: AssignmentCase.above)
        #expect(AssignmentRule.refusal(of: empty, by: [], in: catalogue) != nil)
        #expect(AssignmentRule.refusal(of: empty, by: [beside], in: catalogue) != nil)
        #expect(AssignmentRule.refusal(of: empty, by: [above], in: catalogue) == nil)
    }

    @Test("what stands in the way is said with the role and the place")
    func words() throws {
        let principal = try Principal.holding([("ops", AssignmentCase.here)])
        func detail(_ slug: String, by principal: Principal) throws -> String {
            let request = GrantRequest(nrn: try nrn(AssignmentCase.here), shape: .slug(slug))
            let grant = try catalogue.resolve(request, for: .machine, pointer: "")
            return try refusal { try principal.requireAssignment(of: grant) }.detail
        }
        let unlisted = try detail("admin", by: principal)
        #expect(unlisted.contains("admin") && unlisted.contains(AssignmentCase.here))
        let tooMuch = try detail(
            "admin", by: try Principal.holding([("registrar", AssignmentCase.here)], in: catalogue))
        #expect(tooMuch.contains("admin") && tooMuch.contains(AssignmentCase.here))
    }
}
