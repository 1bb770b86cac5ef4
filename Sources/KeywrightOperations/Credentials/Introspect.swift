public import KeywrightDomain
import KeywrightStore

/// What is told of a token, or of a key, that may be used.
public struct Introspection: Sendable {
    /// What it is.
    public enum Kind: Sendable, CaseIterable {
        case accessToken
        case refreshToken
        case apiKey
    }

    /// What it is.
    public let kind: Kind
    /// The key itself, or the one that the token was made from.
    public let keyID: APIKey.ID
    /// The public part of the key.
    public let handle: String
    /// The name of the key.
    public let name: String
    /// The organization of the key.
    public let organizationID: Organization.ID
    /// The machine user of the key.
    public let userID: User.ID
    /// When it was made; known of access tokens.
    public let issuedAt: Instant?
    /// When it stops working; nil for never.
    public let expiresAt: Instant?
    /// The name of an access token, or of the exchange that a refresh token came from.
    public let tokenID: String?
    /// Who gave it, and whom it is meant for: the address of this server.
    public let issuer: String
}

extension Operations {
    /// Looks into an access token, a refresh token or an API key (RFC 7662).
    ///
    /// - Returns: nil for whatever is not good or belongs to another organization.
    /// - Throws: `.forbidden` unless the principal holds `authz:check` at organization level.
    public func introspect(_ token: Secret, as principal: Principal) async throws -> Introspection? {
        try principal.require(.checkAuthorization, at: NRN(principal.organizationID))
        let time = now()
        if let (refresh, entry) = try await entry(refreshToken: token, at: time) {
            return introspection(
                .refreshToken, entry.key, of: principal, tokenID: refresh.exchange.text, expiresAt: refresh.expiresAt
            )
        }
        guard let proven = try await prove(token, at: time), proven.state(at: time) == .valid else { return nil }
        let claims = proven.token?.claims
        let found = introspection(
            claims == nil ? .apiKey : .accessToken, proven.key, of: principal, tokenID: claims?.jti,
            issuedAt: proven.token?.issuedAt, expiresAt: proven.expiresAt
        )
        // Who asks does so because the key is being used there; from where, nobody says.
        if let found { usage.note(found.keyID, at: time, from: nil) }
        return found
    }

    private func introspection(
        _ kind: Introspection.Kind, _ key: KeyRow, of principal: Principal, tokenID: String?,
        issuedAt: Instant? = nil, expiresAt: Instant?
    ) -> Introspection? {
        guard key.organizationID == principal.organizationID else { return nil }
        return Introspection(
            kind: kind, keyID: key.id, handle: key.handle, name: key.name, organizationID: key.organizationID,
            userID: key.userID, issuedAt: issuedAt, expiresAt: expiresAt, tokenID: tokenID, issuer: publicURL
        )
    }
}
