/// A person signed in on one browser. Only the digest of its value is stored.
public struct Session: Hashable, Sendable {
    /// A session's id; it names the session in lists and in the audit trail.
    public typealias ID = Identifier<Session>

    /// How long a session lasts without a request.
    public static let idleLifetime: Duration = .seconds(30 * 60)
    /// How long a session lasts at most.
    public static let lifetime: Duration = .seconds(8 * 3600)
    /// The most live sessions of one person; a further one ends the oldest.
    public static let limit = 20
    /// How far the stored moment of the last request may lag behind.
    public static let noteInterval: Duration = .seconds(60)
    /// How long an ended session is remembered, so that its holder is told why it ended.
    public static let afterlife: Duration = .seconds(24 * 3600)

    /// The number of the session.
    public let id: ID
    /// What its value is found by, 32 bytes.
    public let digest: [UInt8]
    /// The person.
    public let userID: User.ID
    /// When it began.
    public let createdAt: Instant
    /// When it was last used, at most a minute behind.
    public var lastSeenAt: Instant
    /// When it ends, however busy it is.
    public let expiresAt: Instant
    /// The address of the last use.
    public var address: String?
    /// The browser and system in a few words; empty when unknown.
    public let userAgent: String

    /// A session with all its members.
    public init(
        id: ID, digest: [UInt8], userID: User.ID, createdAt: Instant, lastSeenAt: Instant, expiresAt: Instant,
        address: String?, userAgent: String
    ) {
        self.id = id
        self.digest = digest
        self.userID = userID
        self.createdAt = createdAt
        self.lastSeenAt = lastSeenAt
        self.expiresAt = expiresAt
        self.address = address
        self.userAgent = userAgent
    }

    /// When it ends unless it is used before: 30 minutes after the last use, or at its absolute end.
    public var endsAt: Instant { min(lastSeenAt.advanced(by: Self.idleLifetime), expiresAt) }

    /// Whether it may be used.
    public func isLive(at now: Instant) -> Bool { now < endsAt }
}

/// Failed attempts to sign in under one address, and until when no further one is heard.
///
/// Five within 15 minutes are free; each further one doubles the wait: 1, 2, 4, 8, then 15 minutes.
public struct SignInAttempts: Hashable, Sendable {
    /// Attempts that cost nothing but time to think.
    public static let freeAttempts: Int64 = 5
    /// After so long without a failure or a wait, counting starts again.
    public static let window: Duration = .seconds(15 * 60)

    /// What stands for the address, 32 bytes; the address itself is not kept.
    public let digest: [UInt8]
    /// How many failed since counting started.
    public let count: Int64
    /// No attempt is heard before this moment.
    public let blockedUntil: Instant
    /// When counting starts again.
    public let resetsAt: Instant

    /// Attempts with all their members.
    public init(digest: [UInt8], count: Int64, blockedUntil: Instant, resetsAt: Instant) {
        self.digest = digest
        self.count = count
        self.blockedUntil = blockedUntil
        self.resetsAt = resetsAt
    }

    /// The state after one more failure.
    public static func adding(to known: SignInAttempts?, digest: [UInt8], at now: Instant) -> SignInAttempts {
        let earlier = known.flatMap { $0.resetsAt > now ? $0.count : nil } ?? 0
        let count = min(earlier, 1_000) + 1
        let minutes = count < freeAttempts ? 0 : min(1 << min(count - freeAttempts, 4), 15)
        let blockedUntil = now.advanced(by: .seconds(minutes * 60))
        return SignInAttempts(
            digest: digest, count: count, blockedUntil: blockedUntil, resetsAt: blockedUntil.advanced(by: window)
        )
    }
}

/// What somebody typed into a form when their session had ended, kept for 15 minutes. Never a secret.
public struct FormDraft: Hashable, Sendable {
    /// How long it is kept.
    public static let lifetime: Duration = .seconds(15 * 60)
    /// The most bytes of one draft.
    public static let limit = 65_536
    /// The most drafts of one person; a further one takes the oldest's place.
    public static let limitPerUser = 20

    /// The form's own random id.
    public let id: String
    /// Whose it is; nobody else gets it back.
    public let userID: User.ID
    /// The path of the form.
    public let path: String
    /// The fields, in the form's own writing.
    public let fields: String
    /// When it is forgotten.
    public let expiresAt: Instant

    /// A draft with all its members.
    public init(id: String, userID: User.ID, path: String, fields: String, expiresAt: Instant) {
        self.id = id
        self.userID = userID
        self.path = path
        self.fields = fields
        self.expiresAt = expiresAt
    }
}
