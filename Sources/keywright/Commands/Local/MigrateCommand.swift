import ArgumentParser
import Foundation
import KeywrightDomain
import KeywrightOperations
import KeywrightStore
import Logging

/// `keywright migrate`
struct MigrateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate",
        abstract: "Move everything from a data folder to a PostgreSQL database.",
        discussion: """
            Needs the data folder for itself: stop the server first. The database must be prepared (keywright database \
            prepare) and empty; name the role that owns its tables. Ids, digests and the audit trail stay as they are, so \
            every API key, session and token goes on working. The folder is left as it is.

            When it ends early, nothing was moved and no server opens the database: run it again. It then begins anew.

            Example:
              keywright migrate --from sqlite:./data --to postgres://owner@db.example.com/keywright
            """
    )

    @Option(help: "The data folder, as sqlite:FOLDER.", completion: .directory)
    var from: String

    @Option(help: "The database, as postgres://OWNER@HOST/DATABASE.")
    var to: String

    func run() async throws {
        let folder = try Self.folder(from)
        let target = try PostgresAddress(parsing: to)
        let logger = Logger.standardError(.warning)
        let source = try SQLiteStore(folder: folder, now: Server.systemClock, logger: logger)
        let counts: [(table: String, count: Int)]
        do {
            counts = try move(source, to: target, logger)
        } catch {
            try? await source.close()
            throw error
        }
        try await source.close()
        report(counts, folder)
    }

    /// - Throws: what the caller shows when it is not a data folder's address.
    private static func folder(_ text: String) throws -> URL {
        guard text.hasPrefix("sqlite:") else { throw ValidationError("--from reads sqlite:FOLDER.") }
        let folder = URL(filePath: String(text.dropFirst(7)), directoryHint: .isDirectory)
        // Opening it would make a new, empty one.
        guard FileManager.default.fileExists(atPath: SQLiteStore.databaseURL(in: folder).path) else {
            throw CommandFailure("There is no database in \(folder.path).")
        }
        return folder
    }

    private func move(
        _ source: SQLiteStore, to target: PostgresAddress, _ logger: Logger
    ) throws -> [(table: String, count: Int)] {
        let line = ProgressLine()
        defer { line.end() }
        return try StoreMove(from: source, to: target, logger: logger).run(at: Server.systemClock()) { progress in
            line.show(progress.table, progress.done, of: progress.total)
            if progress.done == progress.total { line.end() }
        } conclude: { transaction in
            try Operations.concludeMove(in: transaction, random: RandomSource()) { count in
                line.show("audit trail, checked", count)
            }
            line.end()
        }
    }

    private func report(_ counts: [(table: String, count: Int)], _ folder: URL) {
        let streams = StandardStreams.process
        streams.note("Moved, and counted on both sides:")
        for (table, count) in counts { streams.note("  \(table): \(count)") }
        streams.note(
            """
            The audit trail is intact. Followers of the change log begin anew.
            The pepper was not moved: copy \(folder.appending(path: "pepper").path) into the data folder of every node, \
            mode 0400, or set KEYWRIGHT_PEPPER there. Without it no API key is valid.
            Do not serve from \(folder.path) any more: what changes there is not in the database.
            """
        )
    }
}
