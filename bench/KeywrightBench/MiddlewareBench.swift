import Foundation
import KeywrightClient
import KeywrightMiddleware
import KeywrightWire
import Logging

/// What the middleware's check of a remembered key or token costs, beside a server that tells it of changes.
struct MiddlewareBench {
    private static let batch = 20_000

    let server: String
    let folder: URL

    func run(_ table: Table) async throws {
        let data = folder.appending(path: "middleware")
        let admin = try ServerProcess.bootstrap(server, data)
        let process = try ServerProcess(server, ["serve", "--data", data.path, "--port", "0"])
        defer { process.stop() }
        let url = "http://127.0.0.1:\(process.port)"
        let client = try KeywrightClient(url: url, credential: SensitiveText(admin))
        let verifierKey = try await makeKey("verifier", ["verifier"], client)
        let key = try await makeKey(
            "caller", ["secops", "insights-viewer", "troubleshooting", "member", "developer"], client)
        let tokens = try KeywrightClient(url: url, credential: SensitiveText(key))
        let token = try await tokens.exchangeToken().accessToken.reveal()
        let verifier = try KeywrightVerifier(url: url, credential: verifierKey, logger: Logger(label: "bench"))
        let service = Task { try await verifier.run() }
        // Until the feed was heard and the server's keys are here.
        try await Task.sleep(for: .seconds(2))
        for (name, credential) in [("key", key), ("token", token)] {
            let time = try await measure(verifier, credential)
            table.add("middleware, a remembered \(name)", "\(time.text(2)) us", "goal under 5 us")
        }
        service.cancel()
        await tokens.shutdown()
        await client.shutdown()
    }

    private func makeKey(_ name: String, _ roles: [String], _ client: KeywrightClient) async throws -> String {
        let grants = roles.map { GrantRequest(nrn: "organization=1", .role(.slug($0))) }
        let key = try await client.createAPIKey(CreateAPIKeyRequest(name: name, grants: grants))
        return key.apiKey?.reveal() ?? ""
    }

    /// Microseconds per check, the median of batches.
    private func measure(_ verifier: KeywrightVerifier, _ credential: String) async throws -> Double {
        var times: [Double] = []
        for _ in 0..<20 {
            let start = ContinuousClock.now
            for _ in 0..<Self.batch {
                let found = try await verifier.verify(
                    credential, action: "deployment:create", nrn: "organization=1"
                )
                guard case .allowed = found else { throw NotAllowed() }
            }
            times.append((ContinuousClock.now - start).seconds * 1e6 / Double(Self.batch))
        }
        return times.median
    }

    struct NotAllowed: Error {}
}
