import ArgumentParser
import Foundation
import Hummingbird
import HummingbirdCore

/// The console's list of API keys, 25 rows, against a bare Hummingbird route that answers two bytes.
struct ConsoleBench {
    private static let count = 2_000

    let server: String
    let folder: URL
    let size: Int
    let rounds: Int

    struct NotSignedIn: Error {}

    func run(_ table: Table) throws {
        var ours: [Double] = []
        var bare: [Double] = []
        for _ in 0..<rounds {
            let server = try ServerProcess(server, ["serve", "--data", folder.path, "--port", "0"])
            let cookie = try signIn(server.port)
            ours.append(try measure(server, path: "/settings/api-keys", "Cookie: \(cookie)\r\n"))
            bare.append(try measure(try ServerProcess(CommandLine.arguments[0], ["bare-server"]), path: "/", ""))
        }
        let (own, base) = (ours.median * 1e6, bare.median * 1e6)
        table.add(
            "console list of 25 rows, \(size) keys, server CPU per page", "\(own.text(0)) us",
            "bare route \(base.text(0)) us")
        table.add("console list, times a bare route", (own / base).text(1), "goal 8 at most")
    }

    private func signIn(_ port: Int) throws -> String {
        let body = "email=bench%40example.com&password=a+password+for+benchmarks"
        let request = """
            POST /sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\nSec-Fetch-Site: same-origin\r\n\
            Content-Type: application/x-www-form-urlencoded\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)
            """
        let answer = try LoadGenerator(port: port, connections: 1).answer(Array(request.utf8))
        guard let cookie = answer.firstMatch(of: /(?i)set-cookie: (keywright=[^;]+);/) else { throw NotSignedIn() }
        return String(cookie.1)
    }

    private func measure(_ process: ServerProcess, path: String, _ fields: String) throws -> Double {
        defer { process.stop() }
        let load = LoadGenerator(port: process.port, connections: 8)
        let request = Array("GET \(path) HTTP/1.1\r\nHost: 127.0.0.1\r\n\(fields)\r\n".utf8)
        _ = try load.run(200, expecting: "200") { _ in request }
        let before = process.cpuSeconds
        _ = try load.run(Self.count, expecting: "200") { _ in request }
        return (process.cpuSeconds - before) / Double(Self.count)
    }
}

/// The bare side of ``ConsoleBench``.
struct BareServer: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "bare-server", shouldDisplay: false)

    func run() async throws {
        let router = Router()
        router.get("/") { _, _ in "ok" }
        let application = Application(
            router: router, configuration: .init(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { channel in
                print("serves on http://127.0.0.1:\(channel.localAddress?.port ?? 0)")
                fflush(nil)
            }
        )
        try await application.runService()
    }
}
