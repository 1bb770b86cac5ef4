import KeywrightDomain
import Synchronization

/// Who is told what changed.
final class ChangeObservers: Sendable {
    private let observers: Mutex<[@Sendable ([Change]) -> Void]> = Mutex([])

    func add(_ observer: @escaping @Sendable ([Change]) -> Void) {
        observers.withLock { $0.append(observer) }
    }

    func tell(_ changes: [Change]) {
        if changes.isEmpty { return }
        for observer in observers.withLock({ $0 }) { observer(changes) }
    }
}
