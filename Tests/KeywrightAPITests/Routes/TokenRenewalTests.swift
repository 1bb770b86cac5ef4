import HTTPTypes
import KeywrightWire
import Testing

@Suite("Renewing a token")
struct TokenRenewalTests {
    private static let refusal = "The API key or refresh token is not valid."

    private static func renew(
        _ installation: TestInstallation, _ token: String, organization: String = "1"
    ) async throws -> Reply {
        try await installation.call(
            .post, "/token", #"{"refresh_token":"\#(token)","organization_id":\#(organization)}"#
        )
    }

    @Test("a refresh token gives a new access token, again and again, with the organization as number or string")
    func renewal() async throws {
        try await TestInstallation.run { installation in
            let tokens = try await installation.exchange(installation.admin)
            var seen: Set = [tokens.access]
            installation.clock.advance(by: .seconds(10))
            for organization in ["1", "\"1\"", "1"] {
                let reply = try await Self.renew(installation, tokens.refresh, organization: organization)
                #expect(reply.status == 200)
                #expect(reply["organization_id"].number == 1)
                #expect(reply["token_expires_at"].number == 1_767_229_210_000)
                #expect(reply["refresh_token"] == .null)
                let access = try #require(reply["access_token"].text)
                #expect(seen.insert(access).inserted)
                #expect(try await installation.call(.get, "/api_key", as: access).status == 200)
            }
        }
    }

    @Test("a wrong organization is refused like a wrong token", arguments: ["2", "\"2\"", "99"])
    func wrongOrganization(_ organization: String) async throws {
        try await TestInstallation.run { installation in
            _ = try await installation.otherOrganization()
            let token = try await installation.exchange(installation.admin).refresh
            try await Self.renew(installation, token, organization: organization).expectRefusal(401, Self.refusal)
        }
    }

    @Test("what is no organization, or none at all, is a wrong field")
    func missingOrganization() async throws {
        try await TestInstallation.run { installation in
            let token = try await installation.exchange(installation.admin).refresh
            for body in [
                #"{"refresh_token":"\#(token)"}"#, #"{"refresh_token":"\#(token)","organization_id":null}"#,
                #"{"refresh_token":"\#(token)","organization_id":"abc"}"#,
                #"{"refresh_token":"\#(token)","organization_id":1.0}"#,
            ] {
                try await installation.call(.post, "/token", body).expectRefusal(400, at: ["/organization_id"])
            }
            let both = #"{"refresh_token":"\#(token)","organization_id":1,"api_key":"\#(installation.admin)"}"#
            try await installation.call(.post, "/token", both).expectRefusal(400, at: [""])
        }
    }

    @Test("a refresh token works for seven days, and never longer than its key")
    func lifetime() async throws {
        try await TestInstallation.run { installation in
            let token = try await installation.exchange(installation.admin).refresh
            let short = try await installation.makeKey(
                #"""
                {"name":"x","expires_at":"2026-01-02T00:00:00Z","grants":[{"nrn":"organization=1","role_slug":"member"}]}
                """#
            )
            let shortToken = try await installation.exchange(short.value).refresh
            installation.clock.advance(by: .milliseconds(86_399_999))
            #expect(try await Self.renew(installation, shortToken).status == 200)
            installation.clock.advance(by: .milliseconds(1))
            try await Self.renew(installation, shortToken).expectRefusal(401, Self.refusal)
            installation.clock.advance(by: .milliseconds(6 * 86_400_000 - 1))
            #expect(try await Self.renew(installation, token).status == 200)
            installation.clock.advance(by: .milliseconds(1))
            try await Self.renew(installation, token).expectRefusal(401, Self.refusal)
        }
    }

    @Test("neither token stands in for the other, for a key, or for a credential")
    func noExchange() async throws {
        try await TestInstallation.run { installation in
            let tokens = try await installation.exchange(installation.admin)
            try await Self.renew(installation, tokens.access).expectRefusal(401, Self.refusal)
            try await Self.renew(installation, installation.admin).expectRefusal(401, Self.refusal)
            for token in [tokens.access, tokens.refresh] {
                for path in ["/token", "/login"] {
                    let reply = try await installation.call(.post, path, #"{"api_key":"\#(token)"}"#)
                    reply.expectRefusal(401, Self.refusal)
                }
            }
            try await installation.call(.get, "/api_key", as: tokens.refresh).expectRefusal(401)
        }
    }
}
