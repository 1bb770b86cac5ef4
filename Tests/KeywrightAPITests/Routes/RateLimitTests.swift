import HTTPTypes
import HummingbirdTesting
import KeywrightAPI
import Testing

@Suite("Failures of /token")
struct RateLimitTests {
    private static let forwarded = HTTPField.Name("X-Forwarded-For")!

    /// Runs a body with a server that believes its caller about the address, and a function that sends a key.
    private func run(
        _ body:
            @Sendable (TestInstallation, @Sendable (String, String, String) async throws -> Reply) async throws -> Void
    ) async throws {
        let proxies = try TrustedProxies(parsing: ["127.0.0.1"])
        try await TestInstallation.run(over: .live, trusting: proxies) { installation in
            try await body(installation) { path, key, address in
                try await installation.call(
                    .post, path, #"{"api_key":"\#(key)"}"#, headers: [Self.forwarded: address]
                )
            }
        }
    }

    @Test("after 30 failures an address waits for the next minute, others do not")
    func limit() async throws {
        try await run { installation, send in
            installation.clock.advance(by: .seconds(15))
            for number in 0..<30 {
                let path = number % 2 == 0 ? "/token" : "/login"
                try await send(path, "wrong", "192.0.2.1").expectRefusal(401)
            }
            for path in ["/token", "/login"] {
                for key in [installation.admin, "wrong"] {
                    let reply = try await send(path, key, "192.0.2.1")
                    reply.expectRefusal(429, "Too many failed attempts. Try again in a minute.")
                    #expect(reply.headers[.retryAfter] == "45")
                }
            }
            #expect(try await send("/token", installation.admin, "192.0.2.2").status == 200)
            installation.clock.advance(by: .milliseconds(44_001))
            #expect(try await send("/token", installation.admin, "192.0.2.1").headers[.retryAfter] == "1")
            installation.clock.advance(by: .milliseconds(999))
            #expect(try await send("/token", installation.admin, "192.0.2.1").status == 200)
        }
    }

    @Test("what succeeds is not counted, refresh tokens are")
    func counting() async throws {
        try await run { installation, send in
            for _ in 0..<40 { #expect(try await send("/token", installation.admin, "192.0.2.1").status == 200) }
            for _ in 0..<30 {
                let reply = try await installation.call(
                    .post, "/token", #"{"refresh_token":"wrong","organization_id":1}"#,
                    headers: [Self.forwarded: "192.0.2.1"]
                )
                reply.expectRefusal(401)
            }
            try await send("/token", installation.admin, "192.0.2.1").expectRefusal(429)
        }
    }

    @Test("without a trusted proxy the address is the connection's own")
    func untrusted() async throws {
        try await TestInstallation.run(over: .live) { installation in
            for number in 0..<30 {
                let reply = try await installation.call(
                    .post, "/token", #"{"api_key":"wrong"}"#, headers: [Self.forwarded: "192.0.2.\(number)"]
                )
                reply.expectRefusal(401)
            }
            let reply = try await installation.call(
                .post, "/token", #"{"api_key":"\#(installation.admin)"}"#, headers: [Self.forwarded: "192.0.2.99"]
            )
            reply.expectRefusal(429)
            #expect(try await installation.call(.get, "/api_key", as: installation.admin).status == 200)
        }
    }
}
