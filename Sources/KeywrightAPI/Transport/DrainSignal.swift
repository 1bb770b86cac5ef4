import Synchronization

/// Says to all connections of a server that it is shutting down.
///
/// NIO tells open connections by an event, but one that is being set up at that moment has no handler yet to hear it;
/// it asks here instead.
final class DrainSignal: Sendable {
    private let flag = Atomic(false)
    private let listeners: Mutex<[@Sendable () -> Void]> = Mutex([])

    var isDraining: Bool { flag.load(ordering: .acquiring) }

    func begin() {
        guard !flag.exchange(true, ordering: .acquiringAndReleasing) else { return }
        for listener in listeners.withLock({ $0 }) { listener() }
    }

    /// Has a function called when the shutdown begins, at once when it has begun; twice at most.
    func whenBegun(_ listener: @escaping @Sendable () -> Void) {
        listeners.withLock { $0.append(listener) }
        if isDraining { listener() }
    }
}
