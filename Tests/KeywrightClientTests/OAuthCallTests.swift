import Testing

@testable import KeywrightClient
@testable import KeywrightWire

/// The calls of the standards' endpoints, and the change feed.
@Suite struct OAuthCallTests {
    private let token = #"{"access_token":"a.b.c","token_type":"Bearer","expires_in":3600}"#

    /// Makes one call of a client with a key and returns what went out.
    private func request(
        _ answer: StubServer.Answer, _ call: (KeywrightClient) async throws -> Void
    ) async throws -> StubServer.Request {
        try await StubServer.run(answer) { server in
            try await call(try server.client())
            return try #require(server.requests.first)
        }
    }

    @Test("a key gets an access token as client credentials, in the body alone")
    func clientCredentials() async throws {
        let request = try await request(.json(200, token)) {
            let answer = try await $0.clientCredentialsToken()
            #expect(answer.accessToken == SensitiveText("a.b.c"))
        }
        #expect("\(request.method) \(request.target)" == "POST /oauth/token")
        #expect(request.headers["content-type"] == "application/x-www-form-urlencoded")
        #expect(request.headers["authorization"] == nil)
        #expect(
            request.body == "grant_type=client_credentials&client_id=abcdefghijkl&client_secret=\(sampleSecret)"
        )
    }

    @Test("what is no API key is not sent as client credentials", arguments: [nil, "a.b.c", "kw_short"])
    func noKey(credential: String?) async throws {
        try await StubServer.run(.json(200, token)) { server in
            let client = try server.client(credential: credential)
            await #expect(throws: KeywrightClientError.self) { try await client.clientCredentialsToken() }
            #expect(server.requests.isEmpty)
        }
    }

    @Test("another's key is exchanged, and a refresh token renewed")
    func exchanges() async throws {
        let exchange = try await request(.json(200, token)) {
            _ = try await $0.exchangeToken(subject: SensitiveText("kw_a b&c"))
        }
        #expect(
            exchange.body
                == "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Atoken-exchange&subject_token=kw_a%20b%26c"
                + "&subject_token_type=urn%3Akeywright%3Aparams%3Aoauth%3Atoken-type%3Aapi_key"
        )
        let renewal = try await request(.json(200, token)) { _ = try await $0.renewOAuthToken(SensitiveText("r=")) }
        #expect(renewal.body == "grant_type=refresh_token&refresh_token=r%3D")
        #expect(renewal.headers["authorization"] == nil)
    }

    @Test("a token is looked into with the client's credential")
    func introspection() async throws {
        let answer = #"{"active":true,"client_id":"abcdefghijkl","exp":1767229200,"api_key_id":17}"#
        let request = try await request(.json(200, answer)) {
            let found = try await $0.introspect(SensitiveText("a.b.c"))
            #expect(found.isActive && found.apiKeyID == 17 && found.expiresAt == 1_767_229_200)
        }
        #expect("\(request.method) \(request.target) \(request.body)" == "POST /introspect token=a.b.c")
        #expect(request.headers["authorization"] == "Bearer \(sampleSecret)")
    }

    @Test("a token is revoked without the client's credential, and once")
    func revocation() async throws {
        let request = try await request(.json(200, "")) { try await $0.revoke(SensitiveText("a.b.c")) }
        #expect("\(request.method) \(request.target) \(request.body)" == "POST /revoke token=a.b.c")
        #expect(request.headers["authorization"] == nil)
        try await StubServer.run(.json(503, problemJSON(503, "Later."))) { server in
            let client = try server.client()
            await #expect(throws: KeywrightClientError.self) { try await client.revoke(SensitiveText("a.b.c")) }
            #expect(server.requests.count == 1)
        }
    }

    @Test("a refusal in OAuth's words is a problem whose code is OAuth's")
    func refusal() async throws {
        let body = #"{"error":"invalid_client","error_description":"The client is not known."}"#
        try await StubServer.run(.json(401, body)) { server in
            let client = try server.client()
            let error = try #require(
                await #expect(throws: KeywrightClientError.self) { try await client.clientCredentialsToken() }
            )
            guard case .problem(let problem, 401, _) = error else {
                Issue.record("\(error)")
                return
            }
            #expect(problem.code == "invalid_client" && "\(error)" == "The client is not known.")
        }
    }

    @Test("the server's description and its public keys are read")
    func wellKnown() async throws {
        let metadata = try WireJSON.encode(AuthorizationServerMetadata(address: "https://keys.example.com"))
        let first = try await request(.json(200, String(decoding: metadata, as: UTF8.self))) {
            let found = try await $0.serverMetadata()
            #expect(found.issuer == "https://keys.example.com")
        }
        #expect(first.target == "/.well-known/oauth-authorization-server")
        let keys = #"{"keys":[{"kty":"EC","use":"sig","alg":"ES256","kid":"k","crv":"P-256","x":"AA","y":"BB"}]}"#
        let second = try await request(.json(200, keys)) {
            let found = try await $0.signingKeys()
            #expect(found.keys.map(\.keyID) == ["k"])
        }
        #expect(second.target == "/.well-known/jwks.json")
    }

    @Test("the change feed goes on where it was left, and waits as long as the server may")
    func changes() async throws {
        let answer =
            #"{"cursor":"c-2","reset":false,"more":true,"changes":[{"type":"api_key","id":17},{"type":"new"}]}"#
        let request = try await request(.json(200, answer)) {
            let found = try await $0.changes(after: "c-1", waiting: 20)
            #expect(found.cursor == "c-2" && found.hasMore)
            #expect(found.changes.map(\.kind) == [.apiKey, .other])
        }
        #expect(request.target == "/v1/changes?after=c-1&wait=20")
        let first = try await self.request(.json(200, answer)) { _ = try await $0.changes() }
        #expect(first.target == "/v1/changes")
        // The server may hold the answer back for longer than a call may take: that counts on top.
        try await StubServer.run(.silence) { server in
            let client = try server.client(limits: .init(time: .milliseconds(900)))
            let start = ContinuousClock.now
            await #expect(throws: KeywrightClientError.self) { try await client.changes(waiting: 1) }
            #expect(ContinuousClock.now - start >= .seconds(1))
        }
    }
}
