public import KeywrightWire

extension KeywrightClient {
    /// What the server says of its OAuth endpoints (RFC 8414). Needs no credential.
    public func serverMetadata() async throws -> AuthorizationServerMetadata {
        try await send(APIRequest(.get, "/.well-known/oauth-authorization-server"))
    }

    /// The public keys that check the server's access tokens (RFC 7517). Needs no credential.
    public func signingKeys() async throws -> JWKSetObject {
        try await send(APIRequest(.get, "/.well-known/jwks.json"))
    }

    /// Looks into an API key or a token (RFC 7662).
    ///
    /// The client's credential needs the action `authz:check` at the organization. ``verify(_:)-(VerifyRequest)`` also
    /// says what the key may do.
    public func introspect(_ token: SensitiveText) async throws -> IntrospectionResponse {
        var request = APIRequest("/introspect", form: [Parameter("token", token.reveal())])
        request.isSafe = true
        return try await send(request)
    }

    /// Revokes a token, or deletes an API key (RFC 7009). Who has it may do so, so the client's credential stays here.
    ///
    /// It also succeeds for what the server does not know.
    public func revoke(_ token: SensitiveText) async throws {
        var request = APIRequest("/revoke", form: [Parameter("token", token.reveal())])
        request.isAuthorized = false
        try await send(request)
    }

    /// An access token for the client's credential, which must be an API key (RFC 6749, section 4.4).
    ///
    /// - Throws: `.settings` when the client has no credential, or one that is no API key.
    public func clientCredentialsToken() async throws -> OAuthTokenResponse {
        let parts = credential?.reveal().split(separator: "_") ?? []
        guard let credential, parts.count == 3 else {
            throw KeywrightClientError.settings("There is no API key to exchange.")
        }
        return try await oauthToken(
            .clientCredentials,
            [Parameter("client_id", String(parts[1])), Parameter("client_secret", credential.reveal())]
        )
    }

    /// An access token for an API key that somebody else showed (RFC 8693).
    public func exchangeToken(subject apiKey: SensitiveText) async throws -> OAuthTokenResponse {
        try await oauthToken(
            .tokenExchange,
            [
                Parameter("subject_token", apiKey.reveal()), Parameter("subject_token_type", OAuthTokenType.apiKey),
            ]
        )
    }

    /// A new access token for a refresh token (RFC 6749, section 6).
    public func renewOAuthToken(_ refreshToken: SensitiveText) async throws -> OAuthTokenResponse {
        try await oauthToken(.refreshToken, [Parameter("refresh_token", refreshToken.reveal())])
    }

    private func oauthToken(_ type: OAuthGrantType, _ fields: [Parameter]) async throws -> OAuthTokenResponse {
        var request = APIRequest("/oauth/token", form: [Parameter("grant_type", type.rawValue)] + fields)
        request.isAuthorized = false
        return try await send(request)
    }
}
