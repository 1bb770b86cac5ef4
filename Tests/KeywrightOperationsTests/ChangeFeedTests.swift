import KeywrightDomain
import KeywrightStore
import Synchronization
import Testing

@testable import KeywrightOperations

/// What verifiers that decide by themselves are told to forget, and when.
@Suite("The feed of changes", .timeLimit(.minutes(10)))
struct ChangeFeedTests {
    private static let wait: Duration = .seconds(30)

    /// Somebody who follows the feed.
    private struct Follower: Sendable {
        let installation: OperationsInstallation
        let principal: Principal

        init(_ installation: OperationsInstallation, key: Secret? = nil) async throws {
            self.installation = installation
            var key = key
            if key == nil { key = try await installation.makeKey("verifier").value }
            principal = try await installation.authenticate(try #require(key))
        }

        func read(after cursor: String?, waiting wait: Duration = .zero) async throws -> ChangePart {
            try await installation.operations.changes(after: cursor, waiting: wait, as: principal)
        }

        /// Where the feed is now.
        func now() async throws -> String {
            var part = try await read(after: nil)
            while part.hasMore { part = try await read(after: part.cursor) }
            return part.cursor
        }
    }

    /// Waits, without time passing, until so many wait in the feed.
    private func untilWaiting(_ count: Int, _ installation: OperationsInstallation) async {
        while installation.operations.changeFeed.count != count { await Task.yield() }
    }

    @Test("a beginner is told to forget everything, then what its organization changes, each once")
    func following() async throws {
        try await OperationsInstallation.run { installation in
            let follower = try await Follower(installation)
            let start = try await follower.read(after: nil)
            #expect(start.isReset && !start.hasMore && start.changes.isEmpty)
            let quiet = try await follower.read(after: start.cursor)
            #expect(!quiet.isReset && !quiet.hasMore && quiet.changes.isEmpty && quiet.cursor == start.cursor)

            let admin = try await installation.principal()
            let key = try await installation.makeKey()
            let role = try await installation.operations.createRole(
                RoleDraft(name: "r", slug: "r", actions: ["build:read"]), as: admin)
            let account = try await installation.operations.createResource(
                .account, name: "a", slug: nil, parentID: 1, as: admin)
            try await installation.operations.deleteAPIKey(key.id, as: admin)
            let part = try await follower.read(after: start.cursor)
            #expect(
                part.changes == [
                    Change(.apiKey, key.id.rawValue, in: admin.organizationID),
                    Change(.role, role.id.rawValue, in: admin.organizationID),
                    Change(.resource, account.nrn.id, in: admin.organizationID),
                    Change(.apiKey, key.id.rawValue, in: admin.organizationID),
                ])
            #expect(try await follower.read(after: part.cursor).changes.isEmpty)
            #expect(try await follower.read(after: start.cursor).changes == part.changes)
        }
    }

    @Test("what another organization or a person changes is in nobody else's feed; shared things are in all")
    func isolation() async throws {
        try await OperationsInstallation.run { installation in
            let other = try await OperationsInstallation.administrator(of: "Other", installation.operations)
            let followers = [try await Follower(installation), try await Follower(installation, key: other)]
            var cursors: [String] = []
            for follower in followers { cursors.append(try await follower.now()) }
            let second = followers[1].principal.organizationID
            _ = try await installation.makeKey()
            try await installation.store.write { $0.append(Change(.apiKey, 77, in: second)) }
            try await installation.store.write { $0.append(Change(.user, 5, in: second)) }
            try await installation.store.write { $0.append(Change(.signingKey, 0, in: nil)) }
            let parts = [
                try await followers[0].read(after: cursors[0]), try await followers[1].read(after: cursors[1]),
            ]
            #expect(parts[0].changes.map(\.subject) == [.apiKey, .signingKey])
            #expect(parts[0].changes[0].organizationID == followers[0].principal.organizationID)
            #expect(parts[1].changes == [Change(.apiKey, 77, in: second), Change(.signingKey, 0, in: nil)])
        }
    }

    @Test("a change wakes who waits within a second, its own organization alone, 50 times over")
    func waking() async throws {
        try await OperationsInstallation.run { installation in
            let other = try await OperationsInstallation.administrator(of: "Other", installation.operations)
            let bystander = try await Follower(installation, key: other)
            let follower = try await Follower(installation)
            let admin = try await installation.principal()
            let keys = try await (0..<50).asyncMap { _ in try await installation.makeKey() }
            let quiet = try await bystander.now()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { _ = try await bystander.read(after: quiet, waiting: Self.wait) }
                await untilWaiting(1, installation)
                var cursor = try await follower.now()
                for key in keys {
                    let after = cursor
                    async let waiting = follower.read(after: after, waiting: Self.wait)
                    await untilWaiting(2, installation)
                    let start = ContinuousClock.now
                    try await installation.operations.deleteAPIKey(key.id, as: admin)
                    let part = try await waiting
                    #expect(ContinuousClock.now - start < .seconds(1))
                    #expect(part.changes == [Change(.apiKey, key.id.rawValue, in: admin.organizationID)])
                    cursor = part.cursor
                }
                // It slept through all of that.
                await untilWaiting(1, installation)
                group.cancelAll()
            }
            await untilWaiting(0, installation)
        }
    }

    @Test("no change is missed by who asks again and again, however many are made at once")
    func nothingMissed() async throws {
        try await OperationsInstallation.run { installation in
            let follower = try await Follower(installation)
            let start = try await follower.now()
            let count = 600
            let heard = try await withThrowingTaskGroup(of: [Int64].self) { group in
                group.addTask {
                    var (heard, cursor) = ([Int64](), start)
                    while heard.count < count {
                        let part = try await follower.read(after: cursor, waiting: Self.wait)
                        #expect(!part.isReset)
                        heard += part.changes.map(\.id)
                        cursor = part.cursor
                    }
                    return heard
                }
                for writer in 0..<6 {
                    group.addTask {
                        for index in 0..<(count / 6) {
                            let change = Change(
                                .apiKey, Int64(writer * 1_000 + index + 1), in: follower.principal.organizationID)
                            try await installation.store.write { $0.append(change) }
                        }
                        return []
                    }
                }
                return try await group.reduce([], +)
            }
            #expect(heard.count == count && Set(heard).count == count)
        }
    }

    @Test("many changes come in parts of 1000, at once")
    func parts() async throws {
        try await OperationsInstallation.run { installation in
            let follower = try await Follower(installation)
            var cursor = try await follower.now()
            let organization = follower.principal.organizationID
            try await installation.store.write { write in
                for id in 1...2_500 as ClosedRange<Int64> { write.append(Change(.apiKey, id, in: organization)) }
            }
            var heard: [Int64] = []
            for (count, hasMore) in [(1_000, true), (1_000, true), (500, false)] {
                let part = try await follower.read(after: cursor, waiting: Self.wait)
                #expect(part.changes.count == count && part.hasMore == hasMore && !part.isReset)
                heard += part.changes.map(\.id)
                cursor = part.cursor
            }
            #expect(heard == Array(1...2_500))
        }
    }

    @Test("a cursor older than what is kept, of another history, or ahead of the log means forgetting everything")
    func resets() async throws {
        try await OperationsInstallation.run { installation in
            let follower = try await Follower(installation)
            let old = try await follower.now()
            _ = try await installation.makeKey()
            let last = try await follower.now()
            installation.clock.advance(by: .seconds(25 * 3600))
            _ = try await installation.makeKey()
            try await installation.operations.maintain()
            #expect(try await follower.read(after: old).isReset)
            let kept = try await follower.read(after: last)
            #expect(!kept.isReset && kept.changes.count == 1)

            let parts = kept.cursor.split(separator: "-")
            let number = try #require(Int64(parts[1]))
            #expect(try await follower.read(after: "\(parts[0])-\(number + 1)", waiting: Self.wait).isReset)
            #expect(try await follower.read(after: "0123456789abcdef-\(number)", waiting: Self.wait).isReset)
            // A backup that was put back gives the same numbers to other changes.
            try await installation.operations.noteRestore()
            let again = try await Follower(installation, key: installation.admin)
            #expect(try await again.read(after: kept.cursor, waiting: Self.wait).isReset)
        }
    }

    @Test(
        "what never was a cursor is refused",
        arguments: [
            "", "1", "-1", "abc-1", "0123456789abcdef", "0123456789abcdef-", "0123456789abcdef--1",
            "0123456789ABCDEF-1", "0123456789abcdef-1-", "0123456789abcdef-1-2-3", "0123456789abcdef-+1",
            "0123456789abcdef-9223372036854775808", "0123456789abcdef-1 ", "0123456789abcdef-1٣",
        ])
    func malformed(_ cursor: String) async throws {
        try await OperationsInstallation.run { installation in
            let follower = try await Follower(installation)
            let error = await #expect(throws: DomainError.self) {
                try await follower.read(after: cursor, waiting: Self.wait)
            }
            #expect(error?.violations.map(\.pointer) == ["/after"])
        }
    }

    @Test("a cursor reads back as it was written", arguments: [nil, 0, Int64.max] as [Int64?])
    func cursors(_ token: Int64?) {
        let cursor = ChangeCursor(history: "0123456789abcdef", sequence: .max, token: token)
        #expect(ChangeCursor(parsing: cursor.text) == cursor)
    }

    @Test("a beginner is given the revoked tokens that have not ended, in parts, and those revoked meanwhile")
    func revokedTokens() async throws {
        try await OperationsInstallation.run { installation in
            let follower = try await Follower(installation)
            let (organization, key) = (follower.principal.organizationID, try await installation.makeKey().id)
            let now = installation.clock.now
            @Sendable func token(_ name: String, _ seconds: Int64) -> RevokedToken {
                RevokedToken(
                    name: name, organizationID: organization, apiKeyID: key,
                    expiresAt: now.advanced(by: .seconds(seconds))
                )
            }
            try await installation.store.write { write in
                for index in 0..<1_500 { _ = try write.insert(token("token \(index)", 60)) }
                _ = try write.insert(token("ended", 0))
            }
            let first = try await follower.read(after: nil, waiting: Self.wait)
            #expect(first.isReset && first.hasMore && first.changes.count == 1_000)
            let late = token("late", 60)
            try await installation.store.write { write in
                _ = try write.insert(late)
                write.append(Change(.token, late.number, in: organization))
            }
            var names = Set(first.tokens.values.map(\.name))
            var part = first
            while part.hasMore {
                part = try await follower.read(after: part.cursor, waiting: Self.wait)
                #expect(!part.isReset)
                names.formUnion(part.tokens.values.map(\.name))
            }
            #expect(names == Set((0..<1_500).map { "token \($0)" } + ["late"]))
            // One that has ended and gone is no news.
            try await installation.store.write { write in
                _ = try write.insert(token("short", 1))
                write.append(Change(.token, token("short", 1).number, in: organization))
            }
            #expect(try await follower.read(after: part.cursor).changes.count == 1)
            installation.clock.advance(by: .seconds(2))
            try await installation.operations.maintain()
            #expect(try await follower.read(after: part.cursor).changes.isEmpty)
        }
    }

    @Test("who loses the right, or the key, while waiting is told nothing")
    func lostRights() async throws {
        try await OperationsInstallation.run { installation in
            let admin = try await installation.principal()
            for deletes in [true, false] {
                let key = try await installation.makeKey("verifier")
                let follower = try await Follower(installation, key: key.value)
                let cursor = try await follower.now()
                let waiting = Task { try await follower.read(after: cursor, waiting: Self.wait) }
                await untilWaiting(1, installation)
                if deletes {
                    try await installation.operations.deleteAPIKey(key.id, as: admin)
                } else {
                    var changes = APIKeyChanges()
                    changes.grants = [GrantInput(nrn: "organization=1", shape: .slug("member"))]
                    _ = try await installation.operations.updateAPIKey(key.id, changes, as: admin)
                }
                let error = await #expect(throws: DomainError.self) { try await waiting.value }
                #expect(error?.code == (deletes ? .unauthenticated : .forbidden))
                await untilWaiting(0, installation)
            }
        }
    }

    @Test("without authz:check at the organization nobody reads the feed")
    func rights() async throws {
        try await OperationsInstallation.run { installation in
            for (role, place) in [("member", "organization=1"), ("verifier", "organization=1:account=1")] {
                let key = try await installation.makeKey(role, at: place)
                let follower = try await Follower(installation, key: key.value)
                let error = await #expect(throws: DomainError.self) {
                    try await follower.read(after: nil, waiting: Self.wait)
                }
                #expect(error?.detail == "This needs the action authz:check at organization=1.")
            }
        }
    }

    @Test("shutting down answers all who wait, and lets nobody wait any more")
    func ending() async throws {
        try await OperationsInstallation.run { installation in
            let follower = try await Follower(installation)
            let cursor = try await follower.now()
            try await withThrowingTaskGroup(of: ChangePart.self) { group in
                for _ in 0..<20 { group.addTask { try await follower.read(after: cursor, waiting: Self.wait) } }
                await untilWaiting(20, installation)
                installation.operations.endWaiting()
                for try await part in group { #expect(part.changes.isEmpty && part.cursor == cursor) }
            }
            let start = ContinuousClock.now
            _ = try await follower.read(after: cursor, waiting: Self.wait)
            #expect(ContinuousClock.now - start < .seconds(10))
        }
    }

    @Test("those who wait hold no connection to the database, and who is cancelled waits no more")
    func connections() async throws {
        try await OperationsInstallation.run { installation in
            let follower = try await Follower(installation)
            let cursor = try await follower.now()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<100 {
                    group.addTask { _ = try await follower.read(after: cursor, waiting: Self.wait) }
                }
                await untilWaiting(100, installation)
                for _ in 0..<20 { _ = try await installation.store.read { try $0.hasPersons() } }
                group.cancelAll()
            }
            #expect(installation.operations.changeFeed.count == 0)
        }
    }

    @Test("how many wait is bounded, for one caller and for all")
    func limits() throws {
        let feed = ChangeFeed(limits: ChangeFeed.Limits(perCaller: 2, inAll: 3))
        func caller(_ id: Int64) -> Principal {
            Principal(
                kind: .apiKey(APIKey.ID(id), handle: "h"), userID: User.ID(id), organizationID: Organization.ID(1),
                grants: [], catalogue: RoleCatalogue(), origin: .init()
            )
        }
        let first = try feed.enter(caller(1))
        let second = try feed.enter(caller(1))
        #expect(throws: refusal(.rateLimited, "You wait for changes 2 times already.")) { try feed.enter(caller(1)) }
        let third = try feed.enter(caller(2))
        #expect(throws: refusal(.unavailable, "Too many wait for changes here.")) { try feed.enter(caller(2)) }
        feed.leave(first)
        feed.leave(first)
        #expect(feed.count == 2)
        let fourth = try feed.enter(caller(2))
        for listener in [second, third, fourth] { feed.leave(listener) }
        #expect(feed.count == 0)
    }

    private func refusal(_ code: DomainError.Code, _ detail: String) -> DomainError {
        var error = DomainError(code, detail)
        error.retryAfter = .seconds(5)
        return error
    }
}

extension Sequence {
    fileprivate func asyncMap<Value>(_ transform: (Element) async throws -> Value) async rethrows -> [Value] {
        var values: [Value] = []
        for element in self { values.append(try await transform(element)) }
        return values
    }
}
