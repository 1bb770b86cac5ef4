import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import KeywrightClient
import KeywrightWire
import Logging
import NIOCore
import Synchronization
import Testing

@testable import KeywrightMiddleware

/// A server that answers verifications and the change feed as a test tells it to, for what no real server does on
/// command: to fail, to fall silent, to answer strangely.
final class StubKeywright: Sendable {
    /// What to do about a verification.
    enum Answer: Sendable {
        case status(Int, String)
        /// Holds the answer back until ``release()``, then gives it.
        case held(Int, String)
    }

    private struct State {
        var answer = Answer.status(200, StubKeywright.valid())
        /// Whether the feed is answered at all.
        var isFeedHeard = true
        var changes: [ChangeObject] = []
        var cursor = 0
        var held: [CheckedContinuation<Void, Never>] = []
        /// Askings of the feed that wait for a change.
        var waiting: [CheckedContinuation<Void, Never>] = []
        var isReleased = false
        /// Whether the feed answers although nothing changed.
        var mayAnswer = false

        /// Whether an asking of the feed that may wait has to.
        var mustWait: Bool { isFeedHeard && changes.isEmpty && !isReleased && !mayAnswer }
    }

    private let state = Mutex(State())
    /// How many verifications were asked for.
    let asked = Counter()
    /// How many answers the feed gave.
    let told = Counter()
    /// How many the feed refused.
    let refused = Counter()

    /// Runs a server with a verifier that follows it.
    static func run(
        clocks: TestClocks = TestClocks(),
        perform body: @escaping @Sendable (StubKeywright, KeywrightVerifier) async throws -> Void
    ) async throws {
        let stub = StubKeywright()
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let server = Application(
            router: stub.router(), configuration: .init(address: .hostname("127.0.0.1", port: 0)), logger: logger
        )
        try await server.test(.live) { testClient in
            let client = try KeywrightClient(
                url: "http://127.0.0.1:\(try #require(testClient.port))", credential: SensitiveText("verifier"),
                timeLimit: .seconds(5), attempts: 1
            )
            let verifier = KeywrightVerifier(client, settings: .init(), clock: clocks.clock, logger: logger)
            try await withThrowingTaskGroup(of: Void.self) { group in
                defer { stub.release() }
                group.addTask { try await verifier.run() }
                try await eventually { verifier.memory.isCurrent }
                try await stub.settle(clocks)
                try await body(stub, verifier)
                group.cancelAll()
            }
            await client.shutdown()
        }
    }

    /// A good answer about key 17, which may do everything.
    static func valid(actions: [String] = ["*"]) -> String {
        let names = actions.map { "\"\($0)\"" }.joined(separator: ",")
        return #"{"valid":true,"code":"VALID","allowed":true,"key_id":17,"handle":"abcdefghijkl","name":"ci","#
            + #""organization_id":1,"user_id":3,"expires_at":null,"tags":[],"grants":[{"nrn":"organization=1","#
            + #""actions":[\#(names)]}],"epochs":{"key":1,"organization":1},"cache_until":"2026-01-01T00:01:00.000Z","#
            + #""explanation":{"reason":"granted","grant":null,"sufficient":null}}"#
    }

    /// Lets so much time pass that answers are remembered again, and the feed be heard after it.
    func settle(_ clocks: TestClocks) async throws {
        clocks.advance(by: .seconds(2))
        // The second answer was asked for after that.
        for _ in 0..<2 {
            let before = told.count
            try await eventually {
                wake { $0.mayAnswer = true }
                return told.count > before
            }
        }
        state.withLock { $0.mayAnswer = false }
    }

    /// What verifications are answered with from now on.
    func set(_ answer: Answer) {
        state.withLock { $0.answer = answer }
    }

    /// Has the feed refuse from now on, and waits until it did: whatever it told before has arrived then.
    func silenceFeed() async throws {
        let before = refused.count
        wake { $0.isFeedHeard = false }
        try await eventually { refused.count > before }
    }

    /// Has the feed answer again.
    func hearFeed() {
        wake { $0.isFeedHeard = true }
    }

    /// Tells of a change with the next answer of the feed.
    func tell(_ change: ChangeObject) {
        wake { $0.changes.append(change) }
    }

    /// Gives all answers that are held back, and holds none back any more.
    func release() {
        wake { $0.isReleased = true }
        let held = state.withLock { state in
            defer { state.held = [] }
            return state.held
        }
        for continuation in held { continuation.resume() }
    }

    /// Changes something and answers those who wait for it.
    private func wake(_ change: (inout State) -> Void) {
        let waiting = state.withLock { state in
            change(&state)
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }

    private func waitForChange() async {
        await withCheckedContinuation { continuation in
            let mustWait = state.withLock { state in
                if state.mustWait { state.waiting.append(continuation) }
                return state.mustWait
            }
            if !mustWait { continuation.resume() }
        }
    }

    private func router() -> Router<BasicRequestContext> {
        let router = Router()
        router.post("/v1/verify") { [self] _, _ in
            let answer = state.withLock { $0.answer }
            asked.increase()
            switch answer {
            case .status(let status, let body): return Self.response(status, body)
            case .held(let status, let body):
                await withCheckedContinuation { continuation in
                    let isReleased = state.withLock { state in
                        if !state.isReleased { state.held.append(continuation) }
                        return state.isReleased
                    }
                    if isReleased { continuation.resume() }
                }
                return Self.response(status, body)
            }
        }
        router.get("/v1/changes") { [self] request, _ in
            let isFirst = request.uri.queryParameters["after"] == nil
            if request.uri.queryParameters["wait"] != nil { await waitForChange() }
            let answer = state.withLock { state -> ChangesResponse? in
                guard state.isFeedHeard else { return nil }
                defer { state.changes = [] }
                state.cursor += 1
                return ChangesResponse(
                    cursor: "\(state.cursor)", isReset: isFirst, hasMore: false, changes: state.changes
                )
            }
            guard let answer else {
                refused.increase()
                return Self.response(503, #"{"message":"Later."}"#)
            }
            told.increase()
            return Self.response(200, String(decoding: try WireJSON.encode(answer), as: UTF8.self))
        }
        return router
    }

    private static func response(_ status: Int, _ body: String) -> Response {
        Response(
            status: .init(code: status), headers: [.contentType: "application/json"],
            body: .init(byteBuffer: ByteBuffer(string: body))
        )
    }
}
