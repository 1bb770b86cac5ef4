/// A credential of a program: a handle, a digest of its secret, and what it may do.
public struct APIKey: Hashable, Sendable {
    /// A key's id; ids grow with creation time.
    public typealias ID = Identifier<APIKey>

    /// The most grants a key may carry.
    public static let grantLimit = 100

    /// The number of the key.
    public let id: ID
    /// The organization it belongs to; all its grants lie within.
    public let organizationID: Organization.ID
    /// The descriptive name; not unique.
    public var name: String
    /// The public part of its value, 12 base62 characters.
    public let handle: String
    /// The last four characters of its value, for the mask.
    public let ending: String
    /// What verifies its secret.
    public let digest: SecretDigest
    /// Its labels, at most five.
    public var tags: [Tag]
    /// What it may do.
    public var grants: [Grant]
    /// The user who created it: a person, or the machine user of the key that did.
    public let ownerID: User.ID
    /// Whether lists hide it.
    public let isInternal: Bool
    /// Whether it may be used.
    public var isEnabled: Bool
    /// When it stops working; nil for never.
    public var expiresAt: Instant?
    /// When it was last used, at most a minute behind; nil for never.
    public var lastUsedAt: Instant?
    /// Raised whenever the tokens made from it must end.
    public var epoch: Int64
    /// Raised by every change; the ETag. Use does not change it.
    public var version: Int64
    /// When it was created.
    public let createdAt: Instant
    /// When it was last changed; use does not change it.
    public var updatedAt: Instant

    /// A key with all its members.
    public init(
        id: ID, organizationID: Organization.ID, name: String, handle: String, ending: String, digest: SecretDigest,
        tags: [Tag], grants: [Grant], ownerID: User.ID, isInternal: Bool, isEnabled: Bool, expiresAt: Instant?,
        lastUsedAt: Instant? = nil, epoch: Int64 = 1, version: Int64 = 1, createdAt: Instant, updatedAt: Instant
    ) {
        self.id = id
        self.organizationID = organizationID
        self.name = name
        self.handle = handle
        self.ending = ending
        self.digest = digest
        self.tags = tags
        self.grants = grants
        self.ownerID = ownerID
        self.isInternal = isInternal
        self.isEnabled = isEnabled
        self.expiresAt = expiresAt
        self.lastUsedAt = lastUsedAt
        self.epoch = epoch
        self.version = version
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }

    /// The machine user that acts when the key is used.
    public var userID: User.ID { User.machine(of: id) }

    /// Whether it has expired.
    public func isExpired(at now: Instant) -> Bool { expiresAt.map { $0 <= now } ?? false }

    /// Whether it may be used.
    public func isUsable(at now: Instant) -> Bool { isEnabled && !isExpired(at: now) }

    /// The one account in which all grants lie; nil when there is none.
    public var account: Int64? {
        guard let first = grants.first?.nrn.account, first != 0 else { return nil }
        return grants.allSatisfy { $0.nrn.account == first } ? first : nil
    }
}

/// What verifies a secret: HMAC-SHA-256 under one of the installation's peppers.
public struct SecretDigest: Hashable, Sendable {
    /// 32 bytes.
    public let bytes: [UInt8]
    /// Which pepper it was made with.
    public let pepperVersion: Int64

    /// A digest made with that pepper.
    public init(bytes: [UInt8], pepperVersion: Int64) {
        self.bytes = bytes
        self.pepperVersion = pepperVersion
    }
}

/// What is kept of a deleted key: enough to know its value again, never to use it.
public struct DeletedAPIKey: Hashable, Sendable {
    /// The number the key had.
    public let id: APIKey.ID
    /// The organization it belonged to.
    public let organizationID: Organization.ID
    /// The name it had last.
    public let name: String
    /// Its handle.
    public let handle: String
    /// What verified its secret.
    public let digest: SecretDigest
    /// When it was deleted.
    public let deletedAt: Instant
    /// The user who deleted it; nil for a local operator.
    public let deletedBy: User.ID?

    /// A tombstone with all its members.
    public init(
        id: APIKey.ID, organizationID: Organization.ID, name: String, handle: String, digest: SecretDigest,
        deletedAt: Instant, deletedBy: User.ID?
    ) {
        self.id = id
        self.organizationID = organizationID
        self.name = name
        self.handle = handle
        self.digest = digest
        self.deletedAt = deletedAt
        self.deletedBy = deletedBy
    }
}
