import KeywrightDomain
import Logging
import Synchronization

/// Commits the writes of this process, side by side with those of other nodes.
///
/// Writes of one scope that wait together share a transaction and its flush to disk, as in the embedded engine. The
/// transaction holds the scope's lock from its first statement to its end, so that bodies of one scope run one after
/// the other, on whatever node; every statement sees what those before it committed.
final class PostgresCommits: Sendable {
    /// A body failed after it had written something, so what it wrote must be told apart from what the others did.
    private struct Entangled: Error {}

    /// How often a group begins again after conflicts and lost connections.
    private static let attempts = 6
    /// No attempt begins later than this.
    private static let patience = Duration.seconds(5)

    private let pool: PostgresPool
    private let queues: Mutex<[WriteScope: WriteQueue]> = Mutex([:])
    private let now: @Sendable () -> Instant
    private let tell: @Sendable ([Change]) -> Void
    private let logger: Logger

    /// - Parameter tell: called with the changes of each commit before its callers go on.
    init(
        pool: PostgresPool, now: @escaping @Sendable () -> Instant, logger: Logger,
        tell: @escaping @Sendable ([Change]) -> Void
    ) {
        self.pool = pool
        self.now = now
        self.logger = logger
        self.tell = tell
    }

    func write<Value: Sendable>(
        _ scope: WriteScope, _ body: @escaping @Sendable (any WriteTransaction) throws -> Value
    ) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            add(
                WriteQueue.Pending(
                    run: { transaction in
                        let value = try body(transaction)
                        return { continuation.resume(returning: value) }
                    },
                    fail: { continuation.resume(throwing: $0) }
                ), to: scope)
        }
    }

    private func add(_ pending: WriteQueue.Pending, to scope: WriteScope) {
        let queue = queues.withLock { queues -> WriteQueue? in
            let queue = queues[scope] ?? WriteQueue()
            queues[scope] = queue
            return queue.add(pending) ? queue : nil
        }
        if let queue { submit(queue, scope) }
    }

    private func submit(_ queue: WriteQueue, _ scope: WriteScope, isSequel: Bool = false) {
        pool.submit(
            PostgresPool.Job(
                run: { [self] worker in
                    drain(queue, scope, worker)
                    return PostgresPool.Outcome()
                },
                fail: { [self] error in
                    while true {
                        let group = take(from: queue, scope)
                        if group.isEmpty { return }
                        for pending in group { pending.fail(error) }
                    }
                }
            ), isSequel: isSequel)
    }

    /// The next bodies of a scope; when there are none, its queue is forgotten.
    private func take(from queue: WriteQueue, _ scope: WriteScope) -> [WriteQueue.Pending] {
        let group = queue.next()
        if group.isEmpty {
            queues.withLock { queues in
                if queues[scope] === queue, queue.isIdle { queues[scope] = nil }
            }
        }
        return group
    }

    /// Commits what waits, then lets the other scopes have the connection.
    private func drain(_ queue: WriteQueue, _ scope: WriteScope, _ worker: PostgresWorker) {
        let group = take(from: queue, scope)
        if group.isEmpty { return }
        let start = ContinuousClock.now
        let resumptions = commit(group, scope, worker)
        queue.committed(group.count, in: ContinuousClock.now - start)
        for resume in resumptions { resume() }
        submit(queue, scope, isSequel: true)
    }

    // MARK: A group

    /// Commits what succeeds and tells the others.
    ///
    /// - Returns: how those whose writes are on disk go on.
    private func commit(
        _ group: [WriteQueue.Pending], _ scope: WriteScope, _ worker: PostgresWorker
    ) -> [@Sendable () -> Void] {
        var unanswered = group
        var withSavepoints = false
        var attempt = 1
        let deadline = ContinuousClock.now + Self.patience
        while true {
            do {
                return try self.attempt(&unanswered, scope, withSavepoints: withSavepoints, worker)
            } catch is Entangled {
                withSavepoints = true
            } catch {
                let remedy = (error as? PostgresError)?.remedy ?? .none
                if remedy == .newConnection { worker.drop() }
                if remedy != .none, attempt < Self.attempts, ContinuousClock.now < deadline {
                    PostgresWorker.pause(.milliseconds(Int64.random(in: 1...(10 << attempt))))
                    attempt += 1
                    continue
                }
                let translated = PostgresError.translate(error, logger)
                for pending in unanswered { pending.fail(translated) }
                return []
            }
        }
    }

    /// - Parameter group: the bodies; those that fail alone are told so and removed.
    private func attempt(
        _ group: inout [WriteQueue.Pending], _ scope: WriteScope, withSavepoints: Bool, _ worker: PostgresWorker
    ) throws -> [@Sendable () -> Void] {
        let connection = try worker.connection()
        let transactionID = try begin(scope, on: connection)
        let effects = CommitEffects()
        var resumptions: [@Sendable () -> Void] = []
        do {
            let session = PostgresSession(connection)
            let numbers = PostgresNumbers(effects: effects)
            while resumptions.count < group.count {
                let transaction = SQLTransaction(session: session, numbers: numbers)
                let pending = group[resumptions.count]
                if let resume = try run(
                    pending, transaction, session, connection, withSavepoints, isAlone: group.count == 1)
                {
                    effects.add(transaction.effects)
                    resumptions.append(resume)
                } else {
                    group.remove(at: resumptions.count)
                }
            }
            if resumptions.isEmpty {
                try connection.runLater("ROLLBACK")
                return []
            }
            try effects.write(to: session, numbers: numbers, now: now())
        } catch {
            if connection.loss == nil { try? connection.runLater("ROLLBACK") }
            throw error
        }
        try end(transactionID, effects.lastEvent, on: connection, worker)
        if !effects.changes.isEmpty { tell(effects.changes) }
        return resumptions
    }

    /// Runs one body.
    ///
    /// - Returns: how its caller goes on after the commit; nil when it failed and was told so.
    private func run(
        _ pending: WriteQueue.Pending, _ transaction: SQLTransaction, _ session: PostgresSession,
        _ connection: PostgresConnection, _ withSavepoints: Bool, isAlone: Bool
    ) throws -> (@Sendable () -> Void)? {
        session.beginBody()
        do {
            if withSavepoints { _ = try connection.run("SAVEPOINT body") }
            let resume = try pending.run(transaction)
            // Whatever a body posted fails here, not in the midst of the next one.
            if withSavepoints { _ = try connection.run("RELEASE body") } else { try connection.flush() }
            // A body may go on after a statement failed, but the transaction cannot.
            guard !connection.isFailed else { throw Entangled() }
            return resume
        } catch {
            if let error = error as? PostgresError, error.remedy != .none { throw error }
            if withSavepoints {
                connection.forgetPosted()
                _ = try connection.run("ROLLBACK TO body")
                _ = try connection.run("RELEASE body")
            } else if session.hasWritten || connection.isFailed {
                throw isAlone && !(error is Entangled) ? error : Entangled()
            }
            pending.fail(PostgresError.translate(error, logger))
            return nil
        }
    }

    // MARK: Begin and end

    /// - Returns: the transaction's number, by which its end can be asked for.
    private func begin(_ scope: WriteScope, on connection: PostgresConnection) throws -> Int64 {
        let begin = try PostgresConnection.Command("BEGIN ISOLATION LEVEL READ COMMITTED")
        let (locks, arguments) = PostgresLocks.acquiring(scope)
        let first = try PostgresConnection.Command("SELECT pg_current_xact_id()\(locks)", arguments)
        guard let result = try connection.run([begin, first]).last, result.rowCount == 1 else {
            throw PostgresError(state: PostgresError.connectionLost, message: "a transaction has no number")
        }
        return result.row(0).integer(0)
    }

    /// Commits; when the connection breaks meanwhile, finds out how it ended.
    ///
    /// - Parameter event: one that the transaction wrote; nil when it wrote none.
    private func end(
        _ transactionID: Int64, _ event: SealedAuditEvent?, on connection: PostgresConnection, _ worker: PostgresWorker
    ) throws {
        do {
            let result = try connection.run("COMMIT")
            // A transaction that has failed unnoticed is rolled back by its commit.
            guard result.command == "COMMIT" else {
                throw PostgresError(state: "25P02", message: "the transaction had failed")
            }
        } catch let error as PostgresError where connection.loss != nil {
            guard try isCommitted(transactionID, event, worker) else { throw error }
        } catch {
            if connection.loss == nil { try? connection.runLater("ROLLBACK") }
            throw error
        }
    }

    /// Asks on a new connection how a transaction ended whose connection broke during the commit.
    ///
    /// - Throws: ``PostgresError/unknownOutcome`` when that cannot be found out in time.
    private func isCommitted(
        _ transactionID: Int64, _ event: SealedAuditEvent?, _ worker: PostgresWorker
    ) throws -> Bool {
        let deadline = ContinuousClock.now + .seconds(4)
        var wait = Duration.milliseconds(20)
        repeat {
            // What an attempt that failed has used may stand within a transaction.
            worker.drop()
            if let connection = try? worker.connection(),
                let isCommitted = try? event.map({ try Self.isKept($0, on: connection) })
                    ?? Self.isCommitted(transactionID, on: connection)
            {
                return isCommitted
            }
            PostgresWorker.pause(wait)
            wait = min(wait * 2, .milliseconds(500))
        } while ContinuousClock.now < deadline
        worker.drop()
        throw PostgresError.unknownOutcome
    }

    /// Whether an event is in the trail, once the transaction that wrote it has ended in any case.
    ///
    /// The transaction's number would not do: a server that crashed, or a standby that was promoted, gives numbers again
    /// which its log does not know. The lock is that of whoever writes events of the organization. Taking it is a
    /// write too, so that this commit waits for a synchronous standby as the lost one should have.
    private static func isKept(_ sealed: SealedAuditEvent, on connection: PostgresConnection) throws -> Bool {
        let organization = PostgresArgument.value(SQLValue(sealed.event.organizationID))
        let results = try connection.run([
            PostgresConnection.Command("BEGIN ISOLATION LEVEL READ COMMITTED"),
            PostgresConnection.Command("SELECT id FROM organizations WHERE id = $1 FOR UPDATE", [organization]),
            search(for: sealed), PostgresConnection.Command("COMMIT"),
        ])
        guard results.count == 4, results[3].command == "COMMIT" else {
            throw PostgresError(state: PostgresError.connectionLost, message: "the trail cannot be read")
        }
        return results[2].rowCount == 1
    }

    /// Finds an event in the trail, when it is there.
    static func search(for sealed: SealedAuditEvent) throws -> PostgresConnection.Command {
        try PostgresConnection.Command(
            "SELECT id FROM audit_events WHERE organization_id = $1 AND id = $2 AND at = $3 AND link = $4",
            [
                .value(SQLValue(sealed.event.organizationID)), .value(SQLValue(sealed.id)),
                .value(SQLValue(sealed.event.at)), .value(.bytes(sealed.link)),
            ])
    }

    /// What the server says of a transaction that wrote no events; nil while it has not noticed that nobody listens.
    private static func isCommitted(_ transactionID: Int64, on connection: PostgresConnection) throws -> Bool? {
        let result = try connection.run("SELECT pg_xact_status($1)", [.value(.text(String(transactionID)))])
        guard result.rowCount == 1 else { return nil }
        return switch result.row(0).text(0) {
        case "committed": true
        case "aborted": false
        default: nil
        }
    }
}
