/// The answer of `GET /v1/changes`: what a verifier that decides by itself must forget.
public struct ChangesResponse: Codable, Sendable, Equatable {
    /// Where the next request goes on (`after`).
    public var cursor: String
    /// Whether everything remembered must be forgotten first: what changed since `after` cannot be told.
    ///
    /// The changes that follow, up to the first answer without ``hasMore``, are then the tokens that are revoked now.
    public var isReset: Bool
    /// Whether more is there to be read at once.
    public var hasMore: Bool
    /// What changed, oldest first.
    public var changes: [ChangeObject]

    /// An answer.
    public init(cursor: String, isReset: Bool, hasMore: Bool, changes: [ChangeObject]) {
        self.cursor = cursor
        self.isReset = isReset
        self.hasMore = hasMore
        self.changes = changes
    }

    private enum CodingKeys: String, CodingKey {
        case cursor
        case isReset = "reset"
        case hasMore = "more"
        case changes
    }
}

/// Something that changed.
public struct ChangeObject: Codable, Sendable, Equatable {
    /// What kind of thing changed, and so what must be forgotten.
    public enum Kind: String, Codable, Sendable, CaseIterable {
        /// What is remembered of the API key ``ChangeObject/id``: it was created, changed, disabled or deleted.
        case apiKey = "api_key"
        /// What is remembered of all keys: a role changed.
        case role
        /// What is remembered of all keys: a resource came, changed or went.
        case resource
        /// What is remembered of all keys: the organization changed.
        case organization
        /// The server's public keys: there is a new one, or an old one went.
        case signingKey = "signing_key"
        /// Tokens whose `jti` or `exchange_id` is ``ChangeObject/tokenID`` are not accepted any more.
        case token
        /// Something that this version does not know; all that is remembered.
        case other

        /// Reads a kind; one from a later version is ``other``.
        public init(from decoder: any Decoder) throws {
            self = Kind(rawValue: try decoder.singleValueContainer().decode(String.self)) ?? .other
        }
    }

    /// What kind of thing changed.
    public var kind: Kind
    /// Its id; absent for tokens and signing keys.
    public var id: Int64?
    /// The name of the revoked token or exchange; absent for other kinds.
    public var tokenID: String?
    /// When the revoked tokens have all ended by themselves, so that they can be forgotten; absent for other kinds.
    public var expiresAt: String?

    /// Something with an id.
    public init(_ kind: Kind, id: Int64? = nil) {
        self.kind = kind
        self.id = id
    }

    /// A revoked token or exchange.
    public init(tokenID: String, expiresAt: String) {
        kind = .token
        self.tokenID = tokenID
        self.expiresAt = expiresAt
    }

    private enum CodingKeys: String, CodingKey {
        case kind = "type"
        case id
        case tokenID = "token_id"
        case expiresAt = "expires_at"
    }
}
