import HTTPTypes
import KeywrightOperations
import KeywrightWire
import Testing

@Suite("POST /introspect")
struct IntrospectionTests {
    private static let start: Int64 = 1_767_225_600
    private static let url = "http://127.0.0.1:8080"
    private static let inactive = #"{"active":false}"#

    private static func look(
        into token: String, as caller: String, _ installation: TestInstallation
    ) async throws -> Reply {
        try await installation.post("/introspect", form: [("token", token)], as: caller)
    }

    @Test("an access token, a refresh token and a key are told with the standard's members")
    func active() async throws {
        try await TestInstallation.run { installation in
            let verifier = try await installation.makeKey("verifier", at: "organization=1")
            let key = try await installation.makeKey(
                #"""
                {"name":"ci-main","expires_at":"2026-01-01T03:00:00Z","grants":[{"nrn":"organization=1","role_slug":"member"}]}
                """#)
            let tokens = try await installation.exchange(key.value)
            let common = [
                "client_id": key.handle, "username": "ci-main", "sub": "\(key.userID)", "aud": Self.url,
                "iss": Self.url,
            ]
            func check(_ reply: Reply, _ members: [String], type: String, expiry: Int64) {
                #expect(reply.status == 200 && reply["active"].bool == true, "\(reply.text)")
                #expect(reply.json.memberNames == members)
                for (name, value) in common { #expect(reply[name].text == value, "\(name)") }
                #expect(reply["token_type"].text == type && reply["exp"].number == expiry)
                #expect(reply["organization_id"].number == 1 && reply["api_key_id"].number == key.id)
                #expect(reply.headers[.cacheControl] == "no-store")
            }
            let access = try await Self.look(into: tokens.access, as: verifier.value, installation)
            let tail = ["sub", "aud", "iss", "jti", "organization_id", "api_key_id"]
            let head = ["active", "client_id", "username", "token_type", "exp"]
            check(access, head + ["iat"] + tail, type: "Bearer", expiry: Self.start + 3600)
            #expect(access["iat"].number == Self.start)
            #expect(access["jti"].text?.wholeMatch(of: /[A-Za-z0-9_-]{22}/) != nil)
            let refresh = try await Self.look(into: tokens.refresh, as: verifier.value, installation)
            check(refresh, head + tail, type: "N_A", expiry: Self.start + 3 * 3600)
            #expect(refresh["jti"] != access["jti"])
            let raw = try await Self.look(into: key.value, as: verifier.value, installation)
            check(raw, head + tail.filter { $0 != "jti" }, type: "Bearer", expiry: Self.start + 3 * 3600)
            let endless = try await Self.look(into: verifier.value, as: verifier.value, installation)
            #expect(!endless.json.memberNames.contains("exp"))
            // A hint, right or wrong, changes nothing.
            for hint in ["access_token", "refresh_token", "nonsense", ""] {
                let reply = try await installation.post(
                    "/introspect", form: [("token", tokens.access), ("token_type_hint", hint)], as: verifier.value)
                #expect(reply.text == access.text)
            }
        }
    }

    @Test("whatever is not good, or is another organization's, is inactive and nothing else")
    func inactive() async throws {
        try await TestInstallation.run { installation in
            let verifier = try await installation.makeKey("verifier", at: "organization=1")
            let other = try await installation.otherOrganization()
            let foreign = try await installation.exchange(other)
            let key = try await installation.makeKey("member", at: "organization=1")
            let tokens = try await installation.exchange(key.value)
            var values = [
                other, foreign.access, foreign.refresh, "x", "a.b.c", key.value + "x", String(key.value.dropLast()),
                tokens.access + "x", String(tokens.refresh.dropLast()) + "!", key.handle, " ",
            ]
            for value in values {
                let reply = try await Self.look(into: value, as: verifier.value, installation)
                #expect(reply.status == 200 && reply.text == Self.inactive)
            }
            // Disabled, deleted, expired, revoked.
            values = [key.value, tokens.access, tokens.refresh]
            for value in values {
                #expect(try await Self.look(into: value, as: verifier.value, installation)["active"].bool == true)
            }
            _ = try await installation.call(.patch, key.path, #"{"enabled":false}"#, as: installation.admin)
            for value in values {
                #expect(try await Self.look(into: value, as: verifier.value, installation).text == Self.inactive)
            }
            _ = try await installation.call(.patch, key.path, #"{"enabled":true}"#, as: installation.admin)
            #expect(try await Self.look(into: key.value, as: verifier.value, installation)["active"].bool == true)
            let late = try await installation.exchange(key.value).access
            installation.clock.advance(by: .seconds(3600))
            #expect(try await Self.look(into: late, as: verifier.value, installation).text == Self.inactive)
            _ = try await installation.call(.delete, key.path, as: installation.admin)
            #expect(try await Self.look(into: key.value, as: verifier.value, installation).text == Self.inactive)
        }
    }

    @Test("a client asks by Basic or in the body as well")
    func clients() async throws {
        try await TestInstallation.run { installation in
            let verifier = try await installation.makeKey("verifier", at: "organization=1")
            let form = [("token", installation.admin)]
            let basic = try await installation.post(
                "/introspect", form: form, client: (verifier.handle, verifier.value))
            let body = try await installation.post(
                "/introspect",
                form: form + [("client_id", verifier.handle), ("client_secret", verifier.value)])
            let token = try await installation.exchange(verifier.value).access
            let bearer = try await Self.look(into: installation.admin, as: token, installation)
            for reply in [basic, body, bearer] { #expect(reply["active"].bool == true, "\(reply.text)") }
        }
    }

    @Test("who may not ask is refused in the words of the way it came")
    func refusals() async throws {
        try await TestInstallation.run { installation in
            let member = try await installation.makeKey("member", at: "organization=1")
            let below = try await installation.makeKey("verifier", at: "organization=1:account=1")
            let form = [("token", installation.admin)]
            for key in [member, below] {
                let bearer = try await installation.post("/introspect", form: form, as: key.value)
                bearer.expectOAuthRefusal(
                    403, "insufficient_scope", "This needs the action authz:check at organization=1.")
                #expect(
                    bearer.headers[.wwwAuthenticate] == #"Bearer realm="keywright", error="insufficient_scope""#)
                let client = try await installation.post("/introspect", form: form, client: (key.handle, key.value))
                client.expectOAuthRefusal(403, "insufficient_scope")
            }
            let none = try await installation.post("/introspect", form: form)
            none.expectOAuthRefusal(401, "invalid_token")
            #expect(none.headers[.wwwAuthenticate] == #"Bearer realm="keywright""#)
            let bad = try await installation.post("/introspect", form: form, as: "x")
            bad.expectOAuthRefusal(401, "invalid_token")
            #expect(bad.headers[.wwwAuthenticate] == #"Bearer realm="keywright", error="invalid_token""#)
            let client = try await installation.post("/introspect", form: form, client: (member.handle, "x"))
            client.expectOAuthRefusal(401, "invalid_client")
            #expect(client.headers[.wwwAuthenticate] == #"Basic realm="keywright""#)
            let empty = try await installation.post("/introspect", form: [], as: installation.admin)
            empty.expectOAuthRefusal(400, "invalid_request", "The parameter token is missing.")
            let json = try await installation.call(
                .post, "/introspect", #"{"token":"x"}"#, as: installation.admin)
            json.expectOAuthRefusal(400, "invalid_request", "The body must be application/x-www-form-urlencoded.")
        }
    }

    @Test("a key that is asked about counts as used, a refresh token does not")
    func use() async throws {
        try await TestInstallation.run { installation in
            let key = try await installation.makeKey("member", at: "organization=1")
            let tokens = try await installation.exchange(key.value)
            func lastUse() async throws -> String? {
                try await installation.operations.flushUsage()
                return try await installation.call(.get, key.path, as: installation.admin)["last_used_at"].text
            }
            #expect(try await lastUse() == "2026-01-01T00:00:00.000Z")
            for (seconds, token, use) in [
                (10, tokens.refresh, "2026-01-01T00:00:00.000Z"), (20, tokens.access, "2026-01-01T00:00:30.000Z"),
                (30, key.value, "2026-01-01T00:01:00.000Z"),
            ] {
                installation.clock.advance(by: .seconds(seconds))
                _ = try await Self.look(into: token, as: installation.admin, installation)
                #expect(try await lastUse() == use)
            }
        }
    }
}
