import ArgumentParser
import KeywrightClient
import KeywrightWire

/// `keywright resource`: the tree of accounts, namespaces, applications and scopes.
struct ResourceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resource",
        abstract: "List, create and delete accounts, namespaces, applications and scopes.",
        discussion: """
            An organization holds accounts, these hold namespaces, these applications, and these scopes.

            Examples:
              keywright resource create account Shop
              keywright resource create namespace Checkout --parent 2
              keywright resource list namespace --parent 2
            """,
        subcommands: [List.self, Create.self, Delete.self]
    )

    fileprivate static func table(_ resources: [ResourceObject]) -> TextTable {
        var table = TextTable("ID", "NAME", "SLUG", "STATUS", "NRN")
        for resource in resources {
            table.add("\(resource.id)", resource.name, resource.slug, resource.status, resource.nrn)
        }
        return table
    }
}

extension ResourceCommand {
    /// `keywright resource list`.
    struct List: RemoteCommand {
        /// Whether a resource is in use.
        enum Status: String, CaseIterable, ExpressibleByArgument {
            case active
            case inactive
            case deleted
        }

        static let configuration = CommandConfiguration(
            commandName: "list",
            abstract: "List the resources of one level.",
            discussion: """
                Examples:
                  keywright resource list account
                  keywright resource list application --parent 3 --all
                """
        )

        @OptionGroup(title: "Server") var server: ServerOptions

        @Argument(help: "organization, account, namespace, application or scope.")
        var level: ListedLevel

        @Option(
            help: ArgumentHelp(
                "Only what lies directly in the resource with this id. Repeatable: one of them.", valueName: "id"),
            transform: { try IDArgument.parse($0) })
        var parent: [Int64] = []

        @Option(help: "Exactly this slug. Repeatable: one of them.")
        var slug: [String] = []

        @Option(help: "Exactly this name.")
        var name: String?

        @Option(help: "active, inactive or deleted. Repeatable: one of them.")
        var status: [Status] = []

        @OptionGroup(title: "Page") var page: PageOptions

        @Flag(help: "Print the server's JSON.")
        var json = false

        func validate() throws {
            guard parent.isEmpty || level != .organization else {
                throw ValidationError("An organization lies in nothing: leave out --parent.")
            }
        }

        func run(_ session: RemoteSession) async throws {
            let filter = ResourceFilter(
                parentIDs: parent, slugs: slug, name: name, statuses: status.map(\.rawValue)
            )
            let resources = try await page.collect(id: \.id) {
                try await session.client.resources(level.entity, filter, page: $0)
            }
            try session.print(resources, named: "\(level.rawValue)s", asJSON: json, table: ResourceCommand.table)
        }
    }

    /// `keywright resource create`.
    struct Create: RemoteCommand {
        static let configuration = CommandConfiguration(
            commandName: "create",
            abstract: "Create a resource.",
            discussion: """
                Examples:
                  keywright resource create account Shop
                  keywright resource create scope production --parent 4 --slug prod
                """
        )

        @OptionGroup(title: "Server") var server: ServerOptions

        @Argument(help: "account, namespace, application or scope.")
        var level: ManagedLevel

        @Argument(help: "The name for people.")
        var name: String

        @Option(
            help: ArgumentHelp(
                "The id of what it is created in; for an account the organization, which may be left out.",
                valueName: "id"),
            transform: { try IDArgument.parse($0) })
        var parent: Int64?

        @Option(help: "The short name. (default: made from the name)")
        var slug: String?

        @Flag(help: "Print the server's JSON.")
        var json = false

        func validate() throws {
            guard parent != nil || level == .account else {
                let parent = level.entity.parent?.rawValue ?? ""
                throw ValidationError("--parent is missing: the id of the \(parent) to create it in.")
            }
        }

        func run(_ session: RemoteSession) async throws {
            let resource = try await session.client.createResource(
                CreateResourceRequest(level.entity, name: name, slug: slug, parentID: parent)
            )
            if json { return try session.streams.print(json: resource) }
            try session.streams.print(ResourceCommand.table([resource]).text)
        }
    }

    /// `keywright resource delete`.
    struct Delete: RemoteCommand {
        static let configuration = CommandConfiguration(
            commandName: "delete",
            abstract: "Delete a resource that has none beneath it; its grants allow nothing any more.",
            discussion: """
                Asks first when a person is at the terminal.

                Example:
                  keywright resource delete scope 5
                """
        )

        @OptionGroup(title: "Server") var server: ServerOptions

        @Argument(help: "account, namespace, application or scope.")
        var level: ManagedLevel

        @Argument(help: "The id of the resource.", transform: { try IDArgument.parse($0) })
        var id: Int64

        @Flag(name: [.long, .customShort("y")], help: "Do not ask.")
        var yes = false

        func run(_ session: RemoteSession) async throws {
            try await session.confirm(unless: yes) {
                let resource = try await session.client.resource(level.entity, id)
                return "Delete \(level.rawValue) \(id) \"\(TerminalText.escaping(resource.name))\"?"
            }
            try await session.client.deleteResource(level.entity, id)
            try session.streams.print("Deleted \(level.rawValue) \(id).")
        }
    }
}
