import Dispatch
import Foundation
import KeywrightDomain
import Logging
import Synchronization

/// Connections, each with a thread of its own: what waits for the database never waits on an event loop.
///
/// A job goes to the thread that was at work last: its connection, and what serves it on the other side, still have in
/// the processor's caches what they need. A thread and its connection are made when a job comes and all others are at
/// work. A job that no thread takes in time fails.
final class PostgresPool: Sendable {
    /// Something to do with a connection.
    struct Job: Sendable {
        let run: @Sendable (PostgresWorker) -> Outcome
        /// Called instead of `run` when it is not run.
        let fail: @Sendable (any Error) -> Void
    }

    /// What is left when a job has been run.
    struct Outcome {
        /// Tells whoever waits for the job.
        var tell: () -> Void = {}
        /// What its connection needs afterwards and nobody has to wait for.
        var rest: (() -> Void)?
    }

    private struct State {
        /// What waits while all threads are at work.
        var jobs: [(id: UInt64, job: Job)] = []
        var lastID: UInt64 = 0
        /// Where threads without work wait; the one that was at work last comes last.
        var idle: [Desk] = []
        var workerCount = 0
        var isClosed = false
    }

    /// Where a thread waits for its next job.
    private final class Desk: Sendable {
        private let job: Mutex<Job?> = Mutex(nil)
        private let arrival = DispatchSemaphore(value: 0)

        /// - Parameter job: nil when there will be none.
        func put(_ job: Job?) {
            self.job.withLock { $0 = job }
            arrival.signal()
        }

        func take() -> Job? {
            arrival.wait()
            return job.withLock { job in
                defer { job = nil }
                return job
            }
        }
    }

    private let limit: Int
    private let acquireTimeout: Duration
    private let connect: @Sendable () throws -> PostgresConnection
    private let logger: Logger
    private let state = Mutex(State())
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
    ///
    /// - Parameter isSequel: whether another job submits it as the last thing it does: its thread goes on with what waits.
    func submit(_ job: Job, isSequel: Bool = false) {
        enum Way {
            case refused
            case idle(Desk)
            case new
            case next
            case queue(id: UInt64)
        }
        let way = state.withLock { state -> Way in
            if state.isClosed { return .refused }
            if !isSequel {
                if let desk = state.idle.popLast() { return .idle(desk) }
                if state.workerCount < limit {
                    state.workerCount += 1
                    workers.enter()
                    return .new
                }
            }
            state.lastID += 1
            state.jobs.append((state.lastID, job))
            return isSequel && state.jobs.count == 1 ? .next : .queue(id: state.lastID)
        }
        switch way {
        case .refused: job.fail(DomainError(.unavailable, "The store is closed."))
        case .idle(let desk): desk.put(job)
        case .new: startWorker(job)
        case .next: break
        case .queue(let id): expire(id)
        }
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

    private func startWorker(_ first: Job) {
        let thread = Thread { [self] in
            let (worker, desk) = (PostgresWorker(connect: connect), Desk())
            var job: Job? = first
            while let current = job {
                let outcome = current.run(worker)
                let next: Next
                if let rest = outcome.rest {
                    outcome.tell()
                    rest()
                    next = self.next(desk)
                } else {
                    // Back first: who hears of it may come again at once, and shall find this thread, not wake another.
                    next = self.next(desk)
                    outcome.tell()
                }
                job = next.orTaken(from: desk)
            }
            workers.leave()
        }
        thread.name = "postgres"
        thread.start()
    }

    /// What a thread does next.
    private enum Next {
        /// Nil when it is to end.
        case job(Job?)
        case wait

        func orTaken(from desk: Desk) -> Job? {
            switch self {
            case .job(let job): job
            case .wait: desk.take()
            }
        }
    }

    private func next(_ desk: Desk) -> Next {
        state.withLock { state in
            if !state.jobs.isEmpty { return .job(state.jobs.removeFirst().job) }
            if state.isClosed { return .job(nil) }
            state.idle.append(desk)
            return .wait
        }
    }

    /// Fails what waits, lets what runs finish, and closes all connections.
    func close() async {
        let (waiting, idle) = state.withLock { state in
            state.isClosed = true
            defer { (state.jobs, state.idle) = ([], []) }
            return (state.jobs, state.idle)
        }
        for (_, job) in waiting { job.fail(DomainError(.unavailable, "The store is closed.")) }
        for desk in idle { desk.put(nil) }
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

    /// Whether a transaction that only read is still to be ended.
    var mustEndReading: Bool { current?.mustEndReading == true }

    /// Ends a transaction that only read, if the connection still stands, without waiting for it.
    func endReading() {
        guard let current, current.loss == nil else { return }
        try? current.endReading()
    }
}
