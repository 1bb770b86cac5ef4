/// A refusal as OAuth writes it (RFC 6749, section 5.2).
public struct OAuthErrorObject: Codable, Sendable, Equatable {
    /// The kind of refusal, for programs.
    public var error: String
    /// What is wrong, for people.
    public var errorDescription: String

    /// A refusal.
    public init(error: String, errorDescription: String) {
        self.error = error
        self.errorDescription = errorDescription
    }

    private enum CodingKeys: String, CodingKey {
        case error
        case errorDescription = "error_description"
    }
}

/// The answer of `POST /oauth/token` (RFC 6749, section 5.1; RFC 8693, section 2.2.1).
public struct OAuthTokenResponse: Codable, Sendable, Equatable {
    /// The access token.
    public var accessToken: SensitiveText
    /// What kind of token it is; written for a token exchange only.
    public var issuedTokenType: String?
    /// Always `Bearer`.
    public var tokenType: String
    /// How long the access token works, in seconds, rounded down.
    public var expiresIn: Int64
    /// What renews the access token; written for a token exchange only.
    public var refreshToken: SensitiveText?

    /// An answer with tokens.
    public init(
        accessToken: SensitiveText, issuedTokenType: String? = nil, expiresIn: Int64,
        refreshToken: SensitiveText? = nil, tokenType: String = "Bearer"
    ) {
        self.accessToken = accessToken
        self.issuedTokenType = issuedTokenType
        self.tokenType = tokenType
        self.expiresIn = expiresIn
        self.refreshToken = refreshToken
    }

    private enum CodingKeys: String, CodingKey {
        case accessToken = "access_token"
        case issuedTokenType = "issued_token_type"
        case tokenType = "token_type"
        case expiresIn = "expires_in"
        case refreshToken = "refresh_token"
    }
}

/// The answer of `POST /introspect` (RFC 7662, section 2.2).
///
/// What is not good, or not the caller's organization's, is `{"active":false}` alone.
public struct IntrospectionResponse: Codable, Sendable, Equatable {
    /// Whether the token may be used.
    public var isActive: Bool
    /// The handle of the API key.
    public var clientID: String?
    /// The name of the API key.
    public var username: String?
    /// `Bearer` for what can be shown as such; `N_A` for a refresh token.
    public var tokenType: String?
    /// When it stops working, in seconds since 1970 UTC; absent for never.
    public var expiresAt: Int64?
    /// When it was made, in seconds since 1970 UTC; for access tokens.
    public var issuedAt: Int64?
    /// The id of the key's machine user.
    public var subject: String?
    /// Whom it is meant for: this server's address.
    public var audience: String?
    /// Who made it: this server's address.
    public var issuer: String?
    /// The name of the access token, or of the exchange that a refresh token came from; absent for API keys.
    public var tokenID: String?
    /// The organization of the key.
    public var organizationID: Int64?
    /// The id of the key.
    public var apiKeyID: Int64?

    /// A token that may be used, or not; without details.
    public init(isActive: Bool) {
        self.isActive = isActive
    }

    private enum CodingKeys: String, CodingKey {
        case isActive = "active"
        case clientID = "client_id"
        case username
        case tokenType = "token_type"
        case expiresAt = "exp"
        case issuedAt = "iat"
        case subject = "sub"
        case audience = "aud"
        case issuer = "iss"
        case tokenID = "jti"
        case organizationID = "organization_id"
        case apiKeyID = "api_key_id"
    }
}

/// The public keys that check access tokens (RFC 7517, section 5).
public struct JWKSetObject: Codable, Sendable, Equatable {
    /// A key on the curve P-256 (RFC 7518, section 6.2).
    public struct Key: Codable, Sendable, Equatable {
        /// Always `EC`.
        public var keyType: String
        /// Always `sig`.
        public var use: String
        /// Always `ES256`.
        public var algorithm: String
        /// The name in a token's header.
        public var keyID: String
        /// Always `P-256`.
        public var curve: String
        /// The first coordinate.
        public var x: String
        /// The second coordinate.
        public var y: String

        /// A public key from its name and its coordinates in base64url.
        public init(keyID: String, x: String, y: String) {
            keyType = "EC"
            use = "sig"
            algorithm = "ES256"
            self.keyID = keyID
            curve = "P-256"
            self.x = x
            self.y = y
        }

        private enum CodingKeys: String, CodingKey {
            case keyType = "kty"
            case use
            case algorithm = "alg"
            case keyID = "kid"
            case curve = "crv"
            case x
            case y
        }
    }

    /// The keys.
    public var keys: [Key]

    /// Some keys.
    public init(keys: [Key]) {
        self.keys = keys
    }

    private enum CodingKeys: String, CodingKey {
        case keys
    }
}

/// What programs need to know of the server to use its OAuth endpoints (RFC 8414, section 2).
public struct AuthorizationServerMetadata: Codable, Sendable, Equatable {
    /// The address of the server, as in a token's `iss`.
    public var issuer: String
    /// Where tokens are given.
    public var tokenEndpoint: String
    /// Where tokens are looked into.
    public var introspectionEndpoint: String
    /// Where tokens are revoked.
    public var revocationEndpoint: String
    /// Where the public keys are.
    public var jwksURI: String
    /// None: the server has no authorization endpoint.
    public var responseTypesSupported: [String]
    /// What tokens are given for.
    public var grantTypesSupported: [String]
    /// How clients show who they are to get tokens.
    public var tokenEndpointAuthMethodsSupported: [String]
    /// How callers show who they are to look into tokens.
    public var introspectionEndpointAuthMethodsSupported: [String]
    /// `none`: who has a token may revoke it.
    public var revocationEndpointAuthMethodsSupported: [String]

    /// What a server at an address says of itself.
    public init(address: String) {
        issuer = address
        tokenEndpoint = address + "/oauth/token"
        introspectionEndpoint = address + "/introspect"
        revocationEndpoint = address + "/revoke"
        jwksURI = address + "/.well-known/jwks.json"
        responseTypesSupported = []
        grantTypesSupported = OAuthGrantType.allCases.map(\.rawValue)
        tokenEndpointAuthMethodsSupported = ["client_secret_basic", "client_secret_post", "none"]
        introspectionEndpointAuthMethodsSupported = ["Bearer", "client_secret_basic", "client_secret_post"]
        revocationEndpointAuthMethodsSupported = ["none"]
    }

    private enum CodingKeys: String, CodingKey {
        case issuer
        case tokenEndpoint = "token_endpoint"
        case introspectionEndpoint = "introspection_endpoint"
        case revocationEndpoint = "revocation_endpoint"
        case jwksURI = "jwks_uri"
        case responseTypesSupported = "response_types_supported"
        case grantTypesSupported = "grant_types_supported"
        case tokenEndpointAuthMethodsSupported = "token_endpoint_auth_methods_supported"
        case introspectionEndpointAuthMethodsSupported = "introspection_endpoint_auth_methods_supported"
        case revocationEndpointAuthMethodsSupported = "revocation_endpoint_auth_methods_supported"
    }
}

/// What an access token is given for at `POST /oauth/token`.
public enum OAuthGrantType: String, Sendable, CaseIterable {
    /// For the key that the client shows (RFC 6749, section 4.4).
    case clientCredentials = "client_credentials"
    /// For a refresh token (RFC 6749, section 6).
    case refreshToken = "refresh_token"
    /// For an API key as subject token (RFC 8693).
    case tokenExchange = "urn:ietf:params:oauth:grant-type:token-exchange"
}

/// What kinds of tokens are called in a token exchange (RFC 8693, section 3).
public enum OAuthTokenType {
    /// A raw API key.
    public static let apiKey = "urn:keywright:params:oauth:token-type:api_key"
    /// An access token.
    public static let accessToken = "urn:ietf:params:oauth:token-type:access_token"
    /// A JWT, which every access token is.
    public static let jwt = "urn:ietf:params:oauth:token-type:jwt"
}
