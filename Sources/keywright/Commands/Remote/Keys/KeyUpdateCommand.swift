import ArgumentParser
import KeywrightClient
import KeywrightWire

extension KeyCommand {
    /// `keywright key update`.
    struct Update: RemoteCommand {
        static let configuration = CommandConfiguration(
            commandName: "update",
            abstract: "Change an API key's name, grants, tags or expiry.",
            discussion: """
                What is not given stays as it is. The grants given replace all that the key has, and so do the tags.

                Examples:
                  keywright key update 17 --name ci-release
                  keywright key update 17 --grant organization=1=developer --clear-tags
                  keywright key update 17 --expires never
                """
        )

        @OptionGroup(title: "Server") var server: ServerOptions

        @Argument(help: "The id of the key.", transform: { try IDArgument.parse($0) })
        var id: Int64

        @Option(help: "A new name.")
        var name: String?

        @OptionGroup var parts: KeyGrantOptions

        @Flag(help: "Remove all tags.")
        var clearTags = false

        @Option(
            help: ArgumentHelp(
                "When it stops working: 90d, 12h, 30m, 2030-01-31T00:00:00Z or never.", valueName: "when"),
            transform: { try ExpiryArgument.parse($0) })
        var expires: ExpiryArgument?

        @Flag(help: "Print the server's JSON.")
        var json = false

        func validate() throws {
            guard !clearTags || parts.tag.isEmpty else { throw ValidationError("Give either --tag or --clear-tags.") }
            guard !changes(now: 0).isEmpty else {
                throw ValidationError(
                    "Give what to change: --name, --grant, --grant-actions, --grant-inherits, --tag, --clear-tags or "
                        + "--expires.")
            }
        }

        /// What the server shall change.
        func changes(now: Int64) -> UpdateAPIKeyRequest {
            var changes = UpdateAPIKeyRequest(name: name)
            if !parts.grants.isEmpty { changes.grants = parts.grants }
            if clearTags || !parts.tag.isEmpty { changes.tags = parts.tag }
            if let expires { changes.expiresAt = expires.moment(from: now).map(Field.value) ?? .null }
            return changes
        }

        func run(_ session: RemoteSession) async throws {
            let key = try await session.client.updateAPIKey(id, changes(now: session.now))
            if json { return try session.streams.print(json: key) }
            try session.streams.print(KeyText.details(key, now: session.now))
        }
    }
}
