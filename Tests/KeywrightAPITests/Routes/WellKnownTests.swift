import Crypto
import Foundation
import HTTPTypes
import KeywrightOperations
import KeywrightWire
import Testing

@Suite("What OAuth clients learn of the server")
struct WellKnownTests {
    @Test("the metadata names endpoints that are there")
    func metadata() async throws {
        try await TestInstallation.run { installation in
            let reply = try await installation.call(.get, "/.well-known/oauth-authorization-server")
            #expect(reply.status == 200)
            #expect(reply.headers[.cacheControl] == "public, max-age=300")
            let issuer = try #require(reply["issuer"].text)
            #expect(issuer == "http://127.0.0.1:8080")
            for (name, method) in [
                ("token_endpoint", HTTPRequest.Method.post), ("introspection_endpoint", .post),
                ("revocation_endpoint", .post), ("jwks_uri", .get),
            ] {
                let url = try #require(reply[name].text)
                #expect(url.hasPrefix(issuer + "/"))
                let there = try await installation.call(method, String(url.dropFirst(issuer.utf8.count)))
                #expect(![404, 405].contains(there.status), "\(name)")
            }
            for grant in reply["grant_types_supported"].texts {
                let answer = try await installation.post("/oauth/token", form: [("grant_type", grant)])
                #expect(answer["error"].text != "unsupported_grant_type" && answer.status < 500, "\(grant)")
            }
            #expect(reply["response_types_supported"] == .array([]))
        }
    }

    @Test("the published keys check what the server signs, before and after a rotation")
    func keys() async throws {
        try await TestInstallation.run { installation in
            func published() async throws -> [JSONValue] {
                try await installation.call(.get, "/.well-known/jwks.json")["keys"].items
            }
            func check(_ token: String, by keys: [JSONValue]) throws {
                let parts = token.split(separator: ".").map(String.init)
                let header = try StrictJSON.parse(try bytes(parts[0]))
                let key = try #require(keys.first { $0["kid"] == header["kid"] })
                #expect(key.memberNames == ["kty", "use", "alg", "kid", "crv", "x", "y"])
                let coordinates = try bytes(key["x"].text ?? "") + bytes(key["y"].text ?? "")
                let publicKey = try P256.Signing.PublicKey(rawRepresentation: coordinates)
                let signature = try P256.Signing.ECDSASignature(rawRepresentation: try bytes(parts[2]))
                #expect(publicKey.isValidSignature(signature, for: Data("\(parts[0]).\(parts[1])".utf8)))
            }
            let old = try await published()
            #expect(old.count == 1)
            try check(try await installation.exchange(installation.admin).access, by: old)
            _ = try await installation.operations.rotateSigningKey()
            let both = try await published()
            #expect(both.count == 2 && both.contains(old[0]))
            try check(try await installation.exchange(installation.admin).access, by: old)
            installation.clock.advance(by: .seconds(3600))
            try check(try await installation.exchange(installation.admin).access, by: both)
        }
    }

    @Test("who has the keys already is told so, until they change")
    func copies() async throws {
        try await TestInstallation.run { installation in
            func ask(_ tags: String?) async throws -> Reply {
                var headers: HTTPFields = [:]
                headers[.ifNoneMatch] = tags
                return try await installation.call(.get, "/.well-known/jwks.json", headers: headers)
            }
            let first = try await ask(nil)
            let tag = try #require(first.headers[.eTag])
            #expect(tag.wholeMatch(of: /"[A-Za-z0-9_.-]+"/) != nil)
            #expect(first.headers[.cacheControl] == "public, max-age=300")
            for tags in [tag, "W/\(tag)", "\"x\", \(tag)", "*"] {
                let reply = try await ask(tags)
                #expect(reply.status == 304 && reply.text.isEmpty && reply.headers[.eTag] == tag, "\(tags)")
                #expect(reply.headers[.contentType] == nil)
            }
            #expect(try await ask("\"x\"").text == first.text)
            _ = try await installation.operations.rotateSigningKey()
            let next = try await ask(tag)
            #expect(next.status == 200 && next.headers[.eTag] != tag)
        }
    }

    private func bytes(_ text: String) throws -> [UInt8] {
        let standard = text.replacing("-", with: "+").replacing("_", with: "/")
        let padding = String(repeating: "=", count: (4 - standard.count % 4) % 4)
        return Array(try #require(Data(base64Encoded: standard + padding)))
    }
}
