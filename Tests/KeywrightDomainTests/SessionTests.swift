import KeywrightDomain
import Testing

@Suite("Sessions and failed attempts")
struct SessionTests {
    private let start = Instant(milliseconds: 1_767_225_600_000)

    @Test("a session ends 30 minutes after its last use, or at its absolute end")
    func ends() {
        func session(seen: Int64) -> Session {
            Session(
                id: Session.ID(1), digest: [], userID: User.ID(1), createdAt: start,
                lastSeenAt: start.advanced(by: .seconds(seen)), expiresAt: start.advanced(by: .seconds(28_800)),
                address: nil, userAgent: ""
            )
        }
        #expect(session(seen: 0).isLive(at: start.advanced(by: .seconds(1_799))))
        #expect(!session(seen: 0).isLive(at: start.advanced(by: .seconds(1_800))))
        #expect(session(seen: 28_000).isLive(at: start.advanced(by: .seconds(28_799))))
        #expect(!session(seen: 28_000).isLive(at: start.advanced(by: .seconds(28_800))))
    }

    @Test("the first five failures cost no wait until the fifth; then waits grow to 15 minutes and stay there")
    func waits() {
        var attempts: SignInAttempts?
        var now = start
        var waits: [Int64] = []
        for _ in 0..<12 {
            let next = SignInAttempts.adding(to: attempts, digest: [1], at: now)
            waits.append(next.blockedUntil.duration(since: now).components.seconds / 60)
            now = next.blockedUntil
            attempts = next
        }
        #expect(waits == [0, 0, 0, 0, 1, 2, 4, 8, 15, 15, 15, 15])
        now = attempts?.resetsAt ?? now
        #expect(SignInAttempts.adding(to: attempts, digest: [1], at: now).count == 1)
    }

    @Test("counting never overflows")
    func bound() {
        let many = SignInAttempts(
            digest: [], count: .max, blockedUntil: start, resetsAt: start.advanced(by: .seconds(1)))
        let next = SignInAttempts.adding(to: many, digest: [], at: start)
        #expect(next.count == 1_001)
        #expect(next.blockedUntil == start.advanced(by: .seconds(900)))
    }
}
