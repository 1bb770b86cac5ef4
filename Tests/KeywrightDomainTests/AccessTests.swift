import KeywrightDomain
import Testing

@Suite("Access decisions")
struct AccessTests {
    private static let principalsPerWorld = 25

    /// 40 worlds of 25 principals, 40 places and 80 actions, of which every third is asked for: above 1,000,000 cases.
    @Test("a decision is what walking up the path and looking for names gives", arguments: 0..<40)
    func agreesWithReference(seed: Int) throws {
        let world = try World(seed: seed)
        var random = SeededGenerator(seed: seed + 1_000_000)
        var (cases, wrong) = (0, [String]())
        for _ in 0..<Self.principalsPerWorld {
            let held = world.randomGrants(atMost: 8, &random)
            let grants = held.map(\.effective)
            for place in world.places {
                let ancestors = place.selfAndAncestors
                let matching = held.filter { ancestors.contains($0.path) }
                let isLive = !random.once(in: 8)
                for number in stride(from: Int.random(in: 0..<3, using: &random), to: world.actions.count, by: 3) {
                    let action = world.actions[number]
                    let decision = Access.decide(action, at: place.nrn, isLive: isLive, grants: grants)
                    let expected = matching.first { $0.names.contains(action.name) }
                    let index = Access.firstGrant(allowing: AskedAction(action), at: place.nrn, in: grants)
                    let isSame = index.map { grants[$0].id } == expected?.effective.id
                    cases += 1
                    let isRight =
                        switch decision {
                        case .allowed(let grant): isLive && grant.id == expected?.effective.id
                        case .denied: isLive && expected == nil
                        case .unknownResource: !isLive
                        }
                    if !isRight || !isSame { wrong.append("\(action) at \(place.nrn): \(decision)") }
                }
            }
        }
        #expect(wrong.isEmpty, "\(wrong.count) of \(cases) decisions are wrong, the first is \(wrong.first ?? "")")
        #expect(cases >= 25_000)
    }

    @Test("the actions at a place are the union of those of the matching grants", arguments: 0..<40)
    func unionOfActions(seed: Int) throws {
        let world = try World(seed: seed)
        var random = SeededGenerator(seed: seed + 2_000_000)
        for _ in 0..<5 {
            let held = world.randomGrants(atMost: 8, &random)
            for place in world.places {
                let ancestors = place.selfAndAncestors
                let names = held.filter { ancestors.contains($0.path) }
                    .reduce(into: Set<String>()) { $0.formUnion($1.names) }
                let set = Access.actions(at: place.nrn, grants: held.map(\.effective))
                let wrong = world.actions.filter { set.contains($0) != names.contains($0.name) }
                #expect(wrong == [], "at \(place.nrn)")
            }
        }
    }

    @Test("the first grant that allows an action is the one named")
    func firstGrantNamed() throws {
        let catalogue = RoleCatalogue()
        let grants = [
            try catalogue.held("member", at: "organization=1:account=2", id: 1),
            try catalogue.held("ops", at: "organization=1", id: 2),
            try catalogue.held("admin", at: "organization=1:account=2", id: 3),
        ]
        let place = try nrn("organization=1:account=2:namespace=3")
        #expect(Access.decide(.readRole, at: place, isLive: true, grants: grants) == .allowed(by: grants[0]))
        #expect(Access.decide(.createAPIKey, at: place, isLive: true, grants: grants) == .allowed(by: grants[1]))
        #expect(Access.decide(.createUser, at: place, isLive: true, grants: grants) == .allowed(by: grants[2]))
        #expect(Access.decide(.createUser, at: NRN(organization: 1), isLive: true, grants: grants) == .denied)
        #expect(Access.decide(.createUser, at: place, isLive: false, grants: grants) == .unknownResource)
    }

    @Test("only an allowed decision allows")
    func isAllowed() throws {
        let grant = try RoleCatalogue().held("admin", at: "organization=1")
        #expect(Decision.allowed(by: grant).isAllowed)
        #expect(!Decision.denied.isAllowed)
        #expect(!Decision.unknownResource.isAllowed)
    }

    @Test("without grants nothing is allowed", arguments: Action.builtIn)
    func nothing(_ action: Action) {
        #expect(Access.decide(action, at: NRN(organization: 1), isLive: true, grants: []) == .denied)
    }
}
