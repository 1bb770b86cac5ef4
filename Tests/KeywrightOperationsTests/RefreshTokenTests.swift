import Crypto
import KeywrightDomain
import Testing

@testable import KeywrightOperations

/// A refresh token carries its content; what nobody else can make is its code.
@Suite("Forged refresh tokens")
struct RefreshTokenTests {
    private static let pepper = [UInt8](repeating: 7, count: 32)
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    private func token(_ generator: inout SeededGenerator) -> RefreshToken {
        RefreshToken(
            keyID: APIKey.ID(.random(in: 1..<(1 << 53), using: &generator)),
            keyEpoch: .random(in: 1...Int64.max, using: &generator),
            organizationEpoch: .random(in: 1...Int64.max, using: &generator),
            expiresAt: Instant(milliseconds: .random(in: 0...Int64.max, using: &generator)),
            exchange: TokenName(RandomSource(generator))
        )
    }

    @Test("what was made is read back, and by its own pepper alone", arguments: 0..<500)
    func roundTrip(_ seed: Int) throws {
        var generator = SeededGenerator(seed: seed)
        let pepper = try Pepper(Self.pepper)
        let token = token(&generator)
        let text = token.text(pepper)
        #expect(text.reveal().wholeMatch(of: /[A-Za-z0-9_-]{107}/) != nil)
        #expect(RefreshToken(text, pepper) == token)
        var other = Self.pepper
        other[Int.random(in: 0..<32, using: &generator)] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
        #expect(RefreshToken(text, try Pepper(other)) == nil)
    }

    @Test("no text but the one that was made is taken", arguments: 0..<500)
    func forgery(_ seed: Int) throws {
        var generator = SeededGenerator(seed: seed)
        let pepper = try Pepper(Self.pepper)
        let bytes = token(&generator).text(pepper).bytes
        var forged = bytes
        switch seed % 6 {
        case 0:
            let index = Int.random(in: 0..<bytes.count, using: &generator)
            forged[index] = Self.alphabet.filter { $0 != bytes[index] }.randomElement(using: &generator) ?? 0x2E
        case 1:
            forged[bytes.count - 1] = Self.alphabet.filter { $0 != bytes.last }.randomElement(using: &generator) ?? 0x2E
        case 2: forged = bytes.dropLast(Int.random(in: 1..<bytes.count, using: &generator))
        case 3: forged.append(contentsOf: Self.alphabet.prefix(Int.random(in: 1...4, using: &generator)))
        case 4: forged = bytes.map { _ in Self.alphabet.randomElement(using: &generator) ?? 0x41 }
        default:
            let (a, b) = (token(&generator).text(pepper).bytes, bytes)
            forged = Array(a.prefix(43) + b.dropFirst(43))
        }
        #expect(RefreshToken(Secret(String(decoding: forged, as: UTF8.self)), pepper) == nil)
    }

    @Test("neither padding nor the other alphabet nor blanks are taken")
    func spellings() throws {
        let pepper = try Pepper(Self.pepper)
        var generator = SeededGenerator(seed: 3)
        let text = token(&generator).text(pepper).reveal()
        let standard = text.replacing("-", with: "+").replacing("_", with: "/")
        #expect(standard != text)
        for other in [standard, text + "==", " \(text)", "\(text)\n", text.lowercased(), text.uppercased(), ""] {
            #expect(RefreshToken(Secret(other), pepper) == nil)
        }
    }

    @Test("a code made for another purpose, or without the pepper, is none")
    func otherCodes() throws {
        let pepper = try Pepper(Self.pepper)
        var generator = SeededGenerator(seed: 1)
        let bytes = try #require(Base64URL.decode(token(&generator).text(pepper).reveal()))
        let content = bytes.prefix(48)
        let keys = [
            pepper.derivedKey("signing-keys"), SymmetricKey(data: Self.pepper),
            SymmetricKey(data: [UInt8](repeating: 0, count: 32)),
        ]
        for key in keys {
            let forged = content + Array(HMAC<SHA256>.authenticationCode(for: content, using: key))
            #expect(RefreshToken(Secret(Base64URL.encode(forged)), pepper) == nil)
        }
        let right = HMAC<SHA256>.authenticationCode(for: content, using: pepper.derivedKey("refresh-tokens"))
        #expect(RefreshToken(Secret(Base64URL.encode(content + Array(right))), pepper) != nil)
    }
}

/// A generator whose numbers depend on the seed alone (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: Int) {
        state = UInt64(truncatingIfNeeded: seed)
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
