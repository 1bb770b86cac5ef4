import Crypto
import Foundation
import JWTKit
import KeywrightDomain
import KeywrightStore
import Synchronization

/// Makes and checks access tokens: ES256 JWTs (RFC 9068) that name the key and the epochs they were made under.
final class AccessTokens: Sendable {
    /// What a token says. It holds no grants: rights are looked up on every use.
    struct Claims: JWTPayload, Equatable {
        var iss: String
        var aud: String
        var sub: String
        var clientID: String
        var jti: String
        var iat: Int64
        var exp: Int64
        var organization: Int64
        var user: Int64
        var groups: [String]
        var apiKeyID: Int64
        var keyEpoch: Int64
        var organizationEpoch: Int64

        enum CodingKeys: String, CodingKey {
            case iss, aud, sub, jti, iat, exp, organization, user
            case clientID = "client_id"
            case groups = "cognito:groups"
            case apiKeyID = "api_key_id"
            case keyEpoch = "key_epoch"
            case organizationEpoch = "organization_epoch"
        }

        /// Expiry is judged by the caller, on its own clock.
        func verify(using algorithm: some JWTAlgorithm) throws {}
    }

    private struct Cache {
        /// Tokens whose signature was checked, by digest.
        var checked: [Digest256: CheckedToken] = [:]
        /// Nil until the keys were read, and again when they changed.
        var keys: (collection: JWTKeyCollection, signer: TokenSigner)?
    }

    /// The most tokens remembered.
    private static let limit = 50_000

    private let address: PublicAddress
    private let sealingKey: SymmetricKey
    private let random: RandomSource
    private let cache = Mutex(Cache())

    init(address: PublicAddress, pepper: Pepper, random: RandomSource) {
        self.address = address
        sealingKey = pepper.derivedKey("signing-keys")
        self.random = random
    }

    /// Forgets the signing keys when they changed.
    func forget(_ changes: [Change]) {
        guard changes.contains(where: { $0.subject == .signingKey }) else { return }
        cache.withLock { $0 = Cache() }
    }

    /// A token for a key, valid until a moment that is rounded down to whole seconds.
    func issue(
        for key: KeyRow, organizationEpoch: Int64, at now: Instant, until expiry: Instant, store: any Store
    ) async throws -> Secret {
        let issuer = address.url
        let claims = Claims(
            iss: issuer, aud: issuer, sub: key.userID.description, clientID: key.handle,
            jti: Base64URL.encode(random.bytes(16)), iat: now.seconds, exp: expiry.seconds,
            organization: key.organizationID.rawValue, user: key.userID.rawValue,
            groups: [
                "@nullplatform/organization=\(key.organizationID)", "@nullplatform/user=\(key.userID)",
            ],
            apiKeyID: key.id.rawValue, keyEpoch: key.epoch, organizationEpoch: organizationEpoch
        )
        return try await keys(store).signer.token(claims)
    }

    /// A token that was checked before and has not expired since; nil does not mean that it is bad.
    func remembered(_ token: Span<UInt8>, at now: Instant) -> CheckedToken? {
        let known = recall(Self.digest(of: token))
        return known?.isExpired(at: now) == false ? known : nil
    }

    /// A token, when one of our keys signed it, expired or not; else nil.
    func check(_ token: Secret, at now: Instant, store: any Store) async throws -> CheckedToken? {
        let bytes = token.bytes
        let digest = Self.digest(of: bytes.span)
        if let known = recall(digest) { return known }
        guard hasOurType(token) else { return nil }
        let keys = try await keys(store)
        let issuer = address.url
        guard let claims = try? await keys.collection.verify(bytes, as: Claims.self),
            claims.iss == issuer, claims.aud == issuer
        else { return nil }
        let checked = CheckedToken(claims)
        if !checked.isExpired(at: now) { remember(checked, digest, at: now) }
        return checked
    }

    private static func digest(of token: Span<UInt8>) -> Digest256 {
        var hash = SHA256()
        token.withUnsafeBytes { hash.update(bufferPointer: $0) }
        return Digest256(hash.finalize())
    }

    private func recall(_ digest: Digest256) -> CheckedToken? { cache.withLock { $0.checked[digest] } }

    private func remember(_ token: CheckedToken, _ digest: Digest256, at now: Instant) {
        cache.withLock { cache in
            if cache.checked.count >= Self.limit {
                cache.checked = cache.checked.filter { !$0.value.isExpired(at: now) }
                if cache.checked.count >= Self.limit { cache.checked = [:] }
            }
            cache.checked[digest] = token
        }
    }

    /// Only `at+jwt` with ES256 is an access token (RFC 8725, section 3.11), in its one way of writing.
    private func hasOurType(_ token: Secret) -> Bool {
        struct Header: Decodable {
            let typ: String?
            let alg: String?
        }
        let parts = token.reveal().split(separator: ".", omittingEmptySubsequences: false)
            .map { Base64URL.decode(String($0)) }
        guard parts.count == 3, !parts.contains(nil), let bytes = parts[0],
            let header = try? JSONDecoder().decode(Header.self, from: Data(bytes))
        else { return false }
        return header.typ == "at+jwt" && header.alg == "ES256"
    }

    private func keys(_ store: any Store) async throws -> (collection: JWTKeyCollection, signer: TokenSigner) {
        if let keys = cache.withLock({ $0.keys }) { return keys }
        let collection = JWTKeyCollection()
        var signer: TokenSigner?
        for stored in try await store.read({ try $0.signingKeys() }) {
            let raw = try AES.GCM.open(AES.GCM.SealedBox(combined: stored.sealed), using: sealingKey)
            let key = try P256.Signing.PrivateKey(rawRepresentation: raw)
            try await collection.add(
                ecdsa: ES256PublicKey(backing: key.publicKey), kid: JWKIdentifier(string: stored.id)
            )
            // The newest comes first.
            signer = signer ?? TokenSigner(key, keyID: stored.id)
        }
        guard let signer else { throw DomainError(.unavailable, "The installation has no signing key.") }
        cache.withLock { $0.keys = (collection, signer) }
        return (collection, signer)
    }

    /// A new key pair, its private part sealed.
    func makeSigningKey(at now: Instant) throws -> SigningKey {
        let key = P256.Signing.PrivateKey()
        let sealed = try AES.GCM.seal(key.rawRepresentation, using: sealingKey)
        let identifier = Base64URL.encode(SHA256.hash(data: key.publicKey.rawRepresentation).prefix(12))
        return SigningKey(id: identifier, sealed: Array(sealed.combined ?? Data()), createdAt: now, signsFrom: now)
    }
}

/// A token whose signature was checked. Whether its epochs still count is for who knows the key's.
final class CheckedToken: Sendable {
    let claims: AccessTokens.Claims

    init(_ claims: AccessTokens.Claims) {
        self.claims = claims
    }

    var keyID: APIKey.ID { APIKey.ID(claims.apiKeyID) }
    var keyEpoch: Int64 { claims.keyEpoch }
    var organizationEpoch: Int64 { claims.organizationEpoch }
    /// The moment from which it does not work any more.
    var expiresAt: Instant { Instant(milliseconds: claims.exp.multipliedReportingOverflow(by: 1_000).partialValue) }

    func isExpired(at now: Instant) -> Bool { claims.exp <= now.seconds }
}
