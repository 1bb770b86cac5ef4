import ArgumentParser
import Testing

@testable import keywright

@Suite struct LoopbackTests {
    @Test(
        "plain HTTP is served without further ado on this machine's own addresses alone",
        arguments: [
            ("127.0.0.1", true), ("127.8.9.10", true), ("localhost", true), ("::1", true), ("0:0:0:0:0:0:0:1", true),
            ("::ffff:127.0.0.1", true), ("127.evil.example", false), ("127.0.0.1.evil.example", false),
            ("127.", false), ("127.1", false), ("128.0.0.1", false), ("0.0.0.0", false), ("::", false), ("::2", false),
            ("localhost.evil.example", false), ("", false),
        ]
    )
    func host(_ host: String, _ isLoopback: Bool) async throws {
        let settings = try await Settings(ServeOptions.parse(["--host", host]))
        #expect(settings.isLoopback == isLoopback)
        if isLoopback {
            try settings.check()
        } else {
            #expect(throws: Settings.Invalid.self) { try settings.check() }
        }
    }
}
