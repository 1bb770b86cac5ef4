/// The answer of `POST /token`, for an exchange and for a renewal alike.
public struct TokenResponse: Codable, Sendable, Equatable {
    /// The access token.
    public var accessToken: SensitiveText
    /// What renews the access token; absent in the answer to a renewal.
    public var refreshToken: SensitiveText?
    /// Always `Bearer`.
    public var tokenType: String
    /// How long the access token works, in seconds, rounded down.
    public var expiresIn: Int64
    /// When the access token stops working, in milliseconds since 1970 UTC.
    public var tokenExpiresAt: Int64
    /// The key's organization.
    public var organizationID: Int64
    /// The one account in which all grants of the key lie, else 0.
    public var accountID: Int64

    /// An answer with tokens.
    public init(
        accessToken: SensitiveText, refreshToken: SensitiveText?, expiresIn: Int64, tokenExpiresAt: Int64,
        organizationID: Int64, accountID: Int64, tokenType: String = "Bearer"
    ) {
        self.accessToken = accessToken
        self.refreshToken = refreshToken
        self.tokenType = tokenType
        self.expiresIn = expiresIn
        self.tokenExpiresAt = tokenExpiresAt
        self.organizationID = organizationID
        self.accountID = accountID
    }

    private enum CodingKeys: String, CodingKey {
        case accessToken = "access_token"
        case refreshToken = "refresh_token"
        case tokenType = "token_type"
        case expiresIn = "expires_in"
        case tokenExpiresAt = "token_expires_at"
        case organizationID = "organization_id"
        case accountID = "account_id"
    }
}

/// The answer of `POST /login`: the same members as that of `POST /token`.
public typealias LoginResponse = TokenResponse
