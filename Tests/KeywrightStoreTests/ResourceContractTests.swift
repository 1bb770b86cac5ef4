import KeywrightDomain
import KeywrightStore
import Testing

@Suite("Store contract: resources")
struct ResourceContractTests {
    @Test("an organization comes back with its resource, epoch and counts", arguments: Engine.underTest)
    func organization(_ engine: Engine) async throws {
        try await engine.withEmptyStore { store in
            let nrn = try await store.makeOrganization("Acme")
            try await store.read { (read) throws in
                let id = nrn.organizationID
                let resource = Resource(nrn: nrn, name: "Acme", slug: "acme", createdAt: .start, updatedAt: .start)
                #expect(try read.resource(.organization, nrn.id) == resource)
                #expect(try read.organization(named: "Acme") == resource)
                #expect(try read.organization(named: "acme") == nil)
                #expect(try read.organization(id) == Organization(id: id, epoch: 1, listedKeyCount: 0, keyCount: 0))
                #expect(try read.organizations().map(\.id) == [id])
                #expect(try read.organization(Organization.ID(99)) == nil)
                #expect(try read.resource(.organization, 99) == nil)
                #expect(try read.resource(.account, nrn.id) == nil)
            }
        }
    }

    @Test("a resource of every level comes back as it was stored", arguments: Engine.underTest)
    func everyLevel(_ engine: Engine) async throws {
        try await engine.withEmptyStore { store in
            let stored = try await store.write { write in
                var nrn = try write.makeOrganization()
                var stored: [Resource] = []
                for level in NRN.Level.allCases.dropFirst() {
                    nrn = try #require(nrn.child(try write.allocate(.resource(level))))
                    let resource = Resource(
                        nrn: nrn, name: "Öresund \(level)", slug: "s-\(level)",
                        status: level == .namespace ? .inactive : .active, createdAt: .after(1), updatedAt: .after(2)
                    )
                    try write.insert(resource)
                    stored.append(resource)
                }
                return stored
            }
            try await store.read { (read) throws in
                for resource in stored {
                    #expect(try read.resource(resource.nrn.level, resource.nrn.id) == resource)
                    #expect(try read.isLive(resource.nrn))
                }
                let tree = try read.resourceTree(Organization.ID(1))
                #expect(tree.map(\.nrn.level) == NRN.Level.allCases)
                #expect(Array(tree.dropFirst()) == stored)
            }
        }
    }

    @Test("an update stores name, slug, status and time, and nothing else", arguments: Engine.underTest)
    func update(_ engine: Engine) async throws {
        try await engine.withEmptyStore { store in
            let nrn = try await store.write { try $0.makeChild(of: try $0.makeOrganization()) }
            let changed = Resource(
                nrn: nrn, name: "Neu", slug: "neu", status: .inactive, createdAt: .start, updatedAt: .after(60)
            )
            try await store.write { try $0.update(changed) }
            #expect(try await store.read { try $0.resource(.account, nrn.id) } == changed)
        }
    }

    @Test("live is what exists, is not deleted, and whose ids belong together", arguments: Engine.underTest)
    func liveness(_ engine: Engine) async throws {
        try await engine.withEmptyStore { store in
            try await store.write { write in
                let one = try write.makeOrganization("One")
                let two = try write.makeOrganization("Two")
                let account = try write.makeChild(of: one)
                let other = try write.makeChild(of: two)
                let namespace = try write.makeChild(of: account)
                #expect(try write.isLive(one) && write.isLive(account) && write.isLive(namespace))
                for text in [
                    "organization=3", "organization=1:account=9", "organization=2:account=\(account.id)",
                    "organization=1:account=\(other.id)",
                    "organization=1:account=\(other.id):namespace=\(namespace.id)",
                ] {
                    #expect(try !write.isLive(NRN(parsing: text)), "\(text)")
                }
                var gone = try #require(try write.resource(.namespace, namespace.id))
                gone.status = .deleted
                try write.update(gone)
                #expect(try !write.isLive(namespace))
                #expect(try write.resource(.namespace, namespace.id) == gone)
            }
        }
    }

    @Test("live children are what stands directly beneath and is not deleted", arguments: Engine.underTest)
    func liveChildren(_ engine: Engine) async throws {
        try await engine.withEmptyStore { store in
            try await store.write { write in
                let organization = try write.makeOrganization()
                #expect(try !write.hasLiveChildren(organization))
                let account = try write.makeChild(of: organization)
                let scope = try (0..<3).reduce(account) { nrn, _ in try write.makeChild(of: nrn) }
                #expect(try write.hasLiveChildren(organization))
                #expect(try write.hasLiveChildren(account))
                #expect(try !write.hasLiveChildren(scope))
                var gone = try #require(try write.resource(.account, account.id))
                gone.status = .deleted
                try write.update(gone)
                #expect(try !write.hasLiveChildren(organization))
            }
        }
    }

    @Test("a slug is unique among live siblings and free again after a delete", arguments: Engine.underTest)
    func slugs(_ engine: Engine) async throws {
        try await engine.withEmptyStore { store in
            let organization = try await store.makeOrganization()
            let first = try await store.write { try $0.makeChild(of: organization, slug: "web") }
            let taken = try await store.refusal { _ = try $0.makeChild(of: organization, slug: "web") }
            #expect(taken == .conflict)
            try await store.write { write in
                let cousin = try write.makeChild(of: organization, slug: "other")
                _ = try write.makeChild(of: cousin, slug: "web")
                _ = try write.makeChild(of: organization, slug: "WEB")
            }
            let renamed = try await store.refusal { write in
                var other = try #require(
                    try write.resources(.init(level: .account, organizationID: .init(1)), .init()).results.last)
                other.slug = "web"
                try write.update(other)
            }
            #expect(renamed == .conflict)
            try await store.write { write in
                var gone = try #require(try write.resource(.account, first.id))
                gone.status = .deleted
                try write.update(gone)
                _ = try write.makeChild(of: organization, slug: "web")
            }
            let revived = try await store.refusal { write in
                var gone = try #require(try write.resource(.account, first.id))
                gone.status = .active
                try write.update(gone)
            }
            #expect(revived == .conflict)
        }
    }

    @Test("the name of a live organization finds it, the oldest when there are several", arguments: Engine.underTest)
    func organizationByName(_ engine: Engine) async throws {
        try await engine.withEmptyStore { store in
            try await store.write { write in
                let first = try write.makeOrganization("Acme")
                let id = try write.allocate(.resource(.organization))
                try write.insert(
                    organization: Resource(
                        nrn: NRN(organization: id), name: "Acme", slug: "acme-2", createdAt: .start, updatedAt: .start
                    ))
                #expect(try write.organization(named: "Acme")?.nrn == first)
                var gone = try #require(try write.resource(.organization, first.id))
                gone.status = .deleted
                try write.update(gone)
                #expect(try write.organization(named: "Acme")?.nrn.id == id)
                #expect(try write.organization(named: "Nobody") == nil)
            }
        }
    }
}
