import Foundation
import JWTKit
import KeywrightDomain
import Synchronization

/// Checks the signatures of access tokens with the keys that the server publishes, without asking it.
final class TokenChecker: Sendable {
    /// What a check found.
    enum Finding {
        /// Our server signed it, for whoever asks our server.
        case good(TokenClaims)
        /// It is no access token of our server's, or has ended.
        case bad
        /// Only the server can tell: its keys are not here, or it has others by now.
        case unknown
    }

    /// The keys of a server and the name under which it signs.
    private struct Keys {
        let issuer: String
        let collection: JWTKeyCollection
        let names: Set<String>
    }

    private struct State {
        var keys: Keys?
        /// Raised when the keys changed: what was asked for before is not taken after.
        var generation: UInt64 = 1
    }

    private let state = Mutex(State())
    /// Tells when the server's keys should be asked for: they are not here yet, changed, or a token names another.
    let wishes: AsyncStream<Void>
    private let wish: AsyncStream<Void>.Continuation

    init() {
        (wishes, wish) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Whether the server's keys are here.
    var hasKeys: Bool { state.withLock { $0.keys != nil } }

    /// Which keys are asked for now.
    var generation: UInt64 { state.withLock { $0.generation } }

    /// Asks for the keys; those that are here stay until then.
    func wishForKeys() {
        wish.yield()
    }

    /// Forgets the keys, since they changed, and asks for them.
    func forgetKeys() {
        state.withLock { state in
            state.keys = nil
            state.generation += 1
        }
        wish.yield()
    }

    /// Takes the keys that the server publishes.
    ///
    /// - Parameters:
    ///   - issuer: what `iss` and `aud` of its tokens say.
    ///   - json: a JWK set (RFC 7517).
    ///   - generation: of the time when they were asked for.
    func setKeys(issuer: String, json: [UInt8], generation: UInt64) async throws {
        let set = try JSONDecoder().decode(JWKS.self, from: Data(json))
        let collection = JWTKeyCollection()
        try await collection.add(jwks: set)
        let keys = Keys(
            issuer: issuer, collection: collection, names: Set(set.keys.compactMap { $0.keyIdentifier?.string })
        )
        state.withLock { state in
            if state.generation == generation { state.keys = keys }
        }
    }

    /// What a token says, by the keys that are here.
    func check(_ token: String, at now: Instant) async -> Finding {
        guard let text = TokenText(token), let name = text.header.kid else { return .bad }
        guard let keys = state.withLock({ $0.keys }) else { return .unknown }
        guard keys.names.contains(name) else {
            wishForKeys()
            return .unknown
        }
        guard let claims = try? await keys.collection.verify(token, as: TokenClaims.self), claims.expiresAt > now else {
            return .bad
        }
        // The server's address may have changed since its keys were fetched.
        guard claims.issuer == keys.issuer, claims.audience == keys.issuer else {
            wishForKeys()
            return .unknown
        }
        return .good(claims)
    }
}
