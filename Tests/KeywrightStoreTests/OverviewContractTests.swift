import Foundation
import KeywrightDomain
import KeywrightStore
import Testing

@Suite("Store contract: names, counts, searches, pages of the trail")
struct OverviewContractTests {
    @Test("uses and names come for many at once, of the own organization alone", arguments: Engine.underTest)
    func names(_ engine: Engine) async throws {
        try await engine.withEmptyStore { store in
            try await store.write { write in
                let (one, two) = (try write.makeOrganization("One"), try write.makeOrganization("Two"))
                let ada = try write.makePerson(in: one, "ada@example.org")
                let foreign = try write.makePerson(in: two, "eve@example.org")
                let keys = try (0..<3).map { try write.makeKey(in: one, name: "key \($0)") }
                try write.remove(keys[1])
                try write.record([
                    APIKeyUse(id: keys[0].id, at: .after(5), count: 3, address: "192.0.2.1"),
                    APIKeyUse(id: keys[2].id, at: .after(9), count: 1, address: nil),
                ])
                let uses = try write.uses(of: keys.map(\.id))
                #expect(uses.keys.sorted() == [keys[0].id, keys[2].id])
                #expect(uses[keys[0].id] == APIKeyUse(id: keys[0].id, at: .after(5), count: 3, address: "192.0.2.1"))
                let names = try write.names(
                    of: keys.map(\.userID) + [ada.id, foreign.id, User.ID(99)], in: one.organizationID)
                #expect(
                    names == [
                        keys[0].userID: UserName(kind: .machine, name: "key 0"),
                        keys[1].userID: UserName(kind: .machine, name: "key 1", isDeleted: true),
                        keys[2].userID: UserName(kind: .machine, name: "key 2"), ada.id: ada.displayName,
                    ])
                #expect(try write.names(of: [], in: one.organizationID).isEmpty)
                #expect(try write.uses(of: []).isEmpty)
            }
        }
    }

    @Test("more ids than fit one statement are no trouble", arguments: Engine.underTest)
    func many(_ engine: Engine) async throws {
        try await engine.withEmptyStore { store in
            try await store.write { write in
                let organization = try write.makeOrganization()
                let ids = (1...1_201).map { APIKey.ID($0) }
                #expect(try write.uses(of: ids).isEmpty)
                #expect(try write.names(of: ids.map(User.machine(of:)), in: organization.organizationID).isEmpty)
                let places = try (0..<1_201).map { try write.makeChild(of: organization, "Place \($0)") }
                let names = try write.resourceNames(places)
                #expect(places.allSatisfy { names[$0] != nil })
                #expect(try write.parents(among: places + [organization]) == [organization])
            }
        }
    }

    @Test("names of resources come with all above them, deleted ones marked", arguments: Engine.underTest)
    func resourceNames(_ engine: Engine) async throws {
        try await engine.withEmptyStore { store in
            try await store.write { write in
                let organization = try write.makeOrganization("Acme")
                let account = try write.makeChild(of: organization, "Main")
                let namespace = try write.makeChild(of: account, "Paÿments")
                guard var resource = try write.resource(.namespace, namespace.id) else { throw SampleError() }
                resource.status = .deleted
                try write.update(resource)
                let names = try write.resourceNames([namespace])
                #expect(names.path(to: namespace) == ["Acme", "Main", "Paÿments"])
                #expect(names[namespace]?.isLive == false)
                #expect(names.entry(.account, account.id)?.isLive == true)
                #expect(names.name(of: NRN(organization: 99)) == "organization=99")
                #expect(try write.parents(among: [organization, account]) == [organization])
            }
        }
    }

    @Test("tags, roles and places are counted over listed keys the reader sees", arguments: Engine.underTest)
    func counts(_ engine: Engine) async throws {
        try await engine.withEmptyStore { store in
            let (organization, account, namespace) = try await store.write { write in
                let organization = try write.makeOrganization()
                let account = try write.makeChild(of: organization)
                return (organization, account, try write.makeChild(of: account))
            }
            try await store.write { write in
                let (red, blue) = (Tag(stored: "team", "é"), Tag(stored: "team", "e\u{301}"))
                func grants(_ all: (String, NRN)...) throws -> [Grant] {
                    try all.map { try write.makeGrant($0.0, at: $0.1) }
                }
                try write.makeKey(in: organization, tags: [red], grants: try grants(("ops", namespace)))
                try write.makeKey(
                    in: organization, tags: [red, Tag(stored: "env", "1")],
                    grants: try grants(("ops", account), ("member", namespace), ("ops", namespace)))
                try write.makeKey(in: organization, tags: [blue], grants: try grants(("member", organization)))
                let own = Grant(
                    id: Grant.ID(try write.allocate(.grant)), nrn: namespace,
                    roleID: Role.ID(try write.allocate(.role)),
                    roleSlug: "apikey:4:1", custom: CustomActions(actions: [.readAPIKey]))
                try write.makeKey(in: organization, grants: [own])
                try write.makeKey(in: organization, tags: [red], isInternal: true)
                try write.makeKey(in: organization, tags: [red], expiresAt: .after(1))
                try write.makeKey(in: try write.makeOrganization("Other"), tags: [red])
            }
            try await store.read { (read) throws in
                let whole = CountScope(organizationID: organization.organizationID, visibleWithin: nil)
                let tags = try read.tagCounts(whole, now: .after(2), limit: 9)
                #expect(tags.tags.map(\.count) == [2, 1, 1])
                #expect(Array((tags.tags.first?.tag.value ?? "").utf8) == Array("é".utf8))
                #expect(tags.keys == ["team", "env"])
                #expect(try read.tagCounts(whole, now: .after(2), limit: 1).tags == [tags.tags[0]])
                #expect(
                    try read.roleCounts(whole, now: .after(2), limit: 9)
                        == [RoleCount(slug: "member", count: 2), RoleCount(slug: "ops", count: 2)])
                let places = [organization, account, namespace]
                #expect(
                    try read.keyReach(of: places, in: whole, now: .after(2)) == [
                        organization: KeyReach(direct: 1, all: 1), account: KeyReach(direct: 1, all: 2),
                        namespace: KeyReach(direct: 3, all: 4),
                    ])
                #expect(
                    try read.keyReach(of: [namespace], in: whole, now: .after(2))
                        == [namespace: KeyReach(direct: 3, all: 4)])
                let part = CountScope(organizationID: organization.organizationID, visibleWithin: [namespace])
                #expect(try read.tagCounts(part, now: .after(2), limit: 9).tags.map(\.count) == [1])
                #expect(
                    try read.roleCounts(part, now: .after(2), limit: 9) == [RoleCount(slug: "ops", count: 1)])
                #expect(
                    try read.keyReach(of: places, in: part, now: .after(2))[namespace]
                        == KeyReach(direct: 2, all: 2))
            }
        }
    }

    @Test("of many tags, the most frequent are kept", arguments: Engine.underTest)
    func top(_ engine: Engine) async throws {
        try await engine.withEmptyStore { store in
            let organization = try await store.makeOrganization()
            try await store.write { write in
                for number in 0..<120 {
                    try write.makeKey(
                        in: organization,
                        tags: [Tag(stored: "n", String(format: "%03d", number)), Tag(stored: "m", "\(number % 7 / 3)")])
                }
            }
            let scope = CountScope(organizationID: organization.organizationID, visibleWithin: nil)
            let top = try await store.read { try $0.tagCounts(scope, now: .start, limit: 5) }
            #expect(
                top.tags.map { "\($0.tag.key)=\($0.tag.value) \($0.count)" }
                    == ["m=0 52", "m=1 51", "m=2 17", "n=000 1", "n=001 1"])
            #expect(top.keys == ["m", "n"])
        }
    }

    @Test("people who hold a role are counted and listed once each", arguments: Engine.underTest)
    func holders(_ engine: Engine) async throws {
        try await engine.withEmptyStore { store in
            try await store.write { write in
                let organization = try write.makeOrganization()
                let account = try write.makeChild(of: organization)
                let people = try (0..<3).map { try write.makePerson(in: organization, "p\($0)@example.org") }
                let gone = try write.makePerson(in: organization, "gone@example.org", status: .inactive)
                for person in people + [gone] { try write.give("ops", at: organization, to: person) }
                try write.give("ops", at: account, to: people[0])
                try write.makeKey(in: organization, grants: [try write.makeGrant("ops", at: organization)])
                let id = organization.organizationID
                #expect(try write.personCounts(id) == [Role.ops: 3])
                let page = try write.persons(holding: Role.ops, in: id, PageRequest(limit: 2, offset: 1))
                #expect(page.results == Array(people[1...]))
                #expect(page.total == 3)
                #expect(try write.persons(holding: Role.admin, in: id, PageRequest()).results.isEmpty)
            }
        }
    }

    @Test("resources are found by part of the name or by ids, within places, from the top", arguments: Engine.underTest)
    func search(_ engine: Engine) async throws {
        try await engine.withEmptyStore { store in
            try await store.write { write in
                let organization = try write.makeOrganization("Acme")
                let accounts = try ["Zahlungen Österreich", "Main"].map { try write.makeChild(of: organization, $0) }
                let namespace = try write.makeChild(of: accounts[0], "österreich 100%")
                guard var resource = try write.resource(.account, accounts[1].id) else { throw SampleError() }
                resource.name = "ÖSTERREICH West"
                try write.update(resource)
                _ = try write.makeChild(of: try write.makeOrganization("Other"), "Österreich")
                func found(_ change: (inout ResourceSearch) -> Void, limit: Int = 50) throws -> [NRN] {
                    var search = ResourceSearch(
                        organizationID: organization.organizationID,
                        places: [.account: [organization], .namespace: [accounts[0]]])
                    change(&search)
                    return try write.resources(search, limit: limit).map(\.nrn)
                }
                #expect(try found { _ in } == accounts + [namespace])
                #expect(try found { $0.name = "öSTERreich" } == accounts + [namespace])
                #expect(try found({ $0.name = "österreich" }, limit: 1) == [accounts[0]])
                #expect(try found { $0.name = "100%" } == [namespace])
                #expect(try found { $0.name = "main" } == [])
                #expect(try found { $0.ids = [.account: accounts[0].id] } == [accounts[0], namespace])
                #expect(
                    try found {
                        $0.ids = [.account: accounts[0].id]
                        $0.level = .account
                    } == [accounts[0]])
                #expect(try found { $0.places = [.namespace: [accounts[1]]] } == [])
                #expect(try found { $0.places = [:] } == [])
            }
        }
    }

    @Test("the trail is read beside any event in both directions", arguments: Engine.underTest)
    func auditPages(_ engine: Engine) async throws {
        try await engine.withEmptyStore { store in
            let (one, two) = (try await store.makeOrganization("One"), try await store.makeOrganization("Two"))
            try await store.write { write in
                for number in 0..<10 {
                    write.append(.sample(number % 2 == 0 ? one : two, target: "\(number)", user: number < 4 ? 7 : nil))
                }
            }
            try await store.read { (read) throws in
                let query = AuditQuery(organizationID: one.organizationID)
                func page(_ cursor: AuditCursor, limit: Int = 2) throws -> ([String], Bool, Bool) {
                    let page = try read.auditEvents(query, from: cursor, limit: limit)
                    return (page.events.map(\.event.target.id), page.hasNewer, page.hasOlder)
                }
                let all = try read.auditEvents(query, from: .newest, limit: 9).events
                #expect(all.map(\.event.target.id) == ["8", "6", "4", "2", "0"])
                #expect(try page(.newest) == (["8", "6"], false, true))
                #expect(try page(.before(all[1].id)) == (["4", "2"], true, true))
                #expect(try page(.before(all[3].id)) == (["0"], true, false))
                #expect(try page(.before(all[4].id)) == ([], true, false))
                #expect(try page(.after(all[4].id)) == (["4", "2"], true, true))
                #expect(try page(.after(all[2].id)) == (["8", "6"], false, true))
                #expect(try page(.after(all[0].id)) == ([], false, true))
                #expect(try page(.before(AuditEvent.ID(.max)), limit: 0).0 == ["8"])
                #expect(try read.countAuditEvents(query, after: all[3].id, limit: 9) == 3)
                #expect(try read.countAuditEvents(query, after: all[3].id, limit: 2) == 2)
                #expect(try read.auditEvent(all[1].id, in: one.organizationID) == all[1])
                #expect(try read.auditEvent(all[1].id, in: two.organizationID) == nil)
                var operators = query
                operators.actorType = "operator"
                #expect(
                    try read.auditEvents(operators, from: .newest, limit: 9).events.map(\.event.target.id)
                        == ["8", "6", "4"])
            }
        }
    }
}
