import HTTPTypes
import KeywrightWire
import Testing

@Suite("/v1/verify")
struct VerifyRouteTests {
    /// A service that verifies, and a way to ask as it.
    private struct Site {
        let installation: TestInstallation
        let verifier: MadeKey

        static func run(_ body: @Sendable (Site) async throws -> Void) async throws {
            try await TestInstallation.run { installation in
                let verifier = try await installation.makeKey("verifier", at: "organization=1")
                try await body(Site(installation: installation, verifier: verifier))
            }
        }

        func verify(_ body: String) async throws -> Reply {
            try await installation.call(.post, "/v1/verify", body, as: verifier.value)
        }

        /// What is found, which must be written as the type for clients is.
        func find(_ body: String) async throws -> VerifyResponse {
            let reply = try await verify(body)
            #expect(reply.status == 200, "\(reply.text)")
            let response = try WireJSON.decode(VerifyResponse.self, from: reply.text.utf8)
            #expect(String(decoding: try WireJSON.encode(response), as: UTF8.self) == reply.text)
            return response
        }
    }

    private static let shop = "organization=1:account=1:namespace=1"

    @Test("a good key is described, and allowed what its grants allow")
    func valid() async throws {
        try await Site.run { site in
            let key = try await site.installation.makeKey(
                #"{"name":"pay \"é\"","grants":[{"nrn":"organization=1:account=1","role_slug":"member"}],"#
                    + #""tags":[{"key":"team","value":"p\\y"}],"expires_at":"2026-06-01T00:00:00.000Z"}"#
            )
            let plain = try await site.find(#"{"api_key":"\#(key.value)"}"#)
            var expected = VerifyResponse(isValid: true, code: .valid, isAllowed: nil)
            expected.keyID = key.id
            expected.handle = String(key.value.dropFirst(3).prefix(12))
            expected.name = #"pay "é""#
            expected.organizationID = 1
            expected.userID = key.userID
            expected.expiresAt = "2026-06-01T00:00:00.000Z"
            expected.tags = [TagObject(key: "team", value: #"p\y"#)]
            #expect(plain == expected)
            let asked = #""api_key":"\#(key.value)","nrn":"\#(Self.shop)""#
            expected.isAllowed = true
            #expect(try await site.find(#"{\#(asked),"action":"namespace:read"}"#) == expected)
            expected.isAllowed = false
            expected.code = .forbidden
            #expect(try await site.find(#"{\#(asked),"action":"namespace:delete"}"#) == expected)
            let (token, _) = try await site.installation.exchange(key.value)
            let found = try await site.find(#"{"access_token":"\#(token)"}"#)
            #expect(found.keyID == key.id && found.expiresAt == "2026-01-01T01:00:00.000Z")
        }
    }

    @Test("whatever is not this organization's credential gets the same bytes")
    func notFound() async throws {
        try await Site.run { site in
            let key = try await site.installation.makeKey("member", at: "organization=1")
            let foreign = try await site.installation.otherOrganization()
            let deleted = try await site.installation.makeKey("member", at: "organization=1")
            _ = try await site.installation.call(.delete, deleted.path, as: site.installation.admin)
            let (foreignToken, refresh) = try await site.installation.exchange(foreign)
            let keys = [
                "", "x", "kw_", key.value + "x", String(key.value.dropLast()) + "~", key.value.uppercased(), foreign,
                "kw_000000000000_00000000000000000000000000000000000000", refresh, " \(key.value)",
            ]
            for question in ["", #","action":"account:read","nrn":"organization=1""#] {
                var bodies: Set<String> = []
                for key in keys {
                    let reply = try await site.verify(#"{"api_key":"\#(key)"\#(question)}"#)
                    #expect(reply.status == 200)
                    bodies.insert(reply.text)
                }
                for token in [foreignToken, foreignToken.dropLast(8) + "AAAAAAAA", "a.b.c", "", foreign] {
                    bodies.insert(try await site.verify(#"{"access_token":"\#(token)"\#(question)}"#).text)
                }
                let allowed = question.isEmpty ? "null" : "false"
                #expect(
                    bodies == [
                        #"{"valid":false,"code":"NOT_FOUND","allowed":\#(allowed),"key_id":null,"handle":null,"#
                            + #""name":null,"organization_id":null,"user_id":null,"expires_at":null,"tags":[]}"#
                    ]
                )
            }
            let gone = try await site.find(#"{"api_key":"\#(deleted.value)"}"#)
            #expect(gone.code == .deleted && !gone.isValid && gone.keyID == deleted.id && gone.tags.isEmpty)
        }
    }

    @Test("grants, epochs and an explanation come when they are asked for")
    func details() async throws {
        try await Site.run { site in
            let key = try await site.installation.makeKey(
                #"{"name":"k","grants":[{"nrn":"organization=1:account=1","actions":["b:c","a:b"]},"#
                    + #"{"nrn":"organization=1:account=2","role_slug":"admin"},"#
                    + #"{"nrn":"organization=1:account=2","inherits":["admin"],"actions":{"remove":["a:b"]}}]}"#
            )
            let found = try await site.find(
                #"{"api_key":"\#(key.value)","include":["grants"],"explain":true,"action":"a:b","nrn":"\#(Self.shop)"}"#
            )
            #expect(
                found.grants == [
                    VerifiedGrantObject(nrn: "organization=1:account=1", actions: ["a:b", "b:c"]),
                    VerifiedGrantObject(nrn: "organization=1:account=2", actions: ["*"]),
                    VerifiedGrantObject(nrn: "organization=1:account=2", actions: ["*"], except: ["a:b"]),
                ]
            )
            #expect(found.epochs == VerifyResponse.Epochs(key: 1, organization: 1))
            #expect(found.cacheUntil == "2026-01-01T00:01:00.000Z")
            #expect(found.explanation?.reason == .granted)
            #expect(found.explanation?.grant?.nrn == "organization=1:account=1")
            #expect(found.explanation?.grant?.roleSlug.hasPrefix("apikey:") == true)
            let denied = try await site.find(
                #"{"api_key":"\#(key.value)","explain":true,"action":"build:read","nrn":"\#(Self.shop)"}"#
            )
            #expect(
                denied.explanation
                    == ExplanationObject(.noGrant, sufficient: SufficientGrant(nrn: Self.shop, roleSlug: "member"))
            )
            #expect(denied.grants == nil && denied.epochs == nil && denied.cacheUntil == nil)
            let ended = try await site.find(
                #"{"api_key":"x","include":["grants"],"explain":true,"action":"a:b","nrn":"\#(Self.shop)"}"#
            )
            #expect(ended == .notFound(isAsked: true))
        }
    }

    @Test("tags that the key lacks forbid")
    func tags() async throws {
        try await Site.run { site in
            let key = try await site.installation.makeKey(
                #"{"name":"k","grants":[{"nrn":"organization=1","role_slug":"member"}],"#
                    + #""tags":[{"key":"team","value":"pay"}]}"#
            )
            let right = #"[{"key":"team","value":"pay"}]"#
            let wrong = #"[{"key":"team","value":"pay"},{"key":"env","value":"live"}]"#
            let found = try await site.find(#"{"api_key":"\#(key.value)","tags":\#(right)}"#)
            #expect(found.code == .valid && found.isAllowed == nil)
            let lacking = try await site.find(#"{"api_key":"\#(key.value)","tags":\#(wrong)}"#)
            #expect(lacking.code == .forbidden && lacking.isValid && lacking.isAllowed == nil)
        }
    }

    @Test("a batch answers in order, and refuses all for one wrong item")
    func batch() async throws {
        try await Site.run { site in
            let key = try await site.installation.makeKey("member", at: "organization=1")
            let one = #"{"api_key":"\#(key.value)"}"#
            let items = (0..<100).map { $0 % 2 == 0 ? one : #"{"api_key":"x"}"# }
            let body = #"{"checks":[\#(items.joined(separator: ","))]}"#
            let reply = try await site.installation.call(.post, "/v1/verify/batch", body, as: site.verifier.value)
            let response = try WireJSON.decode(VerifyBatchResponse.self, from: reply.text.utf8)
            #expect(String(decoding: try WireJSON.encode(response), as: UTF8.self) == reply.text)
            #expect(response.results.map(\.code) == (0..<100).map { $0 % 2 == 0 ? .valid : .notFound })
            let wrong = #"{"checks":[\#(one),{"api_key":"k","nrn":"x"}]}"#
            try await site.installation.call(.post, "/v1/verify/batch", wrong, as: site.verifier.value)
                .expectRefusal(400, at: ["/checks/1/action", "/checks/1/nrn"])
            try await site.installation.call(.post, "/v1/verify/batch", #"{"checks":[\#(one)]}"#, as: key.value)
                .expectRefusal(403, "This needs the action authz:check at organization=1.")
        }
    }

    @Test("faults of the caller and of the body are refused")
    func refusals() async throws {
        try await Site.run { site in
            let key = try await site.installation.makeKey("member", at: "organization=1")
            let body = #"{"api_key":"\#(key.value)"}"#
            try await site.installation.call(.post, "/v1/verify", body).expectRefusal(401)
            try await site.installation.call(.post, "/v1/verify", body, as: "nonsense").expectRefusal(401)
            try await site.installation.call(.post, "/v1/verify", body, as: key.value)
                .expectRefusal(403, "This needs the action authz:check at organization=1.")
            // At one account only, the caller might learn of keys elsewhere.
            let short = try await site.installation.makeKey("verifier", at: "organization=1:account=1")
            try await site.installation.call(.post, "/v1/verify", body, as: short.value).expectRefusal(403)
            try await site.verify("{}").expectRefusal(400, at: [""])
            try await site.verify(#"{"api_key":"k","action":"A","nrn":"organization=01","x":1}"#)
                .expectRefusal(400, at: ["/action", "/nrn", "/x"])
            try await site.verify(#"{"api_key":"k","api_key":"k"}"#).expectRefusal(400, at: [""])
            try await site.verify(#"{"api_key":"k","tags":[{"key":"","value":"v"}]}"#)
                .expectRefusal(400, at: ["/tags/0/key"])
            try await site.installation.call(.post, "/v1/verify?x=1", body, as: site.verifier.value)
                .expectRefusal(400, at: [""])
            try await site.installation.call(
                .post, "/v1/verify", body, as: site.verifier.value, contentType: "text/plain"
            ).expectRefusal(415)
            try await site.verify(#"{"api_key":"\#(String(repeating: "k", count: 65_536))"}"#).expectRefusal(413)
        }
    }

    @Test("neither the answer nor the log holds a secret of caller or subject")
    func secrecy() async throws {
        try await Site.run { site in
            let key = try await site.installation.makeKey("member", at: "organization=1")
            let (token, _) = try await site.installation.exchange(key.value)
            for body in [
                #"{"api_key":"\#(key.value)","include":["grants"]}"#, #"{"access_token":"\#(token)"}"#,
                #"{"api_key":"\#(key.value)","x":"\#(key.value)"}"#, #"{"api_key":["\#(key.value)"]}"#,
            ] {
                let reply = try await site.verify(body)
                for secret in [key.value, site.verifier.value, token] {
                    #expect(!reply.text.contains(secret.dropFirst(16).prefix(20)))
                    #expect(!site.installation.logs.text.contains(secret.dropFirst(16).prefix(20)))
                }
            }
        }
    }
}
