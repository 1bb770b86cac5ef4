public import KeywrightDomain
import KeywrightStore

/// What a caller shows to prove who it is.
public enum Credential: Sendable {
    /// What follows `Bearer`: an access token or a raw API key.
    case bearer(Secret)
    /// The handle of an API key with the whole key, as OAuth clients show who they are.
    case client(String, secret: Secret)
}

extension Operations {
    /// The one place where a credential becomes a principal.
    ///
    /// - Throws: `.unauthenticated`, with the same words for every reason.
    public func authenticate(_ credential: Credential, from origin: Principal.Origin) async throws -> Principal {
        let time = now()
        var found: ProvenCredential?
        switch credential {
        case .bearer(let value): found = try await prove(value, at: time)
        case .client(let handle, let secret):
            found = try await prove(apiKey: secret)
            if found?.key.handle != handle { found = nil }
        }
        guard let proven = found, proven.state(at: time) == .valid else { throw Self.badCredential }
        let entry = try await authenticator.entry(of: proven.key, store: store)
        usage.note(entry.key.id, at: time, from: origin.address)
        return entry.principal(origin)
    }

    static let badCredential = DomainError(.unauthenticated, "The credential is missing, malformed or not valid.")

    /// The key whose value this is, enabled and expired or not; nil for any other text.
    func entry(apiKey value: Secret) async throws -> Authenticator.Entry? {
        guard let proven = try await prove(apiKey: value), !proven.key.isDeleted else { return nil }
        return try await authenticator.entry(of: proven.key, store: store)
    }

    /// Reads which handles there are, so that what nobody has is known without a look into the database.
    public func learnHandles() async throws {
        try await authenticator.directory.learnAll(from: store)
    }
}
