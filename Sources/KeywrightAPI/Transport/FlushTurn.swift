import NIOCore
import NIOPosix

/// Lets the connections of an event loop flush what they answered at once together, when all that had something to read
/// have read it: whoever holds several of them at the other end is woken once, and not for each answer.
final class FlushTurn {
    /// Each thread sees its own, and an event loop has a thread to itself.
    private nonisolated(unsafe) static let current = ThreadSpecificVariable<FlushTurn>()
    private var waiting: [HTTPGuard] = []

    /// Has a connection flush at the end of this turn of its event loop.
    static func add(_ httpGuard: HTTPGuard, on eventLoop: any EventLoop) {
        let turn: FlushTurn
        if let known = current.currentValue {
            turn = known
        } else {
            turn = FlushTurn()
            current.currentValue = turn
        }
        turn.waiting.append(httpGuard)
        if turn.waiting.count == 1 { eventLoop.assumeIsolated().execute { turn.flush() } }
    }

    private func flush() {
        let guards = waiting
        waiting.removeAll(keepingCapacity: true)
        for httpGuard in guards { httpGuard.flushAnswers() }
    }
}
