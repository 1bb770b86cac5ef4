internal import GRDB
import KeywrightDomain
import Logging
import Synchronization

/// Commits writes that wait together in one transaction, so that they share one flush to disk.
///
/// A body that fails leaves no trace and does not disturb the others. A caller goes on when the commit is on disk.
final class GroupCommit: Sendable {
    /// A body failed after it had written something, so what it wrote must be told apart from what the others did.
    private struct Entangled: Error {}

    private let pool: DatabasePool
    private let lastNumbers: Mutex<[Counter: Int64]> = Mutex([:])
    private let queue = WriteQueue()
    private let observers = ChangeObservers()
    private let now: @Sendable () -> Instant
    private let logger: Logger

    init(pool: DatabasePool, now: @escaping @Sendable () -> Instant, logger: Logger) {
        self.pool = pool
        self.now = now
        self.logger = logger
    }

    func observe(_ observer: @escaping @Sendable (ChangeNotice) -> Void) {
        observers.add(observer)
    }

    func write<Value: Sendable>(
        _ body: @escaping @Sendable (any WriteTransaction) throws -> Value
    ) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            let pending = WriteQueue.Pending(
                run: { transaction in
                    let value = try body(transaction)
                    return { continuation.resume(returning: value) }
                },
                fail: { continuation.resume(throwing: $0) }
            )
            if queue.add(pending) { pool.asyncWriteWithoutTransaction { self.drain($0) } }
        }
    }

    private func drain(_ database: Database) {
        while true {
            let group = queue.next()
            if group.isEmpty { return }
            let start = ContinuousClock.now
            let resumptions = commit(group, in: database)
            queue.committed(group.count, in: ContinuousClock.now - start)
            for resume in resumptions { resume() }
        }
    }

    /// Commits what succeeds and tells the others.
    ///
    /// Savepoints keep a copy of every page that a body changes, which costs as much as the changes. So the bodies run
    /// without them, and once more with them when one of them fails half-way, which is rare.
    ///
    /// - Returns: how those whose writes are on disk go on.
    private func commit(_ group: [WriteQueue.Pending], in database: Database) -> [@Sendable () -> Void] {
        var unanswered = group
        do {
            do {
                return try attempt(&unanswered, withSavepoints: false, in: database)
            } catch is Entangled {
                undo(in: database)
                return try attempt(&unanswered, withSavepoints: true, in: database)
            }
        } catch {
            undo(in: database)
            let translated = SQLiteError.translate(error, logger)
            for pending in unanswered { pending.fail(translated) }
            return []
        }
    }

    private func undo(in database: Database) {
        if database.isInsideTransaction { _ = try? SQLiteSession(database).execute("ROLLBACK") }
        lastNumbers.withLock { $0 = [:] }
    }

    /// - Parameter group: the bodies; those that fail alone are told so and removed.
    private func attempt(
        _ group: inout [WriteQueue.Pending], withSavepoints: Bool, in database: Database
    ) throws -> [@Sendable () -> Void] {
        let session = SQLiteSession(database)
        let effects = CommitEffects()
        let numbers = CommitNumbers(last: lastNumbers.withLock { $0 }, effects: effects)
        var resumptions: [@Sendable () -> Void] = []
        try session.execute("BEGIN IMMEDIATE")
        while resumptions.count < group.count {
            let pending = group[resumptions.count]
            let transaction = SQLTransaction(session: session, numbers: numbers)
            let changeCount = session.changeCount
            do {
                if withSavepoints { try session.execute("SAVEPOINT body") }
                let resume = try pending.run(transaction)
                if withSavepoints { try session.execute("RELEASE body") }
                effects.add(transaction.effects)
                resumptions.append(resume)
            } catch {
                // A full disk may have undone the whole transaction: then nobody's write happened.
                guard database.isInsideTransaction else { throw error }
                if withSavepoints {
                    _ = try? session.execute("ROLLBACK TO body")
                    _ = try? session.execute("RELEASE body")
                } else if session.changeCount != changeCount {
                    throw Entangled()
                }
                group.remove(at: resumptions.count)
                pending.fail(SQLiteError.translate(error, logger))
            }
        }
        try effects.write(to: session, numbers: numbers, now: now())
        try numbers.write(to: session)
        try session.execute("COMMIT")
        lastNumbers.withLock { $0 = numbers.last }
        observers.tell(effects.changes)
        return resumptions
    }
}
