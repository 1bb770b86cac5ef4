import KeywrightDomain
import Testing

@Suite("Assignment rule: properties")
struct AssignmentPropertyTests {
    /// The rule of the wire contract, said again over sets of names.
    private static func reference(
        _ shape: GrantRequest.Shape, at place: World.Place, by held: [World.Held], in world: World
    ) -> Bool {
        let ancestors = place.selfAndAncestors
        let here = held.filter { ancestors.contains($0.path) }
        let names = here.reduce(into: Set<String>()) { $0.formUnion($1.names) }
        func mayGiveRole(_ slug: String) -> Bool {
            let spellings: Set<String> = [slug, ContractRoles.plainSlug(of: slug) ?? slug]
            return here.contains { grant in grant.assignable.map { !$0.isDisjoint(with: spellings) } ?? true }
                && names.isSuperset(of: world.meanings[slug]?.names ?? [])
        }
        switch shape {
        case .slug(let slug): return mayGiveRole(slug)
        case .role(let id): return world.catalogue.all.first { $0.id == id }.map { mayGiveRole($0.slug) } ?? false
        case .actions: return !here.isEmpty && names.isSuperset(of: world.meaning(of: shape).names)
        case .inherits(let slugs, _, _):
            return slugs.allSatisfy(mayGiveRole) && names.isSuperset(of: world.meaning(of: shape).names)
        }
    }

    @Test("who may give a grant holds all that it allows, and the rule is that of the contract", arguments: 0..<60)
    func nobodyGivesMoreThanTheyHold(seed: Int) throws {
        let world = try World(seed: seed)
        var random = SeededGenerator(seed: seed + 4_000_000)
        var (given, asked) = (0, 0)
        while asked < 100 {
            let held = world.randomGrants(atMost: 6, &random)
            let (request, place) = world.randomRequest(within: random.once(in: 2) ? held : [], &random)
            guard let grant = try? world.catalogue.resolve(request, for: .machine, pointer: "") else { continue }
            asked += 1
            let holder = held.map(\.effective)
            let isGiven = AssignmentRule.refusal(of: grant, by: holder, in: world.catalogue) == nil
            let expected = Self.reference(request.shape, at: place, by: held, in: world)
            #expect(isGiven == expected, "\(request.shape) at \(place.nrn)")
            guard isGiven else { continue }
            given += 1
            let names = world.meaning(of: request.shape).names
            let missing = world.actions.filter { action in
                names.contains(action.name)
                    && !Access.decide(action, at: grant.nrn, isLive: true, grants: holder).isAllowed
            }
            #expect(missing == [], "\(request.shape) at \(place.nrn) gives more than its giver holds")
        }
        #expect(given > 0, "a test that never sees a permission shows nothing")
    }
}
