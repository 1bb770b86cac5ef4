import Crypto
import Foundation
import JWTKit
import KeywrightDomain
import KeywrightStore
import Synchronization

/// The key pairs that sign access tokens: all of them check signatures, and the last whose time has come signs.
///
/// A new pair is published before it signs, and an old one stays until nothing that it signed works any more, so that
/// no token is refused because the pairs change.
final class SigningKeys: Sendable {
    /// The key pairs as they are stored at one moment.
    struct Ring: Sendable {
        /// What checks signatures.
        let verifying: JWTKeyCollection
        /// What others need to check signatures, in the order of the store.
        let published: [PublishedSigningKey]
        /// With when each begins, the last first.
        private let signers: [(from: Instant, signer: TokenSigner)]

        fileprivate init(_ stored: [SigningKey], openedBy sealingKey: SymmetricKey) async throws {
            let verifying = JWTKeyCollection()
            var published: [PublishedSigningKey] = []
            var signers: [(from: Instant, signer: TokenSigner)] = []
            for one in stored {
                let raw = try AES.GCM.open(AES.GCM.SealedBox(combined: one.sealed), using: sealingKey)
                let key = try P256.Signing.PrivateKey(rawRepresentation: raw)
                try await verifying.add(
                    ecdsa: ES256PublicKey(backing: key.publicKey), kid: JWKIdentifier(string: one.id)
                )
                published.append(PublishedSigningKey(id: one.id, key.publicKey))
                signers.append((one.signsFrom, TokenSigner(key, keyID: one.id)))
            }
            self.verifying = verifying
            self.published = published
            self.signers = signers
        }

        /// What signs at a moment; the oldest where none has begun, as when a clock was set back.
        func signer(at now: Instant) throws(DomainError) -> TokenSigner {
            guard let found = signers.first(where: { $0.from <= now }) ?? signers.last else {
                throw DomainError(.unavailable, "The installation has no signing key.")
            }
            return found.signer
        }
    }

    private struct State {
        /// Nil until the pairs were read, and again when they changed.
        var ring: Ring?
        /// Raised by every forgetting: what was read before is not remembered after.
        var revision = 0
    }

    private let sealingKey: SymmetricKey
    private let isCurrent: @Sendable () -> Bool
    private let state = Mutex(State())

    /// - Parameter isCurrent: whether what is remembered may be relied on.
    init(pepper: Pepper, isCurrent: @escaping @Sendable () -> Bool) {
        sealingKey = pepper.derivedKey("signing-keys")
        self.isCurrent = isCurrent
    }

    /// Forgets the pairs when they changed.
    ///
    /// - Returns: whether they did.
    func forget(_ changes: [Change]) -> Bool {
        guard changes.contains(where: { $0.subject == .signingKey }) else { return false }
        forgetAll()
        return true
    }

    /// Forgets the pairs.
    func forgetAll() {
        state.withLock { state in
            state.ring = nil
            state.revision += 1
        }
    }

    /// The pairs; from memory where possible.
    func ring(_ store: any Store) async throws -> Ring {
        let (known, revision) = state.withLock { ($0.ring, $0.revision) }
        if let known, isCurrent() { return known }
        let ring = try await Ring(store.read { try $0.signingKeys() }, openedBy: sealingKey)
        state.withLock { state in
            if state.revision == revision { state.ring = ring }
        }
        return ring
    }

    /// A new pair, its private part sealed.
    func make(at now: Instant, signingFrom begin: Instant) throws -> SigningKey {
        let key = P256.Signing.PrivateKey()
        let sealed = try AES.GCM.seal(key.rawRepresentation, using: sealingKey)
        let identifier = Base64URL.encode(SHA256.hash(data: key.publicKey.rawRepresentation).prefix(12))
        return SigningKey(
            id: identifier, sealed: Array(sealed.combined ?? Data()), createdAt: now, signsFrom: begin
        )
    }
}

/// The public half of a signing key, as a JWK carries it (RFC 7518, section 6.2.1).
public struct PublishedSigningKey: Sendable, Hashable {
    /// The name in a token's header (`kid`).
    public let id: String
    /// The first coordinate, base64url.
    public let x: String
    /// The second coordinate, base64url.
    public let y: String

    init(id: String, _ key: P256.Signing.PublicKey) {
        self.id = id
        let coordinates = key.rawRepresentation
        x = Base64URL.encode(coordinates.prefix(32))
        y = Base64URL.encode(coordinates.suffix(32))
    }
}

extension Operations {
    /// The public keys that check access tokens, the one that begins last first; those too that do not sign yet.
    public func publishedSigningKeys() async throws -> [PublishedSigningKey] {
        try await accessTokens.signingKeys.ring(store).published
    }
}
