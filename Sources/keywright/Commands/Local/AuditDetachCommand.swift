import ArgumentParser
import KeywrightStore
import Logging

/// `keywright audit detach`
struct AuditDetachCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "detach",
        abstract: "Take old months out of the audit trail of a PostgreSQL database.",
        discussion: """
            Connects as the role that owns the tables, also while nodes run. The events stay in the database, in tables \
            that nobody reads any more: save them with pg_dump and drop them. Where each organization's trail goes on is \
            kept, so that keywright audit verify still checks the rest; run it before too.

              keywright audit detach --before 2026-01 --database postgres://owner@db.example.com/keywright
            """
    )

    @Option(help: "The first month that stays, as in 2026-01.")
    var before: String

    @Option(help: "The database, as in postgres://owner@host/name.")
    var database: String

    func run() async throws {
        let address = try Settings.checkedDatabase(database)
        let tables = try PostgresStore.detachAuditMonths(
            address, before: AuditMonth(parsing: before), logger: Logger.standardError(.warning))
        for table in tables { try StandardStreams.process.print(table) }
        StandardStreams.process.note(
            tables.isEmpty ? "There is no month before \(before)." : "The events before \(before) are in these tables.")
    }
}
