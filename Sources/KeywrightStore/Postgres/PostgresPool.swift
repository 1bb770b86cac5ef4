import Dispatch
import Foundation
import KeywrightDomain
import Logging
import Synchronization

/// Connections, each with a thread of its own: what waits for the database never waits on an event loop.
///
/// A thread and its connection are made when a job comes and all others are at work. A job that no thread takes in time
/// fails.
final class PostgresPool: Sendable {
    /// Something to do with a connection.
    struct Job: Sendable {
        let run: @Sendable (PostgresWorker) -> Void
        /// Called instead of `run` when it is not run.
        let fail: @Sendable (any Error) -> Void
    }

    private struct State {
        var jobs: [(id: UInt64, job: Job)] = []
        var lastID: UInt64 = 0
        var workerCount = 0
        var idleCount = 0
        var isClosed = false
    }

    private let limit: Int
    private let acquireTimeout: Duration
    private let connect: @Sendable () throws -> PostgresConnection
    private let logger: Logger
    private let state = Mutex(State())
    private let arrival = DispatchSemaphore(value: 0)
    private let workers = DispatchGroup()

    /// - Parameters:
    ///   - limit: the most connections.
    ///   - acquireTimeout: how long a job waits for one.
    init(
        limit: Int, acquireTimeout: Duration, logger: Logger,
        connect: @escaping @Sendable () throws -> PostgresConnection
    ) {
        self.limit = limit
        self.acquireTimeout = acquireTimeout
        self.logger = logger
        self.connect = connect
    }

    /// Has a job run on one of the threads.
    func submit(_ job: Job) {
        /// What the caller has to do beside.
        enum Outcome {
            case refused
            case queued(id: UInt64, startsWorker: Bool, mustWait: Bool)
        }
        let outcome = state.withLock { state -> Outcome in
            guard !state.isClosed else { return .refused }
            state.lastID += 1
            state.jobs.append((state.lastID, job))
            let isShort = state.idleCount < state.jobs.count
            let starts = isShort && state.workerCount < limit
            if starts { state.workerCount += 1 }
            return .queued(id: state.lastID, startsWorker: starts, mustWait: isShort && !starts)
        }
        guard case .queued(let id, let startsWorker, let mustWait) = outcome else {
            return job.fail(DomainError(.unavailable, "The store is closed."))
        }
        arrival.signal()
        if startsWorker { startWorker() }
        if mustWait { expire(id) }
    }

    /// Fails a job that was not taken in time.
    private func expire(_ id: UInt64) {
        let (seconds, attoseconds) = acquireTimeout.components
        let deadline = DispatchTime.now() + .seconds(Int(seconds)) + .nanoseconds(Int(attoseconds / 1_000_000_000))
        DispatchQueue.global().asyncAfter(deadline: deadline) { [self] in
            let job = state.withLock { state in
                state.jobs.firstIndex { $0.id == id }.map { state.jobs.remove(at: $0).job }
            }
            guard let job else { return }
            logger.warning("No connection to the database became free in time.")
            job.fail(PostgresError.unavailable)
        }
    }

    private func startWorker() {
        workers.enter()
        let thread = Thread { [self] in
            let worker = PostgresWorker(connect: connect)
            while let job = next() { job.run(worker) }
            workers.leave()
        }
        thread.name = "postgres"
        thread.start()
    }

    /// The next job; nil when the thread is to end.
    private func next() -> Job? {
        while true {
            state.withLock { $0.idleCount += 1 }
            arrival.wait()
            let (job, isClosed) = state.withLock { state -> (Job?, Bool) in
                state.idleCount -= 1
                return (state.jobs.isEmpty ? nil : state.jobs.removeFirst().job, state.isClosed)
            }
            if let job { return job }
            if isClosed { return nil }
        }
    }

    /// Fails what waits, lets what runs finish, and closes all connections.
    func close() async {
        let (waiting, count) = state.withLock { state in
            state.isClosed = true
            defer { state.jobs = [] }
            return (state.jobs, state.workerCount)
        }
        for (_, job) in waiting { job.fail(DomainError(.unavailable, "The store is closed.")) }
        for _ in 0..<count { arrival.signal() }
        await withCheckedContinuation { continuation in
            workers.notify(queue: .global()) { continuation.resume() }
        }
    }
}

/// The connection of one thread, opened again when it was lost.
final class PostgresWorker {
    private let connect: @Sendable () throws -> PostgresConnection
    private var current: PostgresConnection?

    init(connect: @escaping @Sendable () throws -> PostgresConnection) {
        self.connect = connect
    }

    /// The open connection.
    ///
    /// - Throws: ``PostgresError`` when the database cannot be reached.
    func connection() throws -> PostgresConnection {
        if let current, current.loss == nil { return current }
        current = nil
        let new = try connect()
        current = new
        return new
    }

    /// Waits on this thread, between two attempts.
    static func pause(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        Thread.sleep(forTimeInterval: Double(seconds) + Double(attoseconds) / 1e18)
    }

    /// Has the next use open a new connection.
    func drop() {
        current = nil
    }
}
