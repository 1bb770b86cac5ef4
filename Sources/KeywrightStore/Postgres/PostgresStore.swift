public import KeywrightDomain
public import Logging
import Synchronization

/// The engine for many nodes: they share a PostgreSQL database (14 or newer).
///
/// Reads stand on one snapshot each; writes of one organization run one after the other, on whatever node.
public final class PostgresStore: Store {
    /// How many connections a node has, and how long it waits for one.
    public struct Limits: Sendable {
        /// The most connections that read.
        public var readers = 8
        /// The most connections that write.
        public var writers = 6
        /// How long a request waits for a connection.
        public var acquireTimeout: Duration = .seconds(2)

        /// The defaults.
        public init() {}
    }

    /// How a node hears of what other nodes change.
    public struct Following: Sendable {
        /// Whether a commit wakes all nodes; without, as behind a connection pooler, they hear of it when they look next.
        public var usesNotifications = true
        /// How often a node looks.
        var interval = Duration.milliseconds(250)
        /// How long it relies on what it remembers without having looked.
        var lease = Duration.seconds(2)

        /// The defaults.
        public init() {}
    }

    private let readers: PostgresPool
    private let writers: PostgresPool
    private let commits: PostgresCommits
    private let observers: ChangeObservers
    private let follower: PostgresFollower
    private let logger: Logger

    /// Opens a database whose schema is up to date.
    ///
    /// - Parameter now: the clock by which the change log is dated.
    /// - Throws: `DomainError`: `.unavailable` when the database cannot be reached, `.conflict` when its schema is older
    ///   or newer than this version needs.
    public convenience init(
        _ address: PostgresAddress, limits: Limits = Limits(), following: Following = Following(),
        now: @escaping @Sendable () -> Instant, logger: Logger
    ) throws {
        try self.init(
            address, schema: PostgresSchema.name, limits: limits, following: following, now: now, logger: logger)
    }

    init(
        _ address: PostgresAddress, schema: String, limits: Limits = Limits(), following: Following = Following(),
        now: @escaping @Sendable () -> Instant, logger: Logger
    ) throws {
        do {
            try PostgresSchema.check(try PostgresConnection(address, .init(schema: schema)), schema)
        } catch {
            throw PostgresError.translate(error, logger)
        }
        let node = String(UInt64.random(in: .min ... .max), radix: 36)
        let channel = following.usesNotifications ? schema : nil
        let observers = ChangeObservers()
        let follower = try PostgresFollower(
            following: following, channel: channel, logger: logger,
            connect: {
                // Whatever waits for the log longer than the lease lasts is of no use.
                let session = PostgresConnection.Session(
                    schema: schema, statementTimeout: following.lease, grace: .zero, node: node)
                return try PostgresConnection(address, session)
            }, tell: observers.tell)
        let session = PostgresConnection.Session(
            schema: schema, node: node, channel: channel, isDatabaseHeard: { follower.isCurrent })
        let connect: @Sendable () throws -> PostgresConnection = { try PostgresConnection(address, session) }
        func pool(_ limit: Int) -> PostgresPool {
            PostgresPool(limit: limit, acquireTimeout: limits.acquireTimeout, logger: logger, connect: connect)
        }
        readers = pool(limits.readers)
        writers = pool(limits.writers)
        commits = PostgresCommits(pool: writers, now: now, logger: logger) { observers.tell($0) }
        self.observers = observers
        self.follower = follower
        self.logger = logger
        follower.start()
    }

    /// Other nodes write to the same database.
    public var isOnlyWriter: Bool { false }

    /// Whether this node has followed the change log to its end within the lease's time.
    public var isCurrent: Bool { follower.isCurrent }

    /// Makes the tables, or brings them up to date; harmless when they are.
    ///
    /// Waits for the network: not for an event loop.
    ///
    /// - Parameters:
    ///   - address: the database as the role that owns the tables, or shall.
    ///   - runRole: the role that serves, which gets the rights to do so and no others; nil when it is the same.
    /// - Throws: `DomainError`: `.unavailable` when the database cannot be reached, `.conflict` when a newer version of
    ///   this program has written it.
    public static func prepare(_ address: PostgresAddress, runRole: String? = nil, logger: Logger) throws {
        try prepare(address, schema: PostgresSchema.name, runRole: runRole, logger: logger)
    }

    static func prepare(_ address: PostgresAddress, schema: String, runRole: String?, logger: Logger) throws {
        do {
            let session = PostgresConnection.Session(schema: schema, statementTimeout: .zero)
            try PostgresSchema.prepare(PostgresConnection(address, session), schema, runRole: runRole)
        } catch {
            throw PostgresError.translate(error, logger)
        }
    }

    /// Runs a body on one consistent state.
    public func read<Value: Sendable>(
        _ body: @escaping @Sendable (any ReadTransaction) throws -> Value
    ) async throws -> Value {
        try await submit { worker in try Self.read(worker) { try Self.inTransaction($0, body) } }
    }

    /// Runs a body whose one statement is a transaction of its own, or else in one.
    public func readByOneStatement<Value: Sendable>(
        _ body: @escaping @Sendable (any ReadTransaction) throws -> Value
    ) async throws -> Value {
        try await submit { worker in
            try Self.read(worker) { try Self.alone($0, body) ?? Self.inTransaction($0, body) }
        }
    }

    private func submit<Value: Sendable>(
        _ read: @escaping @Sendable (PostgresWorker) throws -> Value
    ) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            readers.submit(
                PostgresPool.Job(
                    run: { [logger] worker in
                        let result = Result { try read(worker) }
                        return PostgresPool.Outcome(
                            tell: {
                                continuation.resume(with: result.mapError { PostgresError.translate($0, logger) })
                            },
                            rest: worker.mustEndReading ? { worker.endReading() } : nil
                        )
                    },
                    fail: { continuation.resume(throwing: $0) }
                ))
        }
    }

    /// Reads; once more when the connection turns out to have been lost since its last use.
    private static func read<Value>(
        _ worker: PostgresWorker, _ attempt: (PostgresConnection) throws -> Value
    ) throws -> Value {
        do {
            return try attempt(worker.connection())
        } catch let error as PostgresError where error.remedy != .none {
            worker.drop()
            return try attempt(worker.connection())
        }
    }

    private static func inTransaction<Value>(
        _ connection: PostgresConnection, _ body: (any ReadTransaction) throws -> Value
    ) throws -> Value {
        // Travels with the body's first statement.
        try connection.post(PostgresConnection.Command("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"))
        return try body(SQLTransaction(session: PostgresSession(connection), numbers: NoNumbers()))
    }

    /// - Returns: nil when the body needs a transaction.
    private static func alone<Value>(
        _ connection: PostgresConnection, _ body: (any ReadTransaction) throws -> Value
    ) throws -> Value? {
        let session = PostgresSession(connection, statements: .one)
        let result = Result { try body(SQLTransaction(session: session, numbers: NoNumbers())) }
        return session.needsTransaction ? nil : try result.get()
    }

    /// Runs a body all or nothing, in one commit with those of its scope that wait beside it.
    public func write<Value: Sendable>(
        _ scope: WriteScope, _ body: @escaping @Sendable (any WriteTransaction) throws -> Value
    ) async throws -> Value {
        try await commits.write(scope, body)
    }

    /// Has a function called with what any node changes.
    public func observe(_ observer: @escaping @Sendable (ChangeNotice) -> Void) {
        observers.add(observer)
    }

    /// Adds the coming months to the audit trail. Whoever reads the trail meanwhile may be in the way: then it is to be
    /// tried again, and nobody waits for it.
    public func makeRoomAhead() async throws {
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            writers.submit(
                PostgresPool.Job(
                    run: { [logger] worker in
                        let result = Result {
                            _ = try worker.connection().run([
                                PostgresConnection.Command("SELECT set_config('lock_timeout', '500', true)"),
                                PostgresConnection.Command("SELECT add_audit_months()"),
                            ])
                        }
                        continuation.resume(with: result.mapError { PostgresError.translate($0, logger) })
                        return PostgresPool.Outcome()
                    },
                    fail: { continuation.resume(throwing: $0) }
                ))
        }
    }

    /// Lets running bodies finish and closes all connections. Once is enough, twice does no harm.
    public func close() async throws {
        await follower.stop()
        await writers.close()
        await readers.close()
    }
}
