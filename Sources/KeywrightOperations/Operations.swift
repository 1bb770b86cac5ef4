public import KeywrightDomain
public import KeywrightStore
public import Logging
import Synchronization

/// Who may do what, atomically: the API, the CLI and the console all call these.
///
/// Each operation is a method in a file of its own: it checks the input, then authorises, decides and writes within
/// one transaction.
public final class Operations: Sendable {
    /// What an installation may set.
    public struct Settings: Sendable {
        /// How long an access token works, 1 minute to 24 hours.
        public var accessTokenLifetime: Duration = .seconds(3600)
        /// How long a refresh token works.
        public var refreshTokenLifetime: Duration = .seconds(7 * 24 * 3600)
        /// How long a key signs access tokens before the next one does.
        public var signingKeyLifetime: Duration = .seconds(90 * 24 * 3600)
        /// The most keys of one organization.
        public var keyLimit = 10_000
        /// The address in links and in a token's `iss`, without a slash at the end.
        public var publicURL = "http://127.0.0.1:8080"
        /// What every key of the installation begins with.
        public var keyFormat: KeyFormat
        /// The most keys remembered in memory, within a tenth.
        public var rememberedKeyCount = 1_000_000
        /// The cost of checking a password.
        public var passwordCost = PasswordHasher.Cost.standard
        /// How many may wait for changes.
        var changeFeed = ChangeFeed.Limits()

        /// The defaults with that key format.
        public init(keyFormat: KeyFormat) {
            self.keyFormat = keyFormat
        }
    }

    let store: any Store
    /// What was set for this installation.
    public let settings: Settings
    /// The clock.
    public let now: @Sendable () -> Instant
    let random: RandomSource
    let pepper: Pepper
    let passwords: PasswordHasher
    let logger: Logger
    let authenticator: Authenticator
    let accessTokens: AccessTokens
    private let address: PublicAddress
    let usage = UsageRecorder()
    let failures = FailureLimiter()
    let revocations = RevocationLimiter()
    let refusals = RefusalLog()
    let sessionKeys: SessionKeys
    let signInFailures = FailureLimiter()
    let overviews: OverviewCache
    let changeFeed: ChangeFeed

    /// Puts the operations on a store.
    ///
    /// The store's installation must have been opened with `pepper` (see ``Installation``).
    public init(
        store: any Store, settings: Settings, pepper: Pepper, random: RandomSource = RandomSource(),
        now: @escaping @Sendable () -> Instant, logger: Logger
    ) {
        self.store = store
        self.settings = settings
        self.pepper = pepper
        self.random = random
        self.now = now
        self.logger = logger
        passwords = PasswordHasher(cost: settings.passwordCost, random: random)
        sessionKeys = SessionKeys(pepper)
        let isCurrent: @Sendable () -> Bool = { store.isCurrent }
        authenticator = Authenticator(limit: settings.rememberedKeyCount, isCurrent: isCurrent)
        address = PublicAddress(settings.publicURL)
        accessTokens = AccessTokens(address: address, pepper: pepper, random: random, isCurrent: isCurrent)
        overviews = OverviewCache(isCurrent: isCurrent)
        changeFeed = ChangeFeed(limits: settings.changeFeed)
        let (authenticator, accessTokens, overviews) = (authenticator, accessTokens, overviews)
        let changeFeed = changeFeed
        store.observe { notice in
            switch notice {
            case .changed(let changes):
                authenticator.forget(changes)
                accessTokens.forget(changes)
                overviews.forget(changes)
                changeFeed.hear(changes)
            case .unknown:
                authenticator.forgetAll()
                accessTokens.forgetAll()
                overviews.forgetAll()
                changeFeed.wakeAll()
            }
        }
    }

    /// The address in links and in a token's `iss`.
    public var publicURL: String { address.url }

    /// Says where the server listens, when that was not known before (port 0) and no public URL is set.
    public func listens(at url: String) {
        address.set(url)
    }

    /// Runs a mutation of a principal in one transaction, on the principal's rights of that moment.
    ///
    /// A refusal for want of rights is put on record in the audit trail.
    ///
    /// - Parameter scope: what the body has to itself (``Principal/scope``, or more when it looks at other organizations).
    func mutate<Value: Sendable>(
        _ action: String, as principal: Principal, within scope: WriteScope, target: AuditEvent.Target,
        _ body: @escaping @Sendable (any WriteTransaction, Principal) throws -> Value
    ) async throws -> Value {
        do {
            return try await store.write(scope) { [authenticator, now] transaction in
                try Self.requireSession(of: principal, in: transaction, now: now())
                var principal = principal
                // No cache has forgotten yet what shares the commit, or what another node just committed.
                if transaction.untoldChanges?.contains(where: principal.rests(on:)) ?? true { principal.revision = 0 }
                let current = try authenticator.current(principal, in: transaction, now: now())
                return try body(transaction, current)
            }
        } catch let error as DomainError where error.code == .forbidden {
            try await record(refused: action, target: target, by: principal)
            throw error
        }
    }

    private func record(refused action: String, target: AuditEvent.Target, by principal: Principal) async throws {
        let time = now()
        guard refusals.isNew(action: action, by: principal, at: time) else { return }
        let event = AuditEvent(action, target, by: principal, at: time, outcome: .refused)
        try await store.write(.nothing) { $0.append(event) }
    }
}

extension Principal {
    /// What its mutations have to themselves: its organization.
    var scope: WriteScope { .organization(organizationID) }
}

/// The address under which people and programs reach the server, without a slash at the end.
final class PublicAddress: Sendable {
    private let value: Mutex<String>

    init(_ url: String) {
        value = Mutex(url)
    }

    var url: String { value.withLock { $0 } }

    func set(_ url: String) {
        value.withLock { $0 = url }
    }
}
