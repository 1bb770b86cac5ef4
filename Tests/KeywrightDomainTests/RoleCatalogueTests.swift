import KeywrightDomain
import Testing

@Suite("Role catalogue")
struct RoleCatalogueTests {
    private static func custom(
        _ number: Int64, _ slug: String, _ names: [String], inherits: [Role.ID] = []
    ) throws -> Role {
        Role(
            id: Role.ID(Role.firstCustomID + number), organizationID: Organization.ID(1), slug: slug, name: slug,
            actions: ActionSet(try actions(names)), inherits: inherits
        )
    }

    private static func id(_ number: Int64) -> Role.ID { Role.ID(Role.firstCustomID + number) }

    @Test("roles are found by id and by the exact slug, built-in ones first")
    func lookUp() throws {
        let own = try Self.custom(0, "release-manager", ["release:create"])
        let catalogue = RoleCatalogue(custom: [own])
        #expect(catalogue[own.id] == own)
        #expect(catalogue.role(slug: "release-manager") == own)
        #expect(catalogue.role(slug: "Release-Manager") == nil)
        #expect(catalogue.role(slug: "release-manage") == nil)
        #expect(catalogue[Role.ID(1)] == nil)
        #expect(catalogue.all == Role.builtIn + [own])
        #expect(!own.isBuiltIn)
    }

    @Test("a built-in role cannot be replaced by one with its id or slug")
    func noShadowing() throws {
        let evil = Role(
            id: Role.member, organizationID: Organization.ID(1), slug: "member", name: "Member", actions: .all
        )
        let catalogue = RoleCatalogue(custom: [evil])
        #expect(catalogue[Role.member]?.isBuiltIn == true)
        #expect(catalogue.role(slug: "member")?.isBuiltIn == true)
    }

    @Test("a role has its own actions and those of all it inherits")
    func inherits() throws {
        let base = try Self.custom(0, "base", ["a:a"])
        let left = try Self.custom(1, "left", ["a:b"], inherits: [base.id])
        let right = try Self.custom(2, "right", ["a:c"], inherits: [base.id, Role.verifier])
        let top = try Self.custom(3, "top", [], inherits: [left.id, right.id])
        let catalogue = RoleCatalogue(custom: [base, left, right, top])
        #expect(catalogue.effectiveActions(of: top).named.map(\.name) == ["a:a", "a:b", "a:c", "authz:check"])
        #expect(catalogue.effectiveActions(of: left).named.map(\.name) == ["a:a", "a:b"])
        #expect(catalogue.effectiveActions(of: base).named.map(\.name) == ["a:a"])
    }

    @Test("inheriting admin gives every action")
    func inheritsAdmin() throws {
        let role = try Self.custom(0, "deputy", ["a:a"], inherits: [Role.admin])
        #expect(RoleCatalogue(custom: [role]).effectiveActions(of: role) == .all)
    }

    @Test("roles that inherit each other, or themselves, still have an end")
    func cycles() throws {
        let narcissus = try Self.custom(0, "narcissus", ["a:a"], inherits: [Self.id(0)])
        let one = try Self.custom(1, "one", ["b:a"], inherits: [Self.id(2)])
        let two = try Self.custom(2, "two", ["b:b"], inherits: [Self.id(3)])
        let three = try Self.custom(3, "three", ["b:c"], inherits: [Self.id(1), Self.id(0)])
        let catalogue = RoleCatalogue(custom: [narcissus, one, two, three])
        #expect(catalogue.effectiveActions(of: narcissus).named.map(\.name) == ["a:a"])
        for role in [one, two, three] {
            #expect(catalogue.effectiveActions(of: role).named.map(\.name) == ["a:a", "b:a", "b:b", "b:c"])
        }
        #expect(catalogue.inheritance(from: [one.id], reaches: one.id))
        #expect(!catalogue.inheritance(from: [one.id], reaches: Role.admin))
    }

    @Test("a role that is gone adds nothing")
    func danglingInheritance() throws {
        let role = try Self.custom(0, "orphan", ["a:a"], inherits: [Self.id(99), Role.ID(1)])
        #expect(RoleCatalogue(custom: [role]).effectiveActions(of: role).named.map(\.name) == ["a:a"])
    }

    @Test("a deep chain of roles is followed to its end")
    func deepChain() throws {
        let roles = try (0..<1_000).map { number in
            try Self.custom(Int64(number), "r\(number)", ["a:n\(number)"], inherits: [Self.id(Int64(number + 1))])
        }
        let catalogue = RoleCatalogue(custom: roles)
        #expect(catalogue.effectiveActions(of: roles[0]).named.count == 1_000)
        #expect(catalogue.inheritance(from: [roles[0].id], reaches: roles[999].id))
        #expect(!catalogue.inheritance(from: [roles[1].id], reaches: roles[0].id))
    }

    @Test("inheritance is what a plain search finds, in any web of roles", arguments: 0..<200)
    func randomWebs(seed: Int) throws {
        var random = SeededGenerator(seed: seed)
        let count = Int64.random(in: 1...12, using: &random)
        let roles = try (0..<count).map { number in
            let targets = random.some(of: (0...count).map(Self.id) + [Role.verifier], atMost: 3)
            return try Self.custom(number, "r\(number)", ["a:n\(number)"], inherits: targets)
        }
        let catalogue = RoleCatalogue(custom: roles)
        // Reachability by repeating single steps until nothing changes.
        for role in roles {
            var reached: Set<Role.ID> = [role.id]
            var size = 0
            while size != reached.count {
                size = reached.count
                for other in roles where reached.contains(other.id) { reached.formUnion(other.inherits) }
            }
            var names = Set(roles.filter { reached.contains($0.id) }.flatMap(\.actions.named).map(\.name))
            if reached.contains(Role.verifier) { names.insert("authz:check") }
            #expect(Set(catalogue.effectiveActions(of: role).named.map(\.name)) == names)
            for target in roles {
                #expect(catalogue.inheritance(from: [role.id], reaches: target.id) == reached.contains(target.id))
            }
        }
    }

    @Test("the smallest role that allows an action has the fewest actions of those that fit", arguments: Action.builtIn)
    func smallestRole(_ action: Action) {
        let catalogue = RoleCatalogue()
        for kind in User.Kind.allCases {
            let fitting = Role.builtIn.filter {
                $0.fits(kind) && $0.level == nil && !$0.actions.isOpen && $0.actions.contains(action)
            }
            let found = catalogue.smallestRole(allowing: action, for: kind)
            #expect(found?.actions.named.count == fitting.map(\.actions.named.count).min())
            #expect(found.map { fitting.contains($0) } ?? fitting.isEmpty)
        }
    }

    @Test("a role for machines is never proposed for a person")
    func smallestRoleFitsKind() {
        let catalogue = RoleCatalogue()
        let proposed = { (kind: User.Kind) in
            catalogue.smallestRole(allowing: .checkAuthorization, for: kind)?.slug
        }
        #expect(proposed(.machine) == "verifier")
        #expect(proposed(.person) == "ops")
    }
}
