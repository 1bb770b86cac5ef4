import Dispatch
import Synchronization

/// Something that happens once, and that a thread or a task can wait for.
final class Signal: Sendable {
    private let semaphore = DispatchSemaphore(value: 0)

    func raise() { semaphore.signal() }

    /// Waits on the thread of a transaction's body.
    func wait() {
        semaphore.wait()
        semaphore.signal()
    }

    /// Waits without holding a thread of the pool.
    func reached() async {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                self.wait()
                continuation.resume()
            }
        }
    }
}
