import KeywrightClient
import KeywrightWire
import Testing

@testable import KeywrightMiddleware

/// A remembered credential is refused as soon as the feed has told, with a real server behind.
@Suite struct RevocationTests {
    /// Does something to a remembered key and waits until the next requests are answered by it.
    private func check(
        _ status: Int, _ change: @escaping @Sendable (GuardedSite, MadeKey) async throws -> Void
    ) async throws {
        try await GuardedSite.run { site in
            let key = try await site.makeKey("developer")
            let token = try await site.token(of: key)
            for credential in [key.value, token, key.value, token] {
                #expect(try await site.status("/accounts/1/logs", credential) == 200)
            }
            let start = ContinuousClock.now
            let generation = site.verifier.memory.generation
            try await change(site, key)
            try await eventually(.seconds(5)) { site.verifier.memory.generation > generation }
            let passed = ContinuousClock.now - start
            for credential in [key.value, token, key.value] {
                #expect(try await site.status("/accounts/1/logs", credential) == status)
            }
            #expect(passed < .seconds(1), "the feed took \(passed)")
        }
    }

    @Test("a deleted key and its tokens")
    func deleted() async throws {
        try await check(401) { site, key in try await site.admin.deleteAPIKey(key.id) }
    }

    @Test("a disabled key and its tokens")
    func disabled() async throws {
        try await check(401) { site, key in
            _ = try await site.admin.updateAPIKey(key.id, UpdateAPIKeyRequest(isEnabled: false))
        }
    }

    @Test("a key whose grants were taken")
    func otherGrants() async throws {
        try await check(403) { site, key in
            let grants = [GrantRequest(nrn: "organization=1:account=2", .role(.slug("member")))]
            _ = try await site.admin.updateAPIKey(key.id, UpdateAPIKeyRequest(grants: grants))
        }
    }

    @Test("a resource that was deleted")
    func deletedResource() async throws {
        try await check(403) { site, _ in try await site.admin.deleteResource(.account, 1) }
    }

    @Test("a revoked token, while its key and other tokens go on")
    func revokedToken() async throws {
        try await GuardedSite.run { site in
            let key = try await site.makeKey()
            let (revoked, other) = (try await site.token(of: key), try await site.token(of: key))
            for credential in [key.value, revoked, other] {
                #expect(try await site.status("/accounts/1/logs", credential) == 200)
            }
            let generation = site.verifier.memory.generation
            try await site.admin.revoke(SensitiveText(revoked))
            try await eventually(.seconds(5)) { site.verifier.memory.generation > generation }
            #expect(try await site.status("/accounts/1/logs", revoked) == 401)
            #expect(try await site.status("/accounts/1/logs", other) == 200)
            #expect(try await site.status("/accounts/1/logs", key.value) == 200)
        }
    }

    @Test("the control: without the feed a deleted key is still remembered, until two seconds have passed")
    func withoutFeed() async throws {
        try await GuardedSite.run(followsFeed: false) { site in
            let key = try await site.makeKey()
            // As if the feed had been heard once, and never again.
            site.verifier.memory.apply(FeedNews(), heardUntil: site.clocks.clock.elapsed())
            #expect(try await site.status("/accounts/1/logs", key.value) == 200)
            try await site.admin.deleteAPIKey(key.id)
            #expect(try await site.status("/accounts/1/logs", key.value) == 200)
            site.clocks.advance(by: .milliseconds(2_001))
            #expect(try await site.status("/accounts/1/logs", key.value) == 401)
        }
    }

    @Test("under load no request that begins after the feed has told is let through", arguments: 0..<5)
    func underLoad(round: Int) async throws {
        try await GuardedSite.run { site in
            let key = try await site.makeKey()
            #expect(try await site.status("/accounts/1/logs", key.value) == 200)
            try await withThrowingTaskGroup(of: Void.self) { group in
                let isOver = Counter()
                for _ in 0..<8 {
                    group.addTask {
                        while isOver.count == 0 { _ = try await site.status("/accounts/1/logs", key.value) }
                        for _ in 0..<20 { #expect(try await site.status("/accounts/1/logs", key.value) == 401) }
                    }
                }
                let generation = site.verifier.memory.generation
                try await site.admin.deleteAPIKey(key.id)
                try await eventually(.seconds(5)) { site.verifier.memory.generation > generation }
                isOver.increase()
                try await group.waitForAll()
            }
        }
    }
}
