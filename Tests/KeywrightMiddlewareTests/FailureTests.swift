import KeywrightDomain
import KeywrightWire
import Testing

@testable import KeywrightMiddleware

/// A verifier never lets through what it cannot know, and asks no more than it must.
@Suite struct FailureTests {
    private let clocks = TestClocks()

    private static func key() throws -> String {
        var random = SystemRandomNumberGenerator()
        return try KeyFormat().generate(using: &random).value.reveal()
    }

    private func ask(_ verifier: KeywrightVerifier, _ key: String) async throws -> Verification {
        try await verifier.verify(key, action: "log:read", nrn: "organization=1")
    }

    @Test(
        "a server that fails, refuses the verifier itself or answers strangely leaves the check undecided",
        arguments: [
            (401, #"{"message":"No."}"#), (403, #"{"message":"No."}"#), (404, #"{"message":"No."}"#),
            (429, #"{"message":"Later."}"#), (500, ""), (503, #"{"message":"Later."}"#), (302, ""),
            (200, ""), (200, "{}"), (200, "<html>"), (200, #"{"valid":true,"code":"VALID","allowed":true,"tags":[]}"#),
        ])
    func failures(status: Int, body: String) async throws {
        try await StubKeywright.run(clocks: clocks) { stub, verifier in
            let key = try Self.key()
            stub.set(.status(status, body))
            for _ in 0..<2 {
                let error = try #require(
                    await #expect(throws: KeywrightVerifier.Unavailable.self) { try await ask(verifier, key) }
                )
                #expect(!"\(error)".contains(key))
            }
        }
    }

    @Test("while the server answers nothing, what is remembered counts for two seconds after the feed was heard")
    func silence() async throws {
        try await StubKeywright.run(clocks: clocks) { stub, verifier in
            let key = try Self.key()
            #expect(try await ask(verifier, key).isAllowed)
            stub.set(.status(503, #"{"message":"Later."}"#))
            try await stub.silenceFeed()
            #expect(try await ask(verifier, key).isAllowed)
            clocks.advance(by: .seconds(2))
            #expect(try await ask(verifier, key).isAllowed)
            clocks.advance(by: .milliseconds(1))
            await #expect(throws: KeywrightVerifier.Unavailable.self) { try await ask(verifier, key) }
            stub.hearFeed()
            try await eventually { verifier.memory.isCurrent }
            #expect(try await ask(verifier, key).isAllowed, "the feed tells that nothing changed meanwhile")
        }
    }

    @Test("without the feed every check asks the server, and gets the answer of that moment")
    func withoutFeed() async throws {
        try await StubKeywright.run(clocks: clocks) { stub, verifier in
            let key = try Self.key()
            try await stub.silenceFeed()
            clocks.advance(by: .seconds(3))
            for _ in 0..<5 { #expect(try await ask(verifier, key).isAllowed) }
            #expect(stub.asked.count == 5)
            stub.set(.status(200, #"{"valid":false,"code":"DELETED","allowed":false,"tags":[]}"#))
            #expect(try await ask(verifier, key) == .unauthenticated)
        }
    }

    @Test("a storm of requests with one new key asks once")
    func storm() async throws {
        try await StubKeywright.run(clocks: clocks) { stub, verifier in
            let key = try Self.key()
            stub.set(.held(200, StubKeywright.valid()))
            try await withThrowingTaskGroup(of: Bool.self) { group in
                for _ in 0..<200 { group.addTask { try await ask(verifier, key).isAllowed } }
                try await eventually { stub.asked.count == 1 }
                for _ in 0..<2_000 { await Task.yield() }
                stub.release()
                for try await isAllowed in group { #expect(isAllowed) }
            }
            #expect(stub.asked.count == 1)
        }
    }

    @Test("who is cancelled while waiting does not take the answer from the others")
    func cancelledWaiter() async throws {
        try await StubKeywright.run(clocks: clocks) { stub, verifier in
            let key = try Self.key()
            stub.set(.held(200, StubKeywright.valid()))
            let first = Task { try await ask(verifier, key) }
            try await eventually { stub.asked.count == 1 }
            let second = Task { try await ask(verifier, key) }
            first.cancel()
            stub.release()
            #expect(try await second.value.isAllowed)
        }
    }

    @Test("an answer that was on its way when the feed told of the key is not remembered, nor shared with later checks")
    func lateAnswer() async throws {
        try await StubKeywright.run(clocks: clocks) { stub, verifier in
            let key = try Self.key()
            stub.set(.held(200, StubKeywright.valid()))
            let early = Task { try await ask(verifier, key) }
            try await eventually { stub.asked.count == 1 }
            let generation = verifier.memory.generation
            stub.tell(ChangeObject(.apiKey, id: 17))
            try await eventually { verifier.memory.generation > generation }
            stub.set(.status(200, #"{"valid":false,"code":"DELETED","allowed":false,"tags":[]}"#))
            #expect(try await ask(verifier, key) == .unauthenticated, "who asks now gets the answer of now")
            stub.release()
            #expect(try await early.value.isAllowed, "who asked before got the answer of before")
            #expect(try await ask(verifier, key) == .unauthenticated)
            #expect(stub.asked.count == 3)
        }
    }

    @Test(
        "each kind of change makes the server asked again, and one that concerns nobody here does not",
        arguments: [
            (ChangeObject(.apiKey, id: 17), true), (ChangeObject(.apiKey, id: 18), false),
            (ChangeObject(.role, id: 1), true),
            (ChangeObject(.resource, id: 1), true), (ChangeObject(.organization, id: 1), true),
            (ChangeObject(.other), true), (ChangeObject(.apiKey), true),
            (ChangeObject(tokenID: "t", expiresAt: "2026-01-01T01:00:00.000Z"), false),
        ])
    func changes(change: ChangeObject, isAskedAgain: Bool) async throws {
        try await StubKeywright.run(clocks: clocks) { stub, verifier in
            let key = try Self.key()
            #expect(try await ask(verifier, key).isAllowed)
            let generation = verifier.memory.generation
            stub.tell(change)
            try await eventually { verifier.memory.generation > generation }
            #expect(try await ask(verifier, key).isAllowed)
            #expect(stub.asked.count == (isAskedAgain ? 2 : 1))
        }
    }

    @Test("an action or resource that is not well-formed is never allowed")
    func malformedQuestions() async throws {
        try await StubKeywright.run(clocks: clocks) { stub, verifier in
            let key = try Self.key()
            for (action, nrn) in [("log", "organization=1"), ("log:read", "organization=0"), ("", "")] {
                let found = try await verifier.verify(key, action: action, nrn: nrn)
                guard case .forbidden = found else {
                    Issue.record("\(action) at \(nrn): \(found)")
                    continue
                }
            }
            stub.set(.status(200, #"{"valid":false,"code":"NOT_FOUND","allowed":null,"tags":[]}"#))
            #expect(try await verifier.verify(try Self.key(), action: "log", nrn: "") == .unauthenticated)
        }
    }
}
