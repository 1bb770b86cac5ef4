import Foundation
import JWTKit
import KeywrightDomain

/// What an access token says about the key it was made from.
struct TokenClaims: JWTPayload, Equatable {
    let issuer: String
    let audience: String
    let expiry: Int64
    /// Under which names the feed would tell that it is revoked: its own, and that of its exchange.
    let names: [String]
    let keyNumber: Int64
    let keyEpoch: Int64
    let organizationEpoch: Int64

    /// The key it was made from.
    var apiKeyID: APIKey.ID { APIKey.ID(keyNumber) }
    /// When it stops working.
    var expiresAt: Instant { Instant(milliseconds: expiry.multipliedReportingOverflow(by: 1_000).partialValue) }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        issuer = try container.decode(String.self, forKey: .issuer)
        audience = try container.decode(String.self, forKey: .audience)
        expiry = try container.decode(Int64.self, forKey: .expiry)
        let exchange = try container.decodeIfPresent(String.self, forKey: .exchangeID)
        names = [try container.decode(String.self, forKey: .tokenID)] + (exchange.map { [$0] } ?? [])
        keyNumber = try container.decode(Int64.self, forKey: .keyNumber)
        keyEpoch = try container.decode(Int64.self, forKey: .keyEpoch)
        organizationEpoch = try container.decode(Int64.self, forKey: .organizationEpoch)
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(issuer, forKey: .issuer)
        try container.encode(audience, forKey: .audience)
        try container.encode(expiry, forKey: .expiry)
        try container.encodeIfPresent(names.first, forKey: .tokenID)
        try container.encodeIfPresent(names.dropFirst().first, forKey: .exchangeID)
        try container.encode(keyNumber, forKey: .keyNumber)
        try container.encode(keyEpoch, forKey: .keyEpoch)
        try container.encode(organizationEpoch, forKey: .organizationEpoch)
    }

    /// Expiry is judged on every use, on the verifier's own clock.
    func verify(using algorithm: some JWTAlgorithm) throws {}

    private enum CodingKeys: String, CodingKey {
        case issuer = "iss"
        case audience = "aud"
        case expiry = "exp"
        case tokenID = "jti"
        case exchangeID = "exchange_id"
        case keyNumber = "api_key_id"
        case keyEpoch = "key_epoch"
        case organizationEpoch = "organization_epoch"
    }
}

/// The parts of a JWT in its compact form (RFC 7515, section 7.1), not yet checked.
struct TokenText {
    /// What the header says about the signature.
    struct Header: Decodable {
        let typ: String?
        let alg: String?
        let kid: String?
    }

    let header: Header
    private let payload: Data

    /// Nil for what is no JWT with the header of an access token (RFC 9068, section 2.1; RFC 8725, section 3.11).
    init?(_ text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let header = Self.decode(parts[0]), let payload = Self.decode(parts[1]),
            Self.decode(parts[2]) != nil, let read = try? JSONDecoder().decode(Header.self, from: header),
            read.typ == "at+jwt", read.alg == "ES256", read.kid != nil
        else { return nil }
        self.header = read
        self.payload = payload
    }

    /// What the token says; to be believed only when its signature was checked.
    var claims: TokenClaims? { try? JSONDecoder().decode(TokenClaims.self, from: payload) }

    /// base64url without padding; nil for anything else.
    private static func decode(_ part: Substring) -> Data? {
        guard !part.isEmpty, part.utf8.allSatisfy(isDigit) else { return nil }
        var text = String(part).replacing("-", with: "+").replacing("_", with: "/")
        text += String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
        return Data(base64Encoded: text)
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x5F: true
        default: false
        }
    }
}
