import KeywrightDomain

/// A transaction over any engine: the statements live in the files `SQL+*.swift` beside this one.
///
/// Not `Sendable`: it lives on the engine's thread for the time of one body.
final class SQLTransaction: WriteTransaction {
    let session: any SQLSession
    let numbers: any NumberSource
    /// What the engine adds when it commits.
    private(set) var effects = Effects()

    /// What joins a transaction at its end.
    struct Effects {
        var events: [AuditEvent] = []
        var changes: [Change] = []
        var keyCounts: [Organization.ID: (all: Int, listed: Int)] = [:]
        var termChanges: [APIKeyTermChange] = []
    }

    init(session: any SQLSession, numbers: any NumberSource) {
        self.session = session
        self.numbers = numbers
    }

    func append(_ event: AuditEvent) {
        effects.events.append(event)
    }

    func append(_ change: Change) {
        effects.changes.append(change)
    }

    func append(_ change: APIKeyTermChange) {
        effects.termChanges.append(change)
    }

    func countKeys(_ organization: Organization.ID, all: Int, listed: Int) {
        effects.keyCounts[organization, default: (0, 0)].all += all
        effects.keyCounts[organization, default: (0, 0)].listed += listed
    }

    func allocate(_ counter: Counter, count: Int) throws -> Int64 {
        try numbers.allocate(counter, count: count, in: session)
    }

    var untoldChanges: [Change]? { numbers.untoldChanges }
}

/// Gives ids, and what transactions that will commit together with this one have not written yet.
protocol NumberSource: AnyObject {
    /// The first of `count` new numbers.
    func allocate(_ counter: Counter, count: Int, in session: any SQLSession) throws -> Int64
    /// New numbers of audit events, ascending.
    func eventNumbers(_ count: Int, in session: any SQLSession) throws -> [Int64]
    /// Keys they added.
    func pendingKeyCount(_ organization: Organization.ID) -> (all: Int, listed: Int)
    /// What they changed in the sets of keys.
    var pendingTermChanges: [APIKeyTermChange] { get }
    /// What they add to the change log; nil when other processes add to it too.
    var untoldChanges: [Change]? { get }
}

extension NumberSource {
    /// Unknown, where nobody keeps account of them.
    var untoldChanges: [Change]? { nil }
}

/// A reader gives no ids.
final class NoNumbers: NumberSource {
    private static let refusal = DomainError(.unavailable, "This connection only reads.")

    func allocate(_ counter: Counter, count: Int, in session: any SQLSession) throws -> Int64 { throw Self.refusal }

    func eventNumbers(_ count: Int, in session: any SQLSession) throws -> [Int64] { throw Self.refusal }

    func pendingKeyCount(_ organization: Organization.ID) -> (all: Int, listed: Int) { (0, 0) }

    var pendingTermChanges: [APIKeyTermChange] { [] }
}
