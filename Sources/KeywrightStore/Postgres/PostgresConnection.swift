import CLibPQ
import Foundation
import KeywrightDomain

/// One connection, used by one thread.
///
/// It is always in libpq's pipeline mode: the statements of one batch travel together and are answered together. The
/// first that fails makes the rest of its batch fail, and the transaction with it.
final class PostgresConnection {
    /// What one connection is set to.
    struct Session {
        /// The schema with our tables.
        var schema: String
        /// The longest that one statement may take, waiting for locks included; zero for any time.
        var statementTimeout = Duration.seconds(5)
        /// How much longer than the server itself the client waits for the end of a statement.
        var grace = Duration.seconds(3)
        /// The longest that a statement may wait for a lock; nil for as long as it may take.
        var lockTimeout: Duration?
        /// By which this process knows its own rows of the change log.
        var node = ""
        /// Where commits that add to the change log send a notification; nil for nowhere.
        var channel: String?
        /// Whether the database is known to answer others; where it is not, a silent one is given up on early.
        var isDatabaseHeard: @Sendable () -> Bool = { true }
    }

    /// A statement with its arguments.
    struct Command: Hashable {
        let sql: String
        let arguments: PostgresArguments

        /// - Throws: `.invalid` for a text with a NUL.
        init(_ sql: String, _ arguments: [PostgresArgument] = []) throws {
            self.init(sql, encoded: try PostgresArguments(arguments))
        }

        init(_ sql: String, encoded arguments: PostgresArguments) {
            self.sql = sql
            self.arguments = arguments
        }
    }

    /// The most statements that stay prepared.
    private static let preparedLimit = 400
    /// Statements with more arguments come in too many variants to be kept.
    private static let preparedArgumentLimit = 64
    /// So many commands that nobody waits for are sent without one that somebody does.
    private static let postedLimit = 200
    /// How long a database is waited for that answers nobody else either.
    private static let patience = Duration.seconds(2)

    private let handle: OpaquePointer
    private let session: Session
    private var prepared: [String: Prepared] = [:]
    private var clock = 0
    private var posted: [Command] = []
    /// Whether a batch was sent whose end was not read yet.
    private var hasUnreadBatch = false
    /// Why the connection is of no more use.
    private(set) var loss: PostgresError?
    /// Called with every statement before it is sent, for tests of what the store sends.
    var onSend: ((Command) -> Void)?

    private final class Prepared {
        let name: String
        var lastUse: Int

        init(name: String, lastUse: Int) {
            self.name = name
            self.lastUse = lastUse
        }
    }

    /// Opens a connection. Waits for the network.
    init(_ address: PostgresAddress, _ session: Session) throws {
        handle = try address.connect().get()
        self.session = session
        guard PQsetnonblocking(handle, 1) == 0, PQenterPipelineMode(handle) == 1 else {
            throw lost("pipeline mode was refused")
        }
        try set()
    }

    deinit {
        PQfinish(handle)
    }

    /// Where commits that add to the change log send a notification; nil for nowhere.
    var channel: String? { session.channel }

    /// Whether a statement of the current transaction failed, so that it can only be rolled back.
    var isFailed: Bool { PQtransactionStatus(handle) == PQTRANS_INERROR }

    private func set() throws {
        let timeout = session.statementTimeout
        let milliseconds = timeout == .zero ? 0 : Self.milliseconds(timeout)
        let lockMilliseconds = session.lockTimeout.map(Self.milliseconds) ?? milliseconds
        let values: [(String, String)] = [
            ("search_path", "\"\(session.schema.replacing("\"", with: "\"\""))\""),
            ("statement_timeout", String(milliseconds)), ("lock_timeout", String(lockMilliseconds)),
            // Set apart from a statement's time: a body computes between its statements.
            ("idle_in_transaction_session_timeout", milliseconds == 0 ? "0" : "15000"),
            ("keywright.node", session.node),
            ("client_min_messages", "error"),
        ]
        var commands = try values.map {
            try Command("SELECT set_config($1, $2, false)", [.value(.text($0)), .value(.text($1))])
        }
        // What is acknowledged must be on disk, whatever the server's default is.
        commands.append(
            try Command(
                """
                SELECT set_config('synchronous_commit', CASE current_setting('synchronous_commit')
                    WHEN 'off' THEN 'on' ELSE current_setting('synchronous_commit') END, false)
                """
            ))
        _ = try run(commands)
    }

    // MARK: Statements

    /// Has a statement sent with the next batch; its error is that batch's.
    func post(_ command: Command) throws {
        posted.append(command)
        if posted.count >= Self.postedLimit { _ = try run([]) }
    }

    /// Runs statements in one batch, behind those that were posted.
    ///
    /// - Returns: their results, without those of the posted ones.
    func run(_ commands: [Command]) throws -> [PostgresResult] {
        let all = posted + commands
        let postedCount = posted.count
        posted = []
        guard !all.isEmpty else { return [] }
        try finishBatch()
        let batch = try send(all)
        return Array(try receive(batch).dropFirst(postedCount))
    }

    /// Sends what was posted and waits for it.
    func flush() throws {
        _ = try run([])
    }

    /// Runs one statement.
    func run(_ sql: String, _ arguments: [PostgresArgument] = []) throws -> PostgresResult {
        guard let result = try run([try Command(sql, arguments)]).first else { throw lost("no result") }
        return result
    }

    /// Sends a statement that ends a transaction of which nothing is awaited any more, and leaves its answer for later.
    func runLater(_ sql: String) throws {
        posted = []
        try finishBatch()
        _ = try send([try Command(sql)])
        try flush(until: deadline())
        hasUnreadBatch = true
    }

    /// Whether there is anything for ``endReading()`` to do.
    var mustEndReading: Bool { loss == nil && (!posted.isEmpty || PQtransactionStatus(handle) != PQTRANS_IDLE) }

    /// Ends a transaction that only read, without waiting for it; when none was begun, there is nothing to end.
    func endReading() throws {
        let isUnsent = posted.first?.sql.hasPrefix("BEGIN") == true
        posted = []
        if !isUnsent, PQtransactionStatus(handle) != PQTRANS_IDLE { try runLater("COMMIT") }
    }

    /// Forgets what was posted and not sent.
    func forgetPosted() {
        posted = []
    }

    /// Runs a script of several statements without arguments, beside pipeline mode.
    func runScript(_ sql: String) throws {
        try finishBatch()
        guard PQexitPipelineMode(handle) == 1, let result = PQexec(handle, sql).map(PostgresResult.init) else {
            throw lost("the script was not sent")
        }
        let isDone = [PGRES_COMMAND_OK, PGRES_TUPLES_OK].contains(result.status)
        guard PQenterPipelineMode(handle) == 1 else { throw lost("pipeline mode was refused") }
        if !isDone { throw result.error }
    }

    /// Adds rows by a COPY statement, beside pipeline mode. Waits for as long as the server takes.
    ///
    /// - Parameter body: is given a function that sends some of the rows, in COPY's text form.
    func copy(_ sql: String, _ body: (_ send: (UnsafeRawBufferPointer) throws -> Void) throws -> Void) throws {
        try flush()
        try finishBatch()
        guard PQexitPipelineMode(handle) == 1, PQsetnonblocking(handle, 0) == 0,
            let begun = PQexec(handle, sql).map(PostgresResult.init)
        else { throw lost("the rows were not sent") }
        var failure: (any Error)? = begun.status == PGRES_COPY_IN ? nil : begun.error
        if failure == nil {
            do {
                try body { bytes in
                    let start = bytes.bindMemory(to: CChar.self).baseAddress
                    guard PQputCopyData(handle, start, CInt(bytes.count)) == 1 else { throw lost() }
                }
            } catch {
                failure = error
            }
            guard PQputCopyEnd(handle, failure == nil ? nil : "interrupted") == 1 else { throw failure ?? lost() }
            while let result = PQgetResult(handle).map(PostgresResult.init) {
                if result.status != PGRES_COMMAND_OK, failure == nil { failure = noted(result.error) }
            }
        }
        guard PQsetnonblocking(handle, 1) == 0, PQenterPipelineMode(handle) == 1 else {
            throw lost("pipeline mode was refused")
        }
        if let failure { throw failure }
    }

    // MARK: Batches

    /// What is to be read of a batch.
    private enum Step {
        /// The answer to preparing a statement.
        case preparation(String, Prepared)
        /// An answer nobody asked for.
        case housekeeping
        case statement
    }

    private func send(_ commands: [Command]) throws -> [Step] {
        var steps: [Step] = []
        for command in commands { try send(command, &steps) }
        guard PQpipelineSync(handle) == 1 else { throw lost() }
        return steps
    }

    private func send(_ command: Command, _ steps: inout [Step]) throws {
        onSend?(command)
        clock += 1
        let name: String?
        if command.arguments.count > Self.preparedArgumentLimit {
            name = nil
        } else if let known = prepared[command.sql] {
            known.lastUse = clock
            name = known.name
        } else {
            if prepared.count >= Self.preparedLimit { try evict(&steps) }
            let new = Prepared(name: "s\(clock)", lastUse: clock)
            guard PQsendPrepare(handle, new.name, command.sql, 0, nil) == 1 else { throw lost() }
            // Counted at once: the same statement may come again in this batch.
            prepared[command.sql] = new
            steps.append(.preparation(command.sql, new))
            name = new.name
        }
        let isSent = command.arguments.withPointers { count, values, lengths, formats in
            if let name { return PQsendQueryPrepared(handle, name, count, values, lengths, formats, 1) }
            return PQsendQueryParams(handle, command.sql, count, nil, values, lengths, formats, 1)
        }
        guard isSent == 1 else { throw lost() }
        steps.append(.statement)
    }

    /// Gives up the statement that was not used for the longest time.
    private func evict(_ steps: inout [Step]) throws {
        guard let oldest = prepared.min(by: { $0.value.lastUse < $1.value.lastUse }) else { return }
        prepared[oldest.key] = nil
        // The name is ours, a letter and digits.
        guard PQsendQueryParams(handle, "DEALLOCATE \(oldest.value.name)", 0, nil, nil, nil, nil, 0) == 1 else {
            throw lost()
        }
        steps.append(.housekeeping)
    }

    private func receive(_ steps: [Step]) throws -> [PostgresResult] {
        let deadline = deadline()
        try flush(until: deadline)
        var results: [PostgresResult] = []
        var failure: PostgresError?
        for step in steps {
            guard let result = try nextResult(until: deadline) else { throw lost("an answer is missing") }
            let isDone = result.status == PGRES_COMMAND_OK || result.status == PGRES_TUPLES_OK
            if result.status == PGRES_FATAL_ERROR, failure == nil { failure = result.error }
            switch step {
            case .preparation(let sql, _): if !isDone { prepared[sql] = nil }
            case .housekeeping: break
            case .statement: results.append(result)
            }
            // Each answer ends with none.
            guard try nextResult(until: deadline) == nil else { throw lost("an answer too many") }
        }
        try readSync(until: deadline)
        if let failure { throw noted(failure) }
        return results
    }

    private func finishBatch() throws {
        guard hasUnreadBatch else { return }
        hasUnreadBatch = false
        let deadline = deadline()
        while let result = try nextResult(until: deadline) ?? nextResult(until: deadline) {
            if result.status == PGRES_PIPELINE_SYNC { return }
        }
        throw lost("an answer is missing")
    }

    private func readSync(until deadline: ContinuousClock.Instant) throws {
        guard let result = try nextResult(until: deadline), result.status == PGRES_PIPELINE_SYNC else {
            throw lost("the end of a batch is missing")
        }
    }

    /// An error of the server after which the connection is closed is one of the connection.
    private func noted(_ error: PostgresError) -> PostgresError {
        if PQstatus(handle) != CONNECTION_OK || error.remedy == .newConnection { loss = error }
        return error
    }

    // MARK: The socket

    private func deadline() -> ContinuousClock.Instant {
        .now + (session.statementTimeout == .zero ? .seconds(24 * 3600) : session.statementTimeout + session.grace)
    }

    private func nextResult(until deadline: ContinuousClock.Instant) throws -> PostgresResult? {
        while PQisBusy(handle) == 1 {
            try wait(for: Int16(POLLIN), until: deadline)
            guard PQconsumeInput(handle) == 1 else { throw lost() }
        }
        return PQgetResult(handle).map(PostgresResult.init)
    }

    private func flush(until deadline: ContinuousClock.Instant) throws {
        while true {
            let state = PQflush(handle)
            if state == 0 { return }
            guard state == 1 else { throw lost() }
            try wait(for: Int16(POLLIN | POLLOUT), until: deadline)
            guard PQconsumeInput(handle) == 1 else { throw lost() }
        }
    }

    private func wait(for events: Int16, until deadline: ContinuousClock.Instant) throws {
        let start = ContinuousClock.now
        while true {
            let now = ContinuousClock.now
            guard now < deadline, session.isDatabaseHeard() || now - start < Self.patience else {
                throw lost("no answer in time")
            }
            var entry = pollfd(fd: PQsocket(handle), events: events, revents: 0)
            let count = poll(&entry, 1, Self.milliseconds(min(deadline - now, Self.patience / 4)))
            if count > 0 { return }
            guard count == 0 || errno == EINTR else { throw lost("the socket cannot be waited for") }
        }
    }

    /// Waits, between transactions, until a notification arrives, another descriptor can be read, or the time has come.
    ///
    /// - Returns: whether a notification arrived.
    func waitForNotification(until deadline: ContinuousClock.Instant, or other: CInt) throws -> Bool {
        try finishBatch()
        while true {
            guard PQconsumeInput(handle) == 1 else { throw lost() }
            var hasArrived = false
            while let notification = PQnotifies(handle) {
                PQfreemem(notification)
                hasArrived = true
            }
            if hasArrived { return true }
            let rest = deadline - .now
            guard rest > .zero else { return false }
            var entries = [PQsocket(handle), other].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
            let count = poll(&entries, 2, Self.milliseconds(rest))
            guard count >= 0 || errno == EINTR else { throw lost("the socket cannot be waited for") }
            if entries[1].revents != 0 { return false }
        }
    }

    /// A duration as `poll` takes it, rounded up.
    static func milliseconds(_ duration: Duration) -> CInt {
        let (seconds, attoseconds) = duration.components
        return CInt(clamping: seconds * 1000 + attoseconds / 1_000_000_000_000_000 + 1)
    }

    private func lost(_ reason: String? = nil) -> PostgresError {
        if let loss { return loss }
        let text = PQerrorMessage(handle).map { String(cString: $0) } ?? ""
        let message = text.split(whereSeparator: \.isNewline).joined(separator: "; ")
        let error = PostgresError(
            state: PostgresError.connectionLost, message: message.isEmpty ? reason ?? "lost" : message
        )
        loss = error
        return error
    }
}
