import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import KeywrightAPI
import KeywrightClient
import KeywrightDomain
import KeywrightOperations
import KeywrightStore
import KeywrightWire
import Logging
import NIOCore
import Synchronization
import Testing

@testable import KeywrightMiddleware

/// A real Keywright server on a socket, and an application whose routes the middleware guards.
///
/// Organization 1 holds the accounts 1 and 2. Both clocks stand until a test moves them, for the server as for the
/// verifier.
struct GuardedSite: Sendable {
    /// Keywright's own client, as the first Admin key.
    let admin: KeywrightClient
    let verifier: KeywrightVerifier
    let clocks: TestClocks
    /// How many verifications reached the server.
    let asked: Counter
    private let url: String
    private let followsFeed: Bool
    private let application: any TestClientProtocol

    /// Runs a body on a site of its own.
    ///
    /// - Parameter followsFeed: whether the verifier runs as a service, as it should.
    static func run(followsFeed: Bool = true, perform body: @escaping @Sendable (GuardedSite) async throws -> Void)
        async throws
    {
        let folder = FileManager.default.temporaryDirectory.appending(path: "keywright-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let clocks = TestClocks()
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let store = try SQLiteStore(folder: folder, now: { clocks.now }, logger: logger)
        var settings = Operations.Settings(keyFormat: try KeyFormat())
        settings.passwordCost = PasswordHasher.Cost(rounds: 16, blockSize: 1, parallelism: 1)
        let operations = Operations(
            store: store, settings: settings, pepper: try Pepper([UInt8](repeating: 7, count: 32)),
            random: RandomSource(SeededGenerator(seed: 1)), now: { clocks.now }, logger: logger
        )
        do {
            try await Installation.prepare(operations)
            let made = try await operations.createAdministrator(
                AdministratorDraft(
                    organization: "Example", email: "admin@example.test",
                    password: Secret("correct horse battery staple"), keyName: "first key"
                )
            )
            let admin = try #require(made.key?.value).reveal()
            let asked = Counter()
            let api = API(operations).router().buildResponder()
            let counting = CallbackResponder<APIContext> { request, context in
                if request.uri.path == "/v1/verify" { asked.increase() }
                return try await api.respond(to: request, context: context)
            }
            let server = Application(
                responder: counting, configuration: .init(address: .hostname("127.0.0.1", port: 0)), logger: logger
            )
            try await server.test(.live) { client in
                let url = "http://127.0.0.1:\(try #require(client.port))"
                try await run(url, admin, clocks, asked, logger, followsFeed, body)
            }
        } catch {
            try? await store.close()
            throw error
        }
        try await store.close()
    }

    private static func run(
        _ url: String, _ adminKey: String, _ clocks: TestClocks, _ asked: Counter, _ logger: Logger,
        _ followsFeed: Bool, _ body: @escaping @Sendable (GuardedSite) async throws -> Void
    ) async throws {
        let admin = try KeywrightClient(url: url, credential: SensitiveText(adminKey))
        for name in ["first", "second"] {
            _ = try await admin.createResource(CreateResourceRequest(.account, name: name, parentID: 1))
        }
        let key = try await admin.createAPIKey(
            CreateAPIKeyRequest(
                name: "verifier", grants: [GrantRequest(nrn: "organization=1", .role(.slug("verifier")))])
        )
        let client = try KeywrightClient(url: url, credential: key.apiKey, timeLimit: .seconds(5), attempts: 1)
        let verifier = KeywrightVerifier(client, settings: .init(), clock: clocks.clock, logger: logger)
        try await Application(router: try Self.router(verifier)).test(.router) { application in
            let site = GuardedSite(
                admin: admin, verifier: verifier, clocks: clocks, asked: asked, url: url, followsFeed: followsFeed,
                application: application
            )
            try await withThrowingTaskGroup(of: Void.self) { group in
                if followsFeed { group.addTask { try await verifier.run() } }
                if followsFeed { try await eventually { verifier.memory.isCurrent } }
                try await body(site)
                group.cancelAll()
            }
        }
        await client.shutdown()
        await admin.shutdown()
    }

    private static func router(_ verifier: KeywrightVerifier) throws -> Router<GuardedContext> {
        let router = Router(context: GuardedContext.self)
        router.group("whoami").add(middleware: KeywrightMiddleware(verifier)).get { _, context in
            context.verifiedKey?.name ?? "nobody"
        }
        let account = "organization=1:account={account}"
        router.group("accounts/{account}/logs")
            .add(middleware: try KeywrightMiddleware(verifier, action: "log:read", nrn: account))
            .get { _, context in context.verifiedKey.map { "\($0.id)" } ?? "nobody" }
            .delete { _, _ in "deleted" }
        router.group("chosen")
            .add(
                middleware: try KeywrightMiddleware(verifier, action: "log:read") { request, _ in
                    request.uri.queryParameters["at"].map(String.init)
                }
            )
            .get { _, _ in "chosen" }
        return router
    }

    // MARK: Keys

    /// Creates an API key with one role.
    func makeKey(
        _ role: String = "member", at nrn: String = "organization=1", name: String = "a key"
    ) async throws -> MadeKey {
        try await makeKey([GrantRequest(nrn: nrn, .role(.slug(role)))], name: name)
    }

    /// Creates an API key, and waits until answers about it are remembered.
    func makeKey(_ grants: [KeywrightWire.GrantRequest], name: String = "a key") async throws -> MadeKey {
        let generation = verifier.memory.generation
        let key = try await admin.createAPIKey(CreateAPIKeyRequest(name: name, grants: grants))
        if followsFeed {
            try await eventually { verifier.memory.generation > generation }
            clocks.advance(by: .seconds(2))
            try await eventually { verifier.memory.isCurrent }
        }
        return MadeKey(id: key.id, value: try #require(key.apiKey).reveal())
    }

    /// An access token of a key.
    func token(of key: MadeKey) async throws -> String {
        let client = try KeywrightClient(url: url, credential: SensitiveText(key.value))
        let token = try await client.exchangeToken().accessToken.reveal()
        await client.shutdown()
        return token
    }

    // MARK: Requests

    /// Asks the guarded application.
    func get(
        _ path: String, _ credential: String?, field: HTTPField.Name = .authorization
    ) async throws -> GuardedReply {
        var headers = HTTPFields()
        if let credential { headers[field] = field == .authorization ? "Bearer \(credential)" : credential }
        let response = try await application.executeRequest(uri: path, method: .get, headers: headers, body: nil)
        return GuardedReply(
            status: response.status.code, headers: response.headers, text: String(buffer: response.body)
        )
    }

    /// The status alone.
    func status(_ path: String, _ credential: String?) async throws -> Int {
        try await get(path, credential).status
    }
}

/// What a guarded application answered.
struct GuardedReply: Sendable {
    let status: Int
    let headers: HTTPFields
    let text: String
}

/// A key that was just created.
struct MadeKey: Sendable {
    let id: Int64
    let value: String
}

/// How often something happened.
final class Counter: Sendable {
    private let number = Atomic<Int>(0)

    var count: Int { number.load(ordering: .sequentiallyConsistent) }

    func increase() {
        number.add(1, ordering: .sequentiallyConsistent)
    }
}

/// Waits until something is so that another task brings about.
func eventually(
    _ limit: Duration = .seconds(20), sourceLocation: SourceLocation = #_sourceLocation, _ condition: () -> Bool
) async throws {
    let end = ContinuousClock.now.advanced(by: limit)
    while !condition() {
        try Task.checkCancellation()
        guard ContinuousClock.now < end else {
            Issue.record("it did not come about in \(limit)", sourceLocation: sourceLocation)
            return
        }
        await Task.yield()
    }
}
