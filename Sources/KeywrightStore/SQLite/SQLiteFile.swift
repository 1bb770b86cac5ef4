public import Foundation
internal import GRDB
import KeywrightDomain
public import Logging

/// A database file that is only read: beside a running server, or a backup. It takes no lock.
public struct SQLiteFile: Sendable {
    private let queue: DatabaseQueue
    private let logger: Logger

    /// Opens a file that exists.
    ///
    /// - Throws: `DomainError`: `.notFound` when there is none, `.unavailable` when it cannot be opened, `.conflict` when
    ///   it is not one of ours.
    public init(_ url: URL, logger: Logger) throws {
        try DataFile.checkAccess(to: url, R_OK)
        guard FileManager.default.fileExists(atPath: url.path) else {
            throw DomainError(.notFound, "There is no database at \(url.path).")
        }
        let isOurs: Bool
        do {
            queue = try DatabaseQueue(path: url.path, configuration: SQLiteStore.configuration(isReadOnly: true))
            isOurs = try queue.read { try $0.tableExists("organizations") }
        } catch let error as DatabaseError where [.SQLITE_CORRUPT, .SQLITE_NOTADB].contains(error.resultCode) {
            throw Self.foreign(url)
        } catch let error as DatabaseError where error.resultCode == .SQLITE_CANTOPEN {
            throw DomainError(.unavailable, "\(url.path) cannot be opened: \(error.message ?? "unknown reason").")
        }
        guard isOurs else { throw Self.foreign(url) }
        self.logger = logger
    }

    private static func foreign(_ url: URL) -> DomainError {
        DomainError(.conflict, "\(url.path) is not a database of Keywright, or it is damaged.")
    }

    /// Runs a body on one consistent state.
    public func read<Value>(_ body: (any ReadTransaction) throws -> Value) throws -> Value {
        try queue.read { try SQLiteStore.read($0, logger, body) }
    }

    /// Copies one consistent state to a new file, while the server goes on.
    ///
    /// - Parameter progress: called with the share that is done, 0 to 1.
    /// - Throws: `.conflict` when the file exists already.
    public func backup(to url: URL, progress: @escaping (Double) -> Void = { _ in }) throws {
        guard !FileManager.default.fileExists(atPath: url.path) else {
            throw DomainError(.conflict, "\(url.path) exists already.")
        }
        guard
            FileManager.default.createFile(
                atPath: url.path, contents: nil, attributes: [.posixPermissions: 0o600]
            )
        else { throw DomainError(.unavailable, "\(url.path) cannot be written.") }
        do {
            let copy = try DatabaseQueue(path: url.path)
            // One snapshot for the whole copy: writes of the server would start an ordinary backup again and again.
            try queue.read { source in
                try copy.writeWithoutTransaction { target in
                    try source.backup(to: target, pagesPerStep: -1) { step in
                        let total = max(step.totalPageCount, 1)
                        progress(Double(step.completedPageCount) / Double(total))
                    }
                }
            }
            try copy.writeWithoutTransaction { database in
                try database.execute(sql: "PRAGMA journal_mode = DELETE")
            }
            try copy.close()
            try SQLiteFile.flush(url)
        } catch {
            try? FileManager.default.removeItem(at: url)
            throw SQLiteError.translate(error, logger)
        }
    }

    /// SQLite's own check of the whole file.
    ///
    /// - Returns: what is wrong; empty when nothing is.
    public func integrityErrors() throws -> [String] {
        do {
            return try queue.read { database in
                try String.fetchAll(database, sql: "PRAGMA integrity_check").filter { $0 != "ok" }
            }
        } catch let error as DatabaseError where [.SQLITE_CORRUPT, .SQLITE_NOTADB].contains(error.resultCode) {
            // Damaged so badly that the check cannot go on.
            return [error.message ?? "The file is damaged."]
        }
    }

    /// Has the system write a file to disk.
    private static func flush(_ url: URL) throws {
        let handle = try FileHandle(forUpdating: url)
        try handle.synchronize()
        try handle.close()
    }
}
