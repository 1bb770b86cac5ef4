import KeywrightDomain
import KeywrightStore
import Testing

@Suite("Store contract: settings, links, idempotency, change log")
struct InstallationContractTests {
    @Test("a setting comes back byte for byte and can be replaced", arguments: Engine.underTest)
    func settings(_ engine: Engine) async throws {
        try await engine.withEmptyStore { store in
            #expect(try await store.read { try $0.setting("pepper") } == nil)
            for value in [[0, 1, 255, 0], [], [7]] as [[UInt8]] {
                try await store.write { try $0.set("pepper", value) }
                #expect(try await store.read { try $0.setting("pepper") } == value)
                #expect(try await store.read { try $0.setting("Pepper") } == nil)
            }
        }
    }

    @Test("signing keys come back newest first", arguments: Engine.underTest)
    func signingKeys(_ engine: Engine) async throws {
        try await engine.withEmptyStore { store in
            let keys = [(2, "b"), (9, "a"), (2, "A"), (5, "é")].map { seconds, id in
                SigningKey(
                    id: id, sealed: [UInt8](repeating: UInt8(seconds), count: 40), createdAt: .after(Int64(seconds)))
            }
            try await store.write { write in for key in keys { try write.insert(key) } }
            #expect(try await store.read { try $0.signingKeys() } == [keys[1], keys[3], keys[2], keys[0]])
        }
    }

    @Test("a link is found by its digest and consumed once", arguments: Engine.underTest)
    func links(_ engine: Engine) async throws {
        try await engine.withEmptyStore { store in
            let person = try await store.write { try $0.makePerson(in: try $0.makeOrganization(), "ada@example.org") }
            for (index, purpose) in OneTimeToken.Purpose.allCases.enumerated() {
                let link = OneTimeToken(
                    digest: digest(Int64(index)), purpose: purpose, userID: purpose == .setup ? nil : person.id,
                    expiresAt: .after(60)
                )
                try await store.write { try $0.insert(link) }
                #expect(try await store.read { try $0.oneTimeToken(digest: link.digest) } == link)
                #expect(try await store.write { try $0.consumeOneTimeToken(digest: digest(99)) } == false)
                #expect(try await store.write { try $0.consumeOneTimeToken(digest: link.digest) } == true)
                #expect(try await store.write { try $0.consumeOneTimeToken(digest: link.digest) } == false)
                #expect(try await store.read { try $0.oneTimeToken(digest: link.digest) } == nil)
            }
        }
    }

    @Test("of 50 attempts at one link, one succeeds", arguments: Engine.underTest)
    func race(_ engine: Engine) async throws {
        try await engine.withEmptyStore { store in
            let link = OneTimeToken(digest: digest(1), purpose: .setup, userID: nil, expiresAt: .after(60))
            try await store.write { try $0.insert(link) }
            let winners = await withTaskGroup(of: Int.self) { group in
                for _ in 0..<50 {
                    group.addTask {
                        let won = try? await store.write { write in
                            guard try write.oneTimeToken(digest: link.digest) != nil else { return false }
                            return try write.consumeOneTimeToken(digest: link.digest)
                        }
                        return won == true ? 1 : 0
                    }
                }
                return await group.reduce(0, +)
            }
            #expect(winners == 1)
        }
    }

    @Test("links of one purpose go, of one user or of all", arguments: Engine.underTest)
    func deletingLinks(_ engine: Engine) async throws {
        try await engine.withEmptyStore { store in
            try await store.write { write in
                let organization = try write.makeOrganization()
                let people = try (1...2).map { try write.makePerson(in: organization, "p\($0)@example.org").id }
                let links: [(OneTimeToken.Purpose, User.ID?)] = [
                    (.setup, nil), (.setup, nil), (.invitation, people[0]), (.passwordReset, people[0]),
                    (.passwordReset, people[1]),
                ]
                for (index, link) in links.enumerated() {
                    try write.insert(
                        OneTimeToken(
                            digest: digest(Int64(index)), purpose: link.0, userID: link.1, expiresAt: .after(60)))
                }
                func left() throws -> [Int64] {
                    try (0..<5).filter { try write.oneTimeToken(digest: digest($0)) != nil }
                }
                try write.deleteOneTimeTokens(.passwordReset, of: people[0])
                #expect(try left() == [0, 1, 2, 4])
                try write.deleteOneTimeTokens(.setup, of: people[0])
                #expect(try left() == [0, 1, 2, 4])
                try write.deleteOneTimeTokens(.setup, of: nil)
                #expect(try left() == [2, 4])
                try write.deleteOneTimeTokens(.passwordReset, of: nil)
                #expect(try left() == [2])
            }
        }
    }

    @Test(
        "an idempotency record belongs to its user and spelling; a later one replaces it", arguments: Engine.underTest)
    func idempotency(_ engine: Engine) async throws {
        try await engine.withEmptyStore { store in
            let machine = User.machine(of: APIKey.ID(5))
            let record = IdempotencyRecord(
                userID: machine, key: "Key-1 ~!", bodyDigest: digest(1), apiKeyID: APIKey.ID(8), createdAt: .start
            )
            try await store.write { try $0.insert(record) }
            try await store.read { (read) throws in
                #expect(try read.idempotencyRecord(machine, "Key-1 ~!") == record)
                #expect(try read.idempotencyRecord(machine, "key-1 ~!") == nil)
                #expect(try read.idempotencyRecord(User.ID(5), "Key-1 ~!") == nil)
            }
            let later = IdempotencyRecord(
                userID: machine, key: "Key-1 ~!", bodyDigest: digest(2), apiKeyID: APIKey.ID(9), createdAt: .after(5)
            )
            try await store.write { try $0.insert(later) }
            #expect(try await store.read { try $0.idempotencyRecord(machine, "Key-1 ~!") } == later)
        }
    }

    @Test("what has outlived its use goes, and nothing a moment younger", arguments: Engine.underTest)
    func outdated(_ engine: Engine) async throws {
        try await engine.withEmptyDatabase { database in
            let store = try await database.open()
            let organization = try await store.makeOrganization()
            let lifetime: Int64 = 24 * 3600
            for (index, seconds) in [0, 1, 2].enumerated() {
                database.clock.now = .after(Int64(seconds))
                try await store.write { write in
                    try write.insert(
                        IdempotencyRecord(
                            userID: User.ID(1), key: "\(index)", bodyDigest: digest(1), apiKeyID: APIKey.ID(1),
                            createdAt: .after(Int64(seconds))
                        ))
                    try write.insert(
                        OneTimeToken(
                            digest: digest(Int64(index)), purpose: .setup, userID: nil,
                            expiresAt: .after(lifetime + Int64(seconds))
                        ))
                    write.append(Change(.apiKey, Int64(index), in: organization.organizationID))
                }
            }
            func left() async throws -> [[Int64]] {
                try await store.read { (read) throws in
                    [
                        try (0..<3).filter { try read.idempotencyRecord(User.ID(1), "\($0)") != nil },
                        try (0..<3).filter { try read.oneTimeToken(digest: digest($0)) != nil },
                        try read.changes(after: 0, limit: 9).map(\.change.id),
                    ]
                }
            }
            func remove(_ seconds: Int64) async throws {
                try await store.write {
                    try $0.removeOutdated(now: .after(seconds + lifetime), changesBefore: .after(seconds))
                }
            }
            try await remove(0)
            #expect(try await left() == [[0, 1, 2], [0, 1, 2], [0, 1, 2]])
            try await remove(1)
            #expect(try await left() == [[1, 2], [1, 2], [1, 2]])
            try await remove(9)
            #expect(try await left() == [[], [], []])
            try await remove(9)
            try await store.write { $0.append(Change(.apiKey, 9, in: nil)) }
            #expect(
                try await store.read { try $0.changes(after: 0, limit: 9) }.map(\.sequence) == [4],
                "numbers are not reused")
            try await store.close()
        }
    }

    @Test("the change log gives what came after a number, oldest first", arguments: Engine.underTest)
    func changeLog(_ engine: Engine) async throws {
        try await engine.withEmptyDatabase { database in
            let store = try await database.open()
            let subjects = Change.Subject.allCases
            let changes = subjects.enumerated().map { index, subject in
                Change(subject, Int64(index + 10), in: index % 2 == 0 ? nil : Organization.ID(3))
            }
            for (index, change) in changes.enumerated() {
                database.clock.now = .after(Int64(index))
                try await store.write { $0.append(change) }
            }
            let all = try await store.read { try $0.changes(after: 0, limit: 100) }
            #expect(all.map(\.change) == changes)
            #expect(all.map(\.at) == changes.indices.map { .after(Int64($0)) })
            #expect(all.map(\.sequence) == all.map(\.sequence).sorted())
            let rest = try await store.read { try $0.changes(after: all[1].sequence, limit: 2) }
            #expect(rest == [all[2], all[3]])
            let last = try #require(all.last)
            #expect(try await store.read { try $0.changes(after: last.sequence, limit: 2) }.isEmpty)
            try await store.close()
        }
    }

    @Test("an observer has heard of a change before the write returns", arguments: Engine.underTest)
    func observers(_ engine: Engine) async throws {
        try await engine.withEmptyStore { store in
            let recorders = [ChangeRecorder(store), ChangeRecorder(store)]
            await withTaskGroup(of: Void.self) { group in
                for id in 0..<50 {
                    group.addTask {
                        try? await store.write { $0.append(Change(.apiKey, Int64(id), in: nil)) }
                        #expect(recorders.allSatisfy { $0.ids.contains(Int64(id)) })
                    }
                }
            }
            try await store.write { _ in }
            #expect(recorders.map(\.ids.count) == [50, 50])
        }
    }
}
