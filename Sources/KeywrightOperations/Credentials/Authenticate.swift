import Crypto
public import KeywrightDomain
import KeywrightStore

/// What a caller shows to prove who it is.
public enum Credential: Sendable {
    /// What follows `Bearer`: an access token or a raw API key.
    case bearer(Secret)
}

extension Operations {
    /// The one place where a credential becomes a principal.
    ///
    /// - Throws: `.unauthenticated`, with the same words for every reason.
    public func authenticate(_ credential: Credential, from origin: Principal.Origin) async throws -> Principal {
        guard case .bearer(let value) = credential else { throw Self.badCredential }
        let time = now()
        let entry =
            try await value.bytes.contains(UInt8(ascii: "."))
            ? entry(accessToken: value, at: time) : entry(apiKey: value)
        guard let entry, entry.key.isUsable(at: time) else { throw Self.badCredential }
        usage.note(entry.key.id, at: time, from: origin.address)
        return entry.principal(origin)
    }

    static let badCredential = DomainError(.unauthenticated, "The credential is missing, malformed or not valid.")

    /// The key whose value this is, however its state; nil for any other text.
    ///
    /// The digest is made before the look-up, so an unknown handle takes the same work as a wrong secret.
    func entry(apiKey value: Secret) async throws -> Authenticator.Entry? {
        guard let parts = settings.keyFormat.parse(value.bytes) else { return nil }
        let digest = pepper.digest(parts)
        guard let entry = try await authenticator.entry(handle: parts.handleText, store: store) else {
            _ = ConstantTime.equal(digest.bytes, [UInt8](repeating: 0, count: 32))
            return nil
        }
        let stored = entry.key.digest
        guard stored.pepperVersion == digest.pepperVersion, ConstantTime.equal(digest.bytes, stored.bytes) else {
            return nil
        }
        return entry
    }

    /// The key that a token was made from, while both epochs are still those of the token.
    private func entry(accessToken value: Secret, at time: Instant) async throws -> Authenticator.Entry? {
        guard let claims = try await accessTokens.claims(of: value, at: time, store: store),
            let entry = try await authenticator.entry(APIKey.ID(claims.apiKeyID), store: store),
            entry.key.epoch == claims.keyEpoch, entry.organizationEpoch == claims.organizationEpoch
        else { return nil }
        return entry
    }
}
