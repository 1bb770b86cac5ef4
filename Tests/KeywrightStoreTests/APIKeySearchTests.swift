import KeywrightDomain
import KeywrightStore
import Testing

@Suite("Store contract: search of API keys")
struct APIKeySearchTests {
    private static let names = [
        "deploy-eu", "Deploy US", "DEPLOYER", "re-deploy", "deplo", "de", "d", "Caf\u{E9}", "Cafe\u{301}", "100% sure",
        "1000 sure",
        "a_b", "axb", "say \"hi\"", "it's", "OR * AND", "NEAR(a b)", "col:umn", "-minus", "日本語キー", "ΣΊΣΥΦΟΣ",
        "🔑🔑🔑 vault", "back\\slash",
        "İstanbul", "a*b*c", "name_key", "^start", "{}[]()", "a b c", "NULL",
    ]

    @Test(
        "a search finds a part of the name ignoring case, and takes nothing in it for a command",
        arguments: Engine.underTest,
        [
            "deploy", "DEPLOY", "eploy", "deployer", "loy-", "dep", "caf", "caf\u{E9}", "cafe\u{301}", "f\u{E9}",
            "00% ", "100%", "a_b",
            "say \"hi\"", "\"hi\"", "\"\"\"", "\" OR *", "\" OR name_key:\"", "it's", "'; DROP TABLE api_keys; --",
            "OR *", "AND", "NOT deploy",
            "NEAR(a b)", "NEAR(", "col:umn", "name_key", "name_key:dep", "-minus", "- deploy", "日本語", "本語キ", "ς", "ΣΥΦ",
            "συφοσ", "🔑🔑🔑",
            "back\\s", "\\\\\\", "%%%", "___", "***", "a*b", "^start", "{}[", "()", "???", "$1 ", ":a ", "@b ",
            "i\u{307}st", "nul", "b c", "   ",
            "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
        ])
    func parts(_ engine: Engine, _ text: String) async throws {
        try await check(engine, text)
    }

    @Test(
        "one or two characters find how a name begins", arguments: Engine.underTest,
        [
            "d", "D", "de", "DE", "ep", "1", "10", "a", "a_", "a%", "%", "_", "*", "\"", "'", "日", "本", "🔑", "ca", "İ",
            "i", "\u{301}", "{}", "",
        ])
    func beginnings(_ engine: Engine, _ text: String) async throws {
        try await check(engine, text)
    }

    @Test(
        "the whole handle and the last four characters find a key, in their very spelling", arguments: Engine.underTest)
    func handlesAndEndings(_ engine: Engine) async throws {
        try await engine.withEmptyStore { store in
            let organization = try await store.makeOrganization()
            let keys = try await store.write { write in
                [
                    try write.makeKey(in: organization, name: "a4Zx inside", handle: "abcDEF012345", ending: "Qq9z"),
                    try write.makeKey(in: organization, name: "plain", handle: "ABCdef012345", ending: "a4Zx"),
                    try write.makeKey(
                        in: organization, name: "abcdef012345 in the name", handle: "zzzzzzzzzzzz", ending: "a4zx"),
                    try write.makeKey(
                        in: organization, name: "hidden", handle: "internal0000", ending: "a4Zx", isInternal: true),
                    try write.makeKey(
                        in: organization, name: "old", handle: "expired00000", ending: "a4Zx", expiresAt: .start),
                    try write.makeKey(in: organization, name: "a4ZxA4ZX", handle: "yyyyyyyyyyyy", ending: "a4Zx"),
                ]
            }
            for text in [
                "abcDEF012345", "abcdef012345", "ABCDEF012345", "ABCdef012345", "abcDEF01234", "zzzzzzzzzzzz",
                "internal0000",
                "expired00000", "a4Zx", "a4zx", "A4ZX", "Qq9z", "qq9z", "q9z", "4Zx",
            ] {
                for order in APIKeyQuery.Order.allCases {
                    var query = APIKeyQuery(organizationID: organization.organizationID, now: .start)
                    query.search = text
                    query.order = order
                    let expected = KeyList(keys: keys).matches(query)
                    for page in [PageRequest(), PageRequest(limit: 1, offset: 1)] {
                        let found = try await store.read { [query] in try $0.apiKeys(query, page) }
                        #expect(
                            found.results == Array(expected.dropFirst(page.offset).prefix(page.limit)),
                            "\(text) by \(order)")
                        #expect(found.total == expected.count, "\(text) by \(order)")
                    }
                }
            }
        }
    }

    @Test("a search follows renaming and deleting", arguments: Engine.underTest)
    func changes(_ engine: Engine) async throws {
        try await engine.withEmptyStore { store in
            let organization = try await store.makeOrganization()
            func count(_ text: String) async throws -> Int {
                try await store.read { read in
                    var query = APIKeyQuery(organizationID: organization.organizationID, now: .start)
                    query.search = text
                    return try read.apiKeys(query, PageRequest()).total
                }
            }
            let first = try await store.write { try $0.makeKey(in: organization, name: "billing service") }
            #expect(try await count("ling serv") == 1)
            var second = first
            second.name = "Billing Worker"
            try await store.write { [second] in try $0.update(second, from: first) }
            #expect(try await count("service") == 0)
            #expect(try await count("WORKER") == 1)
            #expect(try await count("bi") == 1)
            await #expect(throws: Interrupted.self) {
                try await store.write { [second] write in
                    var third = second
                    third.name = "never"
                    try write.update(third, from: second)
                    throw Interrupted()
                }
            }
            #expect(try await count("never") == 0)
            try await store.write { [second] in try $0.remove(second) }
            #expect(try await count("worker") == 0)
            #expect(try await count("bi") == 0)
        }
    }

    private func check(_ engine: Engine, _ text: String) async throws {
        try await engine.withEmptyStore { store in
            let organization = try await store.makeOrganization()
            let keys = try await store.write { write in
                try Self.names.map { try write.makeKey(in: organization, name: $0) }
            }
            for order in APIKeyQuery.Order.allCases {
                var query = APIKeyQuery(organizationID: organization.organizationID, now: .start)
                query.search = text
                query.order = order
                let expected = KeyList(keys: keys).matches(query)
                let found = try await store.read { [query] in try $0.apiKeys(query, PageRequest()) }
                #expect(found.results.map(\.name) == expected.map(\.name), "by \(order)")
                #expect(found.total == expected.count, "by \(order)")
            }
        }
    }
}
