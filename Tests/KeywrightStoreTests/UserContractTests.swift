import KeywrightDomain
import KeywrightStore
import Testing

@Suite("Store contract: users")
struct UserContractTests {
    @Test("a person comes back as stored, by id and by address", arguments: Engine.underTest)
    func roundTrip(_ engine: Engine) async throws {
        try await engine.withEmptyStore { store in
            let organization = try await store.makeOrganization()
            #expect(try await store.read { try $0.hasPersons() } == false)
            let person = User(
                id: User.ID(1), organizationID: organization.organizationID, email: "ada@example.org", firstName: "Ada",
                lastName: "Lovelace", avatar: "https://example.org/a.png", status: .inactive, createdAt: .after(1),
                updatedAt: .after(2)
            )
            try await store.write { try $0.insert(person) }
            try await store.read { (read) throws in
                #expect(try read.hasPersons())
                #expect(try read.person(person.id) == person)
                #expect(try read.person(email: "ada@example.org") == person)
                #expect(try read.person(email: "Ada@example.org") == nil)
                #expect(try read.person(User.ID(2)) == nil)
            }
            var changed = person
            changed.email = "countess@example.org"
            changed.firstName = "Augusta"
            changed.lastName = "King"
            changed.avatar = ""
            changed.status = .active
            changed.updatedAt = .after(99)
            try await store.write { [changed] in try $0.update(changed) }
            try await store.read { [changed] (read) throws in
                #expect(try read.person(person.id) == changed)
                #expect(try read.person(email: "ada@example.org") == nil)
            }
        }
    }

    @Test("an address belongs to one person of the installation", arguments: Engine.underTest)
    func addressIsUnique(_ engine: Engine) async throws {
        try await engine.withEmptyStore { store in
            let (one, two) = try await store.write { write in
                let one = try write.makeOrganization("One")
                _ = try write.makePerson(in: one, "ada@example.org")
                return (one, try write.makeOrganization("Two"))
            }
            for organization in [one, two] {
                let code = try await store.refusal { _ = try $0.makePerson(in: organization, "ada@example.org") }
                #expect(code == .conflict)
            }
            let code = try await store.refusal { write in
                var grace = try write.makePerson(in: two, "grace@example.org")
                grace.email = "ada@example.org"
                try write.update(grace)
            }
            #expect(code == .conflict)
            #expect(try await store.read { try $0.person(email: "grace@example.org") } == nil)
        }
    }

    @Test("a password's digest is set, replaced and taken away", arguments: Engine.underTest)
    func passwords(_ engine: Engine) async throws {
        try await engine.withEmptyStore { store in
            let person = try await store.write { try $0.makePerson(in: try $0.makeOrganization(), "ada@example.org") }
            for value in [nil, "scrypt$1$abc", "scrypt$2$é", nil] as [String?] {
                try await store.write { try $0.setPasswordDigest(value, of: person.id) }
                #expect(try await store.read { try $0.passwordDigest(of: person.id) } == value)
            }
            #expect(try await store.read { try $0.passwordDigest(of: User.ID(99)) } == nil)
            #expect(try await store.read { try $0.person(person.id) } == person)
        }
    }

    @Test("persons are listed by id, within their organization, through every filter", arguments: Engine.underTest)
    func personList(_ engine: Engine) async throws {
        try await engine.withEmptyStore { store in
            try await store.write { write in
                let one = try write.makeOrganization("One")
                let two = try write.makeOrganization("Two")
                for index in 1...7 {
                    _ = try write.makePerson(
                        in: index == 4 ? two : one, "p\(index)@example.org",
                        status: index % 3 == 0 ? .inactive : .active
                    )
                }
                try write.makeKey(in: one)
            }
            try await store.read { (read) throws in
                func check(
                    _ ids: [Int64], _ page: PageRequest = PageRequest(), _ location: SourceLocation = #_sourceLocation,
                    _ change: (inout UserQuery) -> Void = { _ in }
                ) throws {
                    var query = UserQuery(organizationID: Organization.ID(1))
                    change(&query)
                    #expect(try read.users(query, page).results.map(\.id.rawValue) == ids, sourceLocation: location)
                }
                try check([1, 2, 3, 5, 6, 7])
                try check([5, 6], PageRequest(limit: 2, offset: 3))
                try check([3, 6]) { $0.statuses = [.inactive] }
                try check([5]) { $0.emails = ["p5@example.org"] }
                try check([]) { $0.emails = ["p4@example.org"] }
                try check([1, 5]) { $0.emails = ["p5@example.org", "p4@example.org", "p1@example.org"] }
                try check([1, 2, 3, 5, 6, 7]) { $0.statuses = [.inactive, .active] }
                try check([]) { $0.statuses = [] }
                try check([2, 7]) { $0.ids = [User.ID(7), User.ID(4), User.ID(2)] }
                try check([]) { $0.ids = [] }
                try check([2]) {
                    $0.ids = [User.ID(3), User.ID(2)]
                    $0.statuses = [.active]
                }
                #expect(try read.users(UserQuery(organizationID: Organization.ID(1)), PageRequest(limit: 2)).total == 6)
            }
        }
    }

    @Test(
        "machine users are a view of the keys; that of an internal key is there when it is named",
        arguments: Engine.underTest)
    func machineUsers(_ engine: Engine) async throws {
        try await engine.withEmptyStore { store in
            let keys = try await store.write { write in
                let one = try write.makeOrganization("One")
                let keys = [
                    try write.makeKey(in: one, name: "a"), try write.makeKey(in: one, name: "b", isEnabled: false),
                    try write.makeKey(in: one, name: "c", isInternal: true),
                ]
                try write.makeKey(in: try write.makeOrganization("Two"), name: "foreign")
                return keys
            }
            try await store.read { (read) throws in
                func page(_ change: (inout UserQuery) -> Void = { _ in }) throws -> Page<User> {
                    var query = UserQuery(organizationID: Organization.ID(1))
                    query.kind = .machine
                    change(&query)
                    return try read.users(query, PageRequest())
                }
                #expect(try page().results == keys.prefix(2).map(User.init(machineOf:)))
                #expect(try page().total == 2)
                #expect(try page { $0.statuses = [.inactive] }.results.map(\.id) == [keys[1].userID])
                #expect(try page { $0.statuses = [.active] }.total == 1)
                #expect(try page { $0.ids = [keys[2].userID, User.ID(1)] }.results.map(\.id) == [keys[2].userID])
                #expect(try page { $0.ids = [User.ID(1)] }.results.isEmpty)
                #expect(try page { $0.ids = [] }.results.isEmpty)
                #expect(try page { $0.emails = ["ada@example.org"] }.results.isEmpty)
            }
            try await store.write { try $0.remove(keys[0]) }
            let query = {
                var query = UserQuery(organizationID: Organization.ID(1))
                query.kind = .machine
                return query
            }()
            #expect(try await store.read { try $0.users(query, PageRequest()).total } == 1)
        }
    }

    @Test("administrators are active persons with Admin at the organization itself", arguments: Engine.underTest)
    func administrators(_ engine: Engine) async throws {
        try await engine.withEmptyStore { store in
            try await store.write { write in
                let one = try write.makeOrganization("One")
                let two = try write.makeOrganization("Two")
                let account = try write.makeChild(of: one)
                let people = try (1...7).map { try write.makePerson(in: $0 == 7 ? two : one, "p\($0)@example.org") }
                #expect(try write.activeAdministrators(one.organizationID).isEmpty)
                try write.give("admin", at: one, to: people[2])
                try write.give("organization:admin", at: one, to: people[0])
                try write.give("admin", at: one, to: people[0])
                try write.give("admin", at: account, to: people[1])
                try write.give("ops", at: one, to: people[3])
                let last = try write.give("admin", at: one, to: people[4])
                try write.give("admin", at: two, to: people[6])
                try write.makeKey(in: one, grants: [write.makeGrant("admin", at: one)])
                let active = { try write.activeAdministrators(one.organizationID) }
                #expect(try active() == [people[0].id, people[2].id, people[4].id])
                var left = people[2]
                left.status = .inactive
                try write.update(left)
                try write.delete(last.id)
                #expect(try active() == [people[0].id])
                #expect(try write.activeAdministrators(two.organizationID) == [people[6].id])
            }
        }
    }

    @Test(
        "those who hold grants are listed by what the reader sees, before the page is cut", arguments: Engine.underTest)
    func grantHolders(_ engine: Engine) async throws {
        try await engine.withEmptyStore { store in
            let (one, first, second, keys) = try await store.write { write in
                let one = try write.makeOrganization("One")
                let (first, second) = (try write.makeChild(of: one), try write.makeChild(of: one))
                let below = try write.makeChild(of: first)
                for (index, place) in [first, second, below, one, first].enumerated() {
                    let person = try write.makePerson(in: one, "p\(index)@example.org")
                    try write.give("member", at: place, to: person)
                    if index == 4 { try write.give("ops", at: second, to: person) }
                }
                let keys = [
                    try write.makeKey(in: one, grants: [try write.makeGrant("member", at: first)]),
                    try write.makeKey(in: one, grants: [try write.makeGrant("member", at: first)], isInternal: true),
                ]
                let two = try write.makeOrganization("Two")
                try write.give("member", at: two, to: try write.makePerson(in: two, "foreign@example.org"))
                return (one, first, second, keys.map(\.userID.rawValue))
            }
            try await store.read { read in
                func check(
                    _ ids: [Int64], _ page: PageRequest = PageRequest(), _ location: SourceLocation = #_sourceLocation,
                    _ change: (inout GrantHolderQuery) -> Void
                ) throws {
                    var query = GrantHolderQuery(organizationID: one.organizationID)
                    change(&query)
                    #expect(try read.grantHolders(query, page).map(\.rawValue) == ids, sourceLocation: location)
                }
                try check([]) { _ in }
                try check([1, 2, 3, 4, 5, keys[0]]) { $0.visibleWithin = [one] }
                try check([1, 3, 5, keys[0]]) { $0.visibleWithin = [first] }
                try check([3, 5], PageRequest(limit: 2, offset: 1)) { $0.visibleWithin = [first] }
                try check([2, 5]) { $0.visibleWithin = [second] }
                try check([2, 4, 5]) {
                    $0.visibleWithin = [second]
                    $0.reader = User.ID(4)
                }
                try check([1, 5, keys[0]]) {
                    $0.visibleWithin = [one]
                    $0.places = [first]
                }
                try check([1, 2, 5, keys[0]]) {
                    $0.visibleWithin = [one]
                    $0.places = [first, second]
                }
                try check([5, keys[1]]) {
                    $0.visibleWithin = [one]
                    $0.places = [first]
                    $0.ids = [User.ID(2), User.ID(5), User.ID(keys[1]), User.ID(6)]
                }
                try check([]) {
                    $0.visibleWithin = [one]
                    $0.ids = []
                }
            }
        }
    }
}
