import KeywrightDomain
import Synchronization

/// A clock that goes on when a test says so.
final class TestClock: Sendable {
    private let time = Mutex(Instant.start)

    var now: Instant {
        get { time.withLock { $0 } }
        set { time.withLock { $0 = newValue } }
    }
}

extension Instant {
    /// When tests begin; not a whole second, so that lost precision shows.
    static let start = Instant(milliseconds: 1_767_225_600_123)

    /// That many seconds after the start.
    static func after(_ seconds: Int64) -> Instant { start.advanced(by: .seconds(seconds)) }
}
