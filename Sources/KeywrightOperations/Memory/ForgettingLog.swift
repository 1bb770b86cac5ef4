import KeywrightDomain
import Synchronization

/// What was forgotten lately: a read that began before something was forgotten must not bring it back.
final class ForgettingLog: Sendable {
    private struct State {
        /// The last changes, each at its number modulo the length.
        var changes: [Change] = []
        var count: UInt64 = 0
    }

    /// How far back the log goes; a read that takes longer than so many changes is not remembered.
    private static let length: UInt64 = 1_024

    private let state = Mutex(State())
    private let published = Atomic<UInt64>(0)

    /// How many changes there have been.
    var count: UInt64 { published.load(ordering: .acquiring) }

    /// Adds changes, before anything is forgotten on their account.
    func append(_ changes: [Change]) {
        state.withLock { state in
            for change in changes {
                let place = Int(state.count % Self.length)
                if place < state.changes.count { state.changes[place] = change } else { state.changes.append(change) }
                state.count += 1
            }
            published.store(state.count, ordering: .releasing)
        }
    }

    /// Notes that anything may have changed, before everything is forgotten: nobody can say what changed since before.
    func appendUnknown() {
        append([Change](repeating: Change(.organization, 0, in: nil), count: Int(Self.length) + 1))
    }

    /// Whether any change since a count of them may concern something; also when that is too long ago to know.
    func mayHaveChanged(since count: UInt64, _ concerns: (Change) -> Bool) -> Bool {
        if published.load(ordering: .acquiring) == count { return false }
        return state.withLock { state in
            guard state.count - count <= Self.length else { return true }
            return (count..<state.count).contains { concerns(state.changes[Int($0 % Self.length)]) }
        }
    }
}
