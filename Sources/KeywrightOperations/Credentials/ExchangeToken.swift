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
    /// The longest that an access token may live.
    static let longestTokenLifetime: Duration = .seconds(24 * 3600)

    /// Gives an access token for an API key.
    ///
    /// - Parameters:
    ///   - handle: must be the key's, when given.
    ///   - isRenewable: whether a refresh token comes along.
    /// - Throws: `.unauthenticated` with one text for bad, deleted, disabled and expired keys; `.rateLimited` after 30
    ///   failures a minute from one address.
    public func exchangeToken(
        apiKey: Secret, of handle: String? = nil, isRenewable: Bool = true, from origin: Principal.Origin
    ) async throws -> IssuedToken {
        try await countingFailures(origin) { time in
            guard let entry = try await entry(apiKey: apiKey), entry.key.isUsable(at: time),
                handle == nil || handle == entry.key.handle
            else { return nil }
            let exchange = TokenName(random)
            let refresh = RefreshToken(
                keyID: entry.key.id, keyEpoch: entry.key.epoch, organizationEpoch: entry.organizationEpoch,
                expiresAt: min(time.advanced(by: settings.refreshTokenLifetime), entry.key.expiresAt ?? .distantFuture),
                exchange: exchange
            )
            return try await issue(
                for: entry, exchange, refresh: isRenewable ? refresh.text(pepper) : nil, at: time, origin)
        }
    }

    /// Gives a new access token for a refresh token.
    ///
    /// - Parameters:
    ///   - organizationID: must be the key's, when given.
    ///   - handle: must be the key's, when given.
    /// - Throws: as ``exchangeToken(apiKey:of:isRenewable:from:)``.
    public func renewToken(
        _ refreshToken: Secret, organizationID: Organization.ID?, of handle: String? = nil,
        from origin: Principal.Origin
    ) async throws -> IssuedToken {
        try await countingFailures(origin) { time in
            guard let (token, entry) = try await entry(refreshToken: refreshToken, at: time),
                organizationID == nil || organizationID == entry.key.organizationID,
                handle == nil || handle == entry.key.handle
            else { return nil }
            return try await issue(for: entry, token.exchange, refresh: nil, at: time, origin)
        }
    }

    /// Checks that a client has the API key that it names.
    ///
    /// - Throws: as ``exchangeToken(apiKey:of:isRenewable:from:)``.
    public func checkClient(_ handle: String, secret: Secret, from origin: Principal.Origin) async throws {
        _ = try await countingFailures(origin) { time in
            let found = try await entry(apiKey: secret)
            return found?.key.isUsable(at: time) == true && found?.key.handle == handle ? found : nil
        }
    }

    /// A refresh token that may be used, and its key; nil for any other text.
    func entry(refreshToken text: Secret, at time: Instant) async throws -> (RefreshToken, Authenticator.Entry)? {
        guard let token = RefreshToken(text, pepper), token.expiresAt > time,
            let entry = try await authenticator.entry(token.keyID, store: store), entry.key.isUsable(at: time),
            entry.key.epoch == token.keyEpoch, entry.organizationEpoch == token.organizationEpoch,
            try await store.readByOneStatement({ try $0.revokedToken(RevokedToken.number(of: token.exchange.text)) })
                == nil
        else { return nil }
        return (token, entry)
    }

    private func countingFailures<Value>(
        _ origin: Principal.Origin, _ body: (Instant) async throws -> Value?
    ) async throws -> Value {
        let time = now()
        try failures.check(origin.address, at: time)
        guard let value = try await body(time) else {
            failures.note(origin.address, at: time)
            throw DomainError(.unauthenticated, "The API key or refresh token is not valid.")
        }
        return value
    }

    private func issue(
        for entry: Authenticator.Entry, _ exchange: TokenName, refresh: Secret?, at time: Instant,
        _ origin: Principal.Origin
    ) async throws -> IssuedToken {
        let expiry = min(time.advanced(by: settings.accessTokenLifetime), entry.key.expiresAt ?? .distantFuture)
        let token = try await accessTokens.issue(
            for: entry.key, organizationEpoch: entry.organizationEpoch, exchange: exchange, at: time, until: expiry,
            store: store
        )
        usage.note(entry.key.id, at: time, from: origin.address)
        return IssuedToken(
            accessToken: token, refreshToken: refresh, lifetime: expiry.duration(since: time), expiresAt: expiry,
            organizationID: entry.key.organizationID, account: entry.key.account
        )
    }
}
