import Foundation
import GRDB
import KeywrightDomain
import Testing

@testable import KeywrightStore

/// What SQLite's planner makes of every statement a reader or an operation runs.
@Suite("SQLite: query plans")
struct SQLitePlanTests {
    /// Tables with at most some dozen rows, which may be read whole.
    private static let small = ["signing_keys", "organizations", "one_time_tokens", "counters", "settings"]
    /// Statements that stop at the first row, or behind the rows they remove.
    private static let stopping = ["SELECT 1 FROM users LIMIT 1", "DELETE FROM changes"]

    @Test("no statement reads a growing table whole")
    func plans() async throws {
        let database = SQLiteDatabase()
        let store = try database.openStore()
        var population = try await Population(seed: 3, count: 400, in: store)
        let filters = population.filters() + population.filters()
        let queries = Self.queries(filters)
        try await store.write { try Self.addPeople($0) }
        try await store.close()

        let queue = try DatabaseQueue(path: SQLiteStore.databaseURL(in: database.folder).path)
        let keys = population.keys
        try await queue.writeWithoutTransaction { connection in
            let session = RecordingSession(SQLiteSession(connection))
            let effects = CommitEffects()
            let numbers = CommitNumbers(last: [:], effects: effects)
            let transaction = SQLTransaction(session: session, numbers: numbers)
            try Self.readEverything(transaction, queries)
            try Self.writeEverything(transaction, keys)
            effects.add(transaction.effects)
            try effects.write(to: session, numbers: numbers, now: .start)
            for statement in Set(session.statements).sorted() where !Self.stopping.contains(where: statement.hasPrefix)
            {
                let plan = try Self.plan(of: statement, connection)
                let scans = plan.filter { step in
                    step.hasPrefix("SCAN") && !step.contains("VIRTUAL TABLE") && !step.contains("(subquery")
                        && !step.contains("CONSTANT ROW")
                        && !["SCAN counted", "SCAN persons", "SCAN live", "SCAN deleted"].contains(step)
                        && !Self.small.contains { step.hasPrefix("SCAN \($0)") }
                }
                #expect(scans.isEmpty, "\(statement): \(plan)")
            }
        }
        try queue.close()
        await database.remove()
    }

    @Test("walks along an index neither sort nor read rows", arguments: APIKeyQuery.Order.allCases, [true, false])
    func walks(_ order: APIKeyQuery.Order, _ isDescending: Bool) async throws {
        let database = SQLiteDatabase()
        let store = try database.openStore()
        _ = try await Population(seed: 4, count: 100, in: store)
        try await store.close()
        let queue = try DatabaseQueue(path: SQLiteStore.databaseURL(in: database.folder).path)
        try await queue.read { connection in
            let session = RecordingSession(SQLiteSession(connection))
            let numbers = CommitNumbers(last: [:], effects: CommitEffects())
            let transaction = SQLTransaction(session: session, numbers: numbers)
            for use in [nil, APIKeyQuery.Use.never, .since(.after(5)), .notSince(.after(500_000))] {
                var query = APIKeyQuery(organizationID: Population.organization.organizationID, now: Population.now)
                query.order = order
                query.isDescending = isDescending
                query.use = use
                let limits = APIKeyListing.Limits(fewCandidates: 0, sortedMatches: 0, count: 5)
                _ = try APIKeyListing(query, in: transaction, limits: limits)?.page(PageRequest(limit: 5))
            }
            let walks = session.statements.filter {
                $0.hasPrefix("SELECT k.id FROM api_keys k") && $0.contains("ORDER BY")
            }
            #expect(!walks.isEmpty)
            for walk in Set(walks) {
                let plan = try Self.plan(of: walk, connection)
                #expect(plan.count == 1, "\(walk): \(plan)")
                let index = walk.contains("name_key") ? "api_keys_by_name" : "api_keys_by_use"
                let isCovered = plan.first?.hasPrefix("SEARCH k USING COVERING INDEX \(index)") == true
                let isRowRead = walk.contains("+ 0") || walk.contains("coalesce")
                #expect(
                    isCovered || isRowRead && plan.first?.hasPrefix("SEARCH k USING INDEX \(index)") == true,
                    "\(walk): \(plan)")
            }
        }
        try queue.close()
        await database.remove()
    }

    /// The planner's steps; it plans before values are known.
    private static func plan(of statement: String, _ connection: Database) throws -> [String] {
        let count = statement.matches(of: /\$(\d+)/).compactMap { Int($0.1) }.max() ?? 0
        let arguments = StatementArguments([(any DatabaseValueConvertible)?](repeating: nil, count: count))
        return try Row.fetchAll(connection, sql: "EXPLAIN QUERY PLAN " + statement, arguments: arguments)
            .map { $0["detail"] as String }
    }

    /// Each filter in each order, and some pairs.
    private static func queries(_ filters: [Population.Filter]) -> [APIKeyQuery] {
        var queries: [APIKeyQuery] = []
        for (index, filter) in filters.enumerated() {
            for order in APIKeyQuery.Order.allCases {
                for partner in [filter, filters[(index * 7 + 3) % filters.count]] {
                    var query = APIKeyQuery(organizationID: Population.organization.organizationID, now: Population.now)
                    filter.apply(&query)
                    partner.apply(&query)
                    query.order = order
                    query.isDescending = index % 2 == 0
                    queries.append(query)
                }
            }
        }
        return queries + [APIKeyQuery(organizationID: Population.organization.organizationID, now: Population.now)]
    }

    private static func addPeople(_ write: any WriteTransaction) throws {
        let organization = Population.organization
        for index in 0..<50 {
            let person = try write.makePerson(in: organization, "p\(index)@example.org")
            try write.give(index == 0 ? "admin" : "member", at: organization, to: person)
            write.append(AuditEvent.sample(organization, target: "\(index)"))
        }
        _ = try write.makeRole(in: organization, slug: "payer")
    }

    private static func readEverything(_ read: SQLTransaction, _ queries: [APIKeyQuery]) throws {
        let organization = Population.organization
        let id = organization.organizationID
        for query in queries {
            for limits in [APIKeyListing.Limits(), .init(fewCandidates: 0, sortedMatches: 0, walkedRows: 20, count: 5)]
            {
                _ = try APIKeyListing(query, in: read, limits: limits)?.page(PageRequest(limit: 5))
            }
        }
        _ = try (
            read.setting("a"), read.organization(id), read.organizations(), read.resource(.account, 1),
            read.isLive(organization)
        )
        _ = try (read.resourceTree(id), read.hasLiveChildren(organization), read.organization(named: "One"))
        for change in [
            { _ in }, { $0.parentIDs = [1] }, { $0.slugs = ["s"] }, { $0.name = "n" }, { $0.statuses = [.deleted] },
            { $0.visibleWithin = [organization] },
        ] as [(inout ResourceQuery) -> Void] {
            var query = ResourceQuery(level: .account, organizationID: id)
            change(&query)
            _ = try read.resources(query, PageRequest())
        }
        for change in [
            { _ in }, { $0.ids = [User.ID(1)] }, { $0.emails = ["a"] }, { $0.statuses = [.active] },
            { $0.kind = .machine },
            {
                $0.kind = .machine
                $0.statuses = [.active]
            },
            {
                $0.kind = .machine
                $0.ids = [User.machine(of: APIKey.ID(3))]
            },
        ] as [(inout UserQuery) -> Void] {
            var query = UserQuery(organizationID: id)
            change(&query)
            _ = try read.users(query, PageRequest())
        }
        _ = try (
            read.person(User.ID(1)), read.person(email: "a"), read.passwordDigest(of: User.ID(1)), read.hasPersons()
        )
        _ = try (
            read.activeAdministrators(id), read.customRoles(id), read.isRoleInUse(Role.ID(Role.firstCustomID), in: id)
        )
        _ = try (
            read.grants(of: User.ID(1)), read.grant(Grant.ID(1)), read.apiKey(APIKey.ID(1)), read.apiKey(handle: "h")
        )
        for change in [
            { $0.visibleWithin = [organization] }, { $0.places = [organization] }, { $0.ids = [User.ID(1)] },
        ] as [(inout GrantHolderQuery) -> Void] {
            var query = GrantHolderQuery(organizationID: id)
            change(&query)
            _ = try read.grantHolders(query, PageRequest())
        }
        _ = try (
            read.deletedAPIKey(APIKey.ID(1)), read.deletedAPIKey(handle: "h"), read.idempotencyRecord(User.ID(1), "k")
        )
        _ = try (
            read.keyHandles(after: "h", limit: 5), read.keyHandles(newerThan: APIKey.ID(1), limit: 5),
            read.newestAPIKey()
        )
        for change in [
            { _ in }, { $0.actions = ["a"] }, { $0.userIDs = [User.ID(1)] }, { $0.targetTypes = ["t"] },
            {
                $0.targetTypes = ["t"]
                $0.targetIDs = ["1"]
            },
            { $0.targetIDs = ["1"] }, { $0.outcomes = [.refused] }, { $0.outcomes = [.success] }, { $0.since = .start },
            { $0.until = .start },
            {
                $0.since = .start
                $0.until = .after(1)
                $0.actions = ["a"]
                $0.userIDs = [User.ID(1)]
            },
        ] as [(inout AuditQuery) -> Void] {
            var query = AuditQuery(organizationID: id)
            change(&query)
            _ = try read.auditEvents(query, PageRequest())
        }
        _ = try (
            read.auditChain(id, after: AuditEvent.ID(1), limit: 5), read.auditHead(id), read.changes(after: 1, limit: 5)
        )
        _ = try (read.changes(after: 1, concerning: id, limit: 5), read.changeLogBounds())
        _ = try (read.signingKeys(), read.oneTimeToken(digest: digest(1)))
        _ = try (
            read.revokedToken(1), read.revokedTokens([1, 2]), read.revokedTokenCount(of: APIKey.ID(1)),
            read.revokedTokens(in: id, after: 0, endingAfter: .start, limit: 5)
        )
    }

    private static func writeEverything(_ write: SQLTransaction, _ keys: [APIKey]) throws {
        let organization = Population.organization
        let account = try write.makeChild(of: organization)
        var resource = try #require(try write.resource(.account, account.id))
        resource.name = "new"
        try write.update(resource)
        var person = try write.makePerson(in: organization, "x@example.org")
        person.firstName = "New"
        try write.update(person)
        try write.setPasswordDigest("d", of: person.id)
        let grant = try write.give("member", at: account, to: person)
        try write.delete(grant.id)
        var role = try write.makeRole(in: organization, slug: "new")
        role.name = "newer"
        try write.update(role)
        try write.delete(role)
        let key = try write.makeKey(in: organization, tags: [Tag(stored: "a", "1")], expiresAt: .after(5))
        var changed = key
        changed.tags = []
        changed.grants = [try write.makeGrant("ops", at: account)]
        try write.update(changed, from: key)
        try write.record([APIKeyUse(id: key.id, at: .start, count: 1, address: nil)])
        try write.remove(changed)
        try write.set("a", [1])
        write.append(AuditEvent.sample(organization))
        write.append(Change(.apiKey, 1, in: nil))
        try write.insert(OneTimeToken(digest: digest(1), purpose: .setup, userID: nil, expiresAt: .start))
        _ = try write.consumeOneTimeToken(digest: digest(1))
        try write.deleteOneTimeTokens(.setup, of: nil)
        try write.deleteOneTimeTokens(.setup, of: person.id)
        try write.insert(
            IdempotencyRecord(
                userID: User.ID(1), key: "k", bodyDigest: digest(1), apiKeyID: APIKey.ID(1), createdAt: .start))
        _ = try write.insert(
            RevokedToken(
                name: "t", organizationID: organization.organizationID, apiKeyID: APIKey.ID(1), expiresAt: .start))
        try write.deleteRevokedTokens(of: APIKey.ID(1))
        try write.deleteSigningKey("k")
        try write.removeOutdated(now: .after(9_000_000), changesBefore: .after(9_000_000))
    }
}
