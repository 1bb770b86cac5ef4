import KeywrightDomain
import KeywrightStore
import Synchronization

/// An observer of a store that keeps what it heard.
final class ChangeRecorder: Sendable {
    private let commits = Mutex<[[Change]]>([])

    init(_ store: any Store) {
        store.observe { notice in
            if case .changed(let changes) = notice { self.commits.withLock { $0.append(changes) } }
        }
    }

    /// What was heard, by commit.
    var heardByCommit: [[Change]] { commits.withLock { $0 } }

    /// The ids of everything that was heard, each once: a change may be told twice.
    var ids: [Int64] {
        var known: Set<Int64> = []
        return heardByCommit.flatMap { $0.map(\.id) }.filter { known.insert($0).inserted }
    }
}
