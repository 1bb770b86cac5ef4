import ArgumentParser
import KeywrightClient
import KeywrightWire

extension KeyCommand {
    /// `keywright key create`.
    struct Create: RemoteCommand {
        static let configuration = CommandConfiguration(
            commandName: "create",
            abstract: "Create an API key and print its value, this once.",
            discussion: """
                The value alone goes to the standard output, everything else to the standard error, so that it can be \
                stored by a pipe. The server keeps no copy that could be read again.

                Examples:
                  keywright key create ci-main --grant organization=1:account=2=machine:ci
                  keywright key create reader --grant organization=1=member > key.txt
                  keywright key create audit --grant-actions organization=1=audit:read,log:read
                  keywright key create build --grant-inherits organization=1=developer,+api_key:read,-scope:delete
                """
        )

        @OptionGroup(title: "Server") var server: ServerOptions

        @Argument(help: "The name of the key; it need not be unique.")
        var name: String

        @OptionGroup var parts: KeyGrantOptions

        @Option(
            help: ArgumentHelp(
                "When it stops working: 90d, 12h, 30m, 2030-01-31T00:00:00Z or never. (default: never)",
                valueName: "when"),
            transform: { try ExpiryArgument.parse($0) })
        var expires: ExpiryArgument = .never

        @Flag(help: "Create it disabled.")
        var disabled = false

        @Flag(help: "Print the server's JSON, value included.")
        var json = false

        func validate() throws {
            guard !parts.grants.isEmpty else {
                throw ValidationError("Give at least one --grant, --grant-actions or --grant-inherits.")
            }
        }

        func run(_ session: RemoteSession) async throws {
            let key = try await session.client.createAPIKey(
                CreateAPIKeyRequest(
                    name: name, grants: parts.grants, tags: parts.tag, isEnabled: !disabled,
                    expiresAt: expires.moment(from: session.now)
                )
            )
            guard let value = key.apiKey?.reveal() else {
                throw CommandFailure("The server did not tell the value of the API key \(key.id).")
            }
            do {
                if json { return try session.streams.print(json: key) }
                try session.streams.print(value)
            } catch {
                throw CommandFailure(
                    "The API key \(key.id) was created, but its value could not be written.",
                    ["Delete it: keywright key delete \(key.id)"]
                )
            }
            session.streams.note(
                """
                Created API key \(key.id), "\(TerminalText.escaping(key.name))" (\(TerminalText.escaping(key.maskedAPIKey))).
                Its value is on the standard output, this once: store it now.
                To use it, set KEYWRIGHT_API_KEY, or send the header "Authorization: Bearer <value>".
                """
            )
        }
    }
}
