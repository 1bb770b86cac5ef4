import KeywrightDomain
import KeywrightStore
import Testing

/// Text is bytes: what looks alike is not the same, and what is stored comes back as it was.
@Suite("Store contract: text")
struct TextContractTests {
    private static let composed = "Caf\u{E9}"
    private static let decomposed = "Cafe\u{301}"

    private func isSame(_ a: String?, _ b: String?) -> Bool {
        a.map { Array($0.utf8) } == b.map { Array($0.utf8) }
    }

    @Test(
        "text comes back byte for byte", arguments: Engine.underTest,
        [
            composed, decomposed, "ＦＵＬＬ", "ß ſ İ ı ǅ", "日本語 العربية", "👩‍👩‍👧", "a'b\"c`d;--%_\\", "$1 $2 ?1", " x ",
            "=\t\n",
            "\u{10FFFF}\u{FFFD}",
        ])
    func everyScript(_ engine: Engine, _ text: String) async throws {
        try await engine.withEmptyStore { store in
            let (organization, key, person) = try await store.write { write in
                let organization = try write.makeOrganization(text)
                var person = try write.makePerson(in: organization, "ada@example.org")
                person.firstName = text
                try write.update(person)
                return (organization, try write.makeKey(in: organization, name: text), person)
            }
            try await store.read { (read) throws in
                #expect(isSame(try read.resource(.organization, organization.id)?.name, text))
                #expect(isSame(try read.organization(named: text)?.name, text))
                #expect(isSame(try read.apiKey(key.id)?.name, text))
                #expect(isSame(try read.person(person.id)?.firstName, text))
                var query = APIKeyQuery(organizationID: organization.organizationID, now: .start)
                query.name = text
                #expect(try read.apiKeys(query, PageRequest()).results.map(\.id) == [key.id])
            }
        }
    }

    @Test("composed and decomposed letters are different texts", arguments: Engine.underTest)
    func normalization(_ engine: Engine) async throws {
        #expect(Self.composed == Self.decomposed, "the two are equal as Swift strings, or this tests nothing")
        try await engine.withEmptyStore { store in
            let organization = try await store.makeOrganization()
            let keys = try await store.write { write in
                _ = try write.makeChild(of: organization, slug: Self.composed)
                _ = try write.makeChild(of: organization, slug: Self.decomposed)
                _ = try write.makePerson(in: organization, Self.composed)
                _ = try write.makePerson(in: organization, Self.decomposed)
                _ = try write.makeRole(in: organization, slug: Self.composed)
                _ = try write.makeRole(in: organization, slug: Self.decomposed)
                return try [Self.composed, Self.decomposed].map {
                    try write.makeKey(in: organization, name: $0, tags: [Tag(stored: "place", $0)])
                }
            }
            try await store.read { (read) throws in
                for (text, key) in zip([Self.composed, Self.decomposed], keys) {
                    for change in [
                        { (query: inout APIKeyQuery) in query.name = text }, { $0.search = text },
                        { $0.tags = [Tag(stored: "place", text)] },
                    ] {
                        var query = APIKeyQuery(organizationID: organization.organizationID, now: .start)
                        change(&query)
                        #expect(try read.apiKeys(query, PageRequest()).results.map(\.id) == [key.id])
                    }
                    #expect(isSame(try read.person(email: text)?.email, text))
                    var query = ResourceQuery(level: .account, organizationID: organization.organizationID)
                    query.slugs = [text]
                    let found = try read.resources(query, PageRequest()).results
                    #expect(found.count == 1 && isSame(found.first?.slug, text))
                }
            }
        }
    }

    @Test("a tag rewritten in another normal form is found in the new form alone", arguments: Engine.underTest)
    func rewrittenTag(_ engine: Engine) async throws {
        try await engine.withEmptyStore { store in
            let organization = try await store.makeOrganization()
            let old = try await store.write {
                try $0.makeKey(in: organization, name: Self.composed, tags: [Tag(stored: "place", Self.composed)])
            }
            var new = old
            new.name = Self.decomposed
            new.tags = [Tag(stored: "place", Self.decomposed)]
            new.version += 1
            try await store.write { [new] in try $0.update(new, from: old) }
            try await store.read { (read) throws in
                func count(_ change: (inout APIKeyQuery) -> Void) throws -> Int {
                    var query = APIKeyQuery(organizationID: organization.organizationID, now: .start)
                    change(&query)
                    return try read.apiKeys(query, PageRequest()).total
                }
                #expect(try count { $0.tags = [Tag(stored: "place", Self.decomposed)] } == 1)
                #expect(try count { $0.tags = [Tag(stored: "place", Self.composed)] } == 0)
                #expect(try count { $0.name = Self.decomposed } == 1)
                #expect(try count { $0.name = Self.composed } == 0)
                #expect(try count { $0.search = Self.decomposed } == 1)
                #expect(try count { $0.search = Self.composed } == 0)
            }
        }
    }

    @Test(
        "times keep their millisecond", arguments: Engine.underTest,
        [
            Instant(milliseconds: 0), Instant(milliseconds: 1), .start, Instant(milliseconds: 253_402_300_799_998),
            .distantFuture,
        ])
    func precision(_ engine: Engine, _ time: Instant) async throws {
        try await engine.withEmptyDatabase { database in
            database.clock.now = time
            let store = try await database.open()
            let organization = try await store.makeOrganization()
            let key = try await store.write { write in
                write.append(AuditEvent.sample(organization, at: time))
                write.append(Change(.apiKey, 1, in: nil))
                return try write.makeKey(in: organization, expiresAt: time, lastUsedAt: time, createdAt: time)
            }
            try await store.read { (read) throws in
                #expect(try read.apiKey(key.id) == key)
                #expect(try read.changes(after: 0, limit: 1).first?.at == time)
                #expect(
                    try read.auditEvents(AuditQuery(organizationID: organization.organizationID), .init()).results
                        .first?.event.at == time)
            }
            try await store.close()
        }
    }
}
