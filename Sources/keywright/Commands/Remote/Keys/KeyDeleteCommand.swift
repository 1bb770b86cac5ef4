import ArgumentParser
import KeywrightClient
import KeywrightWire

extension KeyCommand {
    /// `keywright key delete`.
    struct Delete: RemoteCommand {
        static let configuration = CommandConfiguration(
            commandName: "delete",
            abstract: "Delete API keys; their tokens end at once.",
            discussion: """
                Asks first when a person is at the terminal.

                Examples:
                  keywright key delete 17
                  keywright key delete 17 18 --yes
                """
        )

        @OptionGroup(title: "Server") var server: ServerOptions

        @Argument(help: "The ids of the keys.", transform: { try IDArgument.parse($0) })
        var ids: [Int64]

        @Flag(name: [.long, .customShort("y")], help: "Do not ask.")
        var yes = false

        func run(_ session: RemoteSession) async throws {
            try await session.confirm(unless: yes) {
                var names: [String] = []
                for id in ids.prefix(10) {
                    names.append("\(id) \"\(TerminalText.escaping(try await session.client.apiKey(id).name))\"")
                }
                if ids.count > names.count { names.append("and \(ids.count - names.count) more") }
                return "Delete API key \(names.joined(separator: ", "))?"
            }
            try await session.each(ids) { id in
                try await session.client.deleteAPIKey(id)
                try session.streams.print("Deleted API key \(id).")
            }
        }
    }
}
