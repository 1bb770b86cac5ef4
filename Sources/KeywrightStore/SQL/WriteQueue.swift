import Dispatch
import Synchronization

/// Bodies that wait for the writer, and how long the writer waits for more of them to share a commit.
///
/// A commit costs as much as several keys, so the writer gives those it has just answered the time to come again: they
/// and those that came meanwhile are who is expected next. It never waits for a writer that comes alone, and never for
/// longer than the last commit took.
final class WriteQueue: Sendable {
    /// A body that waits, and how its caller goes on.
    struct Pending: Sendable {
        /// Runs the body; the result is handed over after the commit.
        let run: @Sendable (SQLTransaction) throws -> @Sendable () -> Void
        let fail: @Sendable (any Error) -> Void
    }

    private struct State {
        var waiting: [Pending] = []
        /// Whether the writer is at work, so that nobody else has to start it.
        var isDraining = false
        /// How many bodies the writer looks forward to.
        var expected = 1
        /// How long it waits for them.
        var patience = Duration.zero
        /// Whether it sleeps until they are here.
        var isAwaited = false
    }

    /// The most bodies of one commit.
    static let limit = 128

    private let longestPatience: Duration
    private let state = Mutex(State())
    private let arrival = DispatchSemaphore(value: 0)

    /// - Parameter longestPatience: the longest that a commit is put off.
    init(longestPatience: Duration = .milliseconds(2)) {
        self.longestPatience = longestPatience
    }

    /// Adds a body.
    ///
    /// - Returns: whether the caller must start the writer.
    func add(_ pending: Pending) -> Bool {
        let (starts, wakes) = state.withLock { state in
            state.waiting.append(pending)
            let wakes = state.isAwaited && state.waiting.count >= state.expected
            if wakes { state.isAwaited = false }
            defer { state.isDraining = true }
            return (!state.isDraining, wakes)
        }
        if wakes { arrival.signal() }
        return starts
    }

    /// Whether nothing waits and the writer is not at work.
    var isIdle: Bool { state.withLock { !$0.isDraining && $0.waiting.isEmpty } }

    /// The bodies of the next commit, once those expected are here or will be waited for no longer.
    ///
    /// - Returns: at most ``limit`` bodies; none when the writer is to stop.
    func next() -> [Pending] {
        let patience = state.withLock { state -> Duration? in
            state.isAwaited = state.waiting.count < state.expected
            return state.isAwaited ? state.patience : nil
        }
        if let patience { wait(patience) }
        return state.withLock { state in
            let group = Array(state.waiting.prefix(Self.limit))
            state.waiting.removeFirst(group.count)
            if group.isEmpty {
                state.isDraining = false
                state.expected = 1
            }
            return group
        }
    }

    private func wait(_ patience: Duration) {
        let (seconds, attoseconds) = patience.components
        let deadline = DispatchTime.now() + .seconds(Int(seconds)) + .nanoseconds(Int(attoseconds / 1_000_000_000))
        guard arrival.wait(timeout: deadline) == .timedOut else { return }
        let isSignalled = state.withLock { state in
            defer { state.isAwaited = false }
            return !state.isAwaited
        }
        // The last of them came at this very moment; its signal must not wake the writer another time.
        if isSignalled { arrival.wait() }
    }

    /// Notes that a commit is done, before its callers go on.
    func committed(_ count: Int, in duration: Duration) {
        state.withLock { state in
            state.expected = min(count + state.waiting.count, Self.limit)
            state.patience = min(duration, longestPatience)
        }
    }
}
