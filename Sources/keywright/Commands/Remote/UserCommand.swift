import ArgumentParser
import KeywrightClient
import KeywrightWire

/// `keywright user`: the people of an organization, and the machine users of its keys.
struct UserCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "user",
        abstract: "Invite, list and deactivate users.",
        subcommands: [Invite.self, List.self, Deactivate.self]
    )

    fileprivate static func table(_ users: [UserObject]) -> TextTable {
        var table = TextTable("ID", "EMAIL", "NAME", "TYPE", "STATUS")
        for user in users {
            let name = [user.firstName, user.lastName].filter { !$0.isEmpty }.joined(separator: " ")
            table.add("\(user.id)", user.email, name, user.type, user.status)
        }
        return table
    }
}

extension UserCommand {
    /// `keywright user invite`.
    struct Invite: RemoteCommand {
        static let configuration = CommandConfiguration(
            commandName: "invite",
            abstract: "Add a person and print the link by which they choose a password.",
            discussion: """
                The link alone goes to the standard output. It works once, for seven days, and cannot be read again: \
                send it to the person yourself. It gives no role; `keywright grant create` does.

                Example:
                  keywright user invite ada@example.com --first-name Ada --last-name Lovelace
                """
        )

        @OptionGroup(title: "Server") var server: ServerOptions

        @Argument(help: "The address the person signs in with.")
        var email: String

        @Option(help: "The first name.")
        var firstName: String?

        @Option(help: "The last name.")
        var lastName: String?

        @Flag(help: "Print the server's JSON, link included.")
        var json = false

        func run(_ session: RemoteSession) async throws {
            let invitation = try await session.client.inviteUser(
                CreateUserRequest(email: email, firstName: firstName, lastName: lastName)
            )
            if json { return try session.streams.print(json: invitation) }
            try session.streams.print(invitation.invitationURL.reveal())
            let id = invitation.user.id
            session.streams.note(
                """
                Invited user \(id). The link is on the standard output, this once; it works for seven days.
                To give a role:  keywright grant create \(id) organization=\(invitation.user.organizationID)=member
                """
            )
        }
    }

    /// `keywright user list`.
    struct List: RemoteCommand {
        /// What a user is.
        enum Kind: String, CaseIterable, ExpressibleByArgument {
            case person
            case machine
        }

        /// Whether a user may act.
        enum Status: String, CaseIterable, ExpressibleByArgument {
            case active
            case inactive
        }

        static let configuration = CommandConfiguration(
            commandName: "list",
            abstract: "List users.",
            discussion: """
                Examples:
                  keywright user list --all
                  keywright user list --type machine
                """
        )

        @OptionGroup(title: "Server") var server: ServerOptions

        @Option(
            help: ArgumentHelp("Only the user with this id. Repeatable.", valueName: "id"),
            transform: { try IDArgument.parse($0) })
        var id: [Int64] = []

        @Option(help: "Exactly this address. Repeatable: one of them.")
        var email: [String] = []

        @Option(help: "person or machine. (default: person)")
        var type: Kind?

        @Option(help: "active or inactive. Repeatable: one of them.")
        var status: [Status] = []

        @OptionGroup(title: "Page") var page: PageOptions

        @Flag(help: "Print the server's JSON.")
        var json = false

        func run(_ session: RemoteSession) async throws {
            let filter = UserFilter(
                ids: id, emails: email, type: type?.rawValue, statuses: status.map(\.rawValue)
            )
            let users = try await page.collect(id: \.id) { try await session.client.users(filter, page: $0) }
            try session.print(users, named: "users", asJSON: json, table: UserCommand.table)
        }
    }

    /// `keywright user deactivate`.
    struct Deactivate: RemoteCommand {
        static let configuration = CommandConfiguration(
            commandName: "deactivate",
            abstract: "End a person's access; the API keys they created go on working.",
            discussion: """
                Example:
                  keywright user deactivate 12
                  keywright key list --owner 12
                """
        )

        @OptionGroup(title: "Server") var server: ServerOptions

        @Argument(help: "The id of the user.", transform: { try IDArgument.parse($0) })
        var id: Int64

        @Flag(help: "Print the server's JSON.")
        var json = false

        func run(_ session: RemoteSession) async throws {
            let user = try await session.client.setUserStatus(id, "inactive")
            if json { return try session.streams.print(json: user) }
            try session.streams.print("Deactivated user \(user.id), \(TerminalText.escaping(user.email ?? "")).")
        }
    }
}
