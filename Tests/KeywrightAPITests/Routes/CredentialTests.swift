import HTTPTypes
import Testing

@testable import KeywrightDomain

@Suite("Credentials")
struct CredentialTests {
    private static let text = "The credential is missing, malformed or not valid."

    @Test("every reason for which a credential does not work gets the same answer")
    func sameAnswer() async throws {
        try await TestInstallation.run { installation in
            let grants = #""grants":[{"nrn":"organization=1","role_slug":"admin"}]"#
            let deleted = try await installation.makeKey("admin", at: "organization=1")
            let deletedToken = try await installation.exchange(deleted.value).access
            _ = try await installation.call(.delete, deleted.path, as: installation.admin)
            let disabled = try await installation.makeKey(#"{"name":"x","enabled":false,\#(grants)}"#)
            let expired = try await installation.makeKey(
                #"{"name":"x","expires_at":"2026-01-01T00:00:01Z",\#(grants)}"#
            )
            let expiredToken = try await installation.exchange(expired.value).access
            let token = try await installation.exchange(installation.admin).access
            installation.clock.advance(by: .seconds(1))

            let good = installation.admin
            let unknown = try unknownKeys(like: good, other: disabled.value)
            let values: [String] =
                [
                    "", "Bearer", "Bearer ", "Bearer  \(good)", "Basic \(good)", "Basic YTpi", good, "bearer",
                    "Token \(good)", "Bearer \(good),\(good)", "Bearer .", "Bearer ..", "Bearer a.b.c",
                    "Bearer \(token).x", "Bearer \(token.dropLast())", "Bearer \(token.split(separator: ".")[0]).e30.",
                ]
                + ([deleted.value, disabled.value, expired.value, deletedToken, expiredToken] + unknown)
                .map { "Bearer \($0)" }
            var bodies: Set<String> = []
            for value in values {
                let reply = try await installation.call(.get, "/api_key", headers: [.authorization: value])
                reply.expectRefusal(401, Self.text)
                #expect(reply.headers[.wwwAuthenticate] == #"Bearer realm="keywright""#)
                bodies.insert(reply.text)
            }
            #expect(bodies.count == 1)
        }
    }

    @Test("the scheme is taken in any case; a key and a token do the same", arguments: ["Bearer", "bearer", "BEARER"])
    func scheme(_ scheme: String) async throws {
        try await TestInstallation.run { installation in
            let token = try await installation.exchange(installation.admin).access
            for credential in [installation.admin, token] {
                let reply = try await installation.call(
                    .get, "/api_key", headers: [.authorization: "\(scheme) \(credential)"]
                )
                #expect(reply.status == 200 && reply.total == 1)
            }
        }
    }

    @Test("two Authorization fields, a cookie, a query parameter and a body authenticate nobody")
    func elsewhere() async throws {
        try await TestInstallation.run { installation in
            let key = installation.admin
            var twice = HTTPFields()
            twice[values: .authorization] = ["Bearer \(key)", "Bearer \(key)"]
            let other = HTTPField.Name("X-Api-Key")!
            let replies = [
                try await installation.call(.get, "/api_key", headers: twice),
                try await installation.call(.get, "/api_key", headers: [.cookie: "keywright=\(key)"]),
                try await installation.call(.get, "/api_key", headers: [other: key]),
                try await installation.call(.get, "/api_key?access_token=\(key)"),
                try await installation.call(.post, "/api_key", #"{"api_key":"\#(key)"}"#),
            ]
            for reply in replies { reply.expectRefusal(401, Self.text) }
        }
    }

    @Test("the credential is checked before the body and the query are looked at")
    func order() async throws {
        try await TestInstallation.run { installation in
            try await installation.call(.post, "/api_key", "{").expectRefusal(401)
            try await installation.call(.get, "/api_key?limit=x").expectRefusal(401)
            try await installation.call(.get, "/api_key/abc").expectRefusal(401)
            let large = String(repeating: "x", count: 70_000)
            try await installation.call(.post, "/api_key", large, contentType: "text/plain").expectRefusal(401)
        }
    }

    /// Well-formed keys that were never given out: another handle, another secret, and one made elsewhere.
    private func unknownKeys(like key: String, other: String) throws -> [String] {
        func checked(_ parts: Substring...) -> String {
            let body = parts.joined()
            return body
                + String(decoding: Base62.encode(CRC32.checksum(Array(body.utf8).span), width: 6), as: UTF8.self)
        }
        let (start, secret) = (key.prefix(16), key.dropFirst(16).prefix(32))
        #expect(checked(start, secret) == key)
        var generator = SeededGenerator(seed: 99)
        return [
            checked(start, other.dropFirst(16).prefix(32)), checked(other.prefix(16), secret),
            checked(start, secret.dropLast(), secret.last == "x" ? "y" : "x"),
            try KeyFormat().generate(using: &generator).value.reveal(),
            try KeyFormat(prefix: "other").generate(using: &generator).value.reveal(),
        ]
    }
}
