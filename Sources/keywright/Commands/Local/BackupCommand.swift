import ArgumentParser
import Foundation
import KeywrightDomain
import KeywrightOperations
import KeywrightStore
import Logging

/// `keywright backup`
struct BackupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Copy the database to a new file, also while the server runs.",
        discussion: """
            The pepper is not part of the backup: keep the file `pepper` of the data folder (or KEYWRIGHT_PEPPER) \
            elsewhere. Neither of the two reveals anything without the other. A PostgreSQL database is backed up with \
            pg_dump.
            """
    )

    @OptionGroup var data: DataOptions

    @Argument(help: "The file to make; it must not exist yet.", completion: .file())
    var file: String

    func run() async throws {
        try data.requireEmbeddedDatabase(insteadOf: "pg_dump")
        let database = try SQLiteFile(SQLiteStore.databaseURL(in: data.folder), logger: Logger.standardError(.warning))
        try database.backup(to: URL(filePath: file))
        let size = try FileManager.default.attributesOfItem(atPath: file)[.size] as? Int ?? 0
        StandardStreams.process.note("The backup is in \(file), \(size) bytes. The pepper is not in it.")
    }
}

/// `keywright restore`
struct RestoreCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: "Put a backup in place of the database.",
        discussion: """
            Needs the data folder for itself: stop the server first. The database that was there is kept beside it. What \
            root puts there belongs to the owner of the folder. All access and refresh tokens, sessions and one-time \
            links end. Everything else is as it was: API keys that were deleted after the backup was made are valid \
            again, and people have the passwords and grants they had. Check them.
            """
    )

    @OptionGroup var data: DataOptions

    @Argument(help: "The backup.", completion: .file())
    var file: String

    func run() async throws {
        try data.requireEmbeddedDatabase(insteadOf: "pg_restore, and keywright database note-restore after it")
        let backup = try SQLiteFile(URL(filePath: file), logger: Logger.standardError(.warning))
        let errors = try backup.integrityErrors()
        guard errors.isEmpty else { throw CommandFailure("The backup is damaged: \(errors.joined(separator: "; "))") }
        let broken = try backup.read { try Operations.verifyAuditTrail(in: $0) }.filter { !$0.isIntact }
        guard broken.isEmpty else {
            throw CommandFailure("The backup's audit trail is broken in organization \(broken[0].organizationID).")
        }
        let kept = try SQLiteStore.replaceDatabase(in: data.folder, with: URL(filePath: file))
        do {
            let server = try await LocalServer.open(data)
            try await server.closing { try await $0.operations.noteRestore() }
        } catch {
            try SQLiteStore.undoReplacement(in: data.folder, kept: kept)
            throw error
        }
        if let kept { StandardStreams.process.note("The database that was there is now \(kept.path).") }
        StandardStreams.process.note(
            """
            The backup is in place and every token, session and one-time link has ended.
            Warning: API keys deleted since the backup was made are valid again. Check the list of keys.
            People deactivated, and grants and passwords changed since, are as they were. Check them as well.
            """
        )
    }
}

extension DataOptions {
    /// Refuses what PostgreSQL's own programs do.
    fileprivate func requireEmbeddedDatabase(insteadOf programs: String) throws {
        guard try Settings(self).database != nil else { return }
        throw CommandFailure("The data is in a PostgreSQL database: use \(programs).", status: .usage)
    }
}
