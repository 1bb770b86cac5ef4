import ArgumentParser
import Testing

@testable import keywright

/// What `serve` warns of when it starts.
@Suite("Warnings of serve")
struct ServeWarningTests {
    private static let url = ["--public-url", "https://keys.example.com"]
    private static let database = ["--database", "postgres://keywright@database.example.com/keywright"]

    @Test(
        "each setting that is probably not meant has a sentence, and no other has one",
        arguments: [
            ([], []), (url, []), (database + url, []), (["--trusted-proxy", "10.0.0.0/8"] + url, []),
            (database, ["tokens and links name this node alone"]),
            (["--trusted-proxy", "10.0.0.0/8"], ["links and cookies are those of plain HTTP"]),
            (
                database + ["--trusted-proxy", "10.0.0.0/8"],
                ["links and cookies are those of plain HTTP", "tokens and links name this node alone"]
            ),
            (["--host", "0.0.0.0", "--insecure-http"] + url, ["API keys travel in the clear"]),
            (["--insecure-http"] + url, []),
        ] as [([String], [String])])
    func warnings(_ arguments: [String], _ expected: [String]) async throws {
        let warnings = try await Settings(ServeOptions.parse(arguments)).warnings
        #expect(warnings.count == expected.count)
        for (warning, part) in zip(warnings, expected) { #expect(warning.contains(part)) }
    }
}
