import Crypto
import Foundation
import KeywrightDomain

/// A refresh token: opaque, stateless, not rotated. Its content is authenticated, so no row is written or read for it.
///
/// Text: base64url of key id, key epoch, organization epoch, expiry (8 bytes each, big-endian) and their HMAC-SHA-256
/// under a key derived from the pepper.
struct RefreshToken: Equatable {
    let keyID: APIKey.ID
    let keyEpoch: Int64
    let organizationEpoch: Int64
    let expiresAt: Instant

    private static let contentLength = 32

    private static func code(_ content: [UInt8], _ pepper: Pepper) -> HMAC<SHA256>.MAC {
        HMAC<SHA256>.authenticationCode(for: content, using: pepper.refreshTokenKey)
    }

    func text(_ pepper: Pepper) -> Secret {
        var content: [UInt8] = []
        for number in [keyID.rawValue, keyEpoch, organizationEpoch, expiresAt.milliseconds] {
            withUnsafeBytes(of: number.bigEndian) { content.append(contentsOf: $0) }
        }
        return Secret(Base64URL.encode(content + Array(Self.code(content, pepper))))
    }

    init(keyID: APIKey.ID, keyEpoch: Int64, organizationEpoch: Int64, expiresAt: Instant) {
        self.keyID = keyID
        self.keyEpoch = keyEpoch
        self.organizationEpoch = organizationEpoch
        self.expiresAt = expiresAt
    }

    /// Nil unless this installation made it.
    init?(_ text: Secret, _ pepper: Pepper) {
        guard text.bytes.count == 86, let bytes = Base64URL.decode(text.reveal()), bytes.count == 64 else { return nil }
        let content = Array(bytes.prefix(Self.contentLength))
        let code = bytes.suffix(Self.contentLength)
        guard
            HMAC<SHA256>.isValidAuthenticationCode(
                code, authenticating: content, using: pepper.refreshTokenKey
            )
        else { return nil }
        let numbers = stride(from: 0, to: Self.contentLength, by: 8).map { start in
            content[start..<(start + 8)].reduce(Int64(0)) { ($0 << 8) | Int64($1) }
        }
        self.init(
            keyID: APIKey.ID(numbers[0]), keyEpoch: numbers[1], organizationEpoch: numbers[2],
            expiresAt: Instant(milliseconds: numbers[3])
        )
    }
}
