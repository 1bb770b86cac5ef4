import Foundation
import Testing

@testable import KeywrightClient
@testable import KeywrightWire

/// What a caller learns when a call fails, and what it never learns.
@Suite struct ClientFailureTests {
    private func failure(
        _ answer: StubServer.Answer, limits: KeywrightClient.Limits = .init()
    ) async throws -> KeywrightClientError {
        try await StubServer.run(answer) { server in
            let client = try server.client(limits: limits)
            return try #require(
                await #expect(throws: KeywrightClientError.self) { try await client.updateAPIKey(1, .init(name: "n")) }
            )
        }
    }

    @Test("a refusal carries the server's problem, the status and the request's id")
    func problem() async throws {
        let body = problemJSON(400, "No.", errors: #"{"pointer":"/name","message":"is empty"}"#)
        let error = try await failure(.json(400, body, headers: ["X-Request-Id": "r-1"]))
        guard case .problem(let problem, 400, "r-1") = error else {
            Issue.record("\(error)")
            return
        }
        #expect(problem.message == "No.")
        #expect(problem.errors == [FieldError(pointer: "/name", message: "is empty")])
    }

    @Test("an answer that is no problem is unexpected", arguments: ["", "<html>", "{}", "[1]", "{\"message\":1}"])
    func noProblem(body: String) async throws {
        let error = try await failure(.json(502, body))
        #expect(
            error == .unexpected("The server answered with status 502 and no explanation.", status: 502, requestID: nil)
        )
    }

    @Test("a success that is not the expected JSON is unexpected", arguments: ["", "[]", "{\"id\":1}", "{\"id\":"])
    func unreadable(body: String) async throws {
        let error = try await failure(.json(200, body))
        #expect(error.status == 200)
        guard case .unexpected = error else {
            Issue.record("\(error)")
            return
        }
    }

    @Test("a redirect is not followed")
    func redirect() async throws {
        try await StubServer.run(.json(204, "")) { other in
            let error = try await failure(.json(307, "", headers: ["Location": other.url + "/api_key/1"]))
            #expect(error.status == 307)
            #expect(other.requests.isEmpty)
        }
    }

    @Test("an answer larger than the limit is not taken", arguments: [true, false])
    func tooLarge(isDeclared: Bool) async throws {
        let limits = KeywrightClient.Limits(answerInBytes: 100)
        let error = try await failure(
            .json(isDeclared ? 200 : 400, String(repeating: "x", count: 101)), limits: limits
        )
        #expect(error == .transport("The server's answer is larger than 100 bytes."))
    }

    @Test("a server that does not answer, or not to the end, is given up", arguments: [false, true])
    func timeLimit(drips: Bool) async throws {
        let limits = KeywrightClient.Limits(time: .milliseconds(50))
        let error = try await failure(drips ? .drip : .silence, limits: limits)
        guard case .transport(let text) = error else {
            Issue.record("\(error)")
            return
        }
        #expect(text.contains("did not answer within") || text.contains("could not be reached in time"))
    }

    @Test("a connection that closes early is a failure of the transport")
    func hangUp() async throws {
        let error = try await failure(.hangUp)
        #expect(error == .transport("The server closed the connection before it answered."))
    }

    @Test("a port where nobody listens is named")
    func refused() async throws {
        let url = try await StubServer.run(.silence) { $0.url }
        let client = try KeywrightClient(url: url, credential: nil)
        let error = try #require(await #expect(throws: KeywrightClientError.self) { try await client.apiKey(1) })
        #expect("\(error)".contains("connection refused"))
        await client.shutdown()
    }

    @Test("TLS to a server that speaks none fails with words about it")
    func plainServer() async throws {
        try await StubServer.run(.silence) { server in
            let client = try KeywrightClient(
                url: server.url.replacingOccurrences(of: "http://", with: "https://"), credential: nil,
                timeLimit: .seconds(5)
            )
            let error = try #require(await #expect(throws: KeywrightClientError.self) { try await client.apiKey(1) })
            guard case .transport = error else {
                Issue.record("\(error)")
                return
            }
            await client.shutdown()
        }
    }

    @Test("a call ends with its task")
    func cancellation() async throws {
        try await StubServer.run(.silence) { server in
            let client = try server.client()
            let call = Task { try await client.apiKey(1) }
            while server.requests.isEmpty { await Task.yield() }
            call.cancel()
            await #expect(throws: CancellationError.self) { try await call.value }
        }
    }

    @Test(
        "what is no URL of a server is refused without being repeated",
        arguments: [
            "", "127.0.0.1:8080", "ftp://host", "http://", "https:///path", "http://user:hunter2@host",
            "http://host?q=1",
            "http://host#f", "http://ho st", "http://host\u{0}", "http://hö.example", "http://host:0",
            "http://host:70000",
            "http://host:port",
        ])
    func badURL(url: String) throws {
        let error = try #require(
            #expect(throws: KeywrightClientError.self) { try KeywrightClient(url: url, credential: nil) }
        )
        guard case .settings(let text) = error else {
            Issue.record("\(error)")
            return
        }
        #expect(!text.contains("hunter2"))
    }

    @Test(
        "a credential that cannot be a header is refused without being repeated", arguments: ["", "kw a", "kw\n", "kü"])
    func badCredential(text: String) throws {
        let error = try #require(
            #expect(throws: KeywrightClientError.self) {
                try KeywrightClient(url: "http://h", credential: SensitiveText(text))
            }
        )
        #expect(text.isEmpty || !"\(error)".contains(text))
    }

    @Test("a file without certificates is refused")
    func badCertificates() throws {
        #expect(throws: KeywrightClientError.self) {
            try KeywrightClient(url: "https://h", credential: nil, caCertificatePath: "/nowhere/ca.pem")
        }
    }

    @Test(
        "loopback and TLS are not in the clear",
        arguments: [
            ("http://127.0.0.1:1", false), ("http://localhost", false), ("http://[::1]:8080", false),
            ("https://keys.example.com", false), ("http://keys.example.com", true), ("http://127.evil.example", true),
            ("HTTP://10.0.0.1", true),
        ])
    func isInTheClear(url: String, expected: Bool) throws {
        #expect(try Endpoint(parsing: url).isInTheClear == expected)
    }

    @Test("no failure shows the key")
    func noSecret() async throws {
        for answer: StubServer.Answer in [.json(401, problemJSON(401, "No.")), .json(200, "x"), .hangUp] {
            let error = try await failure(answer)
            #expect(!"\(error)".contains(sampleSecret))
            #expect(!String(reflecting: error).contains(sampleSecret))
        }
    }
}
