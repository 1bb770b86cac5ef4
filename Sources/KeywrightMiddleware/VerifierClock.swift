import Foundation
import KeywrightDomain

/// The two clocks of a verifier.
struct VerifierClock: Sendable {
    /// The time of day, by which credentials expire.
    var now: @Sendable () -> Instant
    /// Time since some moment, never set back, by which ages are measured.
    var elapsed: @Sendable () -> Duration

    /// The machine's.
    static let system: VerifierClock = {
        let start = ContinuousClock.now
        return VerifierClock(
            now: { Instant(milliseconds: Int64(Date().timeIntervalSince1970 * 1_000)) },
            elapsed: { start.duration(to: .now) }
        )
    }()
}
