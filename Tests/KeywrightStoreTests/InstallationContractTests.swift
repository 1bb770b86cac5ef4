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
            #expect(try await bounds(store) == [0, 3])
            try await remove(0)
            #expect(try await left() == [[0, 1, 2], [0, 1, 2], [0, 1, 2]])
            #expect(try await bounds(store) == [0, 3])
            try await remove(1)
            #expect(try await left() == [[1, 2], [1, 2], [1, 2]])
            #expect(try await bounds(store) == [1, 3])
            try await remove(9)
            #expect(try await left() == [[], [], []])
            #expect(try await bounds(store) == [3, 3])
            try await remove(9)
            #expect(try await bounds(store) == [3, 3])
            try await store.write { $0.append(Change(.apiKey, 9, in: nil)) }
            #expect(try await bounds(store) == [3, 4])
            #expect(
                try await store.read { try $0.changes(after: 0, limit: 9) }.map(\.sequence) == [4],
                "numbers are not reused")
            try await store.close()
        }
    }

    private func bounds(_ store: any Store) async throws -> [Int64] {
        let bounds = try await store.read { try $0.changeLogBounds() }
        return [bounds.removed, bounds.last]
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

    @Test("an organization gets its own changes and those of the whole installation", arguments: Engine.underTest)
    func changesOfAnOrganization(_ engine: Engine) async throws {
        try await engine.withEmptyStore { store in
            #expect(try await bounds(store) == [0, 0])
            let owners: [Int64?] = [3, 4, nil, 3, 4, nil, 3]
            for (index, owner) in owners.enumerated() {
                try await store.write {
                    $0.append(Change(.apiKey, Int64(index), in: owner.map { Organization.ID($0) }))
                }
            }
            @Sendable func changes(_ organization: Int64, after sequence: Int64, limit: Int) async throws -> [Int64] {
                try await store.read {
                    try $0.changes(after: sequence, concerning: Organization.ID(organization), limit: limit)
                }.map(\.change.id)
            }
            #expect(try await changes(3, after: 0, limit: 9) == [0, 2, 3, 5, 6])
            #expect(try await changes(4, after: 0, limit: 9) == [1, 2, 4, 5])
            #expect(try await changes(5, after: 0, limit: 9) == [2, 5])
            #expect(try await changes(3, after: 0, limit: 3) == [0, 2, 3])
            let third = try await store.read { try $0.changes(after: 0, limit: 9) }[2].sequence
            #expect(try await changes(3, after: third, limit: 2) == [3, 5])
            #expect(try await bounds(store)[1] == third + 4)
        }
    }

    @Test("who reads on from the last number misses no change, however many write", arguments: Engine.underTest)
    func following(_ engine: Engine) async throws {
        try await engine.withEmptyStore { store in
            let count = 400
            let heard = try await withThrowingTaskGroup(of: [Int64].self) { group in
                group.addTask {
                    var (heard, last) = ([Int64](), Int64(0))
                    while heard.count < count {
                        let part = try await store.read { [last] in try $0.changes(after: last, limit: 7) }
                        heard += part.map(\.change.id)
                        last = part.last?.sequence ?? last
                        await Task.yield()
                    }
                    return heard
                }
                for writer in 0..<8 {
                    group.addTask {
                        for index in 0..<(count / 8) {
                            try await store.write { $0.append(Change(.apiKey, Int64(writer * 1_000 + index), in: nil)) }
                        }
                        return []
                    }
                }
                return try await group.reduce([], +)
            }
            #expect(Set(heard).count == count && heard.count == count)
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
