import HTTPTypes
import Testing

/// Deleting, disabling and expiry end a key and all that was made from it, at once and for good.
@Suite("The end of a key's tokens")
struct TokenEndTests {
    /// A key with all that authenticates by it.
    private struct Credentials {
        let installation: TestInstallation
        let key: MadeKey
        let access: String
        let refresh: String

        init(_ installation: TestInstallation) async throws {
            self.installation = installation
            key = try await installation.makeKey("member", at: "organization=1")
            (access, refresh) = try await installation.exchange(key.value)
        }

        /// The statuses of using the key, exchanging it, using the access token and renewing it.
        func statuses() async throws -> [Int] {
            let renewal = #"{"refresh_token":"\#(refresh)","organization_id":1}"#
            return [
                try await installation.call(.get, "/account/1", as: key.value).status,
                try await installation.call(.post, "/token", #"{"api_key":"\#(key.value)"}"#).status,
                try await installation.call(.get, "/account/1", as: access).status,
                try await installation.call(.post, "/token", renewal).status,
            ]
        }

        func patch(_ body: String) async throws {
            let reply = try await installation.call(.patch, key.path, body, as: installation.admin)
            #expect(reply.status == 200)
        }
    }

    @Test("deleting ends everything at once")
    func deletion() async throws {
        try await TestInstallation.run { installation in
            let credentials = try await Credentials(installation)
            #expect(try await credentials.statuses() == [200, 200, 200, 200])
            let reply = try await installation.call(.delete, credentials.key.path, as: installation.admin)
            #expect(reply.status == 204 && reply.text.isEmpty && reply.headers[.contentType] == nil)
            #expect(try await credentials.statuses() == [401, 401, 401, 401])
            try await installation.call(.get, credentials.key.path, as: installation.admin).expectRefusal(404)
            try await installation.call(.delete, credentials.key.path, as: installation.admin).expectRefusal(404)
            #expect(try await installation.call(.get, "/api_key", as: installation.admin).total == 1)
            let next = try await installation.makeKey("member", at: "organization=1")
            #expect(next.id > credentials.key.id)
        }
    }

    @Test("disabling ends everything at once; enabling brings back the key, not its tokens")
    func disabling() async throws {
        try await TestInstallation.run { installation in
            let credentials = try await Credentials(installation)
            #expect(try await credentials.statuses() == [200, 200, 200, 200])
            try await credentials.patch(#"{"enabled":false}"#)
            #expect(try await credentials.statuses() == [401, 401, 401, 401])
            try await credentials.patch(#"{"enabled":true}"#)
            #expect(try await credentials.statuses() == [200, 200, 401, 401])
        }
    }

    @Test("expiry ends everything at once; a later expiry brings back the key, not its tokens")
    func expiry() async throws {
        try await TestInstallation.run { installation in
            let credentials = try await Credentials(installation)
            try await credentials.patch(#"{"expires_at":"2026-01-01T00:10:00Z"}"#)
            installation.clock.advance(by: .milliseconds(599_999))
            #expect(try await credentials.statuses() == [200, 200, 200, 200])
            installation.clock.advance(by: .milliseconds(1))
            #expect(try await credentials.statuses() == [401, 401, 401, 401])
            try await credentials.patch(#"{"expires_at":null}"#)
            #expect(try await credentials.statuses() == [200, 200, 401, 401])
        }
    }

    @Test("an expiry that moves before it is reached leaves the tokens alone")
    func movedExpiry() async throws {
        try await TestInstallation.run { installation in
            let credentials = try await Credentials(installation)
            try await credentials.patch(#"{"expires_at":"2026-01-01T00:10:00Z"}"#)
            try await credentials.patch(#"{"expires_at":"2026-02-01T00:00:00Z","name":"x"}"#)
            installation.clock.advance(by: .seconds(1200))
            #expect(try await credentials.statuses() == [200, 200, 200, 200])
        }
    }

    @Test("changes of name, tags and grants leave the tokens alone")
    func otherChanges() async throws {
        try await TestInstallation.run { installation in
            let credentials = try await Credentials(installation)
            try await credentials.patch(
                #"{"name":"n","tags":[{"key":"a","value":"b"}],"grants":[{"nrn":"organization=1","role_slug":"developer"}]}"#
            )
            #expect(try await credentials.statuses() == [200, 200, 200, 200])
        }
    }
}
