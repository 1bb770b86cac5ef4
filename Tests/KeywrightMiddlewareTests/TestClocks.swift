import KeywrightDomain
import Synchronization

@testable import KeywrightMiddleware

/// Both clocks of a verifier, which stand at the beginning of 2026 until they are moved.
final class TestClocks: Sendable {
    private let passed = Mutex<Duration>(.zero)

    /// The time of day, also for a server beside.
    var now: Instant {
        Instant(milliseconds: 1_767_225_600_000).advanced(by: passed.withLock { $0 })
    }

    var clock: VerifierClock {
        VerifierClock(now: { self.now }, elapsed: { self.passed.withLock { $0 } })
    }

    func advance(by duration: Duration) {
        passed.withLock { $0 += duration }
    }
}

/// A generator whose numbers depend on the seed alone (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: Int) {
        state = UInt64(truncatingIfNeeded: seed)
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
