import Foundation
import KeywrightDomain
import KeywrightStore
import Logging
import Synchronization
import Testing

@testable import KeywrightOperations

/// An installation of its own, used without HTTP.
///
/// Organization 1 holds account 1. The clock stands until a test moves it.
struct OperationsInstallation: Sendable {
    let operations: Operations
    let store: InterruptibleStore
    let clock: TestClock
    /// The first Admin key, whose id is 1, at organization=1.
    let admin: Secret

    static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    /// Runs a body on a new installation, which is gone afterwards.
    static func run(_ body: (OperationsInstallation) async throws -> Void) async throws {
        let clock = TestClock()
        try await StoreUnderTest.run(dating: clock) { own in
            let store = InterruptibleStore(own)
            let operations = try operations(on: store, clock: clock)
            try await Installation.prepare(operations)
            let admin = try await administrator(of: "Example", operations)
            let principal = try await operations.authenticate(.bearer(admin), from: .init())
            _ = try await operations.createResource(.account, name: "main", slug: nil, parentID: 1, as: principal)
            try await body(OperationsInstallation(operations: operations, store: store, clock: clock, admin: admin))
        }
    }

    /// Runs a body with an empty folder, which is gone afterwards.
    static func withFolder(_ body: (URL) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "operations-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try await body(folder)
    }

    /// Operations on a store; the pepper is made of one byte.
    static func operations(
        on store: any Store, clock: TestClock, pepper byte: UInt8 = 7, keyLimit: Int = 10_000,
        remembering keyCount: Int = 1_000_000, onDigest: (@Sendable () -> Void)? = nil
    ) throws -> Operations {
        var settings = Operations.Settings(keyFormat: try KeyFormat())
        settings.passwordCost = PasswordHasher.Cost(rounds: 16, blockSize: 1, parallelism: 1)
        settings.keyLimit = keyLimit
        settings.rememberedKeyCount = keyCount
        var pepper = try Pepper([UInt8](repeating: byte, count: 32))
        pepper.onDigest = onDigest
        return Operations(
            store: store, settings: settings, pepper: pepper,
            now: { clock.now }, logger: logger
        )
    }

    static func administrator(of organization: String, _ operations: Operations) async throws -> Secret {
        let made = try await operations.createAdministrator(
            AdministratorDraft(
                organization: organization, email: "admin@\(organization.lowercased()).test",
                password: Secret("correct horse battery staple"), keyName: "first key"
            )
        )
        return try #require(made.key?.value)
    }

    /// The first Admin key as principal.
    func principal() async throws -> Principal { try await authenticate(admin) }

    /// Whoever shows that credential.
    func authenticate(_ credential: Secret) async throws -> Principal {
        try await operations.authenticate(.bearer(credential), from: .init())
    }

    /// Whether a credential works.
    func isAccepted(_ credential: Secret) async throws -> Bool {
        do {
            _ = try await authenticate(credential)
            return true
        } catch let error as DomainError where error.code == .unauthenticated {
            return false
        }
    }

    /// Creates a key with one role.
    func makeKey(_ role: String = "member", at nrn: String = "organization=1") async throws -> MadeKey {
        let draft = APIKeyDraft(name: "a key", grants: [GrantInput(nrn: nrn, shape: .slug(role))])
        let made = try await operations.createAPIKey(draft, as: try await principal())
        return MadeKey(id: made.key.id, value: try #require(made.value))
    }

    /// Exchanges a key for tokens.
    func exchange(_ key: Secret) async throws -> IssuedToken {
        try await operations.exchangeToken(apiKey: key, from: .init())
    }

    /// The stored row of a key.
    func storedKey(_ id: APIKey.ID) async throws -> APIKey {
        try #require(try await store.read { try $0.apiKey(id) })
    }
}

/// A key that a test created.
struct MadeKey: Sendable {
    let id: APIKey.ID
    let value: Secret
}

/// A clock that stands at the beginning of 2026 until it is moved.
final class TestClock: Sendable {
    private let time = Mutex(Instant(milliseconds: 1_767_225_600_000))

    var now: Instant { time.withLock { $0 } }

    func advance(by duration: Duration) {
        time.withLock { $0 = $0.advanced(by: duration) }
    }
}

/// A store whose disk fills up when a test says so.
final class InterruptibleStore: Store {
    private let store: any Store
    private let remaining: Mutex<Int?> = Mutex(nil)

    init(_ store: any Store) {
        self.store = store
    }

    /// Lets so many more writes succeed; nil for any number.
    func admitWrites(_ count: Int?) {
        remaining.withLock { $0 = count }
    }

    /// How many more writes succeed; nil for any number.
    var admittedWrites: Int? { remaining.withLock { $0 } }

    func read<Value: Sendable>(
        _ body: @escaping @Sendable (any ReadTransaction) throws -> Value
    ) async throws -> Value {
        try await store.read(body)
    }

    func write<Value: Sendable>(
        _ scope: WriteScope, _ body: @escaping @Sendable (any WriteTransaction) throws -> Value
    ) async throws -> Value {
        let isAdmitted = remaining.withLock { remaining in
            guard let count = remaining else { return true }
            remaining = max(count - 1, 0)
            return count > 0
        }
        guard isAdmitted else { throw DomainError(.storageFull, "The server's disk is full. Nothing was changed.") }
        return try await store.write(scope, body)
    }

    func observe(_ observer: @escaping @Sendable (ChangeNotice) -> Void) { store.observe(observer) }

    func close() async throws { try await store.close() }
}
