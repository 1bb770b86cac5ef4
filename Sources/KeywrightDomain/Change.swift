/// A row of the change log: what caches and other nodes must forget.
public struct Change: Hashable, Sendable {
    /// What kind of thing changed.
    public enum Subject: String, CaseIterable, Sendable {
        case apiKey = "api_key"
        case role
        case resource
        case user
        case organization
        case signingKey = "signing_key"
        /// A token that was revoked; its id is ``RevokedToken/number``.
        case token
    }

    /// The organization it belongs to; nil when it concerns the whole installation.
    public let organizationID: Organization.ID?
    /// What kind of thing changed.
    public let subject: Subject
    /// Its id.
    public let id: Int64

    /// Something that changed.
    public init(_ subject: Subject, _ id: Int64, in organizationID: Organization.ID?) {
        self.subject = subject
        self.id = id
        self.organizationID = organizationID
    }
}

/// How far the change log reaches.
public struct ChangeLogBounds: Hashable, Sendable {
    /// The setting that names the history of the data. A history ends when a backup is put back: its numbers are given
    /// again then, to other changes.
    public static let historySetting = "changes.history"

    /// The highest number that was removed for its age, or 0: who has read up to here or further missed nothing.
    public let removed: Int64
    /// The highest number given.
    public let last: Int64

    /// How far a log reaches.
    public init(removed: Int64, last: Int64) {
        self.removed = removed
        self.last = last
    }
}

/// A change with its place in the log.
public struct LoggedChange: Hashable, Sendable {
    /// Its number; numbers grow, with gaps.
    public let sequence: Int64
    /// What changed.
    public let change: Change
    /// When.
    public let at: Instant

    /// A change with its place in the log.
    public init(sequence: Int64, change: Change, at: Instant) {
        self.sequence = sequence
        self.change = change
        self.at = at
    }
}

/// A link that works once: set-up, invitation, password reset. Only its digest is stored.
public struct OneTimeToken: Hashable, Sendable {
    /// What the link is for.
    public enum Purpose: String, CaseIterable, Sendable {
        case setup
        case invitation
        case passwordReset = "password_reset"
    }

    /// SHA-256 of the token.
    public let digest: [UInt8]
    /// What the link is for.
    public let purpose: Purpose
    /// For whom; nil for set-up.
    public let userID: User.ID?
    /// When it stops working.
    public let expiresAt: Instant

    /// A link with all its members.
    public init(digest: [UInt8], purpose: Purpose, userID: User.ID?, expiresAt: Instant) {
        self.digest = digest
        self.purpose = purpose
        self.userID = userID
        self.expiresAt = expiresAt
    }
}

/// A key pair that signs access tokens. The private part is sealed.
public struct SigningKey: Hashable, Sendable {
    /// The name in a token's header (`kid`).
    public let id: String
    /// The private key, AES-256-GCM under a key derived from the pepper.
    public let sealed: [UInt8]
    /// When it was made, and others could know of it.
    public let createdAt: Instant
    /// When tokens begin to be signed with it, until a later key's time comes.
    public let signsFrom: Instant

    /// A key pair with all its members.
    public init(id: String, sealed: [UInt8], createdAt: Instant, signsFrom: Instant) {
        self.id = id
        self.sealed = sealed
        self.createdAt = createdAt
        self.signsFrom = signsFrom
    }
}

/// What is kept of a request that carried an `Idempotency-Key`.
public struct IdempotencyRecord: Hashable, Sendable {
    /// The user who asked.
    public let userID: User.ID
    /// The value of the header.
    public let key: String
    /// SHA-256 of the request's body.
    public let bodyDigest: [UInt8]
    /// The key that was created.
    public let apiKeyID: APIKey.ID
    /// When.
    public let createdAt: Instant

    /// How long a record counts.
    public static let lifetime: Duration = .seconds(24 * 3600)

    /// A record with all its members.
    public init(userID: User.ID, key: String, bodyDigest: [UInt8], apiKeyID: APIKey.ID, createdAt: Instant) {
        self.userID = userID
        self.key = key
        self.bodyDigest = bodyDigest
        self.apiKeyID = apiKeyID
        self.createdAt = createdAt
    }
}
