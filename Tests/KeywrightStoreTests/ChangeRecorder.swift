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

    /// Everything that was heard, each once: a change may be told twice, the second time later.
    var changes: [Change] {
        var known: Set<Change> = []
        return heardByCommit.joined().filter { known.insert($0).inserted }
    }

    /// The ids of everything that was heard.
    var ids: [Int64] { changes.map(\.id) }
}
