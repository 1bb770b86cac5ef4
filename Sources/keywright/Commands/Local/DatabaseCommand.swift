import ArgumentParser
import KeywrightOperations
import KeywrightStore
import Logging

/// `keywright database`: the PostgreSQL database that several nodes share.
struct DatabaseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "database",
        abstract: "Make a PostgreSQL database ready for several nodes.",
        subcommands: [DatabasePrepareCommand.self, DatabaseNoteRestoreCommand.self]
    )
}

/// `keywright database prepare`
struct DatabasePrepareCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prepare",
        abstract: "Make the tables in a database, or bring them up to date.",
        discussion: """
            Connects as the role that owns the tables, or shall. Run it once before the first start, and before the \
            nodes of a newer version start. What is up to date stays as it is.

            With --run-role, another role gets what serving needs and no more: it can neither alter tables nor change or \
            remove audit events.

              keywright database prepare --database postgres://owner@db.example.com/keywright --run-role keywright
            """
    )

    @Option(help: "The database, as in postgres://owner@host/name.")
    var database: String

    @Option(help: "The role that serves, when it is another one.")
    var runRole: String?

    func run() async throws {
        let address = try Settings.checkedDatabase(database)
        try PostgresStore.prepare(address, runRole: runRole, logger: Logger.standardError(.warning))
        StandardStreams.process.note("\(address) is ready.")
    }
}

/// `keywright database note-restore`
struct DatabaseNoteRestoreCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "note-restore",
        abstract: "End what was given out before a backup was put back.",
        discussion: """
            Run it after pg_restore, before the nodes start. All access and refresh tokens, sessions and one-time links \
            end. Everything else is as it was: API keys that were deleted after the backup was made are valid again, and \
            people have the passwords and grants they had. Check them.
            """
    )

    @OptionGroup var data: DataOptions

    func run() async throws {
        guard try Settings(data).database != nil else {
            throw CommandFailure("Give --database; keywright restore does this for a data folder.", status: .usage)
        }
        let server = try await LocalServer.open(data)
        try await server.closing { try await $0.operations.noteRestore() }
        StandardStreams.process.note(
            """
            Every token, session and one-time link has ended.
            Warning: API keys deleted since the backup was made are valid again. Check the list of keys.
            People deactivated, and grants and passwords changed since, are as they were. Check them as well.
            """
        )
    }
}
