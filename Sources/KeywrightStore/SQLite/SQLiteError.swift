internal import GRDB
import KeywrightDomain
import Logging

/// What SQLite's errors mean to a caller.
enum SQLiteError {
    /// A `DomainError` where the caller can do something about it; any other error unchanged.
    static func translate(_ error: any Error, _ logger: Logger) -> any Error {
        guard let error = error as? DatabaseError else { return error }
        switch error.resultCode {
        case .SQLITE_FULL:
            logger.error("The disk is full: nothing was written.")
            return DomainError(.storageFull, "The server's disk is full. Nothing was changed.")
        case .SQLITE_CONSTRAINT where error.extendedResultCode == .SQLITE_CONSTRAINT_UNIQUE:
            return DomainError(.conflict, "Something with this name or address exists already.")
        case .SQLITE_BUSY, .SQLITE_LOCKED, .SQLITE_IOERR, .SQLITE_CANTOPEN, .SQLITE_READONLY, .SQLITE_PROTOCOL:
            logger.error("The database did not answer.", metadata: ["code": "\(error.extendedResultCode)"])
            var result = DomainError(.unavailable, "The database does not answer. Nothing was changed.")
            result.retryAfter = .seconds(1)
            return result
        default:
            return error
        }
    }
}
