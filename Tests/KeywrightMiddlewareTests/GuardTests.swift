import HTTPTypes
import KeywrightClient
import KeywrightWire
import Testing

@testable import KeywrightMiddleware

/// What a guarded route answers, with a real server behind.
@Suite struct GuardTests {
    @Test("what a key may do reaches the handler, which knows who calls")
    func allowed() async throws {
        try await GuardedSite.run { site in
            let key = try await site.makeKey(name: "ci-main")
            let answer = try await site.get("/accounts/1/logs", key.value)
            #expect(answer.status == 200)
            #expect(answer.text == "\(key.id)")
            let name = try await site.get("/whoami", key.value)
            #expect(name.text == "ci-main")
            let field = try #require(HTTPField.Name("X-Api-Key"))
            #expect(try await site.get("/whoami", key.value, field: field).status == 200)
        }
    }

    @Test("without a good credential the answer is 401 and says how to show one")
    func unauthenticated() async throws {
        try await GuardedSite.run { site in
            let key = try await site.makeKey()
            let missing = try await site.get("/accounts/1/logs", nil)
            #expect(missing.status == 401)
            #expect(missing.headers[.wwwAuthenticate] == #"Bearer realm="keywright""#)
            let unknown = "kw_abcdefghijkl_" + String(repeating: "S", count: 32) + "000000"
            for value in [
                unknown, String(key.value.dropLast()), key.value + "0", "a.b.c", "x",
                String(repeating: "k", count: 9_000),
            ] {
                let answer = try await site.get("/accounts/1/logs", value)
                #expect(answer.status == 401)
                #expect(answer.headers[.wwwAuthenticate] == #"Bearer realm="keywright", error="invalid_token""#)
                #expect(!answer.text.contains(value))
            }
        }
    }

    @Test("what is malformed costs the server nothing")
    func malformed() async throws {
        try await GuardedSite.run { site in
            let key = try await site.makeKey()
            let changed = String(key.value.dropLast()) + (key.value.hasSuffix("0") ? "1" : "0")
            let strange = [
                "", "x", "a.b", "a.b.c", changed, key.value + "0", "kw_" + key.value, key.value.lowercased(),
            ]
            for value in strange where !value.isEmpty {
                #expect(try await site.status("/whoami", value) == 401, "\(value.count) characters")
            }
            #expect(site.asked.count == 0)
        }
    }

    @Test("what a key may not do is answered with 403, the action and the resource")
    func forbidden() async throws {
        try await GuardedSite.run { site in
            let key = try await site.makeKey("secops", at: "organization=1:account=1")
            #expect(try await site.status("/accounts/1/logs", key.value) == 200)
            for _ in 0..<2 {
                let answer = try await site.get("/accounts/2/logs", key.value)
                #expect(answer.status == 403)
                let problem = try WireJSON.decode(ProblemObject.self, from: Array(answer.text.utf8))
                #expect(problem.detail == "This needs the action log:read at organization=1:account=2.")
                #expect(problem.code == "forbidden" && problem.status == 403)
            }
            #expect(try await site.status("/whoami", key.value) == 200)
        }
    }

    @Test("a resource that is not there allows nothing, also to who may do everything", arguments: [false, true])
    func unknownResources(isRemembered: Bool) async throws {
        try await GuardedSite.run { site in
            let key = try await site.makeKey("admin")
            if isRemembered { #expect(try await site.status("/accounts/1/logs", key.value) == 200) }
            for _ in 0..<2 { #expect(try await site.status("/accounts/99/logs", key.value) == 403) }
            #expect(try await site.status("/chosen?at=organization=2", key.value) == 403, "another organization's")
        }
    }

    @Test("a path that names no resource is 404, but not to strangers")
    func noResource() async throws {
        try await GuardedSite.run { site in
            let key = try await site.makeKey()
            for path in [
                "/accounts/x/logs", "/accounts/01/logs", "/accounts/1:namespace=1/logs", "/chosen", "/chosen?at=x",
            ] {
                #expect(try await site.status(path, key.value) == 404, "\(path)")
                #expect(try await site.status(path, "x") == 401, "\(path)")
            }
            #expect(try await site.status("/chosen?at=organization=1:account=2", key.value) == 200)
        }
    }

    @Test("what is remembered is decided about without the server, for keys and tokens alike")
    func remembered() async throws {
        try await GuardedSite.run { site in
            let key = try await site.makeKey()
            let tokens = [try await site.token(of: key), try await site.token(of: key)]
            #expect(try await site.status("/accounts/1/logs", key.value) == 200)
            let first = site.asked.count
            for _ in 0..<20 {
                #expect(try await site.status("/accounts/1/logs", key.value) == 200)
                #expect(try await site.status("/whoami", key.value) == 200)
            }
            #expect(site.asked.count == first, "one asking was enough")
            try await eventually { site.verifier.tokens.hasKeys }
            for token in tokens + tokens { #expect(try await site.status("/accounts/1/logs", token) == 200) }
            #expect(site.asked.count == first, "a token of a remembered key is checked here")
        }
    }

    @Test("a token with a changed signature or another key's name is refused")
    func forgedTokens() async throws {
        try await GuardedSite.run { site in
            let key = try await site.makeKey()
            let token = try await site.token(of: key)
            #expect(try await site.status("/whoami", token) == 200)
            try await eventually { site.verifier.tokens.hasKeys }
            let parts = token.split(separator: ".").map(String.init)
            let other = try await site.token(of: try await site.makeKey("admin")).split(separator: ".").map(String.init)
            let forged = [
                [parts[0], other[1], parts[2]], [parts[0], parts[1], other[2]], [parts[0], parts[1], ""],
                ["eyJhbGciOiJub25lIiwidHlwIjoiYXQrand0In0", parts[1], ""], [parts[0], parts[1], parts[2] + "="],
            ]
            let asked = site.asked.count
            for text in forged { #expect(try await site.status("/whoami", text.joined(separator: ".")) == 401) }
            #expect(site.asked.count == asked, "and costs the server nothing")
        }
    }

    @Test("local decisions are the server's, for generated grants and questions", arguments: 0..<6)
    func sameDecisions(seed: Int) async throws {
        try await GuardedSite.run { site in
            var random = SeededGenerator(seed: seed)
            let roles = ["member", "developer", "secops", "ops", "admin", "insights-viewer", "verifier"]
            let places = ["organization=1", "organization=1:account=1", "organization=1:account=2"]
            let actions = [
                "log:read", "deployment:create", "security:update", "authz:check", "anything:else", "api_key:read",
            ]
            var grants: [GrantRequest] = []
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                let place = places.randomElement(using: &random) ?? places[0]
                let role = roles.randomElement(using: &random) ?? roles[0]
                let grant = GrantRequest(nrn: place, .role(.slug(role)))
                if !grants.contains(grant) { grants.append(grant) }
            }
            let key = try await site.makeKey(grants)
            for _ in 0..<2 {
                for place in places + [
                    "organization=1:account=3", "organization=1:account=1:namespace=1", "organization=2",
                ] {
                    for action in actions {
                        let own = try await site.verifier.verify(key.value, action: action, nrn: place)
                        let theirs = try await site.admin.verify(
                            VerifyRequest(
                                .apiKey(SensitiveText(key.value)), question: .init(action: action, nrn: place))
                        )
                        #expect((theirs.isAllowed == true) == own.isAllowed, "\(action) at \(place), \(grants)")
                    }
                }
            }
            #expect(site.asked.count < 2 * 6 * actions.count + 7, "the second round was decided here")
        }
    }
}

extension Verification {
    /// Whether it lets a request through.
    var isAllowed: Bool {
        if case .allowed = self { true } else { false }
    }
}
