import KeywrightDomain
import KeywrightWire
import Testing

@testable import KeywrightMiddleware

/// When what is remembered counts, and when the server must be asked.
@Suite struct VerifierMemoryTests {
    private let clocks = TestClocks()
    private let digest = CredentialDigest("a key")
    private let read = Question(action: .sample("log:read"), nrn: .sample("organization=1:account=2"))

    private func memory(limit: Int = 100) -> VerifierMemory {
        VerifierMemory(credentialLimit: limit, placeLimit: limit, tolerance: .seconds(2), clock: clocks.clock)
    }

    private func answer(
        keyID: Int64 = 17, grants: [VerifiedGrantObject] = [VerifiedGrantObject(nrn: "organization=1", actions: ["*"])],
        cacheFor: Duration = .seconds(60), expiresIn: Duration? = nil, reason: ExplanationObject.Reason = .granted
    ) -> VerifyResponse {
        var response = VerifyResponse(isValid: true, code: .valid, isAllowed: true)
        response.keyID = keyID
        response.handle = "abcdefghijkl"
        response.name = "ci"
        response.organizationID = 1
        response.userID = 3
        response.expiresAt = expiresIn.map { WireTime.format(clocks.now.advanced(by: $0).milliseconds) }
        response.grants = grants
        response.epochs = VerifyResponse.Epochs(key: 4, organization: 5)
        response.cacheUntil = WireTime.format(clocks.now.advanced(by: cacheFor).milliseconds)
        response.explanation = ExplanationObject(reason)
        return response
    }

    private func remember(
        _ memory: VerifierMemory, _ digest: CredentialDigest? = nil, _ claims: TokenClaims? = nil,
        _ answer: VerifyResponse? = nil, _ question: Question? = nil, askedAt: Duration? = nil
    ) {
        memory.remember(
            digest ?? self.digest, claims, answer ?? self.answer(), question ?? read,
            askedAt: askedAt ?? clocks.clock.elapsed()
        )
    }

    private func token(
        keyEpoch: Int = 4, organizationEpoch: Int = 5, lives seconds: Int64 = 600, id: String = "t",
        exchange: String = "e"
    ) throws -> TokenClaims {
        let text =
            #"{"iss":"i","aud":"i","exp":\#(clocks.now.seconds + seconds),"jti":"\#(id)","exchange_id":"\#(exchange)","#
            + #""api_key_id":17,"key_epoch":\#(keyEpoch),"organization_epoch":\#(organizationEpoch)}"#
        return try WireJSON.decode(TokenClaims.self, from: Array(text.utf8))
    }

    /// Hears the feed, which has no news.
    private func hear(_ memory: VerifierMemory, _ news: FeedNews = FeedNews()) {
        memory.apply(news, heardUntil: clocks.clock.elapsed())
    }

    @Test("a remembered key is decided about until its answer ends")
    func use() {
        let memory = memory()
        hear(memory)
        #expect(memory.verification(of: digest, read) == nil)
        remember(memory)
        for _ in 0..<59 {
            clocks.advance(by: .seconds(1))
            hear(memory)
            guard case .allowed(let key) = memory.verification(of: digest, read) else {
                Issue.record("not decided")
                return
            }
            #expect(key.id == 17 && key.name == "ci")
        }
        #expect(memory.verification(of: CredentialDigest("another"), read) == nil)
        clocks.advance(by: .seconds(1))
        hear(memory)
        #expect(memory.verification(of: digest, read) == nil)
    }

    @Test("no answer is used for longer than a minute, whatever it says, nor longer than it says")
    func ends() {
        for (cacheFor, used) in [(Duration.seconds(3_600), 59), (.seconds(10), 9), (.zero, -1), (.seconds(-5), -1)] {
            let memory = memory()
            hear(memory)
            remember(memory, nil, nil, answer(cacheFor: cacheFor))
            #expect((memory.verification(of: digest, read) != nil) == (used >= 0))
            clocks.advance(by: .seconds(max(used, 0)))
            hear(memory)
            #expect((memory.verification(of: digest, read) != nil) == (used >= 0))
            clocks.advance(by: .seconds(1))
            hear(memory)
            #expect(memory.verification(of: digest, read) == nil)
        }
    }

    @Test("nothing counts before the feed was heard, nor two seconds after it was")
    func tolerance() {
        let memory = memory()
        remember(memory)
        #expect(memory.verification(of: digest, read) == nil && !memory.isCurrent)
        hear(memory)
        #expect(memory.verification(of: digest, read) != nil)
        clocks.advance(by: .seconds(2))
        #expect(memory.verification(of: digest, read) != nil)
        clocks.advance(by: .nanoseconds(1))
        #expect(memory.verification(of: digest, read) == nil && !memory.isCurrent)
        hear(memory)
        #expect(memory.verification(of: digest, read) != nil)
    }

    @Test("a key ends when it expires")
    func expiry() {
        let memory = memory()
        remember(memory, nil, nil, answer(expiresIn: .milliseconds(1_500)))
        clocks.advance(by: .milliseconds(1_499))
        hear(memory)
        #expect(memory.verification(of: digest, read) != nil)
        clocks.advance(by: .milliseconds(1))
        #expect(memory.verification(of: digest, read) == nil)
    }

    @Test("a decision is made each time, for resources that are known to be there")
    func decisions() {
        let memory = memory()
        hear(memory)
        let grants = [
            VerifiedGrantObject(nrn: "organization=1:account=2", actions: ["log:read", "log:write"]),
            VerifiedGrantObject(nrn: "organization=1", actions: ["*"], except: ["log:read", "api_key:delete"]),
        ]
        remember(memory, nil, nil, answer(grants: grants))
        func decision(_ action: String, _ nrn: String) -> Bool? {
            let question = Question(action: .sample(action), nrn: .sample(nrn))
            return memory.verification(of: digest, question).map { if case .allowed = $0 { true } else { false } }
        }
        #expect(decision("log:read", "organization=1:account=2") == true)
        #expect(decision("anything:else", "organization=1:account=2") == true)
        #expect(decision("api_key:delete", "organization=1:account=2") == false)
        #expect(decision("log:read", "organization=1:account=3") == nil, "nobody knows whether it is there")
        remember(
            memory, nil, nil, answer(grants: grants),
            Question(action: .sample("x:y"), nrn: .sample("organization=1:account=3")))
        #expect(decision("log:read", "organization=1:account=3") == false)
        #expect(decision("log:write", "organization=1:account=3") == true)
        remember(
            memory, nil, nil, answer(grants: grants, reason: .unknownResource),
            Question(action: .sample("x:y"), nrn: .sample("organization=1:account=9"))
        )
        #expect(decision("x:y", "organization=1:account=9") == false, "what is not there allows nothing")
    }

    @Test("a grant that cannot be read makes the answer one for this time only")
    func strangeGrants() {
        let strange = [
            VerifiedGrantObject(nrn: "organization=1:team=2", actions: ["*"]),
            VerifiedGrantObject(nrn: "organization=1", actions: ["*"], except: ["not an action"]),
            VerifiedGrantObject(nrn: "organization=1", actions: ["*", "log:read"]),
        ]
        for grant in strange {
            let memory = memory()
            hear(memory)
            remember(memory, nil, nil, answer(grants: [grant]))
            #expect(memory.verification(of: digest, read) == nil, "\(grant)")
        }
    }

    @Test("the feed makes what changed forgotten, and no other key")
    func news() {
        let memory = memory()
        let other = CredentialDigest("other")
        func rememberBoth() {
            clocks.advance(by: .seconds(2))
            hear(memory)
            remember(memory)
            remember(memory, other, nil, answer(keyID: 18))
        }
        func known() -> [Bool] { [digest, other].map { memory.verification(of: $0, read) != nil } }
        rememberBoth()
        #expect(known() == [true, true])
        hear(memory, FeedNews(apiKeyIDs: [17]))
        #expect(known() == [false, true])
        rememberBoth()
        hear(memory, FeedNews(isEverything: true))
        #expect(known() == [false, false])
        rememberBoth()
        hear(memory, FeedNews(apiKeyIDs: [19], revoked: ["x": .distantFuture]))
        #expect(known() == [true, true])
    }

    @Test("an answer that was asked for before its key's change has reached every node is not remembered")
    func settling() {
        let memory = memory()
        let other = CredentialDigest("other")
        clocks.advance(by: .seconds(10))
        let before = clocks.clock.elapsed()
        hear(memory, FeedNews(apiKeyIDs: [17]))
        func known(askedAt: Duration) -> [Bool] {
            hear(memory)
            remember(memory, askedAt: askedAt)
            remember(memory, other, nil, answer(keyID: 18), askedAt: askedAt)
            return [digest, other].map { memory.verification(of: $0, read) != nil }
        }
        #expect(known(askedAt: before) == [false, true], "another node may answer from before the change")
        clocks.advance(by: .milliseconds(1_999))
        #expect(known(askedAt: clocks.clock.elapsed()) == [false, true])
        clocks.advance(by: .milliseconds(1))
        #expect(known(askedAt: before) == [false, true], "it was on its way when the key changed")
        #expect(known(askedAt: clocks.clock.elapsed()) == [true, true])
        hear(memory, FeedNews(isEverything: true))
        #expect(known(askedAt: clocks.clock.elapsed()) == [false, false])
        clocks.advance(by: .seconds(2))
        #expect(known(askedAt: clocks.clock.elapsed()) == [true, true])
    }

    @Test("changes of more keys than are told apart put all answers of that time in doubt, and no later ones")
    func manyChanges() {
        let memory = memory()
        hear(memory, FeedNews(apiKeyIDs: Array(100..<10_200)))
        remember(memory)
        #expect(memory.verification(of: digest, read) == nil)
        clocks.advance(by: .seconds(2))
        hear(memory)
        remember(memory)
        #expect(memory.verification(of: digest, read) != nil)
    }

    @Test("a token counts with the epochs of its key's row, until it ends or is revoked")
    func tokens() throws {
        let memory = memory()
        hear(memory)
        remember(memory)
        let digests = (0..<5).map { CredentialDigest("token \($0)") }
        memory.remember(digests[0], try token(), generation: memory.generation)
        memory.remember(digests[1], try token(keyEpoch: 3), generation: memory.generation)
        memory.remember(digests[2], try token(organizationEpoch: 6), generation: memory.generation)
        memory.remember(digests[3], try token(lives: 1), generation: memory.generation)
        memory.remember(digests[4], try token(id: "u", exchange: "f"), generation: memory.generation)
        func known() -> [Bool] { digests.map { memory.verification(of: $0, read) != nil } }
        #expect(known() == [true, false, false, true, true])
        clocks.advance(by: .seconds(1))
        #expect(known() == [true, false, false, false, true])
        hear(memory, FeedNews(revoked: ["t": clocks.now.advanced(by: .seconds(600))]))
        #expect(known() == [false, false, false, false, true])
        hear(memory, FeedNews(revoked: ["f": clocks.now.advanced(by: .seconds(600))]))
        #expect(known() == [false, false, false, false, false], "with all tokens of its exchange")
    }

    @Test("a token that refreshes the row of a key does not lengthen the key's own end")
    func expiryOfKeyBesideToken() throws {
        let memory = memory()
        hear(memory)
        remember(memory, nil, nil, answer(expiresIn: .seconds(3_000)))
        hear(memory, FeedNews(apiKeyIDs: [17]))
        clocks.advance(by: .seconds(2))
        hear(memory)
        remember(memory, CredentialDigest("token"), try token(), answer(expiresIn: .seconds(600)))
        #expect(memory.verification(of: CredentialDigest("token"), read) != nil)
        #expect(
            memory.verification(of: digest, read) == nil, "the key may end earlier by now: the server must be asked")
    }

    @Test("after a reset nothing counts until the revoked tokens have been told in full")
    func reset() throws {
        let memory = memory()
        hear(memory)
        remember(memory)
        memory.apply(FeedNews(isReset: true, revoked: ["t": .distantFuture]), heardUntil: nil)
        #expect(!memory.isCurrent)
        remember(memory)
        #expect(memory.verification(of: digest, read) == nil, "the rest of the revoked tokens is still to come")
        hear(memory, FeedNews(revoked: ["u": .distantFuture]))
        clocks.advance(by: .seconds(2))
        hear(memory)
        remember(memory)
        memory.remember(CredentialDigest("t"), try token(id: "t"), generation: memory.generation)
        memory.remember(CredentialDigest("u"), try token(id: "u"), generation: memory.generation)
        memory.remember(CredentialDigest("v"), try token(id: "v"), generation: memory.generation)
        #expect(memory.verification(of: digest, read) != nil)
        let known = ["t", "u", "v"].map { memory.verification(of: CredentialDigest($0), read) != nil }
        #expect(known == [false, false, true])
    }

    @Test("new signing keys make tokens forgotten, since an old key may count no more")
    func newSigningKeys() throws {
        let memory = memory()
        hear(memory)
        remember(memory)
        let generation = memory.generation
        memory.remember(CredentialDigest("t"), try token(), generation: generation)
        #expect(memory.verification(of: CredentialDigest("t"), read) != nil)
        hear(memory, FeedNews(hasNewSigningKeys: true))
        #expect(memory.verification(of: CredentialDigest("t"), read) == nil)
        memory.remember(CredentialDigest("t"), try token(), generation: generation)
        #expect(memory.verification(of: CredentialDigest("t"), read) == nil, "it was checked with the old keys")
    }

    @Test("revoked tokens that have ended by themselves are forgotten in time")
    func endedRevocations() throws {
        let memory = memory()
        for round in 0..<40 {
            let names = (0..<200).map { "\(round)-\($0)" }
            let end = clocks.now.advanced(by: .seconds(60))
            hear(memory, FeedNews(revoked: Dictionary(uniqueKeysWithValues: names.map { ($0, end) })))
            clocks.advance(by: .seconds(20))
            #expect(memory.revokedCount <= 1_200)
        }
        #expect(memory.revokedCount >= 600, "those that have not ended stay")
    }

    @Test("memory stays bounded under keys without end")
    func bounded() {
        let memory = memory(limit: 10)
        hear(memory)
        for number in 0..<1_000 {
            remember(memory, CredentialDigest("\(number)"), nil, answer(keyID: Int64(number + 1)))
        }
        let known = (0..<1_000).filter { memory.verification(of: CredentialDigest("\($0)"), read) != nil }
        #expect((5...10).contains(known.count) && known.contains(999))
    }
}

extension Action {
    /// An action that is known to be well-formed.
    static func sample(_ name: String) -> Action { Action(name) ?? .readAPIKey }
}

extension NRN {
    /// An NRN that is known to be well-formed.
    static func sample(_ text: String) -> NRN { (try? NRN(parsing: text)) ?? NRN(organization: 1) }
}
