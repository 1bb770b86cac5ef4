import KeywrightDomain
import KeywrightStore
import Testing

@Suite("Store contract: grants")
struct GrantContractTests {
    @Test("each shape of a grant comes back as stored, with its holder", arguments: Engine.underTest)
    func shapes(_ engine: Engine) async throws {
        try await engine.withEmptyStore { store in
            let organization = try await store.makeOrganization()
            let places = try await store.write { write in
                try NRN.Level.allCases.dropFirst().reduce(into: [organization]) { places, _ in
                    places.append(try write.makeChild(of: places[places.count - 1]))
                }
            }
            let action = try #require(Action("billing:refund"))
            let shapes: [CustomActions?] = [
                nil, CustomActions(actions: [action, .readAPIKey]), CustomActions(actions: []),
                CustomActions(
                    inherits: [Role.ops, Role.member], added: [action], removed: [.deleteAPIKey, .readAPIKey]),
                CustomActions(inherits: [Role.member], added: [], removed: []),
            ]
            let grants = shapes.enumerated().map { index, custom in
                Grant(
                    id: Grant.ID(Int64(index + 1)), nrn: places[index],
                    roleID: Role.ID(Role.firstCustomID + Int64(index)),
                    roleSlug: index == 0 ? "account:admin" : "apikey:5:\(index)", custom: custom
                )
            }
            let holder = User.ID(5)
            try await store.write { write in
                for grant in grants.reversed() { try write.insert(grant, to: holder, in: organization.organizationID) }
            }
            try await store.read { (read) throws in
                #expect(try read.grants(of: holder) == grants)
                #expect(try read.grants(of: User.ID(6)).isEmpty)
                for grant in grants {
                    let found = try #require(try read.grant(grant.id))
                    #expect(found.grant == grant && found.userID == holder)
                }
                #expect(try read.grant(Grant.ID(99)) == nil)
            }
            try await store.write { try $0.delete(grants[1].id) }
            #expect(try await store.read { try $0.grants(of: holder) } == [grants[0], grants[2], grants[3], grants[4]])
        }
    }

    @Test("the holders of grants are listed once each, by id, at a place or anywhere", arguments: Engine.underTest)
    func holders(_ engine: Engine) async throws {
        try await engine.withEmptyStore { store in
            try await store.write { write in
                let one = try write.makeOrganization("One")
                let two = try write.makeOrganization("Two")
                let account = try write.makeChild(of: one)
                let people = try (1...4).map { try write.makePerson(in: one, "p\($0)@example.org") }
                let foreign = try write.makePerson(in: two, "p5@example.org")
                try write.give("admin", at: account, to: people[3])
                try write.give("member", at: one, to: people[1])
                try write.give("ops", at: one, to: people[1])
                try write.give("ops", at: account, to: people[1])
                try write.give("ops", at: one, to: people[0])
                try write.give("admin", at: two, to: foreign)
                let key = try write.makeKey(in: one, grants: [write.makeGrant("member", at: account)])
                let hidden = try write.makeKey(
                    in: one, grants: [write.makeGrant("member", at: account)], isInternal: true)
                let expired = try write.makeKey(in: one, expiresAt: .start)
                func holders(
                    _ organization: NRN, at places: [NRN]? = nil, page: PageRequest = PageRequest(),
                    within: [NRN]? = nil, reader: User.ID? = nil, ids: [User.ID]? = nil
                ) throws -> [User.ID] {
                    var query = GrantHolderQuery(organizationID: organization.organizationID)
                    (query.places, query.ids) = (places, ids)
                    (query.visibleWithin, query.reader) = (within ?? [organization], reader)
                    return try write.grantHolders(query, page)
                }
                let machines = [key.userID, expired.userID]
                #expect(try holders(one) == [people[0].id, people[1].id, people[3].id] + machines)
                #expect(try holders(one, at: [one]) == [people[0].id, people[1].id, expired.userID])
                #expect(try holders(one, at: [account]) == [people[1].id, people[3].id, key.userID])
                #expect(try holders(one, at: [account, one]) == holders(one))
                #expect(try holders(one, at: []).isEmpty)
                #expect(try holders(two) == [foreign.id])
                #expect(try holders(one, at: [two]).isEmpty)
                #expect(try holders(two, at: [account]).isEmpty)
                #expect(try holders(one, within: []).isEmpty)
                #expect(try holders(one, within: [two]).isEmpty)
                #expect(try holders(one, within: [account]) == [people[1].id, people[3].id, key.userID])
                #expect(try holders(one, at: [one], within: [account]).isEmpty)
                for reader in [people[0].id, expired.userID] {
                    #expect(try holders(one, within: [], reader: reader) == [reader])
                    #expect(try holders(one, at: [one], within: [], reader: reader) == [reader])
                    #expect(try holders(one, at: [account], within: [], reader: reader).isEmpty)
                    #expect(try holders(two, within: [], reader: reader).isEmpty)
                }
                #expect(try holders(one, ids: []).isEmpty)
                #expect(
                    try holders(one, ids: [hidden.userID, people[1].id, people[2].id, foreign.id])
                        == [people[1].id, hidden.userID], "one of an internal key is there when it is named")
                #expect(try holders(one, page: PageRequest(limit: 2, offset: 2)) == [people[3].id, key.userID])
                #expect(try holders(one, page: PageRequest(limit: 2, offset: 4)) == [expired.userID])
                #expect(try holders(one, page: PageRequest(limit: 2, offset: 5)).isEmpty)
                try write.remove(key)
                #expect(try holders(one, at: [account]) == [people[1].id, people[3].id])
            }
        }
    }
}
