import Crypto
import KeywrightDomain
import KeywrightStore
import Testing

@testable import KeywrightOperations

/// Signing keys come and go without a token being refused, and each is known to others before it signs.
@Suite("Rotation of the signing key")
struct SigningKeyTests {
    private static let day: Duration = .seconds(24 * 3600)

    /// The key in a token's header.
    private func signer(of token: Secret) throws -> String {
        let header = try #require(token.reveal().split(separator: ".").first.flatMap { Base64URL.decode(String($0)) })
        let text = String(decoding: header, as: UTF8.self)
        let begin = try #require(text.firstRange(of: #""kid":""#)?.upperBound)
        return String(text[begin...].prefix { $0 != "\"" })
    }

    private func published(_ installation: OperationsInstallation) async throws -> [String] {
        try await installation.operations.publishedSigningKeys().map(\.id)
    }

    @Test("a new key is published at once, signs after an hour, and the old one stays until its last token is gone")
    func rotation() async throws {
        try await OperationsInstallation.run { installation in
            let old = try #require(try await published(installation).first)
            let key = try await installation.operations.rotateSigningKey()
            #expect(key.signsFrom == installation.clock.now.advanced(by: .seconds(3600)))
            #expect(try await published(installation) == [key.id, old])
            let early = try await installation.exchange(installation.admin).accessToken
            #expect(try signer(of: early) == old)

            installation.clock.advance(by: .seconds(3599))
            let last = try await installation.exchange(installation.admin).accessToken
            #expect(try signer(of: last) == old)
            installation.clock.advance(by: .seconds(1))
            let first = try await installation.exchange(installation.admin).accessToken
            #expect(try signer(of: first) == key.id)
            for token in [last, first] { #expect(try await installation.isAccepted(token)) }

            installation.clock.advance(by: .seconds(25 * 3600) - .milliseconds(1))
            try await installation.operations.maintain()
            #expect(try await published(installation) == [key.id, old])
            installation.clock.advance(by: .milliseconds(1))
            try await installation.operations.maintain()
            #expect(try await published(installation) == [key.id])
        }
    }

    @Test("a key rotates by itself before it is too old, over and over, and no token is refused meanwhile")
    func byAge() async throws {
        try await OperationsInstallation.run { installation in
            var settings = Operations.Settings(keyFormat: try KeyFormat())
            settings.accessTokenLifetime = Self.day
            let operations = Operations(
                store: installation.store, settings: settings, pepper: try Pepper([UInt8](repeating: 7, count: 32)),
                now: { installation.clock.now }, logger: OperationsInstallation.logger
            )
            var tokens: [IssuedToken] = []
            var signers: [String] = []
            var known: Set<String> = []
            // 200 days, a token every six hours.
            for step in 0..<800 {
                installation.clock.advance(by: .seconds(6 * 3600))
                let now = installation.clock.now
                let issued = try await operations.exchangeToken(apiKey: installation.admin, from: .init())
                let signer = try signer(of: issued.accessToken)
                if signers.last != signer { signers.append(signer) }
                // Six hours ago at the latest somebody could know it.
                #expect(step == 0 || known.contains(signer), "step \(step)")
                tokens.append(issued)
                tokens.removeAll { $0.expiresAt <= now }
                for token in tokens {
                    _ = try await operations.authenticate(.bearer(token.accessToken), from: .init())
                }
                try await operations.maintain()
                known = Set(try await published(installation))
            }
            #expect(tokens.count == 4)
            #expect(signers.count == 3 && Set(signers).count == 3)
            #expect(try await published(installation).count == 1)
        }
    }

    @Test("a token of the last moment before the change works for its whole life")
    func lastToken() async throws {
        try await OperationsInstallation.run { installation in
            _ = try await installation.operations.rotateSigningKey()
            installation.clock.advance(by: .seconds(3599))
            let issued = try await installation.exchange(installation.admin)
            for _ in 0..<12 {
                installation.clock.advance(by: .seconds(299))
                try await installation.operations.maintain()
                #expect(try await installation.isAccepted(issued.accessToken))
            }
        }
    }

    @Test("while a new key waits for its hour, no other is made")
    func conflict() async throws {
        try await OperationsInstallation.run { installation in
            let key = try await installation.operations.rotateSigningKey()
            let error = await #expect(throws: DomainError.self) {
                try await installation.operations.rotateSigningKey()
            }
            #expect(error?.code == .conflict)
            installation.clock.advance(by: .seconds(3600))
            let next = try await installation.operations.rotateSigningKey()
            #expect(Array(try await published(installation).prefix(2)) == [next.id, key.id])
        }
    }

    @Test("what was checked before a rotation is checked again, and still accepted")
    func remembered() async throws {
        try await OperationsInstallation.run { installation in
            let token = try await installation.exchange(installation.admin).accessToken
            for _ in 0..<2 { #expect(try await installation.isAccepted(token)) }
            _ = try await installation.operations.rotateSigningKey()
            for _ in 0..<2 { #expect(try await installation.isAccepted(token)) }
        }
    }

    @Test("replacing the keys ends every access token at once, and refresh tokens give new ones")
    func replacement() async throws {
        try await OperationsInstallation.run { installation in
            let issued = try await installation.exchange(installation.admin)
            #expect(try await installation.isAccepted(issued.accessToken))
            let key = try await installation.operations.replaceSigningKeys()
            #expect(try await published(installation) == [key.id])
            #expect(try await !installation.isAccepted(issued.accessToken))
            let renewed = try await installation.operations.renewToken(
                try #require(issued.refreshToken), organizationID: nil, from: .init())
            #expect(try signer(of: renewed.accessToken) == key.id)
            #expect(try await installation.isAccepted(renewed.accessToken))
        }
    }

    @Test("every change of the keys is in every organization's trail, and in the change log for all")
    func trail() async throws {
        try await OperationsInstallation.run { installation in
            _ = try await OperationsInstallation.administrator(of: "Other", installation.operations)
            let start = try await installation.store.read { try $0.changeLogBounds() }.last
            let first = try await installation.operations.rotateSigningKey()
            installation.clock.advance(by: .seconds(91 * 24 * 3600))
            try await installation.operations.maintain()
            installation.clock.advance(by: Self.day)
            let last = try await installation.operations.replaceSigningKeys()
            let events = try await installation.store.read { transaction in
                try transaction.organizations().map { organization in
                    var query = AuditQuery(organizationID: organization.id)
                    query.targetTypes = ["signing_key"]
                    return try transaction.auditEvents(query, PageRequest()).results.reversed().map(\.event)
                }
            }
            #expect(events.count == 2)
            for trail in events {
                #expect(
                    trail.map(\.action) == [
                        "signing_key.rotate", "signing_key.rotate", "signing_key.remove", "signing_key.replace",
                    ])
                #expect(trail.map(\.actorType) == ["operator", "system", "system", "operator"])
                #expect(trail.first?.target.id == first.id && trail.last?.target.id == last.id)
            }
            let changes = try await installation.store.read { try $0.changes(after: start, limit: 100) }
            // Maintenance has dropped the first one, which is 91 days old by then.
            #expect(changes.filter { $0.change == Change(.signingKey, 0, in: nil) }.count == 3)
        }
    }

    @Test("what is published checks the signature of a token, and holds nothing private")
    func publishedKeys() async throws {
        try await OperationsInstallation.run { installation in
            let token = try await installation.exchange(installation.admin).accessToken
            let key = try #require(try await installation.operations.publishedSigningKeys().first)
            let coordinates = try [key.x, key.y].flatMap { try #require(Base64URL.decode($0)) }
            let publicKey = try P256.Signing.PublicKey(rawRepresentation: coordinates)
            let parts = token.reveal().split(separator: ".")
            let signature = try P256.Signing.ECDSASignature(
                rawRepresentation: try #require(Base64URL.decode(String(parts[2]))))
            #expect(publicKey.isValidSignature(signature, for: Array("\(parts[0]).\(parts[1])".utf8)))
        }
    }
}
