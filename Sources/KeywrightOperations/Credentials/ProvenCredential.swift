import KeywrightDomain
import KeywrightStore

/// A credential whose secret, or whose signature, is right. Whether it may be used is judged on every use.
struct ProvenCredential: Sendable {
    let key: KeyRow
    /// What an access token says; nil for the key itself.
    let token: CheckedToken?

    /// How the credential stands: `.valid`, or why it may not be used.
    ///
    /// A token whose epochs have passed counts as unknown, unless its key's own state says more.
    func state(at now: Instant) -> Verification.Code {
        if key.isDeleted { return .deleted }
        if !key.isEnabled { return .disabled }
        if key.isExpired(at: now) { return .expired }
        guard let token else { return .valid }
        if token.isExpired(at: now) { return .expired }
        guard token.keyEpoch == key.epoch, token.organizationEpoch == key.organization.epoch else { return .notFound }
        return .valid
    }

    /// When it stops working; nil for never.
    var expiresAt: Instant? {
        guard let token else { return key.expiresAt }
        return min(token.expiresAt, key.expiresAt ?? .distantFuture)
    }
}

/// What memory says about a credential.
enum RecalledCredential: Sendable {
    /// Its secret or its signature is right.
    case proven(ProvenCredential)
    /// It is none of ours, or its secret is wrong.
    case unknown
    /// Something must be read, or a signature checked, to tell.
    case undecided
}

extension Operations {
    /// A credential, when its secret or its signature is right, whatever its state; nil for any other text.
    func prove(_ value: Secret, at time: Instant) async throws -> ProvenCredential? {
        try await value.bytes.contains(UInt8(ascii: "."))
            ? prove(accessToken: value, at: time) : prove(apiKey: value)
    }

    /// The key, or the tombstone of the key, whose value this is.
    ///
    /// The digest is made before the look-up, so an unknown handle takes the same work as a wrong secret.
    func prove(apiKey value: Secret) async throws -> ProvenCredential? {
        let bytes = value.bytes
        guard let handle = settings.keyFormat.handle(in: bytes.span) else { return nil }
        let digest = pepper.digest(handle, bytes.span.extracting(settings.keyFormat.secretRange))
        return proven(try await authenticator.row(handle, store: store), by: digest)
    }

    /// The key that a token of ours was made from, whether or not the token still counts.
    func prove(accessToken value: Secret, at time: Instant) async throws -> ProvenCredential? {
        guard let token = try await accessTokens.check(value, at: time, store: store),
            let key = try await authenticator.row(token.keyID, store: store)
        else { return nil }
        return ProvenCredential(key: key, token: token)
    }

    private func proven(_ key: KeyRow?, by digest: Digest256) -> ProvenCredential? {
        guard let key else {
            _ = digest == Digest256.none
            return nil
        }
        return key.matches(digest, pepperVersion: pepper.version) ? ProvenCredential(key: key, token: nil) : nil
    }

    // MARK: From memory alone

    /// As ``prove(_:at:)``.
    func recall(_ value: Span<UInt8>, at time: Instant) -> RecalledCredential {
        for index in value.indices where value[index] == UInt8(ascii: ".") {
            return recall(accessToken: value, at: time)
        }
        return recall(apiKey: value)
    }

    /// As ``prove(apiKey:)``.
    func recall(apiKey value: Span<UInt8>) -> RecalledCredential {
        guard let handle = settings.keyFormat.handle(in: value) else { return .unknown }
        let digest = pepper.digest(handle, value.extracting(settings.keyFormat.secretRange))
        let key: KeyRow?
        switch authenticator.recall(handle) {
        case .row(let row): key = row
        case .nothing: key = nil
        case .unknown: return .undecided
        }
        return proven(key, by: digest).map(RecalledCredential.proven) ?? .unknown
    }

    /// As ``prove(accessToken:at:)``.
    func recall(accessToken value: Span<UInt8>, at time: Instant) -> RecalledCredential {
        guard let token = accessTokens.remembered(value, at: time),
            case .row(let key) = authenticator.recall(token.keyID)
        else { return .undecided }
        return .proven(ProvenCredential(key: key, token: token))
    }
}
