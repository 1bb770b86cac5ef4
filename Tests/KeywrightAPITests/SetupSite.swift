import Foundation
import Hummingbird
import HummingbirdTesting
import KeywrightConsole
import KeywrightDomain
import KeywrightOperations
import KeywrightStore
import NIOCore

/// The console on an empty installation, called in process, on a clock that the test moves.
struct SetupSite: Sendable {
    let data: StoreUnderTest
    let operations: Operations
    let clock: TestClock
    let log: CapturedLogs
    let client: any TestClientProtocol

    var store: any Store { data.store }

    static let password = "correct horse battery staple"
    static let address = "203.0.113.7"

    /// Runs a body on an installation that nobody has set up.
    static func run(
        publicURL: String = "http://127.0.0.1:8080", _ body: @escaping @Sendable (SetupSite) async throws -> Void
    ) async throws {
        let (clock, log) = (TestClock(), CapturedLogs())
        let logger = log.logger
        try await StoreUnderTest.run(dating: clock, logger: logger) { data in
            var settings = Operations.Settings(keyFormat: try KeyFormat())
            settings.publicURL = publicURL
            settings.passwordCost = PasswordHasher.Cost(rounds: 16, blockSize: 1, parallelism: 1)
            let operations = Operations(
                store: data.store, settings: settings, pepper: try Pepper([UInt8](repeating: 7, count: 32)),
                now: { clock.now }, logger: logger
            )
            try await Installation.prepare(operations)
            let router = Router(context: BasicRequestContext.self)
            ConsoleRoutes<BasicRequestContext>(operations: operations) { _, _ in
                Principal.Origin(address: Self.address, requestID: "request-1")
            }.add(to: router)
            try await Application(router: router, logger: logger).test(.router) { client in
                try await body(
                    SetupSite(data: data, operations: operations, clock: clock, log: log, client: client))
            }
        }
    }

    /// The token of a new link.
    func token() async throws -> String {
        let link = try await operations.makeSetupLink().reveal()
        return String(link.split(separator: "=").last ?? "")
    }

    /// Opens the page behind a link.
    func open(_ token: String) async throws -> TestResponse {
        try await client.execute(uri: "/setup?token=\(token)", method: .get)
    }

    /// Sends the form as a browser does.
    func send(
        _ token: String, _ changes: [String: String] = [:], without missing: String? = nil, headers: HTTPFields = [:]
    ) async throws -> TestResponse {
        var fields = [
            "token": token, "organization": "Example Inc.", "email": "ada@example.com", "password": Self.password,
            "with_key": "yes", "key_name": "first-admin-key",
        ]
        fields.merge(changes) { $1 }
        if let missing { fields[missing] = nil }
        let body = fields.map { "\($0)=\(Self.encoded($1))" }.joined(separator: "&")
        return try await send(body: Array(body.utf8), headers: headers)
    }

    /// Sends any body.
    func send(
        body: [UInt8], type: String? = "application/x-www-form-urlencoded", headers: HTTPFields = [:]
    ) async throws -> TestResponse {
        var headers = headers
        headers[.contentType] = type
        return try await client.execute(uri: "/setup", method: .post, headers: headers, body: ByteBuffer(bytes: body))
    }

    /// Whatever is not a letter or digit is written in hexadecimal.
    static func encoded(_ text: String) -> String {
        text.utf8.map { byte in
            let isPlain = (0x61...0x7A).contains(byte) || (0x41...0x5A).contains(byte) || (0x30...0x39).contains(byte)
            return isPlain
                ? String(decoding: [byte], as: UTF8.self) : "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined()
    }

    /// Everything of the audit trails, as text.
    func auditTrail() async throws -> [String] {
        try await store.read { transaction in
            try transaction.organizations().flatMap { organization in
                try transaction.auditChain(organization.id, after: AuditEvent.ID(0), limit: 1_000).map { "\($0)" }
            }
        }
    }
}
