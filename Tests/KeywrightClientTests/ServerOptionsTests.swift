import ArgumentParser
import Foundation
import KeywrightClient
import KeywrightWire
import Testing

@testable import keywright

/// Where the server's address and the key come from.
@Suite struct ServerOptionsTests {
    private func authorization(_ arguments: [String], _ environment: [String: String]) async throws -> String? {
        try await StubServer.run(.json(204, "")) { server in
            var environment = environment
            environment["KEYWRIGHT_URL"] = environment["KEYWRIGHT_URL"] ?? server.url
            let client = try ServerOptions.parse(arguments.map { $0 == "URL" ? server.url : $0 })
                .client(environment: environment)
            try await client.deleteAPIKey(1)
            await client.shutdown()
            return server.requests.first?.headers["authorization"]
        }
    }

    private func withFile<Value>(_ text: String, _ body: (String) async throws -> Value) async throws -> Value {
        let url = FileManager.default.temporaryDirectory.appending(path: "key-\(UUID().uuidString)")
        try Data(text.utf8).write(to: url)
        defer { try? FileManager.default.removeItem(at: url) }
        return try await body(url.path)
    }

    @Test("the environment gives the key, flags are stronger")
    func precedence() async throws {
        let environment = ["KEYWRIGHT_API_KEY": "from-environment"]
        #expect(try await authorization([], environment) == "Bearer from-environment")
        #expect(try await authorization(["--api-key", "from-flag"], environment) == "Bearer from-flag")
        let elsewhere = ["KEYWRIGHT_API_KEY": "k", "KEYWRIGHT_URL": "http://127.0.0.1:1"]
        #expect(try await authorization(["--url", "URL"], elsewhere) == "Bearer k")
    }

    @Test("a file gives the key without its line end", arguments: ["k-1", "k-1\n", "k-1\r\n"])
    func file(text: String) async throws {
        try await withFile(text) { path in
            let header = try await authorization(["--api-key-file", path], ["KEYWRIGHT_API_KEY": "x"])
            #expect(header == "Bearer k-1")
        }
    }

    @Test(
        "a file that holds no key is a wrong setting",
        arguments: ["", "\n", "two words", String(repeating: "k", count: 17_000)])
    func badFile(text: String) async throws {
        try await withFile(text) { path in
            let options = try ServerOptions.parse(["--api-key-file", path])
            let error = #expect(throws: (any Error).self) { try options.client(environment: [:]) }
            #expect((error as? any ReportableError)?.exitStatus == .usage)
        }
    }

    @Test("what is missing or contradictory is a wrong setting")
    func wrong() throws {
        func status(_ arguments: [String], _ environment: [String: String]) throws -> CommandStatus? {
            let options = try ServerOptions.parse(arguments)
            let error = #expect(throws: (any Error).self) { try options.client(environment: environment) }
            return (error as? any ReportableError)?.exitStatus
        }
        #expect(try status([], [:]) == .usage)
        #expect(try status([], ["KEYWRIGHT_API_KEY": ""]) == .usage)
        #expect(try status(["--api-key-file", "/nowhere/key"], [:]) == .usage)
        #expect(try status(["--api-key", "k", "--url", "nonsense"], [:]) == .usage)
        #expect(try status(["--api-key", "k", "--ca-certificate", "/nowhere/ca.pem"], [:]) == .usage)
        #expect(throws: (any Error).self) { try ServerOptions.parse(["--api-key", "k", "--api-key-file", "f"]) }
    }

    @Test("a key that leaves the machine unencrypted is warned about")
    func warning() throws {
        let options = try ServerOptions.parse(["--api-key", sampleSecret, "--url", "http://keys.example.com"])
        let captured = Captured()
        _ = try RemoteSession(options, environment: [:], streams: captured.streams())
        #expect(captured.errors.contains("unencrypted"))
        #expect(!captured.errors.contains(sampleSecret))
    }
}
