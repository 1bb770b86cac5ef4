import KeywrightDomain
import KeywrightStore
import Synchronization
import Testing

@testable import KeywrightOperations

/// A tag of a key; the testing library has tags of its own.
typealias Label = KeywrightDomain.Tag

/// An installation with a service that verifies credentials.
///
/// Organization 1 holds account 1 with namespace 1.
struct VerificationSite: Sendable {
    let installation: OperationsInstallation
    let operations: Operations
    /// What makes changes: the same operations, or others that hear of them where these do not.
    let changer: Operations
    let store: WatchedStore
    let admin: Principal
    /// A key with the role `verifier`.
    let verifier: MadeKey
    private let digests: Counter

    /// Runs a body on a new installation, which is gone afterwards.
    ///
    /// - Parameters:
    ///   - forgets: false for caches that never hear of changes.
    ///   - keyCount: the most keys remembered.
    static func run(
        forgets: Bool = true, remembering keyCount: Int = 1_000_000, _ body: (VerificationSite) async throws -> Void
    ) async throws {
        try await OperationsInstallation.run { installation in
            _ = try await installation.operations.createResource(
                .namespace, name: "shop", slug: nil, parentID: 1, as: try await installation.principal()
            )
            let verifier = try await installation.makeKey("verifier")
            let (store, digests) = (WatchedStore(installation.store, tellsObservers: forgets), Counter())
            let operations = try OperationsInstallation.operations(
                on: store, clock: installation.clock, remembering: keyCount, onDigest: { digests.add() }
            )
            let changer = forgets ? operations : installation.operations
            let admin = try await changer.authenticate(.bearer(installation.admin), from: .init())
            try await body(
                VerificationSite(
                    installation: installation, operations: operations, changer: changer, store: store, admin: admin,
                    verifier: verifier, digests: digests
                )
            )
        }
    }

    /// How many digests of keys were made so far.
    var digestCount: Int { digests.value }

    /// The place of namespace 1.
    static let shop = "organization=1:account=1:namespace=1"

    /// Asks for an action at a resource; nothing when no action is given.
    static func question(
        _ action: String?, at nrn: String = shop, tags: [Label] = []
    ) throws -> VerificationRequest.Question {
        var question = VerificationRequest.Question()
        if let action {
            question.permission = .init(AskedAction(try #require(Action(action))), at: try NRN(parsing: nrn))
        }
        question.tags = tags
        return question
    }

    /// What the verifier finds, along the way that may read.
    func verify(
        _ credential: Secret, _ question: VerificationRequest.Question = .init(), isToken: Bool = false,
        _ change: (inout VerificationRequest) -> Void = { _ in }
    ) async throws -> Verification {
        var request = VerificationRequest(isToken ? .accessToken(credential) : .apiKey(credential))
        request.question = question
        change(&request)
        return try await operations.verify(request, as: try await caller(verifier.value))
    }

    /// What the verifier finds from memory alone; nil when something must be read.
    func recall(
        _ credential: Secret, _ question: VerificationRequest.Question = .init(), isToken: Bool = false,
        as caller: Secret? = nil
    ) -> Verification? {
        let (subject, caller) = (credential.bytes, (caller ?? verifier.value).bytes)
        return operations.verifyFromMemory(
            subject.span, isToken: isToken, question, caller: caller.span, from: nil
        )
    }

    func caller(_ credential: Secret) async throws -> Principal {
        try await operations.authenticate(.bearer(credential), from: .init())
    }

    /// Creates a key with grants and tags.
    func makeKey(
        _ grants: [(String, String)] = [("member", shop)], tags: [(String, String)] = [], expiresAt: Instant? = nil
    ) async throws -> MadeKey {
        var draft = APIKeyDraft(
            name: "Käse \"1\"", grants: grants.map { GrantInput(nrn: $0.1, shape: .slug($0.0)) }
        )
        draft.tags = tags.map { TagInput(key: $0.0, value: $0.1) }
        draft.expiresAt = expiresAt
        let made = try await changer.createAPIKey(draft, as: admin)
        return MadeKey(id: made.key.id, value: try #require(made.value))
    }

    func update(_ key: MadeKey, _ change: (inout APIKeyChanges) -> Void) async throws {
        var changes = APIKeyChanges()
        change(&changes)
        _ = try await changer.updateAPIKey(key.id, changes, as: admin)
    }

    /// A well-formed key that nobody has.
    func madeUp(_ seed: Int) throws -> Secret {
        var random = SeededNumbers(seed: UInt64(seed))
        return try KeyFormat().generate(using: &random).value
    }

    /// A key with another secret, and a right checksum.
    func withWrongSecret(_ key: MadeKey) throws -> Secret {
        let bytes = key.value.bytes
        let handle = String(decoding: bytes[3..<15], as: UTF8.self)
        var random = SeededNumbers(seed: 99)
        while true {
            let candidate = try KeyFormat().generate(using: &random).value.reveal()
            let text = "kw_\(handle)_" + candidate.dropFirst(16).prefix(32)
            let whole = text + Self.checksum(text)
            if try KeyFormat().parse(Array(whole.utf8)) != nil { return Secret(whole) }
        }
    }

    /// CRC-32 in six base62 digits.
    private static func checksum(_ text: String) -> String {
        var crc: UInt32 = 0xFFFF_FFFF
        for byte in text.utf8 {
            crc ^= UInt32(byte)
            for _ in 0..<8 { crc = crc & 1 == 1 ? 0xEDB8_8320 ^ (crc >> 1) : crc >> 1 }
        }
        var rest = ~crc
        let digits = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
        var result = ""
        for _ in 0..<6 {
            result = String(digits[Int(rest % 62)]) + result
            rest /= 62
        }
        return result
    }
}

/// Counts.
final class Counter: Sendable {
    private let count = Mutex(0)

    var value: Int { count.withLock { $0 } }

    func add() { count.withLock { $0 += 1 } }
}

/// Numbers that depend on the seed alone (SplitMix64).
struct SeededNumbers: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
