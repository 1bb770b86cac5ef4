import Foundation
import HTTPTypes
import KeywrightWire
import Testing

@Suite("POST /token and POST /login")
struct TokenTests {
    /// 2026-01-01T00:00:00Z.
    private static let start: Int64 = 1_767_225_600

    @Test("an exchange is answered with exactly 200 and the documented members")
    func exchange() async throws {
        try await TestInstallation.run { installation in
            let reply = try await installation.call(.post, "/token", #"{"api_key":"\#(installation.admin)"}"#)
            #expect(reply.status == 200)
            #expect(
                reply.json.memberNames == [
                    "access_token", "refresh_token", "token_type", "expires_in", "token_expires_at", "organization_id",
                    "account_id",
                ]
            )
            #expect(reply["token_type"].text == "Bearer")
            #expect(reply["expires_in"].number == 3600)
            #expect(reply["token_expires_at"].number == (Self.start + 3600) * 1000)
            #expect(reply["organization_id"].number == 1 && reply["account_id"].number == 0)
            #expect(reply.headers[.cacheControl] == "no-store")
            let token = try #require(reply["access_token"].text)
            #expect(try await installation.call(.get, "/api_key", as: token).status == 200)
        }
    }

    @Test("the patterns of shell clients find their values")
    func shellClients() async throws {
        try await TestInstallation.run { installation in
            for path in ["/token", "/login", "/token/"] {
                let reply = try await installation.call(.post, path, #"{"api_key":"\#(installation.admin)"}"#)
                #expect(reply.status == 200)
                let text = reply.text
                let token = text.firstMatch(of: /"access_token":"([^"]*)"/)?.output.1
                #expect(token?.split(separator: ".", omittingEmptySubsequences: false).count == 3)
                #expect(text.firstMatch(of: /"organization_id":([0-9]*)/)?.output.1 == "1")
                #expect(text.firstMatch(of: /"token_expires_at":([0-9]*)/)?.output.1 == "1767229200000")
            }
        }
    }

    @Test("all three spellings are taken, whatever the Content-Type", arguments: ["api_key", "apikey", "apiKey"])
    func spellings(_ name: String) async throws {
        try await TestInstallation.run { installation in
            let types = [nil, "application/json", "text/plain", "application/x-www-form-urlencoded", "nonsense"]
            for type in types {
                let body = #"{"\#(name)":"\#(installation.admin)","scope":"anything","client":{"name":"x"}}"# + "\n"
                for path in ["/token", "/login"] {
                    let reply = try await installation.call(.post, path, body, contentType: type)
                    #expect(reply.status == 200)
                }
            }
        }
    }

    @Test("the account is told when all grants lie in one")
    func account() async throws {
        try await TestInstallation.run { installation in
            func grant(_ nrn: String) -> String { #"{"nrn":"\#(nrn)","role_slug":"member"}"# }
            let first = grant("organization=1:account=1")
            let cases: [(grants: String, account: Int64)] = [
                (first, 1), (grant("organization=1:account=2"), 2), (grant("organization=1"), 0),
                (first + "," + grant("organization=1:account=1:namespace=1"), 1),
                (first + "," + grant("organization=1:account=2"), 0), (first + "," + grant("organization=1"), 0),
            ]
            for (grants, account) in cases {
                let key = try await installation.makeKey(#"{"name":"x","grants":[\#(grants)]}"#)
                let reply = try await installation.call(.post, "/token", #"{"api_key":"\#(key.value)"}"#)
                #expect(reply["account_id"].number == account && reply["organization_id"].number == 1)
            }
        }
    }

    @Test("the token is an ES256 JWT with the documented claims, spelled as published scripts look for them")
    func claims() async throws {
        try await TestInstallation.run { installation in
            let key = try await installation.makeKey("member", at: "organization=1:account=1")
            let token = try await installation.exchange(key.value).access
            let parts = token.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
            #expect(parts.count == 3)
            #expect(parts.allSatisfy { $0.wholeMatch(of: /[A-Za-z0-9_-]+/) != nil })
            let header = try StrictJSON.parse(try decoded(parts[0]))
            #expect(header["alg"].text == "ES256" && header["typ"].text == "at+jwt")
            #expect(header["kid"].text?.isEmpty == false)

            let payload = try decoded(parts[1])
            let claims = try StrictJSON.parse(payload)
            #expect(claims["sub"].text == "\(key.userID)")
            #expect(claims["user"].number == key.userID && claims["organization"].number == 1)
            #expect(claims["iat"].number == Self.start && claims["exp"].number == Self.start + 3600)
            #expect(claims["iss"].text == "http://127.0.0.1:8080")
            #expect(
                claims["cognito:groups"].texts == [
                    "@nullplatform/organization=1", "@nullplatform/user=\(key.userID)",
                ]
            )
            let text = String(decoding: payload, as: UTF8.self)
            #expect(
                text.contains(
                    #""cognito:groups":["@nullplatform\/organization=1","@nullplatform\/user=\#(key.userID)"]"#))
            #expect(!text.contains(": ") && !text.contains("\n"))
            // Rights are looked up on every use, never carried.
            #expect(!text.contains("member") && !text.contains("account=1"))
        }
    }

    @Test("a token works until it expires, and never longer than its key")
    func lifetime() async throws {
        try await TestInstallation.run { installation in
            let short = try await installation.makeKey(
                #"""
                {"name":"x","expires_at":"2026-01-01T00:10:00Z","grants":[{"nrn":"organization=1","role_slug":"member"}]}
                """#
            )
            let reply = try await installation.call(.post, "/token", #"{"api_key":"\#(short.value)"}"#)
            #expect(reply["expires_in"].number == 600)
            #expect(reply["token_expires_at"].number == (Self.start + 600) * 1000)
            let shortToken = try #require(reply["access_token"].text)
            let token = try await installation.exchange(installation.admin).access
            installation.clock.advance(by: .milliseconds(599_999))
            #expect(try await installation.call(.get, "/account/1", as: shortToken).status == 200)
            installation.clock.advance(by: .milliseconds(1))
            try await installation.call(.get, "/account/1", as: shortToken).expectRefusal(401)
            installation.clock.advance(by: .milliseconds(2_999_999))
            #expect(try await installation.call(.get, "/account/1", as: token).status == 200)
            installation.clock.advance(by: .milliseconds(1))
            try await installation.call(.get, "/account/1", as: token).expectRefusal(401)
        }
    }

    @Test("how long a token works can be set", arguments: [60, 86_400])
    func setting(_ seconds: Int64) async throws {
        try await TestInstallation.run(tokenLifetime: .seconds(seconds)) { installation in
            let reply = try await installation.call(.post, "/token", #"{"api_key":"\#(installation.admin)"}"#)
            #expect(reply["expires_in"].number == seconds)
        }
    }

    @Test("every key that does not work gets the same 401")
    func refusals() async throws {
        try await TestInstallation.run { installation in
            let grants = #""grants":[{"nrn":"organization=1","role_slug":"member"}]"#
            let deleted = try await installation.makeKey("member", at: "organization=1")
            _ = try await installation.call(.delete, deleted.path, as: installation.admin)
            let disabled = try await installation.makeKey(#"{"name":"x","enabled":false,\#(grants)}"#)
            let expired = try await installation.makeKey(
                #"{"name":"x","expires_at":"2026-01-01T00:00:01Z",\#(grants)}"#
            )
            let tokens = try await installation.exchange(installation.admin)
            installation.clock.advance(by: .seconds(1))
            let good = installation.admin
            let keys = [
                deleted.value, disabled.value, expired.value, "", "x", "kw_", String(good.dropLast()), good + "x",
                " \(good)", "\(good) ", good.lowercased(), good.uppercased(), String(good.dropFirst(3)),
                good.replacing("kw_", with: "kx_"), tokens.access, tokens.refresh,
            ]
            var bodies: Set<String> = []
            for path in ["/token", "/login"] {
                for key in keys {
                    let reply = try await installation.call(.post, path, #"{"api_key":"\#(key)"}"#)
                    reply.expectRefusal(401, "The API key or refresh token is not valid.")
                    bodies.insert(reply.text)
                }
            }
            #expect(bodies.count == 1)
        }
    }

    @Test(
        "a body that names no key, or several, is refused",
        arguments: [
            ("{}", [""]), (#"{"api_key":null}"#, [""]), (#"{"API_KEY":"x"}"#, [""]), (#"{"api_key":7}"#, ["/api_key"]),
            (#"{"api_key":"x","apiKey":"y"}"#, ["/apiKey"]), ("", [""]), ("[]", [""]), ("api_key=x", [""]),
            (#"{"api_key":"x","api_key":"x"}"#, [""]),
        ]
    )
    func bodies(_ body: String, _ pointers: [String]) async throws {
        try await TestInstallation.run { installation in
            try await installation.call(.post, "/token", body).expectRefusal(400, at: pointers)
            let login = try await installation.call(.post, "/login", body)
            #expect(login.status == 400)
        }
    }

    @Test("a body too large is refused on both paths")
    func largeBody() async throws {
        try await TestInstallation.run { installation in
            let body = #"{"api_key":"\#(String(repeating: "x", count: 65_536))"}"#
            for path in ["/token", "/login"] {
                try await installation.call(.post, path, body).expectRefusal(413)
            }
        }
    }

    private func decoded(_ part: String) throws -> [UInt8] {
        let standard = part.replacing("-", with: "+").replacing("_", with: "/")
        let padding = String(repeating: "=", count: (4 - standard.count % 4) % 4)
        return Array(try #require(Data(base64Encoded: standard + padding)))
    }
}
