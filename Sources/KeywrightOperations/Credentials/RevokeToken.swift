public import KeywrightDomain
import KeywrightStore
import Synchronization

extension Operations {
    /// Revokes an access token, a refresh token or an API key (RFC 7009). Whoever has it may do so.
    ///
    /// An access token is refused from now on; so are a refresh token and every access token that came of the same
    /// exchange; a key is deleted. What is not good, or is revoked already, is passed over in silence.
    ///
    /// - Throws: `.rateLimited` after ``RevocationLimiter/limit`` revoked tokens of one key in a minute.
    public func revokeToken(_ token: Secret, from origin: Principal.Origin) async throws {
        let time = now()
        if let (refresh, entry) = try await entry(refreshToken: token, at: time) {
            // Access tokens that came of it end a lifetime from now at the latest, since it gives no new ones.
            let end = max(refresh.expiresAt, time.advanced(by: Self.longestTokenLifetime))
            try await revoke(refresh.exchange.text, "refresh_token", until: end, entry.principal(origin), at: time)
            return
        }
        guard let proven = try await prove(token, at: time), !proven.key.isDeleted else { return }
        let principal = try await authenticator.entry(of: proven.key, store: store).principal(origin)
        guard let token = proven.token else { return try await delete(proven.key.id, as: principal, at: time) }
        guard proven.state(at: time) == .valid else { return }
        try await revoke(token.claims.jti, "access_token", until: token.expiresAt, principal, at: time)
    }

    private func revoke(
        _ name: String, _ type: String, until end: Instant, _ principal: Principal, at time: Instant
    ) async throws {
        guard let keyID = principal.apiKeyID else { return }
        try revocations.count(keyID, at: time)
        let token = RevokedToken(
            name: name, organizationID: principal.organizationID, apiKeyID: keyID, expiresAt: end
        )
        try await store.write(principal.scope) { transaction in
            guard let key = try transaction.apiKey(keyID) else { return }
            if try transaction.revokedTokenCount(of: keyID) >= RevokedToken.limitPerKey {
                try Self.endTokens(of: key, in: transaction)
            } else {
                guard try transaction.insert(token) else { return }
                transaction.append(Change(.token, token.number, in: key.organizationID))
            }
            transaction.append(
                AuditEvent(
                    "token.revoke", .init(type, name), by: principal, at: time,
                    before: .members([
                        .init("api_key_id", .number(keyID.rawValue)), .init("expires_at", .number(end.milliseconds)),
                    ])
                )
            )
        }
    }

    /// Ends all tokens of a key at once, in place of one more that would have to be remembered.
    private static func endTokens(of key: APIKey, in transaction: any WriteTransaction) throws {
        var ended = key
        ended.epoch += 1
        try transaction.update(ended, from: key)
        try transaction.deleteRevokedTokens(of: key.id)
        transaction.append(Change(.apiKey, key.id.rawValue, in: key.organizationID))
    }

    /// Deletes the key that the caller has, whatever it may do otherwise.
    private func delete(_ id: APIKey.ID, as principal: Principal, at time: Instant) async throws {
        try await store.write(principal.scope) { transaction in
            guard let key = try transaction.apiKey(id) else { return }
            try Self.delete(key, by: principal, at: time, in: transaction)
        }
    }
}

/// Bounds how fast the tokens of one key are revoked: each is a row, and an event of the trail.
final class RevocationLimiter: Sendable {
    /// Revocations a minute and key.
    static let limit = 600
    /// The most keys counted; beyond, counting starts again.
    private static let keyLimit = 100_000

    private struct State {
        var minute: Int64 = 0
        var counts: [APIKey.ID: Int] = [:]
    }

    private let state = Mutex(State())

    /// Counts one.
    ///
    /// - Throws: `.rateLimited` with the time until the next minute.
    func count(_ key: APIKey.ID, at time: Instant) throws(DomainError) {
        let isAdmitted = state.withLock { state in
            if state.minute != time.seconds / 60 || state.counts.count >= Self.keyLimit {
                state = State(minute: time.seconds / 60)
            }
            let count = state.counts[key, default: 0]
            state.counts[key] = count + 1
            return count < Self.limit
        }
        if isAdmitted { return }
        var error = DomainError(.rateLimited, "Too many tokens of this API key were revoked in this minute.")
        error.retryAfter = .seconds(60 - time.seconds % 60)
        throw error
    }
}
