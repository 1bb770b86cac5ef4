import Crypto
import Foundation
import KeywrightDomain
import KeywrightStore
import Testing

@testable import KeywrightOperations

@Suite("Forged access tokens")
struct AccessTokenTests {
    /// What a forger has: a real token taken apart, and a key of their own.
    private struct Forge {
        let installation: OperationsInstallation
        let header: [String: String]
        let claims: [String: Any]
        let token: Secret
        /// The installation's own signing key, for tokens that are wrong in one thing only.
        let signingKey: P256.Signing.PrivateKey

        init(_ installation: OperationsInstallation) async throws {
            self.installation = installation
            token = try await installation.exchange(installation.admin).accessToken
            let parts = token.reveal().split(separator: ".").map(String.init)
            let bytes = try parts.prefix(2).map { Data(try #require(Base64URL.decode($0))) }
            header = try #require(try JSONSerialization.jsonObject(with: bytes[0]) as? [String: String])
            claims = try #require(try JSONSerialization.jsonObject(with: bytes[1]) as? [String: Any])
            let stored = try #require(try await installation.store.read { try $0.signingKeys() }.first)
            let key = try Pepper([UInt8](repeating: 7, count: 32)).derivedKey("signing-keys")
            let raw = try AES.GCM.open(AES.GCM.SealedBox(combined: stored.sealed), using: key)
            signingKey = try P256.Signing.PrivateKey(rawRepresentation: raw)
        }

        /// A token with changed header and claims; nil takes a member away.
        func token(
            header headerChanges: [String: String?] = [:], claims claimChanges: [String: Any?] = [:],
            signedBy sign: (Data) throws -> Data
        ) throws -> Secret {
            var (header, claims) = (header, claims)
            for (name, value) in headerChanges { header[name] = value }
            for (name, value) in claimChanges { claims[name] = value }
            let content = try [header as [String: Any], claims].map {
                Base64URL.encode(try JSONSerialization.data(withJSONObject: $0))
            }.joined(separator: ".")
            return Secret("\(content).\(Base64URL.encode(try sign(Data(content.utf8))))")
        }

        func ourSignature(_ data: Data) throws -> Data {
            try signingKey.signature(for: data).rawRepresentation
        }
    }

    @Test("what the installation signed is taken: the others are refused for the one thing that is wrong")
    func control() async throws {
        try await OperationsInstallation.run { installation in
            let forge = try await Forge(installation)
            #expect(try await installation.isAccepted(forge.token))
            #expect(try await installation.isAccepted(forge.token(signedBy: forge.ourSignature)))
        }
    }

    @Test("no signature, or one that anybody can make, is refused")
    func algorithms() async throws {
        try await OperationsInstallation.run { installation in
            let forge = try await Forge(installation)
            let publicKey = forge.signingKey.publicKey
            let publicTexts = [
                Data(publicKey.pemRepresentation.utf8), publicKey.rawRepresentation, publicKey.x963Representation,
                publicKey.derRepresentation, Data(),
            ]
            var tokens: [Secret] = []
            for name in ["none", "None", "NONE", ""] {
                tokens.append(try forge.token(header: ["alg": name]) { _ in Data() })
                tokens.append(try forge.token(header: ["alg": name], signedBy: forge.ourSignature))
            }
            tokens.append(try forge.token(header: ["alg": nil], signedBy: forge.ourSignature))
            for key in publicTexts {
                for algorithm in ["HS256", "ES256"] {
                    tokens.append(
                        try forge.token(header: ["alg": algorithm]) { data in
                            Data(HMAC<SHA256>.authenticationCode(for: data, using: SymmetricKey(data: key)))
                        }
                    )
                }
            }
            tokens.append(try forge.token(header: ["alg": "HS256"], signedBy: forge.ourSignature))
            tokens.append(try forge.token(header: ["alg": "ES384"], signedBy: forge.ourSignature))
            tokens.append(try forge.token { _ in Data() })
            tokens.append(try forge.token { _ in Data(repeating: 0, count: 64) })
            tokens.append(try forge.token { data in try forge.signingKey.signature(for: data).derRepresentation })
            try await expectRefused(tokens, installation)
        }
    }

    @Test("another key's signature is refused under any name for it")
    func otherKeys() async throws {
        try await OperationsInstallation.run { installation in
            let forge = try await Forge(installation)
            let own = P256.Signing.PrivateKey()
            let names: [String?] = [forge.header["kid"], nil, "", "mine", "../pepper"]
            let tokens = try names.map { name in
                try forge.token(header: ["kid": name]) { try own.signature(for: $0).rawRepresentation }
            }
            try await expectRefused(tokens, installation)
        }
    }

    @Test("a token of another type, issuer or audience is no access token, though we signed it")
    func otherTokens() async throws {
        try await OperationsInstallation.run { installation in
            let forge = try await Forge(installation)
            var tokens: [Secret] = []
            for type in ["JWT", "jwt", "AT+JWT", "id_token", nil] {
                tokens.append(try forge.token(header: ["typ": type], signedBy: forge.ourSignature))
            }
            for changes: [String: Any?] in [
                ["iss": "https://elsewhere.test"], ["aud": "https://elsewhere.test"], ["iss": nil], ["aud": nil],
                ["exp": 1_767_225_600], ["exp": nil], ["exp": "9999999999"], ["exp": -1],
                ["key_epoch": 0], ["key_epoch": 2], ["organization_epoch": 2], ["api_key_id": 99], ["api_key_id": nil],
            ] {
                tokens.append(try forge.token(claims: changes, signedBy: forge.ourSignature))
            }
            try await expectRefused(tokens, installation)
        }
    }

    @Test("a token changed anywhere is refused", arguments: 0..<50)
    func changes(_ seed: Int) async throws {
        try await OperationsInstallation.run { installation in
            let forge = try await Forge(installation)
            var generator = SeededGenerator(seed: seed)
            let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=+/ ".utf8)
            var tokens: [Secret] = []
            for round in 0..<20 {
                var bytes = forge.token.bytes
                let index = round == 0 ? bytes.count - 1 : Int.random(in: 0..<bytes.count, using: &generator)
                bytes[index] = alphabet.filter { $0 != bytes[index] }.randomElement(using: &generator) ?? 0x2E
                tokens.append(Secret(String(decoding: bytes, as: UTF8.self)))
            }
            let text = forge.token.reveal()
            tokens += [text + ".", text + "=", "." + text, text + ".e30", String(text.dropLast())].map { Secret($0) }
            try await expectRefused(tokens, installation)
            #expect(try await installation.isAccepted(forge.token))
        }
    }

    @Test("a token of one installation is refused by another with the same pepper")
    func otherInstallation() async throws {
        try await OperationsInstallation.run { first in
            try await OperationsInstallation.run { second in
                let token = try await first.exchange(first.admin)
                #expect(try await first.isAccepted(token.accessToken))
                #expect(try await !second.isAccepted(token.accessToken))
            }
        }
    }

    private func expectRefused(
        _ tokens: [Secret], _ installation: OperationsInstallation, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        for (index, token) in tokens.enumerated() {
            let isAccepted = try await installation.isAccepted(token)
            #expect(!isAccepted, "token \(index)", sourceLocation: sourceLocation)
        }
    }
}
