import KeywrightDomain
import Logging

/// An error of the server or of the connection to it.
struct PostgresError: Error, CustomStringConvertible {
    /// Five characters (SQLSTATE); ``connectionLost`` when there was no answer.
    let state: String
    let message: String
    /// The constraint that was violated, when it was one.
    var constraint = ""

    /// The state of an error that is no answer of the server: nobody knows what became of the statement.
    static let connectionLost = "08006"

    /// Words for the log: neither values nor secrets are in a server's first message.
    var description: String { "PostgreSQL \(state): \(message)" }

    /// What to do about it.
    enum Remedy {
        /// The same again may succeed.
        case repetition
        /// The same again may succeed on a new connection.
        case newConnection
        case none
    }

    var remedy: Remedy {
        switch state {
        // Serialization failure, deadlock.
        case "40001", "40P01": .repetition
        // The server shuts down, is starting, ends idle transactions, or has become a standby; a statement was prepared
        // on tables that have changed since.
        case "57P01", "57P02", "57P03", "57P05", "25P03", "25006", "0A000", "26000": .newConnection
        case _ where state.hasPrefix("08"): .newConnection
        default: .none
        }
    }

    /// A `DomainError` where the caller can do something about it; any other error unchanged.
    static func translate(_ error: any Error, _ logger: Logger) -> any Error {
        guard let error = error as? PostgresError else { return error }
        switch error.state {
        case "53100":
            logger.error("The database's disk is full: nothing was written.")
            return DomainError(.storageFull, "The server's disk is full. Nothing was changed.")
        case "23505":
            return DomainError(.conflict, "Something with this name or address exists already.")
        case "22021":
            return DomainError(.invalid, "Text must not hold the character NUL.")
        default:
            // Too many connections, no memory; time-outs; no access.
            let classes = ["53", "57", "55", "28", "3D"]
            guard error.remedy != .none || classes.contains(where: error.state.hasPrefix) else { return error }
            logger.error("The database did not answer.", metadata: ["error": "\(error)"])
            return unavailable
        }
    }

    /// What a caller is told while the database cannot be reached.
    static var unavailable: DomainError {
        var error = DomainError(.unavailable, "The database does not answer. Nothing was changed.")
        error.retryAfter = .seconds(1)
        return error
    }

    /// What a caller is told when the connection broke at the very moment of the commit and nobody can say now how it
    /// ended.
    static var unknownOutcome: DomainError {
        var error = DomainError(.unavailable, "The database does not answer. The change may have been made.")
        error.retryAfter = .seconds(1)
        return error
    }
}
