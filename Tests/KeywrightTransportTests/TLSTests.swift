import Foundation
import KeywrightAPI
import Logging
import NIOCore
import NIOSSL
import Synchronization
import Testing

/// Certificates, their replacement, and handshakes.
@Suite(.timeLimit(.minutes(2)))
struct TLSTests {
    private static func run(
        _ certificate: TestCertificate, logger: Logger = .quiet,
        _ configure: (inout TransportSettings) throws -> Void = { _ in },
        perform body: @escaping @Sendable (TransportServer, TLSCertificates) async throws -> Void
    ) async throws {
        let certificates = try TLSCertificates(
            certificatePath: certificate.certificatePath, keyPath: certificate.keyPath, logger: logger)
        try await TransportServer.run { settings in
            settings.certificates = certificates
            try configure(&settings)
        } perform: { server in
            try await body(server, certificates)
        }
    }

    @Test("HTTP/1.1 inside TLS keeps all rules")
    func http1() async throws {
        let certificate = try TestCertificate()
        try await Self.run(certificate) { server, _ in
            let client = try await RawClient.connect(to: server.port, tls: certificate.clientContext())
            try await client.send("GET /host HTTP/1.1\r\nHost: localhost\r\n\r\nGET /1 HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try await client.response().body == "https://localhost/host")
            #expect(try await client.response().body == "1")
            try await client.send("GET / HTTP/1.1\r\n\r\n")
            let refusal = try await client.response()
            #expect(refusal.status == 400)
            #expect(refusal.closes)
            #expect(try await client.remainder() == ("", .closed))
        }
    }

    @Test("a client that offers no protocol gets HTTP/1.1")
    func noProtocol() async throws {
        let certificate = try TestCertificate()
        try await Self.run(certificate) { server, _ in
            let client = try await RawClient.connect(to: server.port, tls: certificate.clientContext(protocols: []))
            try await client.send("GET /1 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            #expect(try await client.response().body == "1")
            #expect(try await client.end() == .closed)
        }
    }

    @Test("TLS 1.2 is spoken, TLS 1.1 is not", arguments: [(TLSVersion.tlsv12, true), (.tlsv11, false)])
    func versions(_ version: TLSVersion, _ isSpoken: Bool) async throws {
        let certificate = try TestCertificate()
        try await Self.run(certificate) { server, _ in
            let context = try certificate.clientContext(maximum: version)
            let client = try await RawClient.connect(to: server.port, tls: context)
            await client.sendIfPossible("GET /1 HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect((try? await client.response().status) == (isSpoken ? 200 : nil))
        }
    }

    @Test("a handshake that does not get complete ends")
    func slowHandshake() async throws {
        let certificate = try TestCertificate()
        try await Self.run(certificate) { settings in
            settings.limits.handshakeDeadline = .milliseconds(200)
        } perform: { server, _ in
            let silent = try await RawClient.connect(to: server.port)
            #expect(try await silent.remainder().text == "")
            let started = try await RawClient.connect(to: server.port)
            try await started.send("\u{16}\u{3}\u{1}")
            _ = try await started.end()
        }
    }

    @Test("what is not TLS is cut off, and the server goes on")
    func notTLS() async throws {
        let certificate = try TestCertificate()
        try await Self.run(certificate) { server, _ in
            let plain = try await RawClient.connect(to: server.port)
            try await plain.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            _ = try await plain.end()
            let client = try await RawClient.connect(to: server.port, tls: certificate.clientContext())
            try await client.send("GET /1 HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try await client.response().body == "1")
        }
    }

    @Test("a new certificate serves new connections, and the old ones stay")
    func replacement() async throws {
        let certificate = try TestCertificate()
        let log = Notes()
        try await Self.run(certificate, logger: log.logger) { server, certificates in
            let old = try await RawClient.connect(to: server.port, tls: certificate.clientContext())
            try await old.send("GET /1 HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try await old.response().body == "1")

            try certificate.issue()
            try certificates.reload()
            let new = try await RawClient.connect(to: server.port, tls: certificate.clientContext())
            try await new.send("GET /2 HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try await new.response().body == "2")
            try await old.send("GET /3 HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try await old.response().body == "3")
            #expect(log.levels == [.notice])
            try certificates.reload()
            #expect(log.levels == [.notice])
        }
    }

    @Test("files that cannot be used leave the last good certificate in use, and are logged once")
    func brokenReplacement() async throws {
        let certificate = try TestCertificate()
        let other = try TestCertificate()
        let log = Notes()
        try await Self.run(certificate, logger: log.logger) { server, certificates in
            let context = try certificate.clientContext()
            let broken: [(String, Data)] = [
                (certificate.keyPath, try Data(contentsOf: URL(fileURLWithPath: other.keyPath))),
                (certificate.certificatePath, Data("-----BEGIN CERTIFICATE-----\nnonsense".utf8)),
                (certificate.certificatePath, Data()),
            ]
            for (path, contents) in broken {
                try contents.write(to: URL(fileURLWithPath: path))
                #expect(throws: TLSCertificatesError.self) { try certificates.reload() }
                #expect(throws: TLSCertificatesError.self) { try certificates.reload() }
                let client = try await RawClient.connect(to: server.port, tls: context)
                try await client.send("GET /1 HTTP/1.1\r\nHost: a\r\n\r\n")
                #expect(try await client.response().body == "1")
            }
            #expect(log.levels.allSatisfy { $0 == .warning })
            #expect((2...3).contains(log.levels.count))

            try certificate.issue()
            try certificates.reload()
            let client = try await RawClient.connect(to: server.port, tls: certificate.clientContext())
            try await client.send("GET /2 HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try await client.response().body == "2")
        }
    }

    @Test("files that cannot be used at the start are an error that shows nothing of the key")
    func brokenAtStart() throws {
        let certificate = try TestCertificate()
        let key = try String(contentsOfFile: certificate.keyPath, encoding: .utf8)
        for path in ["/nowhere/key.pem", certificate.certificatePath, try TestCertificate().keyPath] {
            let error = #expect(throws: TLSCertificatesError.self) {
                try TLSCertificates(certificatePath: certificate.certificatePath, keyPath: path, logger: .quiet)
            }
            let text = try #require(error).description
            #expect(key.split(separator: "\n").dropFirst().dropLast().allSatisfy { !text.contains($0) })
        }
    }

    @Test("while it runs, new files are read")
    func watching() async throws {
        let certificate = try TestCertificate()
        let log = Notes()
        let certificates = try TLSCertificates(
            certificatePath: certificate.certificatePath, keyPath: certificate.keyPath,
            refreshInterval: .milliseconds(20), logger: log.logger)
        try certificate.issue()
        let running = Task { try await certificates.run() }
        await log.wait(for: 1)
        running.cancel()
        #expect(log.levels.last == .notice)
    }

    @Test("under load no request inside TLS is lost when the server shuts down")
    func drain() async throws {
        let certificate = try TestCertificate()
        try await Self.run(certificate) { settings in
            settings.limits.drainGracePeriod = .seconds(10)
        } perform: { server, _ in
            let context = try certificate.clientContext()
            await withTaskGroup(of: Bool.self) { clients in
                for _ in 0..<8 {
                    clients.addTask {
                        guard let client = try? await RawClient.connect(to: server.port, tls: context) else {
                            return false
                        }
                        var isLast = false
                        while !isLast {
                            await client.sendIfPossible("GET /1 HTTP/1.1\r\nHost: a\r\n\r\n")
                            guard let response = try? await client.response() else { return false }
                            isLast = response.closes
                        }
                        return (try? await client.end()) == .closed
                    }
                }
                await server.reached.wait(for: 100)
                await server.shutDown()
                for await isServed in clients { #expect(isServed) }
            }
        }
    }
}

/// A logger's levels, as it was used.
private final class Notes: Sendable {
    private let reached = Reached()
    private let all = Mutex<[Logger.Level]>([])

    var levels: [Logger.Level] { all.withLock { $0 } }

    var logger: Logger {
        Logger(label: "test") { _ in Handler(notes: self) }
    }

    func wait(for count: Int) async {
        await reached.wait(for: count)
    }

    private struct Handler: LogHandler {
        let notes: Notes
        var logLevel = Logger.Level.info
        var metadata: Logger.Metadata = [:]

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            notes.all.withLock { $0.append(event.level) }
            notes.reached.note("")
        }
    }
}
