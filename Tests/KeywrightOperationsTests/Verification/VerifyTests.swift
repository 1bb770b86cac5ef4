import KeywrightDomain
import KeywrightStore
import Testing

@testable import KeywrightOperations

/// What a verification finds, along both ways: the one that may read, and the one from memory alone.
@Suite("Verification", .enabled(if: StoreUnderTest.isEmbedded, StoreUnderTest.hearsTwice))
struct VerifyTests {
    /// Checks what is found, and that memory finds the same once everything was read.
    private func expect(
        _ code: Verification.Code, isAllowed: Bool? = nil, _ credential: Secret,
        _ question: VerificationRequest.Question = .init(), isToken: Bool = false, at site: VerificationSite,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let finding = try await site.verify(credential, question, isToken: isToken)
        #expect(finding.code == code, sourceLocation: sourceLocation)
        #expect(finding.isAllowed == isAllowed, sourceLocation: sourceLocation)
        #expect((finding.key == nil) == (code == .notFound), sourceLocation: sourceLocation)
        let recalled = site.recall(credential, question, isToken: isToken)
        // Without the directory of handles memory cannot know that there is none.
        guard let recalled else {
            #expect(code == .notFound, "memory knows nothing", sourceLocation: sourceLocation)
            return
        }
        #expect(recalled.code == code && recalled.isAllowed == isAllowed, sourceLocation: sourceLocation)
        #expect(recalled.key?.id == finding.key?.id, sourceLocation: sourceLocation)
        #expect(recalled.expiresAt == finding.expiresAt, sourceLocation: sourceLocation)
    }

    @Test("a good key is valid, and allowed what a grant there or above allows")
    func decisions() async throws {
        try await VerificationSite.run { site in
            let key = try await site.makeKey([("member", "organization=1:account=1")])
            try await expect(.valid, key.value, at: site)
            let cases: [(String, String, Bool)] = [
                ("namespace:read", VerificationSite.shop, true), ("namespace:delete", VerificationSite.shop, false),
                ("account:read", "organization=1:account=1", true), ("account:read", "organization=1", false),
                // These do not exist, or their ids do not belong together.
                ("account:read", "organization=1:account=9", false),
                ("account:read", "organization=1:account=11", false),
                ("namespace:read", "organization=1:account=1:namespace=9", false),
                ("account:read", "organization=2", false), ("account:read", "organization=2:account=1", false),
            ]
            for (action, nrn, isAllowed) in cases {
                let question = try VerificationSite.question(action, at: nrn)
                try await expect(
                    isAllowed ? .valid : .forbidden, isAllowed: isAllowed, key.value, question, at: site
                )
            }
        }
    }

    @Test("the state of a key is told to who has its secret, and to nobody else")
    func states() async throws {
        try await VerificationSite.run { site in
            let question = try VerificationSite.question("namespace:read")
            let disabled = try await site.makeKey()
            let deleted = try await site.makeKey()
            let expired = try await site.makeKey(expiresAt: site.installation.clock.now.advanced(by: .seconds(60)))
            try await site.update(disabled) { $0.isEnabled = false }
            try await site.operations.deleteAPIKey(deleted.id, as: site.admin)
            site.installation.clock.advance(by: .seconds(60))
            for (key, code) in [(disabled, Verification.Code.disabled), (deleted, .deleted), (expired, .expired)] {
                try await expect(code, isAllowed: nil, key.value, at: site)
                try await expect(code, isAllowed: false, key.value, question, at: site)
                try await expect(.notFound, isAllowed: false, try site.withWrongSecret(key), question, at: site)
            }
            try await expect(.notFound, isAllowed: false, try site.madeUp(1), question, at: site)
            for text in ["", "kw_", "x", String(repeating: "a", count: 54), disabled.value.reveal() + " "] {
                try await expect(.notFound, Secret(text), at: site)
            }
        }
    }

    @Test("an access token stands as its key does, and ends with its epochs")
    func tokens() async throws {
        try await VerificationSite.run { site in
            let question = try VerificationSite.question("namespace:read")
            let key = try await site.makeKey()
            func exchange() async throws -> Secret {
                try await site.operations.exchangeToken(apiKey: key.value, from: .init()).accessToken
            }
            let token = try await exchange()
            try await expect(.valid, isAllowed: true, token, question, isToken: true, at: site)
            // Neither is taken for the other.
            try await expect(.notFound, token, at: site)
            try await expect(.notFound, key.value, isToken: true, at: site)
            try await site.update(key) { $0.isEnabled = false }
            try await expect(.disabled, isAllowed: false, token, question, isToken: true, at: site)
            try await site.update(key) { $0.isEnabled = true }
            try await expect(.notFound, isAllowed: false, token, question, isToken: true, at: site)
            let next = try await exchange()
            try await expect(.valid, next, isToken: true, at: site)
            site.installation.clock.advance(by: .seconds(3600))
            let late = try await site.verify(next, isToken: true)
            #expect(late.code == .expired)
            let last = try await exchange()
            try await site.operations.deleteAPIKey(key.id, as: site.admin)
            try await expect(.deleted, last, isToken: true, at: site)
            try await expect(.notFound, Secret("a.b.c"), isToken: true, at: site)
        }
    }

    @Test("every tag that is asked for must be on the key")
    func tags() async throws {
        try await VerificationSite.run { site in
            let key = try await site.makeKey(tags: [("team", "pay"), ("env", "é")])
            func question(_ action: String?, _ tags: [(String, String)]) throws -> VerificationRequest.Question {
                try VerificationSite.question(action, tags: tags.map { Label(stored: $0.0, $0.1) })
            }
            try await expect(.valid, key.value, try question(nil, [("env", "é"), ("team", "pay")]), at: site)
            try await expect(.forbidden, key.value, try question(nil, [("team", "play")]), at: site)
            // Equal to Swift, but other bytes.
            try await expect(.forbidden, key.value, try question(nil, [("env", "e\u{301}")]), at: site)
            try await expect(
                .valid, isAllowed: true, key.value, try question("namespace:read", [("team", "pay")]), at: site
            )
            try await expect(
                .forbidden, isAllowed: false, key.value, try question("namespace:read", [("team", "x")]), at: site
            )
        }
    }

    @Test("a key of another organization is not found")
    func foreign() async throws {
        try await VerificationSite.run { site in
            let foreign = try await OperationsInstallation.administrator(of: "Other", site.operations)
            let question = try VerificationSite.question("account:read", at: "organization=2")
            try await expect(.notFound, isAllowed: false, foreign, question, at: site)
            try await expect(.notFound, foreign, at: site)
            let token = try await site.operations.exchangeToken(apiKey: foreign, from: .init()).accessToken
            try await expect(.notFound, token, isToken: true, at: site)
        }
    }

    @Test("the caller needs authz:check at its organization")
    func rights() async throws {
        try await VerificationSite.run { site in
            let subject = try await site.makeKey()
            let short = try await site.makeKey([("verifier", "organization=1:account=1"), ("member", "organization=1")])
            let request = VerificationRequest(.apiKey(subject.value))
            let caller = try await site.caller(short.value)
            for requests in [[request], [request, request]] {
                let error = await #expect(throws: DomainError.self) {
                    _ = try await site.operations.verify(requests, as: caller)
                }
                #expect(error?.code == .forbidden)
                #expect(error?.detail == "This needs the action authz:check at organization=1.")
            }
            // Memory does not find more than the other way gives.
            _ = try await site.verify(subject.value)
            #expect(site.recall(subject.value) != nil)
            #expect(site.recall(subject.value, as: short.value) == nil)
            #expect(site.recall(subject.value, as: Secret("nonsense")) == nil)
            try await site.update(site.verifier) { $0.isEnabled = false }
            #expect(site.recall(subject.value) == nil)
        }
    }

    @Test("a verifier that decides by itself gets live grants, epochs, and a time that no expiry outlives")
    func grants() async throws {
        try await VerificationSite.run { site in
            let account = try await site.operations.createResource(
                .account, name: "gone", slug: nil, parentID: 1, as: site.admin
            )
            let now = site.installation.clock.now
            let key = try await site.makeKey(
                [("member", VerificationSite.shop), ("admin", account.nrn.description)],
                expiresAt: now.advanced(by: .seconds(90))
            )
            var details = try await site.verify(key.value) { $0.includesGrants = true }.details.grants
            #expect(details?.live.map(\.nrn) == [try NRN(parsing: VerificationSite.shop), account.nrn])
            #expect(details?.usableUntil == now.advanced(by: .seconds(60)))
            #expect(details?.keyEpoch == 1 && details?.organizationEpoch == 1)
            _ = try await site.operations.deleteResource(.account, account.nrn.id, as: site.admin)
            site.installation.clock.advance(by: .seconds(45))
            details = try await site.verify(key.value) { $0.includesGrants = true }.details.grants
            #expect(details?.live.map(\.roleSlug) == ["member"])
            #expect(details?.usableUntil == now.advanced(by: .seconds(90)))
            try await site.update(key) { $0.isEnabled = false }
            let ended = try await site.verify(key.value) { $0.includesGrants = true }
            #expect(ended.code == .disabled && ended.details.grants == nil)
        }
    }

    @Test("an explanation names the grant that matched, or one that would have been enough")
    func explanations() async throws {
        try await VerificationSite.run { site in
            let key = try await site.makeKey([("member", "organization=1:account=1")], tags: [("team", "pay")])
            func explain(
                _ action: String, _ nrn: String = VerificationSite.shop, tags: [Label] = []
            ) async throws -> DecisionExplanation? {
                let question = try VerificationSite.question(action, at: nrn, tags: tags)
                return try await site.verify(key.value, question) { $0.explains = true }.details.explanation
            }
            let granted = try #require(try await explain("namespace:read"))
            #expect(granted.reason == .granted && granted.explanation.roleSlug == "member")
            #expect(granted.explanation.through == (try NRN(parsing: "organization=1:account=1")))
            let denied = try #require(try await explain("build:create"))
            #expect(denied.reason == .noGrant && denied.explanation.grantID == nil)
            #expect(denied.explanation.sufficient?.shape == .slug("machine:ci"))
            let own = try #require(try await explain("widget:paint"))
            #expect(own.explanation.sufficient?.shape == .actions([try #require(Action("widget:paint"))]))
            #expect(try await explain("namespace:read", "organization=1:account=7")?.reason == .unknownResource)
            let untagged = try await explain("namespace:read", tags: [Label(stored: "team", "x")])
            #expect(untagged?.reason == .missingTags && untagged?.explanation.grantID != nil)
        }
    }

    @Test("a good credential's use is noted, along both ways; a bad one's is not")
    func uses() async throws {
        try await VerificationSite.run { site in
            let key = try await site.makeKey()
            let usage = site.operations.usage
            func count(_ key: MadeKey) -> Int64 { usage.pending(of: [key.id]).first?.count ?? 0 }
            _ = try await site.verify(key.value, try VerificationSite.question("namespace:delete"))
            #expect(count(key) == 1 && count(site.verifier) == 1)
            #expect(site.recall(key.value) != nil)
            #expect(count(key) == 2 && count(site.verifier) == 2)
            _ = try await site.verify(try site.withWrongSecret(key))
            #expect(site.recall(try site.withWrongSecret(key))?.code == .notFound)
            #expect(count(key) == 2 && count(site.verifier) == 4)
        }
    }

    @Test("a proxy's question is judged by the credential alone")
    func forward() async throws {
        try await VerificationSite.run { site in
            let key = try await site.makeKey()
            let foreign = try await OperationsInstallation.administrator(of: "Other", site.operations)
            let question = try VerificationSite.question("namespace:read")
            for (credential, code) in [
                (key.value, Verification.Code.valid), (foreign, .forbidden), (Secret("x"), .notFound),
            ] {
                let finding = try await site.operations.verifyForward(credential, question, from: .init())
                #expect(finding.code == code)
                let bytes = credential.bytes
                #expect(site.operations.verifyForwardFromMemory(bytes.span, question, from: nil)?.code == code)
            }
            let token = try await site.operations.exchangeToken(apiKey: key.value, from: .init()).accessToken
            let bytes = token.bytes
            #expect(site.operations.verifyForwardFromMemory(bytes.span, question, from: nil) == nil)
            #expect(try await site.operations.verifyForward(token, question, from: .init()).code == .valid)
            #expect(site.operations.verifyForwardFromMemory(bytes.span, question, from: nil)?.code == .valid)
            #expect(try await site.operations.verifyForward(nil, question, from: .init()).code == .notFound)
        }
    }
}
