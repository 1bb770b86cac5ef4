import KeywrightDomain
import Testing

@Suite("Explanations of decisions")
struct ExplanationTests {
    @Test(
        "a refusal names one grant that would have sufficed; a permission names the grant it came through",
        arguments: 0..<40)
    func explains(seed: Int) throws {
        let world = try World(seed: seed)
        var random = SeededGenerator(seed: seed + 3_000_000)
        var wrong: [String] = []
        for _ in 0..<100 {
            let grants = world.randomGrants(atMost: 4, &random).map(\.effective)
            let (place, action) = (random.pick(world.places).nrn, random.pick(world.actions))
            let kind = random.pick(User.Kind.allCases)
            let decision = Access.decide(action, at: place, isLive: true, grants: grants)
            let explanation = Access.explain(decision, action, at: place, for: kind, in: world.catalogue)
            if !holds(explanation, decision, action, place, kind, grants, world.catalogue) {
                wrong.append("\(action) at \(place) for a \(kind): \(explanation)")
            }
        }
        #expect(wrong.isEmpty, "\(wrong.count) explanations do not hold, the first is \(wrong.first ?? "")")
    }

    /// Whether an explanation is true: checked by looking the grant up, or by giving the suggested one and asking again.
    private func holds(
        _ explanation: Explanation, _ decision: Decision, _ action: Action, _ place: NRN, _ kind: User.Kind,
        _ grants: [EffectiveGrant], _ catalogue: RoleCatalogue
    ) -> Bool {
        if decision.isAllowed {
            guard let grant = grants.first(where: { $0.id == explanation.grantID }) else { return false }
            return explanation.sufficient == nil && explanation.through == grant.nrn
                && place.slots.starts(with: grant.nrn.slots.prefix { $0 != 0 }) && grant.actions.contains(action)
                && explanation.roleSlug == grant.roleSlug
        }
        guard explanation.grantID == nil, explanation.through == nil, explanation.roleSlug == nil,
            let request = explanation.sufficient,
            let resolved = try? catalogue.resolve(request, for: kind, pointer: "")
        else { return false }
        let grant = Grant(
            id: .init(999), nrn: resolved.nrn, roleID: resolved.role?.id ?? Role.ID(3_000_000_000),
            roleSlug: resolved.role?.slug ?? "", custom: resolved.custom
        )
        let added = EffectiveGrant(grant, in: catalogue)
        return request.nrn == place && Access.decide(action, at: place, isLive: true, grants: [added]).isAllowed
    }

    @Test(
        "the role proposed is the smallest one that allows the action",
        arguments: [
            ("build:read", "member"), ("build:create", "machine:ci"), ("build:delete", "developer"),
            ("agent:connect", "controlplane:agent"), ("diagnostic:read", "troubleshooting"),
            ("authz:check", "verifier"),
            ("api_key:read", "secops"), ("api_key:create", "ops"), ("parameter:read_secret", "secrets-reader"),
        ])
    func proposes(_ name: String, _ slug: String) throws {
        let asked = try action(name)
        let place = try nrn("organization=1:account=2")
        let explanation = Access.explain(.denied, asked, at: place, for: .machine, in: RoleCatalogue())
        let request = try #require(explanation.sufficient)
        guard case .slug(let proposed) = request.shape else {
            Issue.record("\(request.shape) is proposed")
            return
        }
        // Where several roles are equally small, any will do.
        let catalogue = RoleCatalogue()
        let (found, expected) = (catalogue.role(slug: proposed), catalogue.role(slug: slug))
        #expect(found?.actions.named.count == expected?.actions.named.count)
        #expect(request.nrn == place)
    }

    @Test(
        "where only a role that allows everything would do, the action itself is proposed",
        arguments: ["user:create", "own:thing"])
    func proposesTheAction(_ name: String) throws {
        let asked = try action(name)
        let place = try nrn("organization=1:account=2")
        let explanation = Access.explain(.denied, asked, at: place, for: .machine, in: RoleCatalogue())
        #expect(explanation.sufficient == GrantRequest(nrn: place, shape: .actions([asked])))
    }

    @Test("about an unknown resource nothing is said")
    func unknown() {
        let place = NRN(organization: 1)
        let explanation = Access.explain(.unknownResource, .readAPIKey, at: place, for: .person, in: RoleCatalogue())
        #expect(explanation.grantID == nil)
        #expect(explanation.through == nil)
        #expect(explanation.roleSlug == nil)
        #expect(explanation.sufficient == nil)
    }
}
