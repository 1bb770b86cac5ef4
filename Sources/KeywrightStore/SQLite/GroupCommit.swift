internal import GRDB
import KeywrightDomain
import Logging
import Synchronization

/// Commits writes that wait together in one transaction, so that they share one flush to disk.
///
/// Each body has its own savepoint: one that fails leaves no trace and does not disturb the others. A caller goes on
/// when the commit is on disk.
final class GroupCommit: Sendable {
    /// The most bodies of one commit.
    private static let limit = 128

    /// A body that waits, and how its caller goes on.
    struct Pending: Sendable {
        /// Runs the body; the result is handed over after the commit.
        let run: @Sendable (SQLTransaction) throws -> @Sendable () -> Void
        let fail: @Sendable (any Error) -> Void
    }

    private struct Queue {
        var waiting: [Pending] = []
        var isDraining = false
    }

    private let pool: DatabasePool
    private let lastNumbers: Mutex<[Counter: Int64]> = Mutex([:])
    private let queue = Mutex(Queue())
    private let observers: Mutex<[@Sendable ([Change]) -> Void]> = Mutex([])
    private let now: @Sendable () -> Instant
    private let logger: Logger

    init(pool: DatabasePool, now: @escaping @Sendable () -> Instant, logger: Logger) {
        self.pool = pool
        self.now = now
        self.logger = logger
    }

    func observe(_ observer: @escaping @Sendable ([Change]) -> Void) {
        observers.withLock { $0.append(observer) }
    }

    func write<Value: Sendable>(
        _ body: @escaping @Sendable (any WriteTransaction) throws -> Value
    ) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            let pending = Pending(
                run: { transaction in
                    let value = try body(transaction)
                    return { continuation.resume(returning: value) }
                },
                fail: { continuation.resume(throwing: $0) }
            )
            let starts = queue.withLock { queue in
                queue.waiting.append(pending)
                defer { queue.isDraining = true }
                return !queue.isDraining
            }
            if starts { pool.asyncWriteWithoutTransaction { self.drain($0) } }
        }
    }

    private func drain(_ database: Database) {
        while true {
            let group = queue.withLock { queue in
                let group = Array(queue.waiting.prefix(Self.limit))
                queue.waiting.removeFirst(group.count)
                if group.isEmpty { queue.isDraining = false }
                return group
            }
            if group.isEmpty { return }
            commit(group, in: database)
        }
    }

    private func commit(_ group: [Pending], in database: Database) {
        let session = SQLiteSession(database)
        let effects = CommitEffects()
        let numbers = CommitNumbers(last: lastNumbers.withLock { $0 }, effects: effects)
        var resumptions: [@Sendable () -> Void] = []
        var unanswered = Array(group.reversed())
        var succeeded: [Pending] = []
        do {
            try session.execute("BEGIN IMMEDIATE")
            while let pending = unanswered.popLast() {
                do {
                    resumptions.append(try run(pending, in: session, numbers, effects))
                    succeeded.append(pending)
                } catch {
                    // A full disk may have undone the whole transaction: then nobody's write happened.
                    if !database.isInsideTransaction { unanswered.append(pending) }
                    guard database.isInsideTransaction else { throw error }
                    pending.fail(SQLiteError.translate(error, logger))
                }
            }
            try effects.write(to: session, now: now())
            try numbers.write(to: session)
            try session.execute("COMMIT")
        } catch {
            if database.isInsideTransaction { _ = try? session.execute("ROLLBACK") }
            lastNumbers.withLock { $0 = [:] }
            let translated = SQLiteError.translate(error, logger)
            for pending in succeeded + unanswered { pending.fail(translated) }
            return
        }
        lastNumbers.withLock { $0 = numbers.last }
        let changes = effects.changes
        if !changes.isEmpty {
            for observer in observers.withLock({ $0 }) { observer(changes) }
        }
        for resume in resumptions { resume() }
    }

    private func run(
        _ pending: Pending, in session: SQLiteSession, _ numbers: CommitNumbers, _ effects: CommitEffects
    ) throws -> @Sendable () -> Void {
        let transaction = SQLTransaction(session: session, numbers: numbers)
        try session.execute("SAVEPOINT body")
        do {
            let resume = try pending.run(transaction)
            try session.execute("RELEASE body")
            effects.add(transaction.effects)
            return resume
        } catch {
            _ = try? session.execute("ROLLBACK TO body")
            _ = try? session.execute("RELEASE body")
            throw error
        }
    }
}

/// The ids given within one commit; stored once at its end.
final class CommitNumbers: NumberSource {
    /// The last number given of each kind, as far as it is known.
    private(set) var last: [Counter: Int64]
    private var changed: Set<Counter> = []
    private let effects: CommitEffects

    init(last: [Counter: Int64], effects: CommitEffects) {
        self.last = last
        self.effects = effects
    }

    func allocate(_ counter: Counter, count: Int, in session: any SQLSession) throws -> Int64 {
        let known = try last[counter] ?? stored(counter, in: session)
        last[counter] = known + Int64(count)
        changed.insert(counter)
        return known + 1
    }

    private func stored(_ counter: Counter, in session: any SQLSession) throws -> Int64 {
        try session.first("SELECT last FROM counters WHERE name = $1", [.text(counter.name)]) { $0.integer(0) }
            ?? counter.first - 1
    }

    func pendingKeyCount(_ organization: Organization.ID) -> (all: Int, listed: Int) {
        effects.pendingKeyCount(organization)
    }

    func write(to session: any SQLSession) throws {
        for counter in changed {
            try session.execute(
                """
                INSERT INTO counters (name, last) VALUES ($1, $2)
                ON CONFLICT (name) DO UPDATE SET last = excluded.last
                """,
                [.text(counter.name), SQLValue(last[counter])]
            )
        }
    }
}
