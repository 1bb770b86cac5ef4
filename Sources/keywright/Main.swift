import ArgumentParser

/// The program.
@main
struct Keywright: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keywright",
        abstract: "API keys for a platform: the server and the command line.",
        discussion: """
            serve, admin, setup-link, backup, restore and audit verify work on the data of this machine (--data), or \
            on a shared database (--database). The other commands speak to a server: KEYWRIGHT_URL and \
            KEYWRIGHT_API_KEY say which and as whom.

            Exit codes: 0 done, 1 failed, 2 usage, 3 the data folder is in use, 4 refused.
            """,
        version: KeywrightVersion.text,
        groupedSubcommands: [
            CommandGroup(
                name: "On this machine",
                subcommands: [
                    ServeCommand.self, AdminCommand.self, SetupLinkCommand.self, BackupCommand.self,
                    RestoreCommand.self, DatabaseCommand.self, MigrateCommand.self, OpenAPICommand.self,
                ]
            ),
            CommandGroup(
                name: "On a server",
                subcommands: [
                    KeyCommand.self, TokenCommand.self, RoleCommand.self, ResourceCommand.self, UserCommand.self,
                    GrantCommand.self, VerifyCommand.self, ExplainCommand.self, AuditCommand.self,
                ]
            ),
        ]
    )

    static func main() async {
        await CommandExit.run(Keywright.self)
    }
}

/// `keywright audit`
struct AuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract: "Read the audit trail of a server; verify the data's own, or take old months out of it.",
        subcommands: [AuditListCommand.self, AuditVerifyCommand.self, AuditDetachCommand.self]
    )
}

/// Which release this is.
enum KeywrightVersion {
    static let text = "0.1.0"
}
