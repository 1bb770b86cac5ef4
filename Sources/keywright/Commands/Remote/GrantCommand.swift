import ArgumentParser
import KeywrightClient
import KeywrightWire

/// `keywright grant`: the roles of people. Those of API keys are changed with `keywright key update`.
struct GrantCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "grant",
        abstract: "List, give and take the roles of people.",
        discussion: """
            The grants of an API key belong to the key: see `keywright key get` and `keywright key update`.

            Examples:
              keywright grant create 12 organization=1:account=2=developer
              keywright grant list --user 12
              keywright grant delete 40
            """,
        subcommands: [List.self, Create.self, Delete.self]
    )
}

extension GrantCommand {
    /// `keywright grant list`.
    struct List: RemoteCommand {
        static let configuration = CommandConfiguration(
            commandName: "list",
            abstract: "List who holds which role where.",
            discussion: """
                Examples:
                  keywright grant list
                  keywright grant list --nrn organization=1:account=2
                """
        )

        @OptionGroup(title: "Server") var server: ServerOptions

        @Option(
            help: ArgumentHelp("Only the grants of the user with this id. Repeatable.", valueName: "id"),
            transform: { try IDArgument.parse($0) })
        var user: [Int64] = []

        @Option(help: ArgumentHelp("Only grants exactly there. Repeatable: one of them.", valueName: "nrn"))
        var nrn: [String] = []

        @Flag(help: "Print the server's JSON.")
        var json = false

        func run(_ session: RemoteSession) async throws {
            let holders = try await collect(session.client)
            if json { return try session.streams.print(json: holders) }
            var table = TextTable("ID", "USER", "ROLE", "NRN")
            for holder in holders {
                for grant in holder.grants {
                    table.add("\(grant.id)", "\(holder.userID)", grant.role.slug, grant.nrn)
                }
            }
            try session.streams.print(table.text)
        }

        /// All users, a page at a time, until a page brings nobody new.
        private func collect(_ client: KeywrightClient) async throws -> [UserRolesObject] {
            var holders: [UserRolesObject] = []
            var seen: Set<Int64> = []
            var page = PageQuery(limit: PageQuery.maximumLimit)
            while holders.count < PageOptions.limit {
                let part = try await client.userRoles(userIDs: user, nrns: nrn, page: page)
                let new = part.filter { seen.insert($0.userID).inserted }
                if new.isEmpty { break }
                holders += new
                page.offset += page.limit
            }
            return holders
        }
    }

    /// `keywright grant create`.
    struct Create: RemoteCommand {
        static let configuration = CommandConfiguration(
            commandName: "create",
            abstract: "Give a person one or more roles, all or none.",
            discussion: """
                Examples:
                  keywright grant create 12 organization=1=member
                  keywright grant create 12 organization=1=member organization=1:account=3=ops
                """
        )

        @OptionGroup(title: "Server") var server: ServerOptions

        @Argument(help: "The id of the user.", transform: { try IDArgument.parse($0) })
        var user: Int64

        @Argument(
            help: ArgumentHelp(
                "A role and where it holds, as in organization=1:account=2=developer.", valueName: "nrn=role"),
            transform: { try GrantArgument.parse($0) })
        var grants: [GrantArgument]

        @Flag(help: "Print the server's JSON.")
        var json = false

        func run(_ session: RemoteSession) async throws {
            if grants.count == 1, let grant = grants.first {
                let request = UserGrantRequest(nrn: grant.nrn, userID: user, role: .slug(grant.role))
                let created = try await session.client.createUserGrant(request)
                if json { return try session.streams.print(json: created) }
                return try session.streams.print(Self.table([created]).text)
            }
            let items = grants.map { UserGrantItemRequest(nrn: $0.nrn, role: .slug($0.role)) }
            let created = try await session.client.createUserGrants(userID: user, items)
            if json { return try session.streams.print(json: created) }
            try session.streams.print(Self.table(created).text)
        }

        private static func table(_ grants: [UserGrantObject]) -> TextTable {
            var table = TextTable("ID", "USER", "ROLE", "NRN")
            for grant in grants { table.add("\(grant.id)", "\(grant.userID)", grant.roleSlug, grant.nrn) }
            return table
        }
    }

    /// `keywright grant delete`.
    struct Delete: RemoteCommand {
        static let configuration = CommandConfiguration(
            commandName: "delete",
            abstract: "Take grants from the people who hold them.",
            discussion: """
                Example:
                  keywright grant delete 40 41
                """
        )

        @OptionGroup(title: "Server") var server: ServerOptions

        @Argument(help: "The ids of the grants.", transform: { try IDArgument.parse($0) })
        var ids: [Int64]

        func run(_ session: RemoteSession) async throws {
            try await session.each(ids) { id in
                try await session.client.deleteUserGrant(id)
                try session.streams.print("Deleted grant \(id).")
            }
        }
    }
}
