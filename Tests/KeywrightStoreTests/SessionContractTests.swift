import KeywrightDomain
import KeywrightStore
import Testing

@Suite("Store contract: sessions, attempts to sign in, form drafts")
struct SessionContractTests {
    private func session(_ id: Int64, of user: User, seen: Int64 = 0, expires: Int64 = 8 * 3600) -> Session {
        Session(
            id: Session.ID(id), digest: digest(id), userID: user.id, createdAt: .start, lastSeenAt: .after(seen),
            expiresAt: .after(expires), address: id == 2 ? nil : "192.0.2.1", userAgent: "Firefox on Linux"
        )
    }

    @Test("a session is found by digest, id and person, newest first", arguments: Engine.underTest)
    func roundTrip(_ engine: Engine) async throws {
        try await engine.withEmptyStore { store in
            let (ada, bob) = try await store.write { write in
                let organization = try write.makeOrganization()
                return (
                    try write.makePerson(in: organization, "ada@example.org"),
                    try write.makePerson(in: organization, "bob@example.org")
                )
            }
            let all = [session(1, of: ada), session(2, of: ada), session(3, of: bob)]
            try await store.write { write in for one in all { try write.insert(one) } }
            try await store.read { (read) throws in
                for one in all {
                    #expect(try read.session(digest: one.digest) == one)
                    #expect(try read.session(one.id) == one)
                }
                #expect(try read.sessions(of: ada.id) == [all[1], all[0]])
                #expect(try read.session(digest: digest(9)) == nil)
                #expect(try read.session(Session.ID(9)) == nil)
            }
            await #expect(throws: (any Error).self) {
                try await store.write { try $0.insert(session(1, of: bob)) }
            }
            #expect(try await store.write { try $0.deleteSession(all[2].id) })
            #expect(try await store.write { try $0.deleteSession(all[2].id) } == false)
            #expect(try await store.write { try $0.deleteSessions(of: bob.id) } == 0)
            #expect(try await store.write { try $0.deleteSessions(of: ada.id) } == 2)
            try await store.write { try $0.insert(session(4, of: bob)) }
            #expect(try await store.write { try $0.deleteSessions(of: nil) } == 1)
        }
    }

    @Test("a use moves time forward only and keeps the last known address", arguments: Engine.underTest)
    func uses(_ engine: Engine) async throws {
        try await engine.withEmptyStore { store in
            let ada = try await store.write { try $0.makePerson(in: try $0.makeOrganization(), "ada@example.org") }
            try await store.write { try $0.insert(session(1, of: ada, seen: 100)) }
            let uses: [(Int64, String?, Int64, String?)] = [
                (160, "198.51.100.7", 160, "198.51.100.7"), (90, "203.0.113.9", 160, "198.51.100.7"),
                (200, nil, 200, "198.51.100.7"),
            ]
            for (at, address, seen, kept) in uses {
                try await store.write { try $0.noteUse(of: Session.ID(1), at: .after(at), from: address) }
                let found = try await store.read { try $0.session(Session.ID(1)) }
                #expect(found?.lastSeenAt == .after(seen))
                #expect(found?.address == kept)
            }
        }
    }

    @Test("attempts are kept, replaced and forgotten by digest", arguments: Engine.underTest)
    func attempts(_ engine: Engine) async throws {
        try await engine.withEmptyStore { store in
            for count in 1...2 as ClosedRange<Int64> {
                let attempts = SignInAttempts(
                    digest: digest(1), count: count, blockedUntil: .after(count), resetsAt: .after(900 + count)
                )
                try await store.write { try $0.set(attempts) }
                #expect(try await store.read { try $0.signInAttempts(digest: digest(1)) } == attempts)
            }
            #expect(try await store.read { try $0.signInAttempts(digest: digest(2)) } == nil)
            try await store.write { try $0.deleteSignInAttempts(digest: digest(1)) }
            #expect(try await store.read { try $0.signInAttempts(digest: digest(1)) } == nil)
        }
    }

    @Test("a draft stays with its person; the oldest of too many goes", arguments: Engine.underTest)
    func drafts(_ engine: Engine) async throws {
        try await engine.withEmptyStore { store in
            let people = try await store.write { write in
                let organization = try write.makeOrganization()
                return try (0..<2).map { try write.makePerson(in: organization, "p\($0)@example.org").id }
            }
            @Sendable func draft(_ id: String, _ user: User.ID, _ fields: String, _ seconds: Int64) -> FormDraft {
                FormDraft(id: id, userID: user, path: "/a", fields: fields, expiresAt: .after(seconds))
            }
            try await store.write { try $0.insert(draft("one", people[0], "a=é&b=😀", 1)) }
            #expect(try await store.read { try $0.formDraft("one") } == draft("one", people[0], "a=é&b=😀", 1))
            try await store.write { try $0.insert(draft("one", people[1], "stolen", 9)) }
            try await store.write { try $0.insert(draft("one", people[0], "again", 2)) }
            #expect(try await store.read { try $0.formDraft("one") } == draft("one", people[0], "again", 2))
            try await store.write { write in
                for number in 0..<FormDraft.limitPerUser {
                    try write.insert(draft("n\(number)", people[0], "", Int64(10 + number)))
                }
            }
            #expect(try await store.read { try $0.formDraft("one") } == nil)
            #expect(try await store.read { try $0.formDraft("n0") } != nil)
            #expect(try await store.write { try $0.deleteFormDraft("n0") })
            #expect(try await store.write { try $0.deleteFormDraft("n0") } == false)
        }
    }

    @Test("ended sessions, attempts and drafts go in their time", arguments: Engine.underTest)
    func outdated(_ engine: Engine) async throws {
        try await engine.withEmptyStore { store in
            let ada = try await store.write { try $0.makePerson(in: try $0.makeOrganization(), "ada@example.org") }
            let afterlife = Session.afterlife.components.seconds
            try await store.write { write in
                try write.insert(session(1, of: ada, expires: 100))
                try write.set(
                    SignInAttempts(
                        digest: digest(1), count: 1, blockedUntil: .start, resetsAt: .after(100 + afterlife)))
                try write.insert(
                    FormDraft(id: "a", userID: ada.id, path: "/", fields: "", expiresAt: .after(100 + afterlife)))
            }
            for (seconds, isThere) in [(100 + afterlife, true), (101 + afterlife, false)] {
                try await store.write { try $0.removeOutdated(now: .after(seconds), changesBefore: .start) }
                try await store.read { (read) throws in
                    #expect(try (read.session(Session.ID(1)) != nil) == isThere)
                    #expect(try (read.signInAttempts(digest: digest(1)) != nil) == isThere)
                    #expect(try (read.formDraft("a") != nil) == isThere)
                }
            }
        }
    }
}
