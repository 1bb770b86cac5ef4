import KeywrightDomain
import KeywrightStore
import Testing

@testable import KeywrightOperations

/// A token that was revoked is refused wherever it is shown, as long as it could have been used.
@Suite("Revoked tokens")
struct RevokedTokenTests {
    /// Another node on the same database, with a memory of its own. It hears of changes when a test says so.
    private final class Node: Sendable {
        let operations: Operations

        init(_ installation: OperationsInstallation) throws {
            operations = try OperationsInstallation.operations(
                on: DeafStore(store: installation.store), clock: installation.clock)
        }

        func isAccepted(_ token: Secret) async throws -> Bool {
            do {
                _ = try await operations.authenticate(.bearer(token), from: .init())
                return true
            } catch let error as DomainError where error.code == .unauthenticated {
                return false
            }
        }
    }

    /// A store that tells nobody of changes.
    private struct DeafStore: Store {
        let store: InterruptibleStore

        func read<Value: Sendable>(
            _ body: @escaping @Sendable (any ReadTransaction) throws -> Value
        ) async throws -> Value { try await store.read(body) }

        func write<Value: Sendable>(
            _ scope: WriteScope, _ body: @escaping @Sendable (any WriteTransaction) throws -> Value
        ) async throws -> Value { try await store.write(scope, body) }

        func observe(_ observer: @escaping @Sendable (ChangeNotice) -> Void) {}

        func close() async throws {}
    }

    private func revoke(_ token: Secret, _ installation: OperationsInstallation) async throws {
        try await installation.operations.revokeToken(token, from: .init())
    }

    @Test("the request after a revocation is refused, 200 times over, also while the token is in use")
    func nextRequest() async throws {
        try await OperationsInstallation.run { installation in
            for round in 0..<200 {
                let issued = try await installation.exchange(installation.admin)
                #expect(try await installation.isAccepted(issued.accessToken))
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask {
                        while try await installation.isAccepted(issued.accessToken) { await Task.yield() }
                    }
                    let revoked = round % 2 == 0 ? issued.accessToken : try #require(issued.refreshToken)
                    try await revoke(revoked, installation)
                    #expect(try await !installation.isAccepted(issued.accessToken), "round \(round)")
                    try await group.waitForAll()
                }
            }
        }
    }

    @Test("a restart remembers what was revoked")
    func restart() async throws {
        try await OperationsInstallation.run { installation in
            let first = try await installation.exchange(installation.admin)
            let second = try await installation.exchange(installation.admin)
            try await revoke(first.accessToken, installation)
            try await revoke(try #require(second.refreshToken), installation)
            let node = try Node(installation)
            for token in [first.accessToken, second.accessToken] { #expect(try await !node.isAccepted(token)) }
            await #expect(throws: DomainError.self) {
                try await node.operations.renewToken(
                    try #require(second.refreshToken), organizationID: nil, from: .init())
            }
            let kept = try await node.operations.renewToken(
                try #require(first.refreshToken), organizationID: nil, from: .init())
            #expect(try await node.isAccepted(kept.accessToken))
        }
    }

    @Test("another node refuses a token that it remembers as soon as it hears of the change, and no other one")
    func otherNode() async throws {
        try await OperationsInstallation.run { installation in
            let node = try Node(installation)
            let start = try await installation.store.read { try $0.changeLogBounds() }.last
            let first = try await installation.exchange(installation.admin)
            let second = try await installation.exchange(installation.admin)
            let third = try await installation.exchange(installation.admin)
            for issued in [first, second, third] { #expect(try await node.isAccepted(issued.accessToken)) }
            try await revoke(first.accessToken, installation)
            try await revoke(try #require(second.refreshToken), installation)
            // The control: it has not heard yet.
            for issued in [first, second] { #expect(try await node.isAccepted(issued.accessToken)) }
            let changes = try await installation.store.read { try $0.changes(after: start, limit: 10) }
            node.operations.accessTokens.forget(changes.map(\.change))
            for issued in [first, second] { #expect(try await !node.isAccepted(issued.accessToken)) }
            #expect(try await node.isAccepted(third.accessToken))
        }
    }

    @Test("what was revoked is forgotten when the token has ended, and no moment earlier")
    func end() async throws {
        try await OperationsInstallation.run { installation in
            let issued = try await installation.exchange(installation.admin)
            try await revoke(issued.accessToken, installation)
            try await revoke(try #require(issued.refreshToken), installation)
            func count() async throws -> Int {
                try await installation.operations.maintain()
                return try await installation.store.read { try $0.revokedTokenCount(of: APIKey.ID(1)) }
            }
            installation.clock.advance(by: .seconds(3600))
            #expect(try await count() == 2)
            installation.clock.advance(by: .milliseconds(1))
            #expect(try await count() == 1)
            installation.clock.advance(by: .seconds(7 * 24 * 3600 - 3600))
            #expect(try await count() == 0)
        }
    }

    @Test(
        "an exchange stays revoked as long as any access token of it could live, though the refresh token ends sooner")
    func shortRefreshToken() async throws {
        try await OperationsInstallation.run { installation in
            let issued = try await installation.exchange(installation.admin)
            let refresh = try #require(issued.refreshToken)
            installation.clock.advance(by: .seconds(7 * 24 * 3600 - 60))
            let renewed = try await installation.operations.renewToken(refresh, organizationID: nil, from: .init())
            try await revoke(refresh, installation)
            #expect(try await !installation.isAccepted(renewed.accessToken))
            installation.clock.advance(by: .seconds(600))
            try await installation.operations.maintain()
            #expect(try await !installation.isAccepted(renewed.accessToken))
            #expect(try await !Node(installation).isAccepted(renewed.accessToken))
        }
    }

    @Test("who revokes a thousand tokens of a key and one more ends all of them; the key goes on")
    func tooMany() async throws {
        try await OperationsInstallation.run { installation in
            let key = try await installation.makeKey("member")
            let issued = try await installation.exchange(key.value)
            let other = try await installation.exchange(key.value)
            let later = installation.clock.now.advanced(by: .seconds(3600))
            try await installation.store.write { write in
                for index in 0..<RevokedToken.limitPerKey {
                    _ = try write.insert(
                        RevokedToken(
                            name: "\(index)", organizationID: Organization.ID(1), apiKeyID: key.id, expiresAt: later))
                }
            }
            let version = try await installation.storedKey(key.id).version
            try await revoke(issued.accessToken, installation)
            for token in [issued, other] { #expect(try await !installation.isAccepted(token.accessToken)) }
            #expect(try await installation.isAccepted(key.value))
            #expect(try await installation.isAccepted(installation.exchange(key.value).accessToken))
            #expect(try await installation.store.read { try $0.revokedTokenCount(of: key.id) } == 0)
            #expect(try await installation.storedKey(key.id).version == version)
        }
    }

    @Test("more than 600 revocations of one key in a minute wait for the next, another key's do not")
    func limit() throws {
        let limiter = RevocationLimiter()
        let now = Instant(milliseconds: 1_767_225_615_000)
        for _ in 0..<RevocationLimiter.limit { try limiter.count(APIKey.ID(1), at: now) }
        let error = #expect(throws: DomainError.self) { try limiter.count(APIKey.ID(1), at: now) }
        #expect(error?.code == .rateLimited && error?.retryAfter == .seconds(45))
        try limiter.count(APIKey.ID(2), at: now)
        try limiter.count(APIKey.ID(1), at: now.advanced(by: .seconds(45)))
    }

    @Test("a write that fails revokes nothing, and says so")
    func failure() async throws {
        try await OperationsInstallation.run { installation in
            let issued = try await installation.exchange(installation.admin)
            installation.store.admitWrites(0)
            for token in [issued.accessToken, try #require(issued.refreshToken), installation.admin] {
                await #expect(throws: DomainError.self) { try await revoke(token, installation) }
            }
            installation.store.admitWrites(nil)
            #expect(try await installation.isAccepted(issued.accessToken))
            #expect(try await installation.isAccepted(installation.admin))
        }
    }

    @Test("more revocations than are remembered forget all tokens instead, and none comes back")
    func overflow() async throws {
        try await OperationsInstallation.run { installation in
            let revoked = try await installation.exchange(installation.admin).accessToken
            let kept = try await installation.exchange(installation.admin).accessToken
            for token in [revoked, kept] { #expect(try await installation.isAccepted(token)) }
            try await revoke(revoked, installation)
            for part in 0..<3 {
                let changes = (0..<40_000).map { Change(.token, Int64(part * 40_000 + $0), in: Organization.ID(1)) }
                installation.operations.accessTokens.forget(changes)
                #expect(try await !installation.isAccepted(revoked))
                #expect(try await installation.isAccepted(kept))
            }
        }
    }
}
