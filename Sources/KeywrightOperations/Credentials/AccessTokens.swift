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
        /// The token exchange that it came from, and that its refresh token names.
        var exchangeID: String
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
            case exchangeID = "exchange_id"
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
        /// Raised when all are forgotten: what was checked before is not remembered after.
        var revision = 0
        /// The numbers of tokens and exchanges that were revoked while tokens were remembered.
        var revoked: Set<Int64> = []

        func isRevoked(_ token: CheckedToken) -> Bool {
            !revoked.isEmpty && (revoked.contains(token.number) || revoked.contains(token.exchangeNumber))
        }

        mutating func forgetAll() {
            checked = [:]
            revoked = []
            revision += 1
        }
    }

    /// The most tokens remembered, and the most of those that were revoked meanwhile.
    private static let limit = 50_000

    let signingKeys: SigningKeys
    private let address: PublicAddress
    private let random: RandomSource
    private let isCurrent: @Sendable () -> Bool
    private let cache = Mutex(Cache())

    /// - Parameter isCurrent: whether what is remembered may be relied on.
    init(address: PublicAddress, pepper: Pepper, random: RandomSource, isCurrent: @escaping @Sendable () -> Bool) {
        self.address = address
        signingKeys = SigningKeys(pepper: pepper, isCurrent: isCurrent)
        self.random = random
        self.isCurrent = isCurrent
    }

    /// Forgets the signing keys when they changed, and what was revoked.
    func forget(_ changes: [Change]) {
        if signingKeys.forget(changes) { cache.withLock { $0.forgetAll() } }
        let revoked = changes.filter { $0.subject == .token }
        if revoked.isEmpty { return }
        cache.withLock { cache in
            if cache.revoked.count >= Self.limit { cache.forgetAll() }
            cache.revoked.formUnion(revoked.map(\.id))
        }
    }

    /// Forgets everything: what changed cannot be told.
    func forgetAll() {
        signingKeys.forgetAll()
        cache.withLock { $0.forgetAll() }
    }

    /// A token for a key, valid until a moment that is rounded down to whole seconds.
    ///
    /// - Parameter exchange: the name of the token exchange that it comes from.
    func issue(
        for key: KeyRow, organizationEpoch: Int64, exchange: TokenName, at now: Instant, until expiry: Instant,
        store: any Store
    ) async throws -> Secret {
        let issuer = address.url
        let claims = Claims(
            iss: issuer, aud: issuer, sub: key.userID.description, clientID: key.handle,
            jti: TokenName(random).text, exchangeID: exchange.text, iat: now.seconds, exp: expiry.seconds,
            organization: key.organizationID.rawValue, user: key.userID.rawValue,
            groups: [
                "@nullplatform/organization=\(key.organizationID)", "@nullplatform/user=\(key.userID)",
            ],
            apiKeyID: key.id.rawValue, keyEpoch: key.epoch, organizationEpoch: organizationEpoch
        )
        return try await signingKeys.ring(store).signer(at: now).token(claims)
    }

    /// A token that was checked before and has neither expired nor been revoked since; nil does not mean that it is bad.
    func remembered(_ token: Span<UInt8>, at now: Instant) -> CheckedToken? {
        let known = recall(Self.digest(of: token))
        return known?.isRevoked == false && known?.token.isExpired(at: now) == false ? known?.token : nil
    }

    /// A token, when one of our keys signed it and it was not revoked, expired or not; else nil.
    func check(_ token: Secret, at now: Instant, store: any Store) async throws -> CheckedToken? {
        let bytes = token.bytes
        let digest = Self.digest(of: bytes.span)
        if let known = recall(digest) { return known.isRevoked ? nil : known.token }
        guard hasOurType(token) else { return nil }
        let revision = cache.withLock { $0.revision }
        let ring = try await signingKeys.ring(store)
        let issuer = address.url
        guard let claims = try? await ring.verifying.verify(bytes, as: Claims.self),
            claims.iss == issuer, claims.aud == issuer
        else { return nil }
        let checked = CheckedToken(claims)
        if checked.isExpired(at: now) { return checked }
        let isRevoked = try await store.read { transaction in
            try transaction.revokedToken(checked.number) != nil
                || transaction.revokedToken(checked.exchangeNumber) != nil
        }
        if isRevoked { return nil }
        return cache.withLock { cache in
            // It may have been revoked since that was read.
            if cache.isRevoked(checked) { return nil }
            guard cache.revision == revision else { return checked }
            if cache.checked.count >= Self.limit {
                cache.checked = cache.checked.filter { !$0.value.isExpired(at: now) }
                if cache.checked.count >= Self.limit { cache.checked = [:] }
            }
            cache.checked[digest] = checked
            return checked
        }
    }

    private static func digest(of token: Span<UInt8>) -> Digest256 {
        var hash = SHA256()
        token.withUnsafeBytes { hash.update(bufferPointer: $0) }
        return Digest256(hash.finalize())
    }

    /// A token that was checked before, and whether it was revoked since.
    private func recall(_ digest: Digest256) -> (token: CheckedToken, isRevoked: Bool)? {
        guard isCurrent() else { return nil }
        return cache.withLock { cache in cache.checked[digest].map { ($0, cache.isRevoked($0)) } }
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
}

/// A token whose signature was checked. Whether its epochs still count is for who knows the key's.
final class CheckedToken: Sendable {
    let claims: AccessTokens.Claims
    /// What stands for its name where tokens are revoked.
    let number: Int64
    /// What stands for its exchange.
    let exchangeNumber: Int64

    init(_ claims: AccessTokens.Claims) {
        self.claims = claims
        number = RevokedToken.number(of: claims.jti)
        exchangeNumber = RevokedToken.number(of: claims.exchangeID)
    }

    var keyID: APIKey.ID { APIKey.ID(claims.apiKeyID) }
    var keyEpoch: Int64 { claims.keyEpoch }
    var organizationEpoch: Int64 { claims.organizationEpoch }
    /// When it was made.
    var issuedAt: Instant { Instant(milliseconds: claims.iat.multipliedReportingOverflow(by: 1_000).partialValue) }
    /// The moment from which it does not work any more.
    var expiresAt: Instant { Instant(milliseconds: claims.exp.multipliedReportingOverflow(by: 1_000).partialValue) }

    func isExpired(at now: Instant) -> Bool { claims.exp <= now.seconds }
}

/// The name of a token or of a token exchange: 128 random bits.
struct TokenName: Equatable {
    static let lengthInBytes = 16

    let bytes: [UInt8]

    init(_ random: RandomSource) {
        bytes = random.bytes(Self.lengthInBytes)
    }

    /// Nil unless there are 16 bytes.
    init?(_ bytes: [UInt8]) {
        guard bytes.count == Self.lengthInBytes else { return nil }
        self.bytes = bytes
    }

    var text: String { Base64URL.encode(bytes) }
}
