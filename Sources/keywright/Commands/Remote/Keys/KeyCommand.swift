import ArgumentParser

/// `keywright key`: API keys on a server.
struct KeyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "key",
        abstract: "Create, list, change and delete API keys.",
        discussion: """
            Talks to the server at KEYWRIGHT_URL as the API key in KEYWRIGHT_API_KEY; flags override both. Lists are \
            tables; --json prints the server's JSON.

            Examples:
              keywright key create ci-main --grant organization=1=machine:ci --expires 90d
              keywright key list --nrn organization=1:account=2 --unused 90d
              keywright key disable 17
            """,
        subcommands: [
            Create.self, List.self, Get.self, Update.self, Disable.self, Enable.self, Delete.self,
        ]
    )
}
