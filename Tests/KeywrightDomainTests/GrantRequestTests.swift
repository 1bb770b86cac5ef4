import KeywrightDomain
import Testing

@Suite("Grant requests")
struct GrantRequestTests {
    private static let custom = Role(
        id: Role.ID(Role.firstCustomID), organizationID: Organization.ID(1), slug: "night-shift", name: "Night shift",
        level: .namespace, userType: .person, actions: .none
    )
    private let catalogue = RoleCatalogue(custom: [custom])

    private func resolve(
        _ place: String, _ shape: GrantRequest.Shape, for kind: User.Kind = .machine
    ) throws -> ResolvedGrant {
        try catalogue.resolve(GrantRequest(nrn: try nrn(place), shape: shape), for: kind, pointer: "/grants/3")
    }

    @Test(
        "a role is found by slug, exactly as written, and by id",
        arguments: [
            ("organization=1", "admin", 696_188_987), ("organization=1", "organization:admin", 511_311_886),
            ("organization=1:account=2", "account:admin", 535_953_428),
            ("organization=1:account=2:namespace=3", "namespace:member", 544_145_430),
            ("organization=1:account=2", "machine:ci", 1_855_672_260),
        ] as [(String, String, Int64)])
    func roles(_ place: String, _ slug: String, _ id: Int64) throws {
        let bySlug = try resolve(place, .slug(slug))
        #expect(bySlug.nrn == (try nrn(place)))
        #expect(bySlug.role?.id == Role.ID(id))
        #expect(bySlug.role?.slug == slug)
        #expect(bySlug.custom == nil)
        let byID = try resolve(place, .role(Role.ID(id)))
        #expect(byID == bySlug)
        #expect(byID.hashValue == bySlug.hashValue)
    }

    @Test("current roles may be given at every level", arguments: ContractRoles.rows)
    func everyLevel(_ row: ContractRoles.Row) throws {
        var place: NRN? = NRN(organization: 1)
        while let here = place {
            _ = try catalogue.resolve(GrantRequest(nrn: here, shape: .slug(row.slug)), for: .machine, pointer: "")
            place = here.child(2)
        }
    }

    @Test("an older level-prefixed role is refused at every other level", arguments: ContractRoles.levelPrefixed)
    func otherLevels(_ slug: String, _ level: String, _ id: Int64?) throws {
        let role = try #require(catalogue.role(slug: "\(level):\(slug)"))
        var place: NRN? = NRN(organization: 1)
        while let here = place {
            defer { place = here.child(2) }
            if here.level.name == level { continue }
            let shapes: [(GrantRequest.Shape, String)] = [
                (.slug(role.slug), "role_slug"), (.role(role.id), "role_id"),
                (.inherits(["member", role.slug], add: [], remove: []), "inherits/1"),
            ]
            for (shape, member) in shapes {
                let error = try refusal { try resolve(here.description, shape) }
                #expect(error.violations.map(\.pointer) == ["/grants/3/\(member)"])
            }
        }
    }

    @Test("a role for machines is refused to people, by slug, by id and when inherited", arguments: ContractRoles.rows)
    func kinds(_ row: ContractRoles.Row) throws {
        let role = try #require(catalogue.role(slug: row.slug))
        let shapes: [(GrantRequest.Shape, String)] = [
            (.slug(role.slug), "role_slug"), (.role(role.id), "role_id"),
            (.inherits([role.slug], add: [], remove: []), "inherits/0"),
        ]
        for (shape, member) in shapes {
            _ = try resolve("organization=1", shape, for: .machine)
            if row.machinesOnly {
                let error = try refusal { try resolve("organization=1", shape, for: .person) }
                #expect(error.violations.map(\.pointer) == ["/grants/3/\(member)"])
            } else {
                _ = try resolve("organization=1", shape, for: .person)
            }
        }
    }

    @Test("a custom role keeps to its level and kind of user")
    func customRole() throws {
        let place = "organization=1:account=2:namespace=3"
        #expect(try resolve(place, .slug("night-shift"), for: .person).role?.id == Self.custom.id)
        #expect(try refusal { try resolve(place, .slug("night-shift"), for: .machine) }.code == .invalid)
        #expect(try refusal { try resolve("organization=1", .slug("night-shift"), for: .person) }.code == .invalid)
    }

    @Test(
        "what names no role or no action is refused, naming the member",
        arguments: [
            (.slug(""), "role_slug"), (.slug("Admin"), "role_slug"), (.slug("admin "), "role_slug"),
            (.slug("adm\u{131}n"), "role_slug"), (.slug("scope:admin"), "role_slug"),
            (.slug("apikey:5:1"), "role_slug"),
            (.role(Role.ID(0)), "role_id"), (.role(Role.ID(1)), "role_id"), (.role(Role.ID(-1)), "role_id"),
            (.role(Role.ID(.max)), "role_id"), (.actions([]), "actions"),
            (.inherits([], add: [], remove: []), "inherits"),
            (.inherits([], add: [.readAPIKey], remove: []), "inherits"),
            (.inherits([""], add: [], remove: []), "inherits/0"),
            (.inherits(["member", "nobody"], add: [], remove: []), "inherits/1"),
            (.inherits(["verifier"], add: [], remove: [.checkAuthorization]), "actions/remove"),
            (.inherits(["verifier"], add: [.readAudit], remove: [.readAudit, .checkAuthorization]), "actions/remove"),
        ] as [(GrantRequest.Shape, String)])
    func refuses(_ shape: GrantRequest.Shape, _ member: String) throws {
        let error = try refusal { try resolve("organization=1", shape) }
        #expect(error.code == .invalid)
        #expect(error.violations.map(\.pointer) == ["/grants/3/\(member)"])
    }

    @Test("a fine-grained grant keeps the sets as given, each member once")
    func fineGrained() throws {
        let (a, b, c) = (try action("a:a"), try action("a:b"), try action("widget:paint"))
        let plain = try resolve("organization=1", .actions([c, a, c, b]))
        #expect(plain.role == nil)
        #expect(plain.custom == CustomActions(actions: [c, a, b]))
        let derived = try resolve(
            "organization=1", .inherits(["ops", "member", "ops"], add: [b, b], remove: [c, a, c]))
        #expect(derived.role == nil)
        #expect(derived.custom == CustomActions(inherits: [Role.ops, Role.member], added: [b], removed: [c, a]))
    }

    @Test("a grant that is kept may have become one that allows nothing")
    func emptied() throws {
        let custom = CustomActions(inherits: [Role.verifier], added: [], removed: [.checkAuthorization])
        let place = NRN(organization: 1)
        let kept = Grant(id: Grant.ID(1), nrn: place, roleID: Role.ID(2), roleSlug: "apikey:1:1", custom: custom)
        let request = GrantRequest(
            nrn: place, shape: .inherits(["verifier"], add: [], remove: [.checkAuthorization])
        )
        #expect(try catalogue.resolve(request, for: .machine, pointer: "", keeping: [kept]).custom == custom)
    }

    @Test("requests for the same grant are equal, others are not")
    func equality() throws {
        let place = "organization=1:account=2"
        let member = try resolve(place, .slug("member"))
        #expect(member == (try resolve(place, .role(Role.member))))
        #expect(member != (try resolve("organization=1", .slug("member"))))
        #expect(member != (try resolve(place, .slug("account:member"))))
        #expect(member != (try resolve(place, .inherits(["member"], add: [], remove: []))))
        #expect(try resolve(place, .actions([.readAPIKey])) != resolve(place, .actions([.readAudit])))
    }

    @Test("a kept grant is recognised among the stored ones")
    func matches() throws {
        let place = try nrn("organization=1:account=2")
        let stored = Grant(id: .init(1), nrn: place, roleID: Role.member, roleSlug: "member")
        #expect(try resolve(place.description, .slug("member")).matches(stored))
        #expect(!(try resolve(place.description, .slug("account:member")).matches(stored)))
        #expect(!(try resolve(place.description, .slug("developer")).matches(stored)))
        #expect(!(try resolve("organization=1", .slug("member")).matches(stored)))
        #expect(!(try resolve(place.description, .inherits(["member"], add: [], remove: [])).matches(stored)))
        let fine = Grant(
            id: .init(2), nrn: place, roleID: Role.ID(3_000_000_000), roleSlug: "apikey:5:1",
            custom: CustomActions(actions: [.readAPIKey, .readAudit])
        )
        #expect(try resolve(place.description, .actions([.readAPIKey, .readAudit])).matches(fine))
        #expect(!(try resolve(place.description, .actions([.readAPIKey])).matches(fine)))
        #expect(!(try resolve(place.description, .slug("member")).matches(fine)))
        let derived = Grant(
            id: .init(3), nrn: place, roleID: Role.member, roleSlug: "member",
            custom: CustomActions(actions: [.readRole])
        )
        #expect(!(try resolve(place.description, .slug("member")).matches(derived)))
        for grant in [stored, fine, derived] { #expect(ResolvedGrant(keeping: grant).matches(grant)) }
    }

    @Test("a fine-grained grant given again in another order is the same grant: its members are sets")
    func orderDoesNotMatter() throws {
        let place = try nrn("organization=1:account=2")
        let stored = Grant(
            id: .init(2), nrn: place, roleID: Role.ID(3_000_000_000), roleSlug: "apikey:5:1",
            custom: CustomActions(actions: [.readAPIKey, .readAudit])
        )
        let again = try resolve(place.description, .actions([.readAudit, .readAPIKey]))
        #expect(again.matches(stored))
        #expect(again == (try resolve(place.description, .actions([.readAPIKey, .readAudit]))))
        let derived = try resolve(
            place.description,
            .inherits(["ops", "member"], add: [.readAudit, .readUser], remove: [.readRole, .readGrant]))
        let turned = try resolve(
            place.description,
            .inherits(["member", "ops"], add: [.readUser, .readAudit], remove: [.readGrant, .readRole]))
        #expect(turned == derived)
    }
}
