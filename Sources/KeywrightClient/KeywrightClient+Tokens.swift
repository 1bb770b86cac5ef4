public import KeywrightWire

extension KeywrightClient {
    /// Exchanges the client's credential, which must be an API key, for an access token.
    ///
    /// - Throws: `.settings` when the client has no credential.
    public func exchangeToken() async throws -> TokenResponse {
        guard let credential else { throw KeywrightClientError.settings("There is no API key to exchange.") }
        var request = try APIRequest(.post, "/token", body: TokenRequest.apiKey(credential))
        request.isAuthorized = false
        return try await send(request)
    }

    /// A new access token for a refresh token.
    ///
    /// - Parameter organizationID: the organization that the refresh token belongs to, as the exchange named it.
    public func renewToken(_ refreshToken: SensitiveText, organizationID: Int64) async throws -> TokenResponse {
        let body = TokenRequest.refreshToken(refreshToken, organizationID: organizationID)
        var request = try APIRequest(.post, "/token", body: body)
        request.isAuthorized = false
        return try await send(request)
    }
}
