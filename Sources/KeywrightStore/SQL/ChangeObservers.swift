import KeywrightDomain
import Synchronization

/// Who is told what changed.
final class ChangeObservers: Sendable {
    private let observers: Mutex<[@Sendable (ChangeNotice) -> Void]> = Mutex([])

    func add(_ observer: @escaping @Sendable (ChangeNotice) -> Void) {
        observers.withLock { $0.append(observer) }
    }

    func tell(_ changes: [Change]) {
        if !changes.isEmpty { tell(.changed(changes)) }
    }

    func tell(_ notice: ChangeNotice) {
        for observer in observers.withLock({ $0 }) { observer(notice) }
    }
}
