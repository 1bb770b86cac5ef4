import KeywrightDomain
import Testing

/// A small world of places, roles and grants made from a seed, and beside it what they mean, in plain text and sets of
/// names: the reference against which decisions are checked.
struct World {
    /// A resource, and its path of ids (`1/10/2`), which the reference walks.
    struct Place {
        let nrn: NRN
        let path: String

        /// The path itself and every path above it.
        let selfAndAncestors: Set<String>

        init(nrn: NRN, path: String) {
            self.nrn = nrn
            self.path = path
            var result: Set<String> = [path]
            var rest = Substring(path)
            while let slash = rest.lastIndex(of: "/") {
                rest = rest[..<slash]
                result.insert(String(rest))
            }
            selfAndAncestors = result
        }
    }

    /// What a role means to the reference.
    struct Meaning {
        var names: Set<String>
        /// The slugs of the roles its holder may give; nil for all.
        var assignable: Set<String>?
    }

    /// A grant as the domain knows it, and what it means.
    struct Held {
        let effective: EffectiveGrant
        let path: String
        let names: Set<String>
        let assignable: Set<String>?
    }

    /// An action that no role and no grant ever names: it stands for all that platforms may bring.
    static let unnamed = "never:named"
    private static let platformNames = ["widget:paint", "widget:burn", "a:b"]

    let actions: [Action]
    let places: [Place]
    let catalogue: RoleCatalogue
    /// By slug, what each role means.
    let meanings: [String: Meaning]
    private let everyName: Set<String>
    private let nameableActions: [Action]

    init(seed: Int) throws {
        var random = SeededGenerator(seed: seed)
        let nameable = ContractRoles.builtInActions + Self.platformNames
        everyName = Set(nameable + [Self.unnamed])
        nameableActions = try nameable.map(action)
        actions = try (nameable + [Self.unnamed]).map(action)
        places = try Self.places(&random)
        let custom = try Self.customRoles(nameable, &random)
        catalogue = RoleCatalogue(custom: custom)
        meanings = try Self.meanings(of: custom, everyName: everyName)
    }

    private static func places(_ random: inout SeededGenerator) throws -> [Place] {
        var places = [1, 10].map { Place(nrn: NRN(organization: $0), path: "\($0)") }
        while places.count < 40 {
            let parent = random.pick(places)
            let id = random.pick([1, 2, 10, 11, 100, 102])
            guard let child = parent.nrn.child(Int64(id)) else { continue }
            places.append(Place(nrn: child, path: "\(parent.path)/\(id)"))
        }
        return places
    }

    private static func customRoles(_ names: [String], _ random: inout SeededGenerator) throws -> [Role] {
        let ids = (0..<8).map { Role.ID(Role.firstCustomID + $0) }
        let anyID = ids + Role.builtIn.map(\.id)
        return try ids.enumerated().map { index, id in
            Role(
                id: id, organizationID: Organization.ID(1), slug: "custom-\(index)", name: "Custom \(index)",
                actions: ActionSet(try random.some(of: names, atMost: 6).map(action)),
                inherits: random.some(of: random.once(in: 4) ? anyID : ids, atMost: 2),
                assignable: random.once(in: 6) ? .all : .roles(random.some(of: anyID, atMost: 8))
            )
        }
    }

    private static func meanings(of custom: [Role], everyName: Set<String>) throws -> [String: Meaning] {
        var result: [String: Meaning] = [:]
        for role in Role.builtIn {
            let row = try #require(ContractRoles.row(of: role.slug))
            result[role.slug] = Meaning(names: row.actions ?? everyName, assignable: row.assignable)
        }
        let slugs = Dictionary(uniqueKeysWithValues: (Role.builtIn + custom).map { ($0.id, $0.slug) })
        for role in custom {
            let assignable: Set<String>? =
                if case .roles(let ids) = role.assignable { Set(ids.compactMap { slugs[$0] }) } else { nil }
            result[role.slug] = Meaning(names: Set(role.actions.named.map(\.name)), assignable: assignable)
        }
        // Inheritance: pour names along the arrows until nothing changes any more.
        var isSettled = false
        while !isSettled {
            isSettled = true
            for role in custom {
                for id in role.inherits {
                    let poured = slugs[id].flatMap { result[$0]?.names } ?? []
                    let before = result[role.slug]?.names.count
                    result[role.slug]?.names.formUnion(poured)
                    if result[role.slug]?.names.count != before { isSettled = false }
                }
            }
        }
        return result
    }

    /// Some place of the world, within one of the grants if there are any, and some way to ask for a grant there; it
    /// need not fit.
    func randomRequest(
        within held: [Held] = [], _ random: inout SeededGenerator
    ) -> (request: GrantRequest, place: Place) {
        let top = held.isEmpty ? nil : random.pick(held).path
        let place = random.pick(places.filter { place in top.map(place.selfAndAncestors.contains) ?? true })
        let slugs = catalogue.all.map(\.slug)
        let shape: GrantRequest.Shape =
            switch Int.random(in: 0..<10, using: &random) {
            case 0..<3: .slug(random.pick(slugs))
            case 3..<6: .role(random.pick(catalogue.all).id)
            case 6..<8: .actions(random.some(of: nameableActions, atLeast: 1, atMost: 6))
            default:
                .inherits(
                    random.some(of: slugs, atLeast: 1, atMost: 3), add: random.some(of: nameableActions, atMost: 3),
                    remove: random.some(of: nameableActions, atMost: 10)
                )
            }
        return (GrantRequest(nrn: place.nrn, shape: shape), place)
    }

    /// What a request means, read from the reference alone.
    func meaning(of shape: GrantRequest.Shape) -> Meaning {
        switch shape {
        case .slug(let slug): return meanings[slug] ?? Meaning(names: [], assignable: [])
        case .role(let id):
            return catalogue.all.first { $0.id == id }.flatMap { meanings[$0.slug] }
                ?? Meaning(names: [], assignable: [])
        case .actions(let actions): return Meaning(names: Set(actions.map(\.name)), assignable: [])
        case .inherits(let slugs, let add, let remove):
            let inherited = slugs.reduce(into: Set<String>()) { $0.formUnion(meanings[$1]?.names ?? []) }
            return Meaning(names: inherited.union(add.map(\.name)).subtracting(remove.map(\.name)), assignable: [])
        }
    }

    /// Grants that somebody might hold, numbered from 1.
    func randomGrants(atMost most: Int, _ random: inout SeededGenerator) -> [Held] {
        let count = Int.random(in: 0...most, using: &random)
        var result: [Held] = []
        while result.count < count {
            let place: Place
            var request: GrantRequest
            (request, place) = randomRequest(&random)
            if random.once(in: 5) {  // Roles that may give others are few; they shall not be rare.
                request = GrantRequest(nrn: place.nrn, shape: .slug(random.pick(["admin", "ops", "ops"])))
            }
            guard let resolved = try? catalogue.resolve(request, for: .machine, pointer: "") else { continue }
            let id = Grant.ID(Int64(result.count + 1))
            let grant = Grant(
                id: id, nrn: request.nrn, roleID: resolved.role?.id ?? Role.ID(3_000_000_000 + id.rawValue),
                roleSlug: resolved.role?.slug ?? "apikey:5:\(id)", custom: resolved.custom
            )
            let meaning = meaning(of: request.shape)
            result.append(
                Held(
                    effective: EffectiveGrant(grant, in: catalogue), path: place.path, names: meaning.names,
                    assignable: meaning.assignable
                ))
        }
        return result
    }
}
