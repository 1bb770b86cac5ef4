import ArgumentParser
import KeywrightClient
import KeywrightWire

/// `keywright token`: an access token for an API key.
struct TokenCommand: RemoteCommand {
    static let configuration = CommandConfiguration(
        commandName: "token",
        abstract: "Exchange the API key for an access token and print it.",
        discussion: """
            The token alone goes to the standard output. It works until it expires, or until the key is disabled or \
            deleted.

            Examples:
              export KEYWRIGHT_URL=http://127.0.0.1:8080 KEYWRIGHT_API_KEY=...
              curl -H "Authorization: Bearer $(keywright token)" $KEYWRIGHT_URL/api_key
            """
    )

    @OptionGroup(title: "Server") var server: ServerOptions

    @Flag(help: "Print the whole answer: both tokens, their expiry, organization and account.")
    var json = false

    func run(_ session: RemoteSession) async throws {
        let token = try await session.client.exchangeToken()
        if json { return try session.streams.print(json: token) }
        try session.streams.print(token.accessToken.reveal())
    }
}
