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

    @Test("a text with NUL is refused, wherever it goes, and leaves nothing behind", arguments: Engine.underTest)
    func nul(_ engine: Engine) async throws {
        try await engine.withEmptyStore { store in
            let organization = try await store.makeOrganization()
            let text = "before\0after"
            let writes: [@Sendable (any WriteTransaction) throws -> Void] = [
                { try $0.makeKey(in: organization, name: text) },
                { try $0.makeKey(in: organization, tags: [Tag(stored: "place", text)]) },
                { _ = try $0.makePerson(in: organization, text) },
                { _ = try $0.makeChild(of: organization, text) },
                { _ = try $0.makeRole(in: organization, slug: text) },
                { try $0.set(text, [1]) },
                { $0.append(AuditEvent.sample(organization, target: text)) },
            ]
            for write in writes {
                let refusal = try await store.refusal { transaction in
                    try transaction.set("kept", [1])
                    try write(transaction)
                }
                #expect(refusal == .invalid)
            }
            try await store.read { (read) throws in
                #expect(try read.setting("kept") == nil)
                #expect(throws: DomainError.self) { try read.person(email: text) }
                #expect(try read.setting("kept") == nil, "the transaction goes on")
            }
        }
    }

    @Test(
        "what differs in case alone is different, but names are found and sorted ignoring case",
        arguments: Engine.underTest)
    func letterCase(_ engine: Engine) async throws {
        try await engine.withEmptyStore { store in
            let organization = try await store.makeOrganization("Acme")
            try await store.write { write in
                _ = try write.makePerson(in: organization, "ada@example.org")
                _ = try write.makePerson(in: organization, "Ada@example.org")
                for slug in ["payer", "Payer"] { _ = try write.makeRole(in: organization, slug: slug) }
                for slug in ["web", "Web", "WEB"] { _ = try write.makeChild(of: organization, slug: slug) }
                for name in ["b", "B", "_", "a", "Z", "É", "é", "ß", "0", "-"] {
                    try write.makeKey(in: organization, name: name, tags: [Tag(stored: "name", name)])
                }
                try write.insert(
                    IdempotencyRecord(
                        userID: User.ID(1), key: "a", bodyDigest: digest(1), apiKeyID: APIKey.ID(1), createdAt: .start))
            }
            try await store.read { (read) throws in
                #expect(try read.person(email: "ADA@example.org") == nil)
                #expect(try read.organization(named: "acme") == nil)
                #expect(try read.idempotencyRecord(User.ID(1), "A") == nil)
                var query = APIKeyQuery(organizationID: organization.organizationID, now: .start)
                query.order = .name
                query.isDescending = false
                #expect(
                    try read.apiKeys(query, PageRequest()).results.map(\.name)
                        == ["-", "0", "_", "a", "b", "B", "Z", "ß", "É", "é"])
                query.tags = [Tag(stored: "name", "É")]
                #expect(try read.apiKeys(query, PageRequest()).results.map(\.name) == ["É"])
                query.tags = []
                query.search = "É"
                #expect(try read.apiKeys(query, PageRequest()).results.map(\.name) == ["É", "é"])
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
