import ArgumentParser
import KeywrightClient
import KeywrightWire

/// `keywright role`: roles on a server.
struct RoleCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "role", abstract: "List roles.", subcommands: [List.self]
    )

    /// `keywright role list`.
    struct List: RemoteCommand {
        static let configuration = CommandConfiguration(
            commandName: "list",
            abstract: "List the roles that can be given, the built-in ones first.",
            discussion: """
                Examples:
                  keywright role list --all
                  keywright role list --slug developer --json
                """
        )

        @OptionGroup(title: "Server") var server: ServerOptions

        @Option(help: "Only the role with this slug. Repeatable.", completion: RoleCompletion.slugs)
        var slug: [String] = []

        @OptionGroup(title: "Page") var page: PageOptions

        @Flag(help: "Print the server's JSON, with the actions of each role.")
        var json = false

        func run(_ session: RemoteSession) async throws {
            let roles = try await page.collect(id: \.id) { try await session.client.roles(slugs: slug, page: $0) }
            try session.print(roles, named: "roles", asJSON: json, table: Self.table)
        }

        private static func table(_ roles: [RoleObject]) -> TextTable {
            var table = TextTable("ID", "SLUG", "NAME", "LEVEL", "FOR", "DESCRIPTION")
            for role in roles {
                table.add(
                    "\(role.id)", role.slug, role.name, role.level ?? "any", role.userType ?? "any", role.description
                )
            }
            return table
        }
    }
}
