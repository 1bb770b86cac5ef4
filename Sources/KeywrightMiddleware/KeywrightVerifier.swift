public import KeywrightClient
import KeywrightDomain
import KeywrightWire
public import Logging
public import ServiceLifecycle

/// What was found about a credential.
public enum Verification: Sendable, Equatable {
    /// It is good, and what was asked is allowed.
    case allowed(VerifiedKey)
    /// It is good, but what was asked is not allowed.
    case forbidden(VerifiedKey)
    /// It is not good: unknown, malformed, disabled, expired, deleted or revoked.
    case unauthenticated
}

/// Asks a Keywright server about keys and tokens, and remembers what it needs to answer by itself.
///
/// Share one verifier between all middleware, and run it as a service: it follows the server's change feed, by which it
/// learns of a revocation within a second. As long as the feed is heard, a remembered key or token costs no request;
/// two seconds without it, every check asks the server. Who cannot be asked leaves the check undecided, which throws.
public final class KeywrightVerifier: Service, Sendable {
    /// What bounds a verifier.
    public struct Settings: Sendable {
        /// The most credentials that are remembered, at least 2.
        public var credentialLimit = 50_000
        /// The most resources that are remembered, at least 2.
        public var resourceLimit = 50_000

        /// The defaults.
        public init() {}
    }

    /// The server could not be asked, or did not answer as one does whose caller may ask.
    public struct Unavailable: Error, CustomStringConvertible {
        /// Why, for the log: it is nothing that a caller should read.
        public let description: String
    }

    /// For how long what is remembered counts after the feed was heard.
    private static let tolerance: Duration = .seconds(2)
    /// The longest credential that is looked at, in bytes.
    private static let credentialLengthLimit = 8_192

    /// What one asking is for; who asks after something was forgotten does not share an older answer.
    private struct Flight: Hashable {
        let digest: CredentialDigest
        let question: Question?
        let generation: UInt64
    }

    let client: KeywrightClient
    let memory: VerifierMemory
    let tokens = TokenChecker()
    let clock: VerifierClock
    let logger: Logger
    private let flights = SingleFlight<Flight, Verification>()

    /// A verifier on a client of the server.
    ///
    /// The client's credential needs the action `authz:check` at its organization, as the role `verifier` gives it. It
    /// should not ask again by itself, since callers wait: `KeywrightClient(..., attempts: 1)`.
    public convenience init(_ client: KeywrightClient, settings: Settings = Settings(), logger: Logger) {
        self.init(client, settings: settings, clock: .system, logger: logger)
    }

    init(_ client: KeywrightClient, settings: Settings, clock: VerifierClock, logger: Logger) {
        self.client = client
        self.clock = clock
        self.logger = logger
        memory = VerifierMemory(
            credentialLimit: settings.credentialLimit, placeLimit: settings.resourceLimit,
            tolerance: Self.tolerance, clock: clock
        )
    }

    /// A verifier of one server.
    ///
    /// - Parameters:
    ///   - url: such as `https://keys.example.com`.
    ///   - credential: an API key with the action `authz:check` at its organization, as the role `verifier` gives it.
    ///   - caCertificatePath: a PEM file with the only certificates to trust, in place of the system's.
    /// - Throws: an error with a sentence about what cannot be used.
    public convenience init(
        url: String, credential: String, caCertificatePath: String? = nil, settings: Settings = Settings(),
        logger: Logger
    ) throws {
        let client = try KeywrightClient(
            url: url, credential: SensitiveText(credential), caCertificatePath: caCertificatePath,
            timeLimit: .seconds(5), attempts: 1
        )
        self.init(client, settings: settings, logger: logger)
    }

    /// Follows the server's change feed until the service shuts down.
    public func run() async throws {
        await cancelWhenGracefulShutdown { await self.follow() }
    }

    /// Whether a key or token is good.
    ///
    /// - Throws: ``Unavailable``; `CancellationError` when the task is cancelled.
    public func verify(_ credential: String) async throws -> Verification {
        try await verify(credential, nil)
    }

    /// Whether a key or token is good and may do something at a resource.
    ///
    /// - Parameters:
    ///   - action: as in `deployment:create`; one that is not well-formed is never allowed.
    ///   - nrn: as in `organization=1:account=2`; one that is not well-formed is never allowed.
    /// - Throws: ``Unavailable``; `CancellationError` when the task is cancelled.
    public func verify(_ credential: String, action: String, nrn: String) async throws -> Verification {
        guard let action = Action(action), let nrn = try? NRN(parsing: nrn) else {
            guard case .allowed(let key) = try await verify(credential) else { return .unauthenticated }
            return .forbidden(key)
        }
        return try await verify(credential, Question(action: action, nrn: nrn))
    }

    func verify(_ credential: String, _ question: Question?) async throws -> Verification {
        let digest = CredentialDigest(credential)
        if let known = memory.verification(of: digest, question) { return known }
        guard (1...Self.credentialLengthLimit).contains(credential.utf8.count) else { return .unauthenticated }
        let isToken = credential.utf8.contains(UInt8(ascii: "."))
        guard isToken || Self.isAPIKey(credential) else { return .unauthenticated }
        if isToken, memory.isCurrent {
            let generation = memory.generation
            switch await tokens.check(credential, at: clock.now()) {
            case .bad: return .unauthenticated
            case .good(let claims):
                memory.remember(digest, claims, generation: generation)
                if let known = memory.verification(of: digest, question) { return known }
            case .unknown: break
            }
        }
        let subject: VerifyRequest.Subject =
            isToken ? .accessToken(SensitiveText(credential)) : .apiKey(SensitiveText(credential))
        guard memory.isCurrent else { return try await ask(subject, digest, question) }
        return try await flights.value(
            for: Flight(digest: digest, question: question, generation: memory.generation)
        ) { try await self.ask(subject, digest, question) }
    }

    /// Whether it is written as an API key is, checksum included, whatever the installation's prefix.
    private static func isAPIKey(_ credential: String) -> Bool {
        guard let prefix = credential.split(separator: "_", maxSplits: 1).first,
            let format = try? KeyFormat(prefix: String(prefix))
        else { return false }
        return format.parse(Array(credential.utf8)) != nil
    }

    private func ask(
        _ subject: VerifyRequest.Subject, _ digest: CredentialDigest, _ question: Question?
    ) async throws -> Verification {
        let askedAt = clock.elapsed()
        let request = VerifyRequest(
            subject, question: question.map { .init(action: $0.action.name, nrn: $0.nrn.description) },
            includesGrants: true, explains: question != nil
        )
        let response = try await answer(to: request)
        guard response.isValid else { return .unauthenticated }
        guard let key = VerifiedKey(response) else {
            throw Unavailable(description: "The server's answer about a good credential names no key.")
        }
        var claims: TokenClaims?
        if case .accessToken(let token) = subject { claims = TokenText(token.reveal())?.claims }
        memory.remember(digest, claims, response, question, askedAt: askedAt)
        guard question != nil else { return .allowed(key) }
        return response.isAllowed == true ? .allowed(key) : .forbidden(key)
    }

    /// The server's answer; asked once more when the connection failed, since a server may just have closed it.
    private func answer(to request: VerifyRequest) async throws -> VerifyResponse {
        do {
            do {
                return try await client.verify(request)
            } catch KeywrightClientError.transport {
                return try await client.verify(request)
            }
        } catch let error as KeywrightClientError {
            throw Unavailable(description: error.description)
        }
    }
}
