import ArgumentParser
import KeywrightClient
import KeywrightWire

extension KeyCommand {
    /// `keywright key disable`.
    struct Disable: RemoteCommand {
        static let configuration = CommandConfiguration(
            commandName: "disable",
            abstract: "Refuse API keys and their tokens until they are enabled again.",
            discussion: """
                Example:
                  keywright key disable 17 18
                """
        )

        @OptionGroup(title: "Server") var server: ServerOptions

        @Argument(help: "The ids of the keys.", transform: { try IDArgument.parse($0) })
        var ids: [Int64]

        @Flag(help: "Print the server's JSON, one object a line.")
        var json = false

        func run(_ session: RemoteSession) async throws {
            try await session.setKeys(ids, enabled: false, word: "Disabled", asJSON: json)
        }
    }

    /// `keywright key enable`.
    struct Enable: RemoteCommand {
        static let configuration = CommandConfiguration(
            commandName: "enable",
            abstract: "Accept disabled API keys again.",
            discussion: """
                Example:
                  keywright key enable 17 18
                """
        )

        @OptionGroup(title: "Server") var server: ServerOptions

        @Argument(help: "The ids of the keys.", transform: { try IDArgument.parse($0) })
        var ids: [Int64]

        @Flag(help: "Print the server's JSON, one object a line.")
        var json = false

        func run(_ session: RemoteSession) async throws {
            try await session.setKeys(ids, enabled: true, word: "Enabled", asJSON: json)
        }
    }
}

extension RemoteSession {
    fileprivate func setKeys(_ ids: [Int64], enabled isEnabled: Bool, word: String, asJSON: Bool) async throws {
        try await each(ids) { id in
            let key = try await client.updateAPIKey(id, UpdateAPIKeyRequest(isEnabled: isEnabled))
            if asJSON { return try streams.print(json: key) }
            try streams.print("\(word) API key \(key.id), \"\(TerminalText.escaping(key.name))\".")
        }
    }
}
