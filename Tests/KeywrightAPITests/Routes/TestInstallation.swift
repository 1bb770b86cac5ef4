import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import KeywrightAPI
import KeywrightDomain
import KeywrightOperations
import KeywrightStore
import Logging
import NIOCore
import Testing

/// An installation of its own, its API driven in process.
///
/// Organization 1 holds the accounts 1 and 2; in account 1 lie namespace 1, application 1 and scope 1. The clock
/// stands until a test moves it.
struct TestInstallation: Sendable {
    let operations: Operations
    let data: StoreUnderTest
    let clock: TestClock
    let logs: CapturedLogs
    /// The first Admin key, at organization=1. Its id is 1.
    let admin: String
    private let client: any TestClientProtocol

    var store: any Store { data.store }
    /// The server's data folder.
    var folder: URL { data.folder }

    /// Runs a body on a new installation, which is gone afterwards.
    ///
    /// - Parameters:
    ///   - setup: `.live` sends requests over a real socket, from 127.0.0.1.
    ///   - proxies: whose `X-Forwarded-For` is believed.
    static func run(
        over setup: TestingSetup = .router, trusting proxies: TrustedProxies = .none, keyLimit: Int = 10_000,
        tokenLifetime: Duration = .seconds(3600), perform body: @Sendable (TestInstallation) async throws -> Void
    ) async throws {
        let (clock, logs) = (TestClock(), CapturedLogs())
        try await StoreUnderTest.run(dating: clock, logger: logs.logger) { data in
            var settings = Operations.Settings(keyFormat: try KeyFormat())
            settings.passwordCost = PasswordHasher.Cost(rounds: 16, blockSize: 1, parallelism: 1)
            settings.keyLimit = keyLimit
            settings.accessTokenLifetime = tokenLifetime
            let operations = Operations(
                store: data.store, settings: settings, pepper: try Pepper([UInt8](repeating: 7, count: 32)),
                random: RandomSource(SeededGenerator(seed: 1)), now: { clock.now }, logger: logs.logger
            )
            try await Installation.prepare(operations)
            let admin = try await administrator(of: "Example", operations)
            try await makeResources(operations, admin)
            let application = Application(
                router: API(operations, trustedProxies: proxies).router(),
                configuration: .init(address: .hostname("127.0.0.1", port: 0)), logger: logs.logger
            )
            try await application.test(setup) { client in
                try await body(
                    TestInstallation(
                        operations: operations, data: data, clock: clock, logs: logs, admin: admin, client: client)
                )
            }
        }
    }

    private static func makeResources(_ operations: Operations, _ admin: String) async throws {
        let principal = try await operations.authenticate(.bearer(Secret(admin)), from: .init())
        let plan: [(level: NRN.Level, slug: String)] = [
            (.account, "main"), (.account, "second"), (.namespace, "shop"), (.application, "api"), (.scope, "live"),
        ]
        for (level, slug) in plan {
            _ = try await operations.createResource(level, name: slug, slug: slug, parentID: 1, as: principal)
        }
    }

    private static func administrator(of organization: String, _ operations: Operations) async throws -> String {
        let made = try await operations.createAdministrator(
            AdministratorDraft(
                organization: organization, email: "admin@\(organization.lowercased()).test",
                password: Secret("correct horse battery staple"), keyName: "first key"
            )
        )
        return try #require(made.key?.value).reveal()
    }

    /// The first Admin key of another organization, whose id is 2 when it is the first one asked for.
    func otherOrganization(_ name: String = "Other") async throws -> String {
        try await Self.administrator(of: name, operations)
    }

    // MARK: Requests

    /// Sends a request and reads the answer.
    ///
    /// - Parameters:
    ///   - credential: what follows `Bearer`; no `Authorization` when nil.
    ///   - contentType: of the body; no field when nil, or without a body.
    func call(
        _ method: HTTPRequest.Method, _ path: String, _ body: String? = nil, as credential: String? = nil,
        headers: HTTPFields = [:], contentType: String? = "application/json"
    ) async throws -> Reply {
        var headers = headers
        if let credential { headers[.authorization] = "Bearer \(credential)" }
        if body != nil, let contentType { headers[.contentType] = contentType }
        let response = try await client.executeRequest(
            uri: path, method: method, headers: headers, body: body.map(ByteBuffer.init(string:))
        )
        return try Reply(response)
    }

    /// Creates an API key with one role, as the first Admin key unless another is given.
    func makeKey(
        _ role: String, at nrn: String, name: String = "a key", as credential: String? = nil
    ) async throws -> MadeKey {
        try await makeKey(
            #"{"name":"\#(name)","grants":[{"nrn":"\#(nrn)","role_slug":"\#(role)"}]}"#, as: credential
        )
    }

    /// Creates an API key that holds just these actions at one place.
    func makeKey(actions: [String], at nrn: String) async throws -> MadeKey {
        let names = actions.map { "\"\($0)\"" }.joined(separator: ",")
        return try await makeKey(#"{"name":"actions","grants":[{"nrn":"\#(nrn)","actions":[\#(names)]}]}"#)
    }

    /// Creates an API key from a whole body.
    func makeKey(_ body: String, as credential: String? = nil) async throws -> MadeKey {
        let reply = try await call(.post, "/api_key", body, as: credential ?? admin)
        #expect(reply.status == 201, "\(reply.message ?? "")")
        return MadeKey(
            id: try #require(reply["id"].number), value: try #require(reply["api_key"].text),
            userID: try #require(reply["user_id"].number)
        )
    }

    /// Exchanges an API key for tokens.
    func exchange(_ key: String) async throws -> (access: String, refresh: String) {
        let reply = try await call(.post, "/token", #"{"api_key":"\#(key)"}"#)
        #expect(reply.status == 200, "\(reply.message ?? "")")
        return (try #require(reply["access_token"].text), try #require(reply["refresh_token"].text))
    }

    /// Adds a person to organization 1.
    func makePerson(_ email: String) async throws -> Int64 {
        let reply = try await call(.post, "/user", #"{"email":"\#(email)"}"#, as: admin)
        #expect(reply.status == 201, "\(reply.message ?? "")")
        return try #require(reply["id"].number)
    }
}

/// An API key that a test created.
struct MadeKey: Sendable {
    let id: Int64
    let value: String
    /// Its machine user.
    let userID: Int64

    /// Its path.
    var path: String { "/api_key/\(id)" }
}
