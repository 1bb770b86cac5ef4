import KeywrightWire
import Testing

@Suite("The answers of /v1/verify")
struct VerifyResponseTests {
    private func expect(_ value: VerifyResponse, _ expected: String) throws {
        #expect(try text(value) == expected)
        #expect(try WireJSON.decode(VerifyResponse.self, from: expected.utf8) == value)
    }

    @Test("say nothing about a credential that is not found")
    func notFound() throws {
        let rest =
            #""key_id":null,"handle":null,"name":null,"organization_id":null,"user_id":null,"expires_at":null,"tags":[]}"#
        try expect(.notFound(isAsked: false), #"{"valid":false,"code":"NOT_FOUND","allowed":null,"# + rest)
        try expect(.notFound(isAsked: true), #"{"valid":false,"code":"NOT_FOUND","allowed":false,"# + rest)
    }

    @Test("carry all details of a good credential, and what was asked for")
    func valid() throws {
        var response = VerifyResponse(isValid: true, code: .valid, isAllowed: true)
        response.keyID = 5
        response.handle = "a"
        response.name = "ci/main"
        response.organizationID = 1
        response.userID = 6
        response.expiresAt = WireTime.format(1_767_225_600_000)
        response.tags = [TagObject(key: "team", value: "pay")]
        let details =
            #"{"valid":true,"code":"VALID","allowed":true,"key_id":5,"handle":"a","name":"ci/main","#
            + #""organization_id":1,"user_id":6,"expires_at":"2026-01-01T00:00:00.000Z","#
            + #""tags":[{"key":"team","value":"pay"}]"#
        try expect(response, details + "}")
        response.grants = [
            VerifiedGrantObject(nrn: "organization=1", actions: ["build:read"]),
            VerifiedGrantObject(nrn: "organization=1", actions: ["*"], except: ["build:delete"]),
        ]
        response.epochs = .init(key: 2, organization: 3)
        response.cacheUntil = WireTime.format(1_767_225_600_000)
        try expect(
            response,
            details + #","grants":[{"nrn":"organization=1","actions":["build:read"]},"#
                + #"{"nrn":"organization=1","actions":["*"],"except":["build:delete"]}],"#
                + #""epochs":{"key":2,"organization":3},"cache_until":"2026-01-01T00:00:00.000Z"}"#
        )
    }

    @Test("say which grant matched, or which would have")
    func explanations() throws {
        let match = ExplanationObject.Match(id: 4, nrn: "organization=1", roleSlug: "ops")
        #expect(
            try text(ExplanationObject(.granted, grant: match))
                == #"{"reason":"granted","grant":{"id":4,"nrn":"organization=1","role_slug":"ops"},"sufficient":null}"#
        )
        let sufficient = SufficientGrant(nrn: "organization=1", roleSlug: "member")
        #expect(
            try text(ExplanationObject(.noGrant, sufficient: sufficient))
                == #"{"reason":"no_grant","grant":null,"sufficient":{"nrn":"organization=1","role_slug":"member"}}"#
        )
        #expect(
            try text(ExplanationObject(.unknownResource))
                == #"{"reason":"unknown_resource","grant":null,"sufficient":null}"#
        )
    }

    @Test("of a batch come in an object")
    func batch() throws {
        let response = VerifyBatchResponse(results: [.notFound(isAsked: false)])
        let expected = try text(VerifyResponse.notFound(isAsked: false))
        #expect(try text(response) == #"{"results":["# + expected + "]}")
    }
}
