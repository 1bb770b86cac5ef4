import KeywrightDomain
import KeywrightStore
import Synchronization

/// An observer of a store that keeps what it heard.
final class ChangeRecorder: Sendable {
    private let commits = Mutex<[[Change]]>([])

    init(_ store: any Store) {
        store.observe { changes in self.commits.withLock { $0.append(changes) } }
    }

    /// What was heard, by commit.
    var heardByCommit: [[Change]] { commits.withLock { $0 } }

    /// The ids of everything that was heard.
    var ids: [Int64] { heardByCommit.flatMap { $0.map(\.id) } }
}
