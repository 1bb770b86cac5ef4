import Synchronization

/// Says to all connections of a server that it is shutting down.
///
/// NIO tells open connections by an event, but one that is being set up at that moment has no handler yet to hear it;
/// it asks here instead.
final class DrainSignal: Sendable {
    private let flag = Atomic(false)

    var isDraining: Bool { flag.load(ordering: .acquiring) }

    func begin() {
        flag.store(true, ordering: .releasing)
    }
}
