public import KeywrightDomain
import KeywrightStore

/// What an exchange gives.
public struct IssuedToken: Sendable {
    /// The access token.
    public let accessToken: Secret
    /// The token that renews it; nil when it was itself renewed.
    public let refreshToken: Secret?
    /// How long the access token works from now.
    public let lifetime: Duration
    /// When the access token stops working.
    public let expiresAt: Instant
    /// The organization of the key.
    public let organizationID: Organization.ID
    /// The one account in which all grants of the key lie; nil when there is none.
    public let account: Int64?
}

extension Operations {
    /// Gives an access token for an API key.
    ///
    /// - Throws: `.unauthenticated` with one text for bad, deleted, disabled and expired keys; `.rateLimited` after 30
    ///   failures a minute from one address.
    public func exchangeToken(apiKey: Secret, from origin: Principal.Origin) async throws -> IssuedToken {
        try await countingFailures(origin) { time in
            guard let entry = try await entry(apiKey: apiKey), entry.key.isUsable(at: time) else { return nil }
            let refresh = RefreshToken(
                keyID: entry.key.id, keyEpoch: entry.key.epoch, organizationEpoch: entry.organizationEpoch,
                expiresAt: min(time.advanced(by: settings.refreshTokenLifetime), entry.key.expiresAt ?? .distantFuture)
            )
            return try await issue(for: entry, refresh: refresh.text(pepper), at: time, origin)
        }
    }

    /// Gives a new access token for a refresh token.
    ///
    /// - Parameter organizationID: must be the key's, when given.
    /// - Throws: as ``exchangeToken(apiKey:from:)``.
    public func renewToken(
        _ refreshToken: Secret, organizationID: Organization.ID?, from origin: Principal.Origin
    ) async throws -> IssuedToken {
        try await countingFailures(origin) { time in
            guard let token = RefreshToken(refreshToken, pepper), token.expiresAt > time,
                let entry = try await authenticator.entry(token.keyID, store: store), entry.key.isUsable(at: time),
                entry.key.epoch == token.keyEpoch, entry.organizationEpoch == token.organizationEpoch,
                organizationID == nil || organizationID == entry.key.organizationID
            else { return nil }
            return try await issue(for: entry, refresh: nil, at: time, origin)
        }
    }

    private func countingFailures(
        _ origin: Principal.Origin, _ body: (Instant) async throws -> IssuedToken?
    ) async throws -> IssuedToken {
        let time = now()
        try failures.check(origin.address, at: time)
        guard let token = try await body(time) else {
            failures.note(origin.address, at: time)
            throw DomainError(.unauthenticated, "The API key or refresh token is not valid.")
        }
        return token
    }

    private func issue(
        for entry: Authenticator.Entry, refresh: Secret?, at time: Instant, _ origin: Principal.Origin
    ) async throws -> IssuedToken {
        let expiry = min(time.advanced(by: settings.accessTokenLifetime), entry.key.expiresAt ?? .distantFuture)
        let token = try await accessTokens.issue(
            for: entry.key, organizationEpoch: entry.organizationEpoch, at: time, until: expiry, store: store
        )
        usage.note(entry.key.id, at: time, from: origin.address)
        return IssuedToken(
            accessToken: token, refreshToken: refresh, lifetime: expiry.duration(since: time), expiresAt: expiry,
            organizationID: entry.key.organizationID, account: entry.key.account
        )
    }
}
