import ArgumentParser
import KeywrightAPI

/// `keywright openapi`
struct OpenAPICommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "openapi",
        abstract: "Print the description of the HTTP API (OpenAPI 3.1)."
    )

    func run() throws {
        try StandardStreams.process.print(OpenAPIDocument.json)
    }
}
