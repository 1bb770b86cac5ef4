import ArgumentParser
import Crypto
import Foundation
import Hummingbird
import HummingbirdCore
import NIOCore

/// `/token` against a Hummingbird route that makes one ES256 signature and answers 600 bytes.
struct TokenBench {
    private static let count = 20_000

    let server: String
    let folder: URL
    let rounds: Int

    func run(_ table: Table) throws {
        let data = folder.appending(path: "token")
        let key = try ServerProcess.bootstrap(server, data)
        var ours: [Double] = []
        var bare: [Double] = []
        for _ in 0..<rounds {
            ours.append(try measure(try ServerProcess(server, ["serve", "--data", data.path, "--port", "0"]), key))
            bare.append(try measure(try ServerProcess(CommandLine.arguments[0], ["signing-server"]), key))
        }
        let (own, base) = (ours.median * 1e6, bare.median * 1e6)
        table.add(
            "/token, server CPU per request", "\(own.text(0)) us",
            "bare route with one ES256 signature \(base.text(0)) us")
        table.add("/token, CPU ratio (bare / ours)", (base / own).text(2), "")
    }

    private func measure(_ process: ServerProcess, _ key: String) throws -> Double {
        defer { process.stop() }
        let load = LoadGenerator(port: process.port, connections: 16)
        let request = post("/token", #"{"api_key":"\#(key)"}"#)
        _ = try load.run(1_000, expecting: "200") { _ in request }
        let before = process.cpuSeconds
        _ = try load.run(Self.count, expecting: "200") { _ in request }
        return (process.cpuSeconds - before) / Double(Self.count)
    }
}

/// The bare side of ``TokenBench``.
struct SigningServer: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "signing-server", shouldDisplay: false)

    func run() async throws {
        let key = P256.Signing.PrivateKey()
        let payload = [UInt8](repeating: 0x61, count: 400)
        let router = Router()
        router.post("/token") { request, _ in
            _ = try await request.body.collect(upTo: 1 << 16)
            let signature = try key.signature(for: payload)
            var body = ByteBuffer(bytes: payload)
            body.writeString(Data(signature.rawRepresentation).base64EncodedString())
            body.writeRepeatingByte(0x62, count: 600 - body.readableBytes)
            return Response(status: .ok, headers: [.contentType: "application/json"], body: .init(byteBuffer: body))
        }
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
