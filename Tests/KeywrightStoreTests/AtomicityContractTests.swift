import KeywrightDomain
import KeywrightStore
import Testing

@Suite("Store contract: all or nothing")
struct AtomicityContractTests {
    /// Everything that lists and counts say about one organization.
    private struct Picture: Equatable {
        var organization: Organization?
        var tree: [Resource]
        var keys: [APIKey]
        var found: [Int]
        var tombstones: [DeletedAPIKey?]
        var persons: [User]
        var roles: [Role]
        var grants: [Grant]
        var audit: [SealedAuditEvent]
        var head: [UInt8]
        var changes: [LoggedChange]
        var settings: [[UInt8]?]
    }

    private func picture(of store: any Store, _ organization: NRN) async throws -> Picture {
        try await store.read { (read) throws in
            let id = organization.organizationID
            var queries = [APIKeyQuery](repeating: APIKeyQuery(organizationID: id, now: .start), count: 4)
            queries[1].search = "written"
            queries[2].tags = [Tag(stored: "a", "1")]
            queries[3].status = .disabled
            return Picture(
                organization: try read.organization(id), tree: try read.resourceTree(id),
                keys: try read.apiKeys(queries[0], PageRequest()).results,
                found: try queries.map { try read.apiKeys($0, PageRequest()).total },
                tombstones: try (1...4).map { try read.deletedAPIKey(APIKey.ID($0)) },
                persons: try read.users(UserQuery(organizationID: id), PageRequest()).results,
                roles: try read.customRoles(id), grants: try (1...3).flatMap { try read.grants(of: User.ID($0)) },
                audit: try read.auditChain(id, after: AuditEvent.ID(0), limit: 100), head: try read.auditHead(id),
                changes: try read.changes(after: 0, limit: 100),
                settings: [try read.setting("a"), try read.setting("b")]
            )
        }
    }

    /// A bit of everything, on top of what the test prepared.
    private static func change(_ write: any WriteTransaction, _ organization: NRN, _ key: APIKey) throws {
        let account = try write.makeChild(of: organization)
        var resource = try #require(try write.resource(.organization, organization.id))
        resource.name = "Renamed"
        try write.update(resource)
        let person = try write.makePerson(in: organization, "written@example.org")
        try write.give("admin", at: account, to: person)
        _ = try write.makeRole(in: organization, slug: "written")
        try write.makeKey(in: organization, name: "written", tags: [Tag(stored: "a", "1")], isEnabled: false)
        var changed = key
        changed.name = "written too"
        changed.tags = []
        changed.isEnabled = false
        changed.grants = [try write.makeGrant("ops", at: account)]
        try write.update(changed, from: key)
        try write.record([APIKeyUse(id: key.id, at: .after(5), count: 1, address: nil)])
        try write.set("a", [9])
        try write.set("b", [9])
        write.append(AuditEvent.sample(organization, "written"))
        write.append(Change(.apiKey, key.id.rawValue, in: organization.organizationID))
        try write.raiseAllEpochs(at: Instant(milliseconds: 1_000))
        try write.remove(changed)
    }

    private func prepare(_ store: any Store) async throws -> (NRN, APIKey) {
        try await store.write { write in
            let organization = try write.makeOrganization()
            try write.set("a", [1])
            write.append(AuditEvent.sample(organization, "prepared"))
            write.append(Change(.organization, organization.id, in: organization.organizationID))
            return (organization, try write.makeKey(in: organization, name: "kept", tags: [Tag(stored: "a", "1")]))
        }
    }

    @Test("a failed transaction leaves nothing behind", arguments: Engine.underTest)
    func rollback(_ engine: Engine) async throws {
        try await engine.withEmptyStore { store in
            let recorder = ChangeRecorder(store)
            let (organization, key) = try await prepare(store)
            let prepared = Change(.organization, organization.id, in: organization.organizationID)
            let before = try await picture(of: store, organization)
            await #expect(throws: Interrupted.self) {
                try await store.write { write in
                    try Self.change(write, organization, key)
                    throw Interrupted()
                }
            }
            #expect(try await picture(of: store, organization) == before)
            let refused = try await store.refusal { write in
                try Self.change(write, organization, key)
                try write.makeKey(in: organization, handle: "H00000000009")
                try write.makeKey(in: organization, handle: "H00000000009")
            }
            #expect(refused == .conflict)
            #expect(try await picture(of: store, organization) == before)
            #expect(recorder.changes == [prepared])

            try await store.write { try Self.change($0, organization, key) }
            let after = try await picture(of: store, organization)
            #expect(after != before)
            #expect(after.audit.count == before.audit.count + 1 && after.changes.count == before.changes.count + 1)
            #expect(recorder.changes.count == 2)
        }
    }

    @Test("a transaction sees what it wrote, others only when it is done", arguments: Engine.underTest)
    func visibility(_ engine: Engine) async throws {
        try await engine.withEmptyStore { store in
            let organization = try await store.makeOrganization()
            let id = organization.organizationID
            try await store.write { write in
                var query = APIKeyQuery(organizationID: id, now: .start)
                query.tags = [Tag(stored: "a", "1")]
                let key = try write.makeKey(in: organization, name: "one", tags: [Tag(stored: "a", "1")])
                try write.makeKey(in: organization, name: "two", tags: [Tag(stored: "a", "1")])
                #expect(try write.apiKeys(query, PageRequest()).results.map(\.name) == ["two", "one"])
                #expect(try write.apiKeys(APIKeyQuery(organizationID: id, now: .start), PageRequest()).total == 2)
                var changed = key
                changed.tags = []
                try write.update(changed, from: key)
                #expect(try write.apiKeys(query, PageRequest()).results.map(\.name) == ["two"])
                try write.remove(changed)
                #expect(try write.apiKeys(APIKeyQuery(organizationID: id, now: .start), PageRequest()).total == 1)
                #expect(try write.person(email: "ada@example.org") == nil)
                _ = try write.makePerson(in: organization, "ada@example.org")
                #expect(try write.person(email: "ada@example.org") != nil)
            }
        }
    }

    @Test("200 parallel writes are each whole or absent", arguments: Engine.underTest)
    func parallelWrites(_ engine: Engine) async throws {
        try await engine.withEmptyStore { store in
            let organization = try await store.makeOrganization()
            let recorder = ChangeRecorder(store)
            let succeeded: [Int] = await withTaskGroup(of: Int?.self) { group in
                for index in 0..<200 {
                    group.addTask {
                        try? await store.write { write in
                            _ = try write.makePerson(in: organization, "p\(index)@example.org")
                            try write.makeKey(
                                in: organization, name: "key \(index)", handle: index % 5 == 4 ? "SHARED000000" : nil,
                                tags: [Tag(stored: "index", "\(index)"), Tag(stored: "all", "yes")]
                            )
                            write.append(AuditEvent.sample(organization, target: "\(index)"))
                            write.append(Change(.apiKey, Int64(index), in: organization.organizationID))
                            if index % 5 == 0 { throw Interrupted() }
                            return index
                        }
                    }
                }
                return await group.reduce(into: [Int]()) { if let index = $1 { $0.append(index) } }.sorted()
            }
            // 40 threw by themselves; of the 40 that share a handle one came first.
            #expect(succeeded.count == 200 - 40 - 39)
            try await store.read { (read) throws in
                let id = organization.organizationID
                for index in 0..<200 {
                    let isThere = succeeded.contains(index)
                    var query = APIKeyQuery(organizationID: id, now: .start)
                    query.tags = [Tag(stored: "index", "\(index)")]
                    #expect(
                        try read.apiKeys(query, PageRequest()).results.map(\.name) == (isThere ? ["key \(index)"] : []))
                    #expect(try (read.person(email: "p\(index)@example.org") != nil) == isThere)
                }
                #expect(try read.organization(id)?.keyCount == succeeded.count)
                let events = try read.auditChain(id, after: AuditEvent.ID(0), limit: 1000)
                #expect(events.compactMap { Int($0.event.target.id) }.sorted() == succeeded)
                #expect(try read.changes(after: 0, limit: 1000).map { Int($0.change.id) }.sorted() == succeeded)
            }
            #expect(recorder.ids.map { Int($0) }.sorted() == succeeded)
        }
    }

    @Test("a read stands on one state while writes go on", arguments: Engine.underTest)
    func snapshot(_ engine: Engine) async throws {
        try await engine.withEmptyStore { store in
            let organization = try await store.makeOrganization()
            let query = APIKeyQuery(organizationID: organization.organizationID, now: .start)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    for _ in 0..<60 {
                        try await store.write { write in
                            let key = try write.makeKey(in: organization)
                            try write.makeKey(in: organization)
                            if try write.organization(organization.organizationID)?.keyCount ?? 0 > 6 {
                                try write.remove(key)
                            }
                        }
                    }
                }
                group.addTask {
                    for _ in 0..<60 {
                        try await store.read { (read) throws in
                            let first = try read.apiKeys(query, PageRequest(limit: 200))
                            let count = try read.organization(organization.organizationID)?.keyCount
                            #expect(first.total == first.results.count && first.total == count)
                            #expect(try read.apiKeys(query, PageRequest(limit: 200)).results == first.results)
                        }
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    @Test("a closed database opens again with everything that was acknowledged", arguments: Engine.underTest)
    func reopening(_ engine: Engine) async throws {
        try await engine.withEmptyDatabase { database in
            let first = try await database.open()
            let (organization, key) = try await prepare(first)
            let before = try await picture(of: first, organization)
            try await first.close()
            let second = try await database.open()
            #expect(try await picture(of: second, organization) == before)
            try await second.write { try Self.change($0, organization, key) }
            let after = try await picture(of: second, organization)
            try await second.close()
            let third = try await database.open()
            #expect(try await picture(of: third, organization) == after)
            try await third.close()
        }
    }

    @Test("a closed store refuses reads and writes", arguments: Engine.underTest)
    func closed(_ engine: Engine) async throws {
        try await engine.withEmptyDatabase { database in
            let store = try await database.open()
            _ = try await store.makeOrganization()
            try await store.close()
            await #expect(throws: (any Error).self) { try await store.makeOrganization() }
            await #expect(throws: (any Error).self) { try await store.read { try $0.hasPersons() } }
        }
    }
}
