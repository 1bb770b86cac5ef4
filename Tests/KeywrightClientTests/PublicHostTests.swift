import ArgumentParser
import Testing

@testable import keywright

@Suite struct PublicHostTests {
    @Test(
        "the public URL names the host that is answered for",
        arguments: [
            ("https://keys.example.com", "keys.example.com"),
            ("http://keys.example.com:8080/", "keys.example.com:8080"),
            ("http://[::1]:8080", "[::1]:8080"), ("https://[2001:db8::1]", "[2001:db8::1]"),
        ]
    )
    func host(_ url: String, _ host: String) async throws {
        let settings = try await Settings(ServeOptions.parse(["--public-url", url]))
        #expect(settings.publicHost == host)
    }

    @Test("without a public URL any host is answered for")
    func none() async throws {
        let settings = try await Settings(ServeOptions.parse([]))
        #expect(settings.publicHost == nil)
    }
}
