import Crypto

/// A token, or everything that came of one token exchange, that is refused although it has not ended.
public struct RevokedToken: Hashable, Sendable {
    /// The most of them that one key has; one more ends all tokens of the key instead.
    public static let limitPerKey = 1_000

    /// What it is found by; see ``number(of:)``.
    public let number: Int64
    /// The `jti` of an access token, or the `exchange_id` that all tokens of one exchange carry.
    public let name: String
    /// The organization of its key.
    public let organizationID: Organization.ID
    /// The key it was made from.
    public let apiKeyID: APIKey.ID
    /// When every token that it concerns has ended by itself.
    public let expiresAt: Instant

    /// A revoked token or exchange.
    public init(name: String, organizationID: Organization.ID, apiKeyID: APIKey.ID, expiresAt: Instant) {
        number = Self.number(of: name)
        self.name = name
        self.organizationID = organizationID
        self.apiKeyID = apiKeyID
        self.expiresAt = expiresAt
    }

    /// A number that stands for the name of a token or exchange: 63 bits of its SHA-256.
    ///
    /// Names are random, so that another token is refused by mistake once in 2^63 divided by how many are revoked. A row
    /// of the change log, which holds one number, thus says exactly what is to be forgotten.
    public static func number(of name: String) -> Int64 {
        let bits = SHA256.hash(data: Array(name.utf8)).prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return Int64(truncatingIfNeeded: bits >> 1)
    }
}
