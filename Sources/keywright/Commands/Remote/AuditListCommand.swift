import ArgumentParser
import KeywrightClient
import KeywrightWire

/// `keywright audit list`: the audit trail of the organization.
struct AuditListCommand: RemoteCommand {
    /// How an action ended.
    enum Outcome: String, CaseIterable, ExpressibleByArgument {
        case success
        case refused
        case failure
    }

    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the audit trail, the newest events first.",
        discussion: """
            Examples:
              keywright audit list --since 24h
              keywright audit list --target-type api_key --target-id 17
              keywright audit list --outcome refused --limit 100 --json
            """
    )

    @OptionGroup(title: "Server") var server: ServerOptions

    @Option(help: "Exactly this action, as in api_key.create. Repeatable: one of them.")
    var action: [String] = []

    @Option(
        help: ArgumentHelp("Done by the user with this id. Repeatable: one of them.", valueName: "id"),
        transform: { try IDArgument.parse($0) })
    var user: [Int64] = []

    @Option(
        help: ArgumentHelp("Done to this kind of thing, as in api_key. Repeatable: one of them.", valueName: "type"))
    var targetType: [String] = []

    @Option(help: ArgumentHelp("Done to the thing with this id. Repeatable: one of them.", valueName: "id"))
    var targetID: [String] = []

    @Option(help: "success, refused or failure. Repeatable: one of them.")
    var outcome: [Outcome] = []

    @Option(
        help: ArgumentHelp("Not before: 24h or 7d ago, or 2026-01-31T00:00:00Z.", valueName: "when"),
        transform: { try MomentArgument.parse($0) })
    var since: MomentArgument?

    @Option(
        help: ArgumentHelp("Before: 24h or 7d ago, or 2026-01-31T00:00:00Z.", valueName: "when"),
        transform: { try MomentArgument.parse($0) })
    var until: MomentArgument?

    @OptionGroup(title: "Page") var page: PageOptions

    @Flag(help: "Print the server's JSON, with the states before and after.")
    var json = false

    /// The filters as the client takes them.
    func filter(now: Int64) -> AuditFilter {
        var filter = AuditFilter()
        filter.actions = action
        filter.userIDs = user
        filter.targetTypes = targetType
        filter.targetIDs = targetID
        filter.outcomes = outcome.map(\.rawValue)
        filter.since = since?.moment(from: now)
        filter.until = until?.moment(from: now)
        return filter
    }

    func run(_ session: RemoteSession) async throws {
        let filter = filter(now: session.now)
        let events = try await page.collect(id: \.id) { try await session.client.auditEvents(filter, page: $0) }
        try session.print(events, named: "events", asJSON: json, table: Self.table)
    }

    private static func table(_ events: [AuditEventObject]) -> TextTable {
        var table = TextTable("ID", "TIME", "ACTION", "OUTCOME", "ACTOR", "TARGET", "ADDRESS", "REQUEST")
        for event in events {
            let id = event.target.id.map { " \($0)" } ?? ""
            table.add(
                "\(event.id)", event.at, event.action, event.outcome, actor(event), event.target.type + id,
                event.address, event.requestID
            )
        }
        return table
    }

    private static func actor(_ event: AuditEventObject) -> String {
        if let key = event.actor.apiKeyID { return "\(event.actor.type) \(key)" }
        return event.actor.type + (event.actor.userID.map { " \($0)" } ?? "")
    }
}
