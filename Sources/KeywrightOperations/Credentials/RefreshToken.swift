import Crypto
import Foundation
import KeywrightDomain

/// A refresh token: opaque, stateless, not rotated. Its content is authenticated, so no row is written or read for it.
///
/// Text: base64url of key id, key epoch, organization epoch, expiry (8 bytes each, big-endian), the name of the token
/// exchange (16 bytes) and their HMAC-SHA-256 under a key derived from the pepper.
struct RefreshToken: Equatable {
    let keyID: APIKey.ID
    let keyEpoch: Int64
    let organizationEpoch: Int64
    let expiresAt: Instant
    /// The token exchange that it came from, and that all its access tokens name.
    let exchange: TokenName

    private static let numberCount = 4
    private static let contentLength = numberCount * 8 + TokenName.lengthInBytes

    private static func code(_ content: [UInt8], _ pepper: Pepper) -> HMAC<SHA256>.MAC {
        HMAC<SHA256>.authenticationCode(for: content, using: pepper.refreshTokenKey)
    }

    func text(_ pepper: Pepper) -> Secret {
        var content: [UInt8] = []
        for number in [keyID.rawValue, keyEpoch, organizationEpoch, expiresAt.milliseconds] {
            withUnsafeBytes(of: number.bigEndian) { content.append(contentsOf: $0) }
        }
        content += exchange.bytes
        return Secret(Base64URL.encode(content + Array(Self.code(content, pepper))))
    }

    init(keyID: APIKey.ID, keyEpoch: Int64, organizationEpoch: Int64, expiresAt: Instant, exchange: TokenName) {
        self.keyID = keyID
        self.keyEpoch = keyEpoch
        self.organizationEpoch = organizationEpoch
        self.expiresAt = expiresAt
        self.exchange = exchange
    }

    /// Nil unless this installation made it.
    init?(_ text: Secret, _ pepper: Pepper) {
        guard text.bytes.count == 107, let bytes = Base64URL.decode(text.reveal()),
            bytes.count == Self.contentLength + SHA256.byteCount
        else { return nil }
        let content = Array(bytes.prefix(Self.contentLength))
        let code = bytes.suffix(SHA256.byteCount)
        guard
            HMAC<SHA256>.isValidAuthenticationCode(
                code, authenticating: content, using: pepper.refreshTokenKey
            ),
            let exchange = TokenName(Array(content.suffix(TokenName.lengthInBytes)))
        else { return nil }
        let numbers = (0..<Self.numberCount).map { index in
            content[(index * 8)..<(index * 8 + 8)].reduce(Int64(0)) { ($0 << 8) | Int64($1) }
        }
        self.init(
            keyID: APIKey.ID(numbers[0]), keyEpoch: numbers[1], organizationEpoch: numbers[2],
            expiresAt: Instant(milliseconds: numbers[3]), exchange: exchange
        )
    }
}
