public import Foundation
internal import GRDB
public import KeywrightDomain
public import Logging
import Synchronization

/// The embedded engine: one SQLite file, one process that writes.
///
/// Exactly one connection writes and checkpoints; all others only read. Commits are flushed to disk before they are
/// acknowledged (`synchronous = FULL`).
public final class SQLiteStore: Store {
    private let pool: DatabasePool
    private let commits: GroupCommit
    private let lock: ProcessLock
    private let logger: Logger
    private let isClosed = Atomic(false)

    /// Opens the database in a data folder, which is made when absent, and brings its schema up to date.
    ///
    /// - Parameters:
    ///   - folder: the data folder; made with mode 0700.
    ///   - now: the clock by which the change log is dated.
    /// - Throws: ``DataFolderLocked`` when another process writes there; `.unavailable` naming what cannot be opened.
    public init(folder: URL, now: @escaping @Sendable () -> Instant, logger: Logger) throws {
        try Self.makeFolder(folder)
        lock = try ProcessLock(Self.lockURL(in: folder))
        let database = Self.databaseURL(in: folder)
        // SQLite does not say which file it could not open, nor why.
        for suffix in Self.suffixes {
            try DataFile.checkAccess(to: URL(filePath: database.path + suffix), R_OK | W_OK)
        }
        try Self.closeToOthers(database)
        pool = try DatabasePool(path: database.path, configuration: Self.configuration(isReadOnly: false))
        try pool.writeWithoutTransaction { database in
            // GRDB resets this to NORMAL when it opens a pool, after the configuration's own preparation ran.
            try database.execute(sql: "PRAGMA synchronous = FULL")
            try database.execute(sql: "PRAGMA cache_size = -16384")
        }
        guard try !pool.read(SQLiteSchema.migrator.hasBeenSuperseded) else {
            throw DomainError(.conflict, "The database was written by a newer version of Keywright.")
        }
        try SQLiteSchema.migrator.migrate(pool)
        self.logger = logger
        commits = GroupCommit(pool: pool, now: now, logger: logger)
    }

    /// Makes sure that only the owner may read the file, which is made when absent. SQLite gives the log beside it the
    /// mode that the file has when it is opened.
    private static func closeToOthers(_ file: URL) throws {
        let path = file.path
        let attributes: [FileAttributeKey: Any] = [.posixPermissions: 0o600]
        if FileManager.default.fileExists(atPath: path) {
            try? FileManager.default.setAttributes(attributes, ofItemAtPath: path)
        } else if !FileManager.default.createFile(atPath: path, contents: nil, attributes: attributes) {
            throw DomainError(.unavailable, "\(path) cannot be written.")
        } else {
            DataFile.giveToFolderOwner(file)
        }
    }

    /// Makes a data folder where there is none.
    ///
    /// - Throws: `.unavailable` when it cannot be made, or no file in it.
    static func makeFolder(_ folder: URL) throws {
        try DataFile.checkAccess(to: folder, R_OK | W_OK | X_OK)
        do {
            try FileManager.default.createDirectory(
                at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700]
            )
        } catch {
            throw DomainError(.unavailable, "The folder \(folder.path) cannot be made: \(error.localizedDescription)")
        }
    }

    /// What SQLite adds to a database's name for the files beside it.
    static let suffixes = ["", "-wal", "-shm"]

    static func lockURL(in folder: URL) -> URL { folder.appending(path: "keywright.lock") }

    /// Where the database lies in a data folder.
    public static func databaseURL(in folder: URL) -> URL { folder.appending(path: "keywright.db") }

    static func configuration(isReadOnly: Bool) -> Configuration {
        var configuration = Configuration()
        configuration.readonly = isReadOnly
        configuration.busyMode = .timeout(5)
        configuration.foreignKeysEnabled = true
        configuration.maximumReaderCount = 4
        configuration.prepareDatabase { database in
            // The file is read, not mapped: an error of the disk is then an error and not the end of the process, and
            // the system's memory of the file is not counted as the server's.
            try database.execute(sql: "PRAGMA mmap_size = 0; PRAGMA cache_size = -8192; PRAGMA temp_store = MEMORY")
        }
        return configuration
    }

    /// Runs a body on one consistent state.
    public func read<Value: Sendable>(
        _ body: @escaping @Sendable (any ReadTransaction) throws -> Value
    ) async throws -> Value {
        let logger = logger
        return try await pool.read { database in try Self.read(database, logger, body) }
    }

    static func read<Value>(
        _ database: Database, _ logger: Logger, _ body: (any ReadTransaction) throws -> Value
    ) throws -> Value {
        do {
            return try body(SQLTransaction(session: SQLiteSession(database), numbers: NoNumbers()))
        } catch {
            throw SQLiteError.translate(error, logger)
        }
    }

    /// Runs a body on one consistent state, whatever it reads there.
    func withSession<Value>(_ body: (SQLiteSession) throws -> Value) throws -> Value {
        try pool.read { try body(SQLiteSession($0)) }
    }

    /// Runs a body all or nothing, in one commit with those that wait beside it.
    public func write<Value: Sendable>(
        _ scope: WriteScope, _ body: @escaping @Sendable (any WriteTransaction) throws -> Value
    ) async throws -> Value {
        try await commits.write(body)
    }

    /// Has a function called with every committed change.
    public func observe(_ observer: @escaping @Sendable (ChangeNotice) -> Void) {
        commits.observe(observer)
    }

    /// Checkpoints and closes the database, then lets other processes write. Once is enough, twice does no harm.
    public func close() async throws {
        guard !isClosed.exchange(true, ordering: .acquiringAndReleasing) else { return }
        // The last connection to close may be a reader, which cannot do this.
        _ = try? await pool.writeWithoutTransaction { try $0.checkpoint(.truncate).walFrameCount }
        try pool.close()
        lock.release()
    }

    /// A value of a PRAGMA of the writing connection, for tests of its settings.
    func pragma(_ name: String) throws -> Int64? {
        try pool.writeWithoutTransaction { try Int64.fetchOne($0, sql: "PRAGMA \(name)") }
    }

    /// Runs SQL on the writing connection beside all rules, for tests that damage the database.
    func executeUnchecked(_ sql: String) throws {
        try pool.writeWithoutTransaction { try $0.execute(sql: sql) }
    }
}
