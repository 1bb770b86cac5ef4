import KeywrightDomain
import KeywrightStore
import Testing

@testable import KeywrightOperations

/// Where other nodes write too, what is remembered counts only while the store says so. Each test is also its own
/// control: with caches that hear of nothing, and a store that claims to be current, the old state is what is found.
@Suite("Memory of a store that is not current")
struct LeaseTests {
    /// Runs a body where changes are not heard of, once with a store that claims to be current.
    private func check(_ body: (VerificationSite, _ isCurrent: Bool) async throws -> Void) async throws {
        for isCurrent in [true, false] {
            try await VerificationSite.run(forgets: false) { try await body($0, isCurrent) }
        }
    }

    @Test("a remembered token is not accepted any more once it was revoked")
    func token() async throws {
        try await check { site, isCurrent in
            let key = try await site.makeKey()
            let token = try await site.changer.exchangeToken(apiKey: key.value, from: .init()).accessToken
            #expect(try await site.verify(token, isToken: true).isValid)
            try await site.changer.revokeToken(token, from: .init())
            site.store.setCurrent(isCurrent)
            #expect(try await site.verify(token, isToken: true).isValid == isCurrent)
            #expect((site.recall(token, isToken: true) == nil) == !isCurrent)
        }
    }

    @Test("signing keys that were removed check and sign nothing any more")
    func signingKeys() async throws {
        try await check { site, isCurrent in
            let key = try await site.makeKey()
            func exchange() async throws -> Secret {
                try await site.operations.exchangeToken(apiKey: key.value, from: .init()).accessToken
            }
            let token = try await exchange()
            _ = try await site.changer.replaceSigningKeys()
            site.store.setCurrent(isCurrent)
            #expect(try await site.verify(token, isToken: true).isValid == isCurrent)
            let published = try await site.changer.publishedSigningKeys()
            #expect((try await site.operations.publishedSigningKeys() == published) == !isCurrent)
            let next = try await exchange()
            #expect((try await site.changer.introspect(next, as: site.admin) != nil) == !isCurrent)
        }
    }

    @Test("a principal has the rights that its key has now")
    func principal() async throws {
        try await check { site, isCurrent in
            let key = try await site.makeKey([("verifier", "organization=1")])
            let principal = try await site.caller(key.value)
            let cursor = try await site.operations.changes(after: nil, waiting: .zero, as: principal).cursor
            try await site.update(key) { $0.isEnabled = false }
            site.store.setCurrent(isCurrent)
            do {
                _ = try await site.operations.changes(after: cursor, waiting: .zero, as: principal)
                #expect(isCurrent)
            } catch let error as DomainError where error.code == .unauthenticated {
                #expect(!isCurrent)
            }
        }
    }

    @Test("counts are made anew")
    func overview() async throws {
        let scope = CountScope(organizationID: Organization.ID(1), visibleWithin: nil)
        for isCurrent in [true, false] {
            let cache = OverviewCache(isCurrent: { isCurrent })
            var made = 0
            for _ in 0..<3 {
                _ = try await cache.value(.init(kind: .facets, scope: scope), now: TestClock().now) {
                    made += 1
                    return (made, 1)
                }
            }
            #expect(made == (isCurrent ? 1 : 3))
        }
    }

    @Test("those who ask at the same time do not share a reading that began before they asked")
    func reading() async throws {
        let flights = SingleFlight<Int, Int>()
        let (started, start) = AsyncStream.makeStream(of: Void.self)
        let (finished, finish) = AsyncStream.makeStream(of: Void.self)
        async let first = flights.value(for: 1, at: 0) {
            start.yield()
            _ = await finished.first { _ in true }
            return 1
        }
        _ = await started.first { _ in true }
        #expect(try await flights.value(for: 1, at: 0, isShared: false) { 2 } == 2)
        finish.yield()
        #expect(try await first == 1)
    }

    @Test("when nobody can say what changed, everything is read anew, also what was being read at that time")
    func unknown() async throws {
        // Nothing else makes the caches forget: on PostgreSQL a node hears of its own changes a second time, later.
        try await VerificationSite.run(forgets: false) { site in
            let question = try VerificationSite.question("namespace:read")
            let (key, other) = (try await site.makeKey(), try await site.makeKey())
            let token = try await site.changer.exchangeToken(apiKey: key.value, from: .init()).accessToken
            func remembers() -> [Bool] {
                [site.recall(key.value, question) != nil, site.recall(token, question, isToken: true) != nil]
            }
            for credential in [(key.value, false), (token, true)] {
                _ = try await site.verify(credential.0, question, isToken: credential.1)
            }
            #expect(remembers() == [true, true])
            site.store.closeGate()
            async let reading = site.verify(other.value, question)
            await site.store.heldRead()
            site.store.tellUnknown()
            #expect(remembers() == [false, false])
            site.store.openGate()
            #expect(try await reading.code == .valid)
            #expect(site.recall(other.value, question) == nil)
            #expect(try await site.verify(other.value, question).code == .valid)
            #expect(site.recall(other.value, question)?.code == .valid)
        }
    }
}
