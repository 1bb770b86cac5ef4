import KeywrightDomain
import Testing

@Suite("Principals")
struct PrincipalTests {
    private static let account = "organization=1:account=2"
    private static let namespace = "organization=1:account=2:namespace=3"

    @Test(
        "the places of an action are the fewest that cover them all",
        arguments: [
            ([], []),
            ([("member", account)], []),
            ([("ops", account)], [account]),
            ([("ops", account), ("secops", account)], [account]),
            ([("ops", account), ("ops", namespace)], [account]),
            ([("ops", namespace), ("ops", account)], [account]),
            ([("member", "organization=1"), ("ops", namespace)], [namespace]),
            ([("ops", "organization=1:account=20"), ("ops", account)], ["organization=1:account=20", account]),
            ([("ops", account), ("admin", "organization=1"), ("ops", namespace)], ["organization=1"]),
            ([("ops", "organization=1"), ("ops", "organization=10")], ["organization=1", "organization=10"]),
        ] as [([(String, String)], [String])])
    func places(_ grants: [(String, String)], _ expected: [String]) throws {
        let principal = try Principal.holding(grants.map { (slug: $0.0, place: $0.1) })
        #expect(principal.places(holding: .readAPIKey).map(\.description) == expected)
    }

    @Test("the places reach exactly where the action is held, and none lies within another", arguments: 0..<60)
    func minimalCover(seed: Int) throws {
        let world = try World(seed: seed)
        var random = SeededGenerator(seed: seed + 5_000_000)
        for _ in 0..<10 {
            let principal = Principal(
                kind: .person, userID: User.ID(7), organizationID: Organization.ID(1),
                grants: world.randomGrants(atMost: 8, &random).map(\.effective), catalogue: world.catalogue,
                origin: Principal.Origin()
            )
            let action = random.pick(world.actions)
            let places = principal.places(holding: action)
            #expect(Set(places).count == places.count)
            for place in places {
                #expect(!places.contains { $0 != place && $0.covers(place) }, "\(place) is within another")
            }
            for place in world.places {
                #expect(places.contains { $0.covers(place.nrn) } == principal.holds(action, at: place.nrn))
            }
        }
    }

    @Test("a missing permission is refused with the action and the place")
    func requireNames() throws {
        let principal = try Principal.holding([("ops", Self.account)])
        try principal.require(.createAPIKey, at: try nrn(Self.account))
        try principal.require(.createAPIKey, at: try nrn(Self.namespace))
        for (asked, place) in [
            (Action.createAPIKey, "organization=1"), (.createAPIKey, "organization=1:account=20"),
            (.createUser, Self.account),
        ] {
            let error = try refusal { try principal.require(asked, at: try nrn(place)) }
            #expect(error.code == .forbidden)
            #expect(error.detail.contains(asked.name))
            #expect(error.detail.contains(place))
            #expect(error == .missing(asked, at: try nrn(place)))
        }
    }

    @Test("a change of a key needs the action at the place of every grant")
    func requireOnKey() throws {
        let principal = try Principal.holding([("ops", Self.account)])
        try principal.require(.updateAPIKey, on: try .sample(places: [Self.account, Self.namespace]))
        let elsewhere = try APIKey.sample(places: [Self.account, "organization=1:account=20"])
        let error = try refusal { try principal.require(.updateAPIKey, on: elsewhere) }
        #expect(error.code == .forbidden)
        #expect(error.detail.contains("organization=1:account=20"))
    }

    @Test(
        "a key is seen by who reads keys at the place of every grant",
        arguments: [
            ([("ops", account)], [account], true),
            ([("ops", "organization=1")], [account, "organization=1:account=20"], true),
            ([("ops", account)], [account, namespace], true),
            ([("ops", account)], [account, "organization=1:account=20"], false),
            ([("ops", account)], ["organization=1"], false),
            ([("ops", namespace)], [account], false),
            (
                [("ops", account), ("secops", "organization=1:account=20")], [account, "organization=1:account=20"],
                true
            ),
            ([("member", "organization=1")], [account], false),
            ([("developer", account)], [account], false),
            ([], [account], false),
        ] as [([(String, String)], [String], Bool)])
    func canSee(_ grants: [(String, String)], _ places: [String], _ expected: Bool) throws {
        let principal = try Principal.holding(grants.map { (slug: $0.0, place: $0.1) })
        #expect(principal.canSee(try .sample(places: places)) == expected)
    }

    @Test("a key of another organization is never seen, whatever its grants say")
    func foreignKeys() throws {
        let principal = try Principal.holding([("admin", "organization=1"), ("admin", "organization=2")])
        #expect(principal.canSee(try .sample(organization: 1, places: [Self.account])))
        #expect(!principal.canSee(try .sample(organization: 2, places: ["organization=2"])))
        #expect(!principal.canSee(try .sample(organization: 2, places: [Self.account])))
    }

    @Test("only a key's principal has a key")
    func keyID() throws {
        let person = try Principal.holding([])
        #expect(person.apiKeyID == nil)
        for (kind, id) in [
            (Principal.Kind.apiKey(APIKey.ID(5), handle: "0123456789AB"), APIKey.ID(5)), (.localOperator, nil),
        ] as [(Principal.Kind, APIKey.ID?)] {
            let principal = Principal(
                kind: kind, userID: nil, organizationID: Organization.ID(1), grants: [], catalogue: RoleCatalogue(),
                origin: Principal.Origin()
            )
            #expect(principal.apiKeyID == id)
        }
    }
}
