import Testing

@testable import KeywrightClient
@testable import KeywrightWire

/// The calls by which a service asks about its own callers.
@Suite struct VerificationCallTests {
    private let valid =
        #"{"valid":true,"code":"VALID","allowed":true,"key_id":17,"handle":"abcdefghijkl","name":"ci-main","#
        + #""organization_id":1,"user_id":3,"expires_at":null,"tags":[],"grants":[{"nrn":"organization=1","#
        + #""actions":["*"]}],"epochs":{"key":1,"organization":1},"cache_until":"2026-01-01T00:01:00.000Z"}"#
    private let question = VerifyRequest(
        .apiKey(SensitiveText(sampleSecret)),
        question: VerifyRequest.Question(action: "log:read", nrn: "organization=1"), includesGrants: true
    )

    @Test("a question goes out with the client's credential, and its answer comes back")
    func verify() async throws {
        let request = try await StubServer.run(.json(200, valid)) { server in
            let answer = try await server.client(credential: "verifier").verify(question)
            #expect(answer.code == .valid && answer.isAllowed == true && answer.keyID == 17)
            #expect(answer.grants == [VerifiedGrantObject(nrn: "organization=1", actions: ["*"])])
            return try #require(server.requests.first)
        }
        #expect("\(request.method) \(request.target)" == "POST /v1/verify")
        #expect(request.headers["authorization"] == "Bearer verifier")
        #expect(
            request.body
                == #"{"api_key":"\#(sampleSecret)","action":"log:read","nrn":"organization=1","include":["grants"]}"#
        )
    }

    @Test("several questions go out at once and come back in order")
    func batch() async throws {
        let unknown = #"{"valid":false,"code":"NOT_FOUND","allowed":null,"tags":[]}"#
        let request = try await StubServer.run(.json(200, #"{"results":[\#(unknown),\#(valid)]}"#)) { server in
            let answers = try await server.client().verify([
                VerifyRequest(.accessToken(SensitiveText("a.b.c"))), question,
            ])
            #expect(answers.map(\.code) == [.notFound, .valid])
            return try #require(server.requests.first)
        }
        #expect("\(request.method) \(request.target)" == "POST /v1/verify/batch")
        #expect(request.body.hasPrefix(#"{"checks":[{"access_token":"a.b.c"},{"api_key":""#))
    }

    @Test("a question is asked again when the server asks for that, since it changes nothing")
    func retries() async throws {
        try await StubServer.run(.json(503, problemJSON(503, "Later.")), .json(200, valid)) { server in
            let answer = try await server.client().verify(question)
            #expect(answer.isValid)
            #expect(server.requests.count == 2)
        }
    }

    @Test("no refusal of a question shows the key in question", arguments: [400, 403, 500])
    func refusals(status: Int) async throws {
        try await StubServer.run(.json(status, problemJSON(status, "No."))) { server in
            let client = try server.client(credential: "verifier")
            let error = try #require(
                await #expect(throws: KeywrightClientError.self) { try await client.verify(question) }
            )
            #expect(error.status == status)
            #expect(!"\(error)".contains(sampleSecret) && !String(reflecting: error).contains(sampleSecret))
        }
    }
}
