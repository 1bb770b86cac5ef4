import ArgumentParser
import KeywrightClient
import KeywrightWire

extension KeyCommand {
    /// `keywright key get`.
    struct Get: RemoteCommand {
        static let configuration = CommandConfiguration(
            commandName: "get",
            abstract: "Show one API key; never its value.",
            discussion: """
                Example:
                  keywright key get 17
                """
        )

        @OptionGroup(title: "Server") var server: ServerOptions

        @Argument(help: "The id of the key.", transform: { try IDArgument.parse($0) })
        var id: Int64

        @Flag(help: "Print the server's JSON.")
        var json = false

        func run(_ session: RemoteSession) async throws {
            let key = try await session.client.apiKey(id)
            if json { return try session.streams.print(json: key) }
            try session.streams.print(KeyText.details(key, now: session.now))
        }
    }
}
