import ArgumentParser
import KeywrightClient
import KeywrightWire

extension KeyCommand {
    /// `keywright key list`.
    struct List: RemoteCommand {
        /// Whether a key is usable.
        enum Status: String, CaseIterable, ExpressibleByArgument {
            case active
            case disabled
            case expired
        }

        static let configuration = CommandConfiguration(
            commandName: "list",
            abstract: "List API keys.",
            discussion: """
                Without a filter the list holds what has not expired, the newest first. All filters must match.

                Examples:
                  keywright key list --nrn organization=1:account=2 --role admin
                  keywright key list --search ci --tag team:web --sort name
                  keywright key list --unused 90d --all --json
                """
        )

        @OptionGroup(title: "Server") var server: ServerOptions

        @Option(help: "Exactly this name.")
        var name: String?

        @Option(
            name: [.customLong("search"), .customLong("q")],
            help: ArgumentHelp("Part of the name, the handle, or the last four characters.", valueName: "text"))
        var search: String?

        @Option(help: ArgumentHelp("A grant exactly there.", valueName: "nrn"))
        var resource: String?

        @Flag(help: "With --resource: or beneath it.")
        var below = false

        @Option(help: ArgumentHelp("A grant there or above, so that the key reaches it.", valueName: "nrn"))
        var reaches: String?

        @Option(help: ArgumentHelp("A grant there or beneath.", valueName: "nrn"))
        var nrn: String?

        @Option(
            help: ArgumentHelp("A grant of this role. Repeatable: one of them.", valueName: "slug"),
            completion: RoleCompletion.slugs)
        var role: [String] = []

        @Option(
            help: ArgumentHelp("A tag. Repeatable: all of them.", valueName: "key:value"),
            transform: { try TagArgument.parse($0) })
        var tag: [TagRequest] = []

        @Option(
            name: [.customLong("owner"), .customLong("owner-id")],
            help: ArgumentHelp("Created by the user with this id.", valueName: "id"),
            transform: { try IDArgument.parse($0) })
        var owner: Int64?

        @Option(help: "active, disabled or expired.")
        var status: Status?

        @Option(
            help: ArgumentHelp("Used within so many days, as in 30d, or never.", valueName: "days"),
            completion: .list(["7d", "30d", "90d", "never"]), transform: { try DaysArgument.parseOrNever($0) })
        var used: String?

        @Option(
            help: ArgumentHelp("Not used for so many days, as in 90d.", valueName: "days"),
            completion: .list(["30d", "90d", "365d"]), transform: { try DaysArgument.parse($0) })
        var unused: String?

        @Option(
            help: ArgumentHelp("name, created_at or last_used_at, with :asc or :desc.", valueName: "field"),
            completion: .list(SortArgument.completions), transform: { try SortArgument.parse($0) })
        var sort: String?

        @OptionGroup(title: "Page") var page: PageOptions

        @Flag(help: "Print the server's JSON.")
        var json = false

        func validate() throws {
            guard !below || resource != nil else { throw ValidationError("--below goes with --resource.") }
            guard used == nil || unused == nil else { throw ValidationError("Give either --used or --unused.") }
        }

        /// The filters as the client takes them.
        var filter: APIKeyFilter {
            var filter = APIKeyFilter()
            filter.name = name
            filter.search = search
            filter.resource = resource
            filter.includesBelow = below
            filter.reaches = reaches
            filter.nrn = nrn
            filter.roles = role
            filter.tags = tag
            filter.ownerID = owner
            filter.status = status?.rawValue
            filter.used = used
            filter.unused = unused
            filter.sort = sort
            return filter
        }

        func run(_ session: RemoteSession) async throws {
            let keys = try await page.collect(id: \.id) { try await session.client.apiKeys(filter, page: $0) }
            try session.print(keys, named: "API keys", asJSON: json) { KeyText.table($0, now: session.now) }
        }
    }
}
