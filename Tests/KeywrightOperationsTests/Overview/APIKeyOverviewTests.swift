import KeywrightDomain
import KeywrightStore
import Testing

@testable import KeywrightOperations

@Suite("What pages say about keys")
struct APIKeyOverviewTests {
    private func draft(_ name: String, _ role: String, at nrn: String, tags: [String: String] = [:]) -> APIKeyDraft {
        APIKeyDraft(
            name: name, grants: [GrantInput(nrn: nrn, shape: .slug(role))],
            tags: tags.sorted { $0.key < $1.key }.map { TagInput(key: $0.key, value: $0.value) })
    }

    @Test("facts name creators and places, and count uses not written yet")
    func facts() async throws {
        try await OperationsInstallation.run { installation in
            let operations = installation.operations
            let ada = try await installation.makePerson("ada@example.test", role: "admin")
            let person = try await installation.signIn("ada@example.test").signedIn.principal
            let made = try await operations.createAPIKey(
                draft("mine", "ops", at: "organization=1:account=1"), as: person)
            let other = try await installation.makeKey()
            let value = try #require(made.value)
            let origin = Principal.Origin(address: "198.51.100.4")
            for _ in 0..<3 { _ = try await operations.authenticate(.bearer(value), from: origin) }
            try await operations.flushUsage()
            installation.clock.advance(by: .seconds(1))
            _ = try await operations.authenticate(.bearer(value), from: .init(address: "198.51.100.5"))
            let keys = [made.key, try await installation.storedKey(other.id)]
            let facts = try await operations.facts(of: keys, as: person)
            #expect(facts.users[ada.id]?.text == "Ada Lovelace")
            #expect(facts.users[User.machine(of: APIKey.ID(1))] == UserName(kind: .machine, name: "first key"))
            #expect(facts.resources.path(to: made.key.grants[0].nrn) == ["Example", "main"])
            #expect(
                facts.uses == [
                    made.key.id: KeyUse(at: installation.clock.now, count: 4, address: "198.51.100.5")
                ])
        }
    }

    @Test("facets count what the list shows, follow each change, and keep to what the reader sees")
    func facets() async throws {
        try await OperationsInstallation.run { installation in
            let operations = installation.operations
            let admin = try await installation.principal()
            _ = try await installation.makePerson("ops@example.test", role: "ops", at: "organization=1:account=1")
            let ops = try await installation.signIn("ops@example.test").signedIn.principal
            #expect(try await operations.apiKeyFacets(as: ops).tags.isEmpty)
            let made = try await operations.createAPIKey(
                draft("one", "ops", at: "organization=1:account=1", tags: ["team": "red", "env": "1"]), as: admin)
            _ = try await operations.createAPIKey(
                draft("two", "member", at: "organization=1", tags: ["team": "red"]), as: admin)
            let all = try await operations.apiKeyFacets(as: admin)
            #expect(all.tags.map { "\($0.tag.key)=\($0.tag.value) \($0.count)" } == ["team=red 2", "env=1 1"])
            #expect(all.tagKeys == ["team", "env"])
            #expect(all.roles.map { "\($0.slug) \($0.count)" } == ["admin 1", "member 1", "ops 1"])
            #expect(try await operations.apiKeyFacets(as: ops).roles == [RoleCount(slug: "ops", count: 1)])
            try await operations.deleteAPIKey(made.key.id, as: admin)
            #expect(try await operations.apiKeyFacets(as: admin).tags.map(\.count) == [1])
            #expect(try await operations.apiKeyFacets(as: ops).tags.isEmpty)
            let nobody = try await installation.makePerson("dev@example.test", role: "developer")
            let developer = try await installation.signIn(nobody.email).signedIn.principal
            #expect(
                try await refusal { _ = try await operations.apiKeyFacets(as: developer) }?.code == .forbidden)
        }
    }

    @Test("a name counts as taken only by another key that the reader sees")
    func takenName() async throws {
        try await OperationsInstallation.run { installation in
            let operations = installation.operations
            let admin = try await installation.principal()
            let made = try await operations.createAPIKey(draft("Deploy", "member", at: "organization=1"), as: admin)
            #expect(try await operations.hasAPIKey(named: "Deploy", as: admin))
            #expect(try await !operations.hasAPIKey(named: "deploy", as: admin))
            #expect(try await !operations.hasAPIKey(named: "Deploy", except: made.key.id, as: admin))
            _ = try await installation.makePerson("ops@example.test", role: "ops", at: "organization=1:account=1")
            let ops = try await installation.signIn("ops@example.test").signedIn.principal
            #expect(try await !operations.hasAPIKey(named: "Deploy", as: ops))
        }
    }

    @Test("what remains of a deleted key, and who changed one last")
    func tombstoneAndChange() async throws {
        try await OperationsInstallation.run { installation in
            let operations = installation.operations
            _ = try await installation.makePerson("ada@example.test", role: "admin")
            let ada = try await installation.signIn("ada@example.test").signedIn.principal
            let key = try await installation.makeKey()
            #expect(try await operations.lastChange(of: key.id, as: ada) == nil)
            var changes = APIKeyChanges()
            changes.name = "renamed"
            _ = try await operations.updateAPIKey(key.id, changes, as: ada)
            #expect(try await operations.lastChange(of: key.id, as: ada)?.by?.text == "Ada Lovelace")
            #expect(try await refusal { _ = try await operations.deletedAPIKey(key.id, as: ada) }?.code == .notFound)
            try await operations.deleteAPIKey(key.id, as: ada)
            let facts = try await operations.deletedAPIKey(key.id, as: ada)
            #expect(facts.name == "renamed")
            #expect(facts.deletedBy?.text == "Ada Lovelace")
            #expect(facts.deletedAt == installation.clock.now)
            _ = try await installation.makePerson("dev@example.test", role: "developer")
            let developer = try await installation.signIn("dev@example.test").signedIn.principal
            #expect(
                try await refusal { _ = try await operations.deletedAPIKey(key.id, as: developer) }?.code == .notFound)
        }
    }

    @Test("counts of very many keys stand for a while, others until a key changes")
    func cache() async throws {
        let cache = OverviewCache(isCurrent: { true })
        let scope = CountScope(organizationID: Organization.ID(1), visibleWithin: nil)
        let key = OverviewCache.Key(kind: .facets, scope: scope)
        let start = Instant(milliseconds: 1_767_225_600_000)
        func value(_ new: Int, at seconds: Int64 = 0, of keyCount: Int = 20_000) async throws -> Int {
            try await cache.value(key, now: start.advanced(by: .seconds(seconds))) { (new, keyCount) }
        }
        #expect(try await value(1) == 1)
        #expect(try await value(2) == 1)
        cache.forget([Change(.role, 1, in: Organization.ID(1)), Change(.apiKey, 1, in: Organization.ID(2))])
        #expect(try await value(2) == 1)
        cache.forget([Change(.apiKey, 1, in: Organization.ID(1))])
        #expect(try await value(3) == 3)
        #expect(try await value(4, at: 59) == 3)
        #expect(try await value(5, at: 60, of: 1_000_000) == 5)
        cache.forget([Change(.apiKey, 1, in: Organization.ID(1))])
        #expect(try await value(6, at: 159) == 5)
        #expect(try await value(7, at: 160) == 7)
        await #expect(throws: DomainError.self) {
            _ = try await cache.value(.init(kind: .roleCounts, scope: scope), now: start) { () throws -> (Int, Int) in
                throw DomainError(.unavailable, "")
            }
        }
        #expect(try await cache.value(.init(kind: .roleCounts, scope: scope), now: start) { (7, 1) } == 7)
    }

    @Test("the uppermost places stand until a resource changes, or the organization's name")
    func places() async throws {
        let cache = OverviewCache(isCurrent: { true })
        let organization = Organization.ID(1)
        let scope = CountScope(organizationID: organization, visibleWithin: nil)
        func value(_ new: Int, within places: [NRN.Level: [NRN]] = [:]) async throws -> Int {
            let now = Instant(milliseconds: 1_767_225_600_000)
            return try await cache.value(.init(kind: .places(places), scope: scope), now: now) { (new, 0) }
        }
        #expect(try await value(1) == 1)
        #expect(try await value(2, within: [.account: [NRN(organization)]]) == 2)
        cache.forget([Change(.apiKey, 1, in: organization), Change(.resource, 1, in: Organization.ID(2))])
        #expect(try await value(3) == 1)
        cache.forget([Change(.resource, 1, in: organization)])
        #expect(try await value(4) == 4)
        cache.forget([Change(.organization, 1, in: organization)])
        #expect(try await value(5) == 5)
    }

    @Test("while it is made again the last count serves, but not the last places")
    func making() async throws {
        let cache = OverviewCache(isCurrent: { true })
        let organization = Organization.ID(1)
        let scope = CountScope(organizationID: organization, visibleWithin: nil)
        let now = Instant(milliseconds: 1_767_225_600_000)
        for (kind, subject, expected) in [
            (OverviewCache.Kind.facets, Change.Subject.apiKey, 1), (.places([:]), .resource, 3),
        ] {
            let key = OverviewCache.Key(kind: kind, scope: scope)
            #expect(try await cache.value(key, now: now) { (1, 1) } == 1)
            cache.forget([Change(subject, 1, in: organization)])
            let second = try await cache.value(key, now: now) {
                let meanwhile = try await cache.value(key, now: now) { (3, 1) }
                #expect(meanwhile == expected)
                return (2, 1)
            }
            #expect(second == 2)
        }
    }
}
