import Testing

@testable import KeywrightClient
@testable import KeywrightWire

/// When the client asks again.
@Suite struct RetryTests {
    @Test("a read is asked again until it succeeds", arguments: [429, 502, 503, 504])
    func retries(status: Int) async throws {
        let pauses = Pauses()
        let failed = StubServer.Answer.json(status, problemJSON(status, "Later."))
        try await StubServer.run(failed, failed, .json(200, keyJSON())) { server in
            let key = try await server.client(pauses: pauses).apiKey(17)
            #expect(key.id == 17)
            #expect(server.requests.count == 3)
        }
        #expect(pauses.all.count == 2)
    }

    @Test("a read is asked four times at most")
    func bounded() async throws {
        try await StubServer.run(.json(503, problemJSON(503, "Later."))) { server in
            let client = try server.client()
            let error = try #require(
                await #expect(throws: KeywrightClientError.self) { try await client.apiKey(17) }
            )
            #expect(error.status == 503)
            #expect(server.requests.count == 4)
        }
    }

    @Test("no other refusal is asked again", arguments: [400, 401, 403, 404, 408, 409, 500, 507])
    func otherStatuses(status: Int) async throws {
        try await StubServer.run(.json(status, problemJSON(status, "No."))) { server in
            let client = try server.client()
            await #expect(throws: KeywrightClientError.self) { try await client.apiKey(17) }
            #expect(server.requests.count == 1)
        }
    }

    @Test("a write is never sent twice")
    func writes() async throws {
        try await StubServer.run(.json(503, problemJSON(503, "Later."))) { server in
            let client = try server.client()
            await #expect(throws: KeywrightClientError.self) {
                try await client.createAPIKey(CreateAPIKeyRequest(name: "a", grants: []))
            }
            await #expect(throws: KeywrightClientError.self) { try await client.deleteAPIKey(1) }
            await #expect(throws: KeywrightClientError.self) { try await client.exchangeToken() }
            #expect(server.requests.count == 3)
        }
    }

    @Test("Retry-After is honoured")
    func retryAfter() async throws {
        let pauses = Pauses()
        let later = StubServer.Answer.json(429, problemJSON(429, "Later."), headers: ["Retry-After": "7"])
        try await StubServer.run(later, .json(200, keyJSON())) { server in
            _ = try await server.client(pauses: pauses).apiKey(17)
        }
        let wait = try #require(pauses.all.first)
        #expect(wait >= .seconds(7) && wait <= .milliseconds(7_250))
    }

    @Test("waits grow, spread and stay bounded")
    func waits() {
        let policy = RetryPolicy()
        func wait(_ attempt: Int, _ retryAfter: String? = nil, chance: Double = 0) -> Duration? {
            policy.wait(after: attempt, status: 503, retryAfter: retryAfter, chance: chance)
        }
        #expect(wait(1) == .milliseconds(125))
        #expect(wait(1, chance: 1) == .milliseconds(250))
        #expect(wait(2, chance: 1) == .milliseconds(500))
        #expect(wait(3, chance: 1) == .milliseconds(1_000))
        #expect(wait(4) == nil)
        #expect(wait(1, "0") == .milliseconds(125))
        #expect(wait(1, "30") == .milliseconds(30_125))
        #expect(wait(1, "31") == nil)
        #expect(wait(1, "9999999999") == nil)
        for text in ["", "-1", "+1", "1.5", "99999999999", "Wed, 21 Oct 2026 07:28:00 GMT"] {
            #expect(wait(1, text) == .milliseconds(125), "\(text)")
        }
    }
}
