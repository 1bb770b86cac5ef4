import HTTPTypes
import KeywrightWire
import Testing

@Suite("POST /revoke")
struct RevocationTests {
    private static func revoke(
        _ token: String, _ installation: TestInstallation, more: [(String, String)] = []
    ) async throws {
        let reply = try await installation.post("/revoke", form: [("token", token)] + more)
        #expect(reply.status == 200 && reply.text == "{}", "\(reply.text)")
    }

    private static func renewal(_ token: String, _ installation: TestInstallation) async throws -> Int {
        try await installation.call(.post, "/token", #"{"refresh_token":"\#(token)","organization_id":1}"#).status
    }

    @Test("an access token is refused from the next request on, others go on working")
    func accessToken() async throws {
        try await TestInstallation.run { installation in
            let tokens = try await installation.exchange(installation.admin)
            let other = try await installation.exchange(installation.admin).access
            for token in [tokens.access, other] {
                #expect(try await installation.call(.get, "/api_key", as: token).status == 200)
            }
            try await Self.revoke(tokens.access, installation)
            try await installation.call(.get, "/api_key", as: tokens.access).expectRefusal(401)
            #expect(try await installation.call(.get, "/api_key", as: other).status == 200)
            #expect(try await Self.renewal(tokens.refresh, installation) == 200)
            // One that was never used before it was revoked.
            let unused = try await installation.exchange(installation.admin).access
            try await Self.revoke(unused, installation)
            try await installation.call(.get, "/api_key", as: unused).expectRefusal(401)
        }
    }

    @Test("a refresh token ends with every access token of its exchange, and no other")
    func refreshToken() async throws {
        try await TestInstallation.run { installation in
            let tokens = try await installation.exchange(installation.admin)
            let other = try await installation.exchange(installation.admin)
            let renewed = try await installation.call(
                .post, "/token", #"{"refresh_token":"\#(tokens.refresh)","organization_id":1}"#)
            let access = [tokens.access, try #require(renewed["access_token"].text)]
            for token in access { #expect(try await installation.call(.get, "/api_key", as: token).status == 200) }
            try await Self.revoke(tokens.refresh, installation)
            for token in access { try await installation.call(.get, "/api_key", as: token).expectRefusal(401) }
            #expect(try await Self.renewal(tokens.refresh, installation) == 401)
            let form = [("grant_type", "refresh_token"), ("refresh_token", tokens.refresh)]
            try await installation.post("/oauth/token", form: form).expectOAuthRefusal(400, "invalid_grant")
            #expect(try await installation.call(.get, "/api_key", as: other.access).status == 200)
            #expect(try await Self.renewal(other.refresh, installation) == 200)
            #expect(try await installation.call(.get, "/api_key", as: installation.admin).status == 200)
        }
    }

    @Test("an API key is deleted by whoever has it, whatever it may do, enabled or not")
    func apiKey() async throws {
        try await TestInstallation.run { installation in
            for isEnabled in [true, false] {
                let key = try await installation.makeKey(
                    #"{"name":"x","enabled":\#(isEnabled),"grants":[{"nrn":"organization=1","role_slug":"member"}]}"#)
                let token = isEnabled ? try await installation.exchange(key.value).access : nil
                try await Self.revoke(key.value, installation)
                try await installation.call(.get, key.path, as: installation.admin).expectRefusal(404)
                try await installation.call(.get, "/account/1", as: key.value).expectRefusal(401)
                if let token { try await installation.call(.get, "/account/1", as: token).expectRefusal(401) }
                let trail = try await installation.call(
                    .get, "/v1/audit?action=api_key.delete&target_id=\(key.id)", as: installation.admin)
                #expect(trail.total == 1)
                let event = trail["results"][0]
                #expect(event["actor"]["api_key_id"].number == key.id && event["credential"].text == key.handle)
                #expect(event["before"]["name"].text == "x" && event["after"] == .null)
            }
        }
    }

    @Test("what is unknown, or was revoked before, gets the same answer, and leaves no trace")
    func unknown() async throws {
        try await TestInstallation.run { installation in
            let tokens = try await installation.exchange(installation.admin)
            try await Self.revoke(tokens.access, installation, more: [("token_type_hint", "refresh_token")])
            try await Self.revoke(tokens.refresh, installation, more: [("token_type_hint", "nonsense")])
            let before = try await installation.call(.get, "/v1/audit", as: installation.admin).total
            for token in [
                tokens.access, tokens.refresh, "x", "a.b.c", installation.admin + "x",
                String(installation.admin.dropLast()) + "0",
            ] {
                try await Self.revoke(token, installation)
            }
            #expect(try await installation.call(.get, "/v1/audit", as: installation.admin).total == before)
            #expect(try await installation.call(.get, "/api_key", as: installation.admin).status == 200)
        }
    }

    @Test("no other credential is looked at, and none is needed")
    func credentials() async throws {
        try await TestInstallation.run { installation in
            let key = try await installation.makeKey("member", at: "organization=1")
            let tokens = try await installation.exchange(key.value)
            for (token, credential) in [(tokens.access, "Bearer x"), (tokens.refresh, "Basic eA=="), (key.value, "x")] {
                let reply = try await installation.post(
                    "/revoke", form: [("token", token), ("client_id", "x"), ("client_secret", "y")],
                    headers: [.authorization: credential])
                #expect(reply.status == 200)
            }
            try await installation.call(.get, key.path, as: installation.admin).expectRefusal(404)
        }
    }

    @Test("a request without a token is refused in OAuth's words")
    func refusals() async throws {
        try await TestInstallation.run { installation in
            for form in [[], [("token", "")], [("token_type_hint", "access_token")]] as [[(String, String)]] {
                try await installation.post("/revoke", form: form)
                    .expectOAuthRefusal(400, "invalid_request", "The parameter token is missing.")
            }
            try await installation.post("/revoke", form: [("token", "a"), ("token", "b")])
                .expectOAuthRefusal(400, "invalid_request", "A parameter is given more than once.")
            try await installation.call(.post, "/revoke", #"{"token":"x"}"#)
                .expectOAuthRefusal(400, "invalid_request", "The body must be application/x-www-form-urlencoded.")
        }
    }

    @Test("a revoked token is on record with its kind, its key and its end, and in the feed by its name")
    func trailAndFeed() async throws {
        try await TestInstallation.run { installation in
            let start = try await installation.call(.get, "/v1/changes", as: installation.admin)["cursor"].text ?? ""
            let tokens = try await installation.exchange(installation.admin)
            let access = try await installation.post(
                "/introspect", form: [("token", tokens.access)], as: installation.admin)["jti"].text
            let exchange = try await installation.post(
                "/introspect", form: [("token", tokens.refresh)], as: installation.admin)["jti"].text
            try await Self.revoke(tokens.access, installation)
            try await Self.revoke(tokens.refresh, installation)
            let trail = try await installation.call(
                .get, "/v1/audit?action=token.revoke", as: installation.admin)["results"]
            #expect(trail.items.map { $0["target"]["type"].text } == ["refresh_token", "access_token"])
            #expect(trail.items.map { $0["target"]["id"].text } == [exchange, access])
            #expect(trail[0]["before"]["api_key_id"].number == 1 && trail[0]["actor"]["api_key_id"].number == 1)
            let feed = try await installation.call(.get, "/v1/changes?after=\(start)", as: installation.admin)[
                "changes"]
            #expect(feed.items.map { $0["type"].text } == ["token", "token"])
            #expect(feed.items.map { $0["token_id"].text } == [access, exchange])
            #expect(
                feed.items.map { $0["expires_at"].text } == ["2026-01-01T01:00:00.000Z", "2026-01-08T00:00:00.000Z"])
            let beginning = try await installation.call(.get, "/v1/changes", as: installation.admin)["changes"]
            #expect(Set(beginning.items.map { $0["token_id"].text }) == [access, exchange])
        }
    }
}
