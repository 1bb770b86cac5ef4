import KeywrightDomain
import KeywrightStore
import Testing

@Suite("Store contract: API keys")
struct APIKeyContractTests {
    @Test("a key comes back as stored, by id and by handle", arguments: Engine.underTest)
    func roundTrip(_ engine: Engine) async throws {
        try await engine.withEmptyStore { store in
            let (full, bare) = try await store.write { write in
                let organization = try write.makeOrganization()
                let account = try write.makeChild(of: organization)
                let grants = [
                    try write.makeGrant("organization:admin", at: organization),
                    try write.makeGrant("member", at: account),
                    Grant(
                        id: Grant.ID(try write.allocate(.grant)), nrn: account,
                        roleID: Role.ID(try write.allocate(.role)),
                        roleSlug: "apikey:1:1",
                        custom: CustomActions(inherits: [Role.ops], added: [], removed: [.readAudit])
                    ),
                ]
                let full = APIKey(
                    id: APIKey.ID(try write.allocate(.apiKey)), organizationID: organization.organizationID,
                    name: "Schlüssel „eins“ 🔑", handle: "0aZ0aZ0aZ0aZ", ending: "0aZ9",
                    digest: SecretDigest(bytes: (0..<32).map { UInt8($0 * 8) }, pepperVersion: 7),
                    tags: [Tag(stored: "team", "Zahlung=1"), Tag(stored: "CI", "main"), Tag(stored: "a/b.c", "é")],
                    grants: grants, ownerID: User.machine(of: APIKey.ID(77)), isInternal: true, isEnabled: false,
                    expiresAt: .distantFuture, lastUsedAt: .after(3), epoch: 5, version: 9, createdAt: .after(1),
                    updatedAt: .after(2)
                )
                try write.insert(full)
                return (full, try write.makeKey(in: organization))
            }
            try await store.read { (read) throws in
                #expect(try read.apiKey(full.id) == full)
                #expect(try read.apiKey(handle: "0aZ0aZ0aZ0aZ") == full)
                #expect(try read.apiKey(handle: "0az0az0az0az") == nil)
                #expect(try read.apiKey(bare.id) == bare)
                #expect(try read.apiKey(handle: bare.handle) == bare)
                #expect(try read.apiKey(APIKey.ID(99)) == nil)
                #expect(try read.grants(of: full.userID) == full.grants)
                #expect(try read.deletedAPIKey(full.id) == nil)
            }
        }
    }

    @Test("an update stores what may change: members, tags, grants", arguments: Engine.underTest)
    func update(_ engine: Engine) async throws {
        try await engine.withEmptyStore { store in
            let (old, fresh) = try await store.write { write in
                let organization = try write.makeOrganization()
                let grants = try ["member", "ops", "secops"].map { try write.makeGrant($0, at: organization) }
                let key = try write.makeKey(in: organization, tags: [Tag(stored: "a", "1")], grants: grants)
                return (key, try write.makeGrant("developer", at: organization))
            }
            var new = old
            new.name = "renamed"
            new.tags = [Tag(stored: "b", "2"), Tag(stored: "a", "3")]
            new.grants = [old.grants[0], old.grants[2], fresh]
            new.isEnabled = false
            new.expiresAt = .after(77)
            new.epoch = 2
            new.version = 2
            new.updatedAt = .after(5)
            try await store.write { [new] in try $0.update(new, from: old) }
            try await store.read { [new] (read) throws in
                #expect(try read.apiKey(old.id) == new)
                #expect(try read.grant(old.grants[1].id) == nil)
                #expect(try read.grant(fresh.id)?.userID == old.userID)
            }
            var cleared = new
            cleared.tags = []
            cleared.expiresAt = nil
            cleared.version = 3
            try await store.write { [new, cleared] in try $0.update(cleared, from: new) }
            #expect(try await store.read { try $0.apiKey(old.id) } == cleared)
        }
    }

    @Test("a deleted key is gone with its grants; its tombstone stays", arguments: Engine.underTest)
    func delete(_ engine: Engine) async throws {
        try await engine.withEmptyStore { store in
            let (key, other) = try await store.write { write in
                let organization = try write.makeOrganization()
                return (
                    try write.makeKey(in: organization, tags: [Tag(stored: "a", "1")]),
                    try write.makeKey(in: organization)
                )
            }
            try await store.write {
                try $0.remove(key, by: nil)
                try $0.remove(other, by: 12)
            }
            try await store.read { (read) throws in
                #expect(try read.apiKey(key.id) == nil)
                #expect(try read.apiKey(handle: key.handle) == nil)
                #expect(try read.grants(of: key.userID).isEmpty)
                let tombstone = DeletedAPIKey(
                    id: key.id, organizationID: key.organizationID, name: key.name, handle: key.handle,
                    digest: key.digest, deletedAt: .after(9), deletedBy: nil
                )
                #expect(try read.deletedAPIKey(key.id) == tombstone)
                #expect(try read.deletedAPIKey(handle: key.handle) == tombstone)
                #expect(try read.deletedAPIKey(other.id)?.deletedBy == User.ID(12))
                #expect(try read.deletedAPIKey(handle: "H99999999999") == nil)
                #expect(
                    try read.apiKeys(APIKeyQuery(organizationID: key.organizationID, now: .start), .init()).total == 0)
            }
        }
    }

    @Test("a handle belongs to one key; handles that differ in case are two", arguments: Engine.underTest)
    func handles(_ engine: Engine) async throws {
        try await engine.withEmptyStore { store in
            let one = try await store.makeOrganization("One")
            let two = try await store.makeOrganization("Two")
            _ = try await store.write { try $0.makeKey(in: one, handle: "abcdefABCDEF") }
            let taken = try await store.refusal { try $0.makeKey(in: two, handle: "abcdefABCDEF") }
            #expect(taken == .conflict)
            let free = try await store.refusal { try $0.makeKey(in: two, handle: "ABCDEFabcdef") }
            #expect(free == nil)
            try await store.read { (read) throws in
                #expect(try read.apiKey(handle: "abcdefABCDEF")?.organizationID.rawValue == one.id)
                #expect(try read.apiKey(handle: "ABCDEFabcdef")?.organizationID.rawValue == two.id)
            }
        }
    }

    @Test("counts follow keys: all, and those lists can show", arguments: Engine.underTest)
    func counts(_ engine: Engine) async throws {
        try await engine.withEmptyStore { store in
            let (one, two) = (try await store.makeOrganization("One"), try await store.makeOrganization("Two"))
            func expect(_ listed: Int, _ all: Int, _ comment: Comment) async throws {
                let found = try await store.read { try $0.organization(one.organizationID) }
                #expect(found?.listedKeyCount == listed && found?.keyCount == all, comment)
                #expect(try await store.read { try $0.organization(two.organizationID)?.keyCount } == 0)
            }
            let keys = try await store.write { write in
                let keys = [
                    try write.makeKey(in: one), try write.makeKey(in: one, isInternal: true),
                    try write.makeKey(in: one, isEnabled: false), try write.makeKey(in: one, expiresAt: .start),
                ]
                let seen = try #require(try write.organization(one.organizationID))
                #expect(seen.listedKeyCount == 3 && seen.keyCount == 4, "a transaction sees its own keys")
                return keys
            }
            try await expect(3, 4, "after inserts")
            try await store.write {
                try $0.remove(keys[0])
                try $0.remove(keys[1])
            }
            try await expect(2, 2, "after deletes")
            await #expect(throws: Interrupted.self) {
                try await store.write { write in
                    try write.makeKey(in: one)
                    try write.remove(keys[2])
                    throw Interrupted()
                }
            }
            try await expect(2, 2, "after a transaction that failed")
            try await store.write { write in
                var key = keys[2]
                key.isEnabled = true
                key.version += 1
                try write.update(key, from: keys[2])
            }
            try await expect(2, 2, "after an update")
        }
    }

    @Test(
        "uses move the time forward only, add up, and change neither version nor time of change",
        arguments: Engine.underTest)
    func uses(_ engine: Engine) async throws {
        try await engine.withEmptyStore { store in
            let key = try await store.write { try $0.makeKey(in: try $0.makeOrganization()) }
            func use(_ id: APIKey.ID, at seconds: Int64, _ address: String? = nil) -> APIKeyUse {
                APIKeyUse(id: id, at: .after(seconds), count: 2, address: address)
            }
            var expected = key
            for (uses, last) in [
                ([use(key.id, at: 10, "192.0.2.1")], 10), ([use(key.id, at: 5, "192.0.2.2")], 10),
                ([use(key.id, at: 20), use(key.id, at: 15), use(APIKey.ID(99), at: 30)], 20), ([], 20),
            ] as [([APIKeyUse], Int64)] {
                try await store.write { try $0.record(uses) }
                expected.lastUsedAt = .after(last)
                #expect(try await store.read { try $0.apiKey(key.id) } == expected)
            }
        }
    }

    @Test("raising epochs reaches every organization and key, and nothing else of them", arguments: Engine.underTest)
    func epochs(_ engine: Engine) async throws {
        try await engine.withEmptyStore { store in
            let keys = try await store.write { write in
                try ["One", "Two"].map { try write.makeKey(in: try write.makeOrganization($0)) }
            }
            let time = Instant(milliseconds: 1_000_000)
            try await store.write { try $0.raiseAllEpochs(at: time) }
            // A clock that stands or goes back still raises them.
            try await store.write { try $0.raiseAllEpochs(at: time) }
            try await store.write { try $0.raiseAllEpochs(at: Instant(milliseconds: 5)) }
            for key in keys {
                var raised = key
                raised.epoch = key.epoch + 3
                #expect(try await store.read { try $0.apiKey(key.id) } == raised)
                #expect(try await store.read { try $0.organization(key.organizationID)?.epoch } == 1_000_002)
            }
        }
    }

    @Test("a hundred grants and five tags fit one key", arguments: Engine.underTest)
    func many(_ engine: Engine) async throws {
        try await engine.withEmptyStore { store in
            let key = try await store.write { write in
                let organization = try write.makeOrganization()
                let grants = try (0..<APIKey.grantLimit).map { _ in
                    try write.makeGrant("member", at: try write.makeChild(of: organization))
                }
                let tags = (0..<Tag.limit).map { Tag(stored: "k\($0)", String(repeating: "é", count: 63)) }
                return try write.makeKey(in: organization, tags: tags, grants: grants)
            }
            #expect(try await store.read { try $0.apiKey(key.id) } == key)
            try await store.write { try $0.remove(key) }
            #expect(try await store.read { try $0.grants(of: key.userID) }.isEmpty)
        }
    }
}
