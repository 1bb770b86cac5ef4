import Foundation
import HTTPTypes
import HummingbirdTesting
import KeywrightWire
import Testing

@Suite("POST /oauth/token")
struct OAuthTokenTests {
    private static let exchangeGrant = "urn:ietf:params:oauth:grant-type:token-exchange"
    private static let apiKey = "urn:keywright:params:oauth:token-type:api_key"
    private static let accessToken = "urn:ietf:params:oauth:token-type:access_token"
    private static let credentials = [("grant_type", "client_credentials")]

    private static func exchange(_ key: String, _ more: [(String, String)] = []) -> [(String, String)] {
        [("grant_type", exchangeGrant), ("subject_token", key), ("subject_token_type", apiKey)] + more
    }

    @Test("client credentials give an access token alone, by Basic and in the body")
    func clientCredentials() async throws {
        try await TestInstallation.run { installation in
            let key = try await installation.makeKey("member", at: "organization=1")
            let body = Self.credentials + [("client_id", key.handle), ("client_secret", key.value)]
            let replies = [
                try await installation.post(
                    "/oauth/token", form: Self.credentials, client: (key.handle, key.value)),
                try await installation.post("/oauth/token", form: body),
                // The id beside Basic, as some libraries send it, and parameters that mean nothing here.
                try await installation.post(
                    "/oauth/token", form: Self.credentials + [("client_id", key.handle), ("x", "y"), ("scope", "")],
                    client: (key.handle, key.value)),
            ]
            for reply in replies {
                #expect(reply.status == 200, "\(reply.text)")
                #expect(reply.json.memberNames == ["access_token", "token_type", "expires_in"])
                #expect(reply["token_type"].text == "Bearer" && reply["expires_in"].number == 3600)
                #expect(reply.headers[.cacheControl] == "no-store")
                #expect(reply.headers[HTTPField.Name("Pragma")!] == "no-cache")
                let token = try #require(reply["access_token"].text)
                #expect(try await installation.call(.get, "/account/1", as: token).status == 200)
            }
        }
    }

    @Test("an API key is exchanged for an access token and what renews it")
    func tokenExchange() async throws {
        try await TestInstallation.run { installation in
            let key = try await installation.makeKey("member", at: "organization=1")
            let additions: [[(String, String)]] = [
                [], [("requested_token_type", Self.accessToken)], [("audience", "http://127.0.0.1:8080")],
                [("requested_token_type", "urn:ietf:params:oauth:token-type:jwt")],
                [("resource", "http://127.0.0.1:8080/"), ("client_id", "anything")],
            ]
            for more in additions {
                let reply = try await installation.post("/oauth/token", form: Self.exchange(key.value, more))
                #expect(reply.status == 200, "\(more): \(reply.text)")
                #expect(
                    reply.json.memberNames == [
                        "access_token", "issued_token_type", "token_type", "expires_in", "refresh_token",
                    ])
                #expect(reply["issued_token_type"].text == Self.accessToken)
                let token = try #require(reply["access_token"].text)
                #expect(try await installation.call(.get, "/account/1", as: token).status == 200)
                let renewal = [("grant_type", "refresh_token"), ("refresh_token", reply["refresh_token"].text ?? "")]
                for client in [nil, (key.handle, key.value)] as [(id: String, secret: String)?] {
                    let renewed = try await installation.post("/oauth/token", form: renewal, client: client)
                    #expect(renewed.status == 200, "\(renewed.text)")
                    #expect(renewed.json.memberNames == ["access_token", "token_type", "expires_in"])
                    let token = try #require(renewed["access_token"].text)
                    #expect(try await installation.call(.get, "/account/1", as: token).status == 200)
                }
            }
        }
    }

    @Test("both doors give the same kind of tokens: each renews what the other gave")
    func sameTokens() async throws {
        try await TestInstallation.run { installation in
            let first = try await installation.exchange(installation.admin)
            let form = [("grant_type", "refresh_token"), ("refresh_token", first.refresh)]
            #expect(try await installation.post("/oauth/token", form: form).status == 200)
            let second = try await installation.post("/oauth/token", form: Self.exchange(installation.admin))
            let body = #"{"refresh_token":"\#(second["refresh_token"].text ?? "")","organization_id":1}"#
            #expect(try await installation.call(.post, "/token", body).status == 200)
        }
    }

    @Test("a client that is not who it says is refused with 401 and a challenge")
    func invalidClient() async throws {
        try await TestInstallation.run { installation in
            let key = try await installation.makeKey("member", at: "organization=1")
            let other = try await installation.makeKey("member", at: "organization=1")
            let deleted = try await installation.makeKey("member", at: "organization=1")
            _ = try await installation.call(.delete, deleted.path, as: installation.admin)
            let token = try await installation.exchange(key.value)
            let wrong: [(id: String, secret: String)] = [
                (other.handle, key.value), (key.handle, other.value), (key.handle, key.value + "x"), ("x", "y"),
                (key.handle.lowercased(), key.value), (deleted.handle, deleted.value), (key.handle, token.access),
                (key.handle, token.refresh), (key.value, key.value), ("\(key.id)", key.value),
            ]
            func expectRefused(_ reply: Reply, _ comment: String) {
                reply.expectOAuthRefusal(401, "invalid_client")
                #expect(reply.headers[.wwwAuthenticate] == #"Basic realm="keywright""#, "\(comment)")
            }
            for client in wrong {
                let body = Self.credentials + [("client_id", client.id), ("client_secret", client.secret)]
                expectRefused(try await installation.post("/oauth/token", form: body), client.id)
                installation.clock.advance(by: .seconds(60))
                for form in [Self.credentials, Self.exchange(key.value)] {
                    expectRefused(try await installation.post("/oauth/token", form: form, client: client), client.id)
                }
            }
            for form in [
                Self.credentials, Self.credentials + [("client_id", key.handle)],
                Self.credentials + [("client_secret", key.value)],
                Self.credentials + [("client_id", ""), ("client_secret", key.value)],
            ] {
                expectRefused(try await installation.post("/oauth/token", form: form), "\(form)")
            }
            for field in [
                "Basic", "Basic ", "Basic x", "Basic \(key.value)", "Bearer \(key.value)", "Bearer \(token.access)",
                "basic \(Data(key.value.utf8).base64EncodedString())", TestInstallation.basic("", key.value),
                TestInstallation.basic(key.handle, ""), "Basic \(Data("%zz:\(key.value)".utf8).base64EncodedString())",
            ] {
                let reply = try await installation.post(
                    "/oauth/token", form: Self.credentials, headers: [.authorization: field])
                expectRefused(reply, field)
            }
        }
    }

    @Test("a request that is not what the standards say is refused in their words")
    func invalidRequests() async throws {
        try await TestInstallation.run { installation in
            let key = installation.admin
            let handle = String(key.dropFirst(3).prefix(12))
            let client = [("client_id", handle), ("client_secret", key)]
            let whole = Self.credentials + client
            func refuses(_ form: [(String, String)], _ error: String) async throws {
                let reply = try await installation.post("/oauth/token", form: form)
                reply.expectOAuthRefusal(400, error)
                #expect(!reply.text.contains(key))
            }
            func refusesExchange(_ more: [(String, String)], _ error: String) async throws {
                try await refuses(Self.exchange(key, more), error)
            }
            try await refuses([], "invalid_request")
            try await refuses(client, "invalid_request")
            try await refuses([("grant_type", "")], "invalid_request")
            try await refuses([("grant_type", "password")], "unsupported_grant_type")
            try await refuses([("grant_type", "CLIENT_CREDENTIALS")] + client, "unsupported_grant_type")
            try await refuses(whole + [("scope", "admin")], "invalid_scope")
            try await refuses(whole + Self.credentials, "invalid_request")
            try await refuses(whole + [("client_id", handle)], "invalid_request")
            try await refuses([("grant_type", "refresh_token")], "invalid_request")
            try await refuses([("grant_type", "refresh_token"), ("refresh_token", "x")], "invalid_grant")
            try await refuses([("grant_type", "refresh_token"), ("refresh_token", key)], "invalid_grant")
            try await refuses([("grant_type", Self.exchangeGrant)], "invalid_request")
            try await refuses([("grant_type", Self.exchangeGrant), ("subject_token", key)], "invalid_request")
            let typed = [("grant_type", Self.exchangeGrant), ("subject_token", key)]
            try await refuses(typed + [("subject_token_type", Self.accessToken)], "invalid_request")
            try await refuses(Self.exchange("x"), "invalid_request")
            try await refuses(Self.exchange(key + "x"), "invalid_request")
            try await refusesExchange([("actor_token", key), ("actor_token_type", Self.apiKey)], "invalid_request")
            try await refusesExchange([("requested_token_type", Self.apiKey)], "invalid_request")
            try await refusesExchange([("audience", "https://elsewhere.test")], "invalid_target")
            try await refusesExchange([("resource", "https://elsewhere.test")], "invalid_target")
            let both = try await installation.post(
                "/oauth/token", form: Self.credentials + client, client: (handle, key))
            both.expectOAuthRefusal(400, "invalid_request", "The client shows who it is in more than one way.")
            let two = try await installation.post(
                "/oauth/token", form: Self.credentials + [("client_id", "other")], client: (handle, key))
            two.expectOAuthRefusal(400, "invalid_request", "The client gives two different ids.")
        }
    }

    @Test("a token that was given to one client is not renewed for another")
    func foreignRenewal() async throws {
        try await TestInstallation.run { installation in
            let key = try await installation.makeKey("member", at: "organization=1")
            let other = try await installation.makeKey("member", at: "organization=1")
            let refresh = try await installation.exchange(key.value).refresh
            let form = [("grant_type", "refresh_token"), ("refresh_token", refresh)]
            let reply = try await installation.post("/oauth/token", form: form, client: (other.handle, other.value))
            reply.expectOAuthRefusal(400, "invalid_grant", "The refresh token is not valid.")
        }
    }

    @Test("the parameters come in the body, as a form")
    func bodies() async throws {
        try await TestInstallation.run { installation in
            let key = installation.admin
            let handle = String(key.dropFirst(3).prefix(12))
            let body = "grant_type=client_credentials&client_id=\(handle)&client_secret=\(key)"
            for type in [
                nil, "application/json", "text/plain", "application/x-www-form-urlencodedx", "multipart/form-data",
            ] {
                let reply = try await installation.call(.post, "/oauth/token", body, contentType: type)
                reply.expectOAuthRefusal(
                    400, "invalid_request", "The body must be application/x-www-form-urlencoded.")
            }
            for type in [
                "application/x-www-form-urlencoded; charset=utf-8", "Application/X-WWW-Form-Urlencoded",
            ] {
                #expect(try await installation.call(.post, "/oauth/token", body, contentType: type).status == 200)
            }
            let query = try await installation.call(
                .post, "/oauth/token?\(body)", "grant_type=client_credentials",
                contentType: "application/x-www-form-urlencoded")
            query.expectOAuthRefusal(400, "invalid_request", "Parameters belong into the body.")
            let large = try await installation.post(
                "/oauth/token", form: [("a", String(repeating: "x", count: 65_536))])
            large.expectRefusal(413)
        }
    }

    @Test("failures count together with those of /token, and 429 is in OAuth's words")
    func rateLimit() async throws {
        try await TestInstallation.run(over: .live) { installation in
            let form = Self.credentials + [("client_id", "x"), ("client_secret", "wrong")]
            for number in 0..<30 {
                switch number % 3 {
                case 0: #expect(try await installation.post("/oauth/token", form: form).status == 401)
                case 1: #expect(try await installation.post("/oauth/token", form: Self.exchange("x")).status == 400)
                default: #expect(try await installation.call(.post, "/token", #"{"api_key":"x"}"#).status == 401)
                }
            }
            let handle = String(installation.admin.dropFirst(3).prefix(12))
            let reply = try await installation.post(
                "/oauth/token", form: Self.credentials, client: (handle, installation.admin))
            reply.expectOAuthRefusal(
                429, "temporarily_unavailable", "Too many failed attempts. Try again in a minute.")
            #expect(reply.headers[.retryAfter] == "60")
            try await installation.call(.post, "/token", #"{"api_key":"x"}"#).expectRefusal(429)
        }
    }
}
