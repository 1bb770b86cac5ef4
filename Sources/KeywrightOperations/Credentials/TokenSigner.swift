import Crypto
import KeywrightDomain

/// Writes access tokens with one signing key: JWTs in the compact form (RFC 7515, section 7.1).
///
/// jwt-kit's encoder takes longer over a token than the signature does, and tokens are made far more often than they
/// are checked, which is left to jwt-kit.
struct TokenSigner: Sendable {
    /// The name of the key, as tokens carry it.
    let keyID: String
    private let key: P256.Signing.PrivateKey
    /// The header and the full stop after it, the same for every token.
    private let begin: [UInt8]

    init(_ key: P256.Signing.PrivateKey, keyID: String) {
        self.key = key
        self.keyID = keyID
        var header = ClaimsText()
        header.member("alg", text: "ES256")
        header.member("kid", text: keyID)
        header.member("typ", text: "at+jwt")
        begin = Base64URL.encodedBytes(header.finish()) + [UInt8(ascii: ".")]
    }

    func token(_ claims: AccessTokens.Claims) throws -> Secret {
        var bytes = begin + Base64URL.encodedBytes(Self.payload(claims))
        let signature = try key.signature(for: bytes)
        bytes.append(UInt8(ascii: "."))
        bytes += Base64URL.encodedBytes(signature.rawRepresentation)
        return Secret(String(decoding: bytes, as: UTF8.self))
    }

    private static func payload(_ claims: AccessTokens.Claims) -> [UInt8] {
        var text = ClaimsText()
        text.member("iss", text: claims.iss)
        text.member("aud", text: claims.aud)
        text.member("sub", text: claims.sub)
        text.member("client_id", text: claims.clientID)
        text.member("jti", text: claims.jti)
        text.member("exchange_id", text: claims.exchangeID)
        text.member("iat", number: claims.iat)
        text.member("exp", number: claims.exp)
        text.member("organization", number: claims.organization)
        text.member("user", number: claims.user)
        text.member("cognito:groups", texts: claims.groups)
        text.member("api_key_id", number: claims.apiKeyID)
        text.member("key_epoch", number: claims.keyEpoch)
        text.member("organization_epoch", number: claims.organizationEpoch)
        return text.finish()
    }
}

/// A JSON object as it is written: compact, and with `\/` for a slash, for which published scripts search.
struct ClaimsText {
    private var bytes: [UInt8] = []

    init() {
        bytes.reserveCapacity(512)
        bytes.append(UInt8(ascii: "{"))
    }

    mutating func member(_ name: String, text: String) {
        begin(name)
        append(text)
    }

    mutating func member(_ name: String, number: Int64) {
        begin(name)
        bytes.append(contentsOf: number.description.utf8)
    }

    mutating func member(_ name: String, texts: [String]) {
        begin(name)
        bytes.append(UInt8(ascii: "["))
        for (index, text) in texts.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            append(text)
        }
        bytes.append(UInt8(ascii: "]"))
    }

    /// The bytes of the whole object.
    consuming func finish() -> [UInt8] {
        bytes.append(UInt8(ascii: "}"))
        return bytes
    }

    private mutating func begin(_ name: String) {
        if bytes.count > 1 { bytes.append(UInt8(ascii: ",")) }
        append(name)
        bytes.append(UInt8(ascii: ":"))
    }

    private mutating func append(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"):
                bytes.append(UInt8(ascii: "\\"))
                bytes.append(byte)
            case 0..<0x20:
                bytes.append(contentsOf: "\\u00".utf8)
                if byte < 0x10 { bytes.append(UInt8(ascii: "0")) }
                bytes.append(contentsOf: String(byte, radix: 16).utf8)
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }
}
