import KeywrightDomain
import KeywrightStore
import Testing

@Suite("Store contract: signing keys and revoked tokens")
struct TokenContractTests {
    @Test("signing keys come back the last to begin first, and can be removed", arguments: Engine.underTest)
    func signingKeys(_ engine: Engine) async throws {
        try await engine.withEmptyStore { store in
            let times: [(made: Int64, begins: Int64, id: String)] = [
                (2, 2, "b"), (3, 9, "a"), (2, 2, "A"), (1, 5, "é"), (4, 5, "c"),
            ]
            let keys = times.map { time in
                SigningKey(
                    id: time.id, sealed: [UInt8](repeating: UInt8(time.made), count: 40), createdAt: .after(time.made),
                    signsFrom: .after(time.begins)
                )
            }
            try await store.write { write in for key in keys { try write.insert(key) } }
            #expect(try await store.read { try $0.signingKeys() } == [keys[1], keys[4], keys[3], keys[2], keys[0]])
            try await store.write { write in
                try write.deleteSigningKey("a")
                try write.deleteSigningKey("B")
            }
            #expect(try await store.read { try $0.signingKeys() } == [keys[4], keys[3], keys[2], keys[0]])
        }
    }

    private func token(_ name: String, of key: APIKey, until seconds: Int64 = 60) -> RevokedToken {
        RevokedToken(
            name: name, organizationID: key.organizationID, apiKeyID: key.id, expiresAt: .after(seconds)
        )
    }

    @Test("a revoked token is found by its number, once, and in its organization alone", arguments: Engine.underTest)
    func revokedTokens(_ engine: Engine) async throws {
        try await engine.withEmptyStore { store in
            let keys = try await store.write { write in
                try ["One", "Two"].map { try write.makeKey(in: try write.makeOrganization($0)) }
            }
            let own = (0..<7).map { token("token-\($0)", of: keys[0]) }.sorted { $0.number < $1.number }
            let other = token("other", of: keys[1], until: 90)
            try await store.write { (write) throws in
                for one in own.reversed() + [other] { #expect(try write.insert(one)) }
            }
            let again = token(own[0].name, of: keys[1], until: 999)
            #expect(try await store.write { try $0.insert(again) } == false)
            try await store.read { (read) throws in
                #expect(try read.revokedToken(own[0].number) == own[0])
                #expect(try read.revokedToken(other.number) == other)
                #expect(try read.revokedToken(RevokedToken.number(of: "Other")) == nil)
                let found = try read.revokedTokens([own[1].number, 5, other.number, own[1].number])
                #expect(Set(found) == [own[1], other])
                #expect(try read.revokedTokens([]).isEmpty)
                func part(_ key: APIKey, after number: Int64, at seconds: Int64, _ limit: Int) throws -> [RevokedToken]
                {
                    try read.revokedTokens(
                        in: key.organizationID, after: number, endingAfter: .after(seconds), limit: limit)
                }
                #expect(try part(keys[0], after: 0, at: 59, 3) == Array(own[..<3]))
                #expect(try part(keys[0], after: own[2].number, at: 59, 9) == Array(own[3...]))
                #expect(try part(keys[0], after: 0, at: 60, 9).isEmpty)
                #expect(try part(keys[1], after: 0, at: 60, 9) == [other])
                #expect(try read.revokedTokenCount(of: keys[0].id) == 7)
                #expect(try read.revokedTokenCount(of: keys[1].id) == 1)
            }
            try await store.write { try $0.deleteRevokedTokens(of: keys[0].id) }
            #expect(try await store.read { try $0.revokedTokenCount(of: keys[0].id) } == 0)
            #expect(try await store.read { try $0.revokedToken(other.number) } == other)
        }
    }

    @Test("a revoked token is forgotten once it has ended, and no moment earlier", arguments: Engine.underTest)
    func outdated(_ engine: Engine) async throws {
        try await engine.withEmptyStore { store in
            let key = try await store.write { try $0.makeKey(in: try $0.makeOrganization()) }
            let (first, second) = (token("first", of: key), token("second", of: key, until: 61))
            try await store.write { write in for one in [first, second] { _ = try write.insert(one) } }
            for (seconds, left) in [(60, [first, second]), (61, [second]), (62, [])] as [(Int64, [RevokedToken])] {
                try await store.write { try $0.removeOutdated(now: .after(seconds), changesBefore: .start) }
                let found = try await store.read { try $0.revokedTokens([first.number, second.number]) }
                #expect(Set(found) == Set(left), "\(seconds)")
            }
        }
    }

    @Test("of 50 who revoke one token, one is the first", arguments: Engine.underTest)
    func race(_ engine: Engine) async throws {
        try await engine.withEmptyStore { store in
            let key = try await store.write { try $0.makeKey(in: try $0.makeOrganization()) }
            let token = token("one", of: key)
            let count = await withTaskGroup(of: Int.self) { group in
                for _ in 0..<50 {
                    group.addTask { (try? await store.write { try $0.insert(token) }) == true ? 1 : 0 }
                }
                return await group.reduce(0, +)
            }
            #expect(count == 1)
        }
    }
}
