import KeywrightDomain
import Testing

@testable import KeywrightOperations

@Suite("Limits of guessing")
struct FailureLimiterTests {
    private let time = Instant(milliseconds: 60_000)

    @Test("of one network, few attempts are looked at together, whatever others do")
    func atOnce() throws {
        let limiter = FailureLimiter()
        for _ in 0..<FailureLimiter.limitAtOnce { try limiter.admit("192.0.2.1", at: time) }
        let refusal = #expect(throws: DomainError.self) { try limiter.admit("192.0.2.1", at: time) }
        #expect(refusal?.code == .rateLimited)
        #expect(refusal?.retryAfter == .seconds(5))
        #expect(throws: Never.self) { try limiter.admit("192.0.2.2", at: time) }
        limiter.release("192.0.2.1")
        #expect(throws: Never.self) { try limiter.admit("192.0.2.1", at: time) }
        #expect(throws: DomainError.self) { try limiter.admit("192.0.2.1", at: time) }
    }

    @Test("IPv6 addresses count by their network, IPv4 addresses each for itself")
    func networks() throws {
        let limiter = FailureLimiter()
        for last in 1...FailureLimiter.limit { limiter.note("2001:db8:0:1::\(last)", at: time) }
        for address in ["2001:db8:0:1:ffff::", "2001:0DB8::0001:0:0:0:9"] {
            let refusal = #expect(throws: DomainError.self) { try limiter.check(address, at: time) }
            #expect(refusal?.code == .rateLimited, "\(address)")
        }
        #expect(throws: Never.self) { try limiter.check("2001:db8:0:2::1", at: time) }
        for last in 1...FailureLimiter.limit { limiter.note("192.0.2.\(last)", at: time) }
        #expect(throws: Never.self) { try limiter.check("192.0.2.1", at: time) }
    }

    @Test("a further minute forgets failures, but not the attempts under way")
    func minutes() throws {
        let limiter = FailureLimiter()
        for _ in 0..<FailureLimiter.limitAtOnce { try limiter.admit("192.0.2.1", at: time) }
        for _ in 0..<FailureLimiter.limit { limiter.note("192.0.2.1", at: time) }
        let later = time.advanced(by: .seconds(60))
        #expect(throws: Never.self) { try limiter.check("192.0.2.1", at: later) }
        limiter.note("192.0.2.1", at: later)
        #expect(throws: DomainError.self) { try limiter.admit("192.0.2.1", at: later) }
    }

    @Test("signing in and changing a password leave room for the next, however they end")
    func release() async throws {
        try await OperationsInstallation.run { installation in
            for number in 0...FailureLimiter.limitAtOnce {
                let error = try await installation.refusal("nobody\(number)@example.test", "wrong")
                #expect(error?.code == .unauthenticated)
            }
            for _ in 0...FailureLimiter.limitAtOnce {
                _ = try await installation.signIn("admin@example.test")
            }
        }
    }
}
