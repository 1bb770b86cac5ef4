import Foundation
import KeywrightDomain
import KeywrightStore
import Logging
import Testing

@testable import KeywrightOperations

@Suite("Demonstration data")
struct DemonstrationDataTests {
    private static let now = Instant(milliseconds: 1_785_000_000_000)

    /// Runs a body on an empty installation that was filled with the demonstration.
    private func withDemonstration(
        _ body: (Operations, DemonstrationData, Principal) async throws -> Void
    ) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "demonstration-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let store = try SQLiteStore(folder: folder, now: { Self.now }, logger: logger)
        var settings = Operations.Settings(keyFormat: try KeyFormat())
        settings.passwordCost = PasswordHasher.Cost(rounds: 16, blockSize: 1, parallelism: 1)
        let operations = Operations(
            store: store, settings: settings, pepper: try Pepper([UInt8](repeating: 7, count: 32)),
            now: { Self.now }, logger: logger
        )
        try await Installation.prepare(operations)
        let demonstration = try await operations.makeDemonstrationData()
        let admin = try #require(demonstration.persons.first)
        let principal = try await operations.principal(of: admin.user, from: .init())
        try await body(operations, demonstration, principal)
        try await store.close()
    }

    private func list(
        _ operations: Operations, _ principal: Principal, _ change: (inout APIKeyQuery) -> Void = { _ in }
    ) async throws -> [APIKey] {
        var query = APIKeyQuery(organizationID: principal.organizationID, now: Self.now)
        change(&query)
        return try await operations.apiKeys(query, PageRequest(limit: 200), as: principal).results
    }

    @Test("there are two accounts and resources of every level beneath them")
    func resources() async throws {
        try await withDemonstration { operations, demonstration, admin in
            #expect(demonstration.organization.name == "Example Organization (demonstration)")
            var counts: [NRN.Level: Int] = [:]
            for resource in try await operations.store.read({ try $0.resourceTree(admin.organizationID) }) {
                counts[resource.nrn.level, default: 0] += 1
            }
            #expect(counts == [.organization: 1, .account: 2, .namespace: 4, .application: 7, .scope: 14])
        }
    }

    @Test("60 keys are listed, some of them disabled or about to expire; an internal one is not listed")
    func keys() async throws {
        try await withDemonstration { operations, _, admin in
            let listed = try await list(operations, admin)
            #expect(listed.count == 60)
            #expect(Set(listed.map(\.name)).count == 60)
            #expect(try await list(operations, admin) { $0.status = .disabled }.count == 3)
            #expect(try await list(operations, admin) { $0.status = .expired }.count == 2)
            let soon = listed.filter { $0.expiresAt.map { $0 < Self.now.advanced(by: .seconds(14 * 86_400)) } ?? false }
            #expect(soon.count == 3)
            let stored = try await operations.store.read { try $0.organization(admin.organizationID) }
            #expect(stored?.keyCount == 63)
            #expect(!listed.contains { $0.name == "internal-scheduler" || $0.name == "lost-laptop" })
            #expect(Set(listed.map(\.ownerID)).count == 2)
        }
    }

    @Test("the keys have grants at every level, by role, custom role, actions and inheritance, and tags")
    func variety() async throws {
        try await withDemonstration { operations, _, admin in
            let listed = try await list(operations, admin)
            let grants = listed.flatMap(\.grants)
            #expect(Set(grants.map(\.nrn.level)) == Set(NRN.Level.allCases))
            #expect(Set(grants.map(\.roleSlug)).isSuperset(of: ["admin", "release-manager", "account:developer"]))
            #expect(grants.contains { $0.custom?.actions != nil })
            #expect(grants.contains { $0.custom?.inherits.isEmpty == false })
            #expect(listed.contains { $0.tags.isEmpty } && listed.contains { $0.tags.count == Tag.limit })
        }
    }

    @Test("every grant lies on a live resource")
    func grantsAreLive() async throws {
        try await withDemonstration { operations, demonstration, admin in
            let keys = try await list(operations, admin)
            let places = keys.flatMap(\.grants).map(\.nrn) + demonstration.persons.map(\.nrn)
            let dead = try await operations.store.read { transaction in
                try places.filter { try !transaction.isLive($0) }
            }
            #expect(dead == [])
        }
    }

    @Test("no key is used before it was made or after now, and some never were")
    func uses() async throws {
        try await withDemonstration { operations, _, admin in
            let listed = try await list(operations, admin)
            for key in listed {
                #expect(key.createdAt < Self.now && key.createdAt >= Self.now.advanced(by: .seconds(-183 * 86_400)))
                if let used = key.lastUsedAt { #expect(used >= key.createdAt && used < Self.now, "\(key.name)") }
            }
            #expect(listed.filter { $0.lastUsedAt == nil }.count >= 10)
            let hourAgo = Self.now.advanced(by: .seconds(-3600))
            #expect(try await list(operations, admin) { $0.use = .since(hourAgo) }.count >= 5)
            let quarterAgo = Self.now.advanced(by: .seconds(-90 * 86_400))
            #expect(try await list(operations, admin) { $0.use = .notSince(quarterAgo) }.count >= 3)
        }
    }

    @Test("there is a person of each role that people may hold, each with a password of their own")
    func persons() async throws {
        try await withDemonstration { operations, demonstration, admin in
            let catalogue = try await operations.roles(as: admin)
            let roles = catalogue.all.filter { $0.level == nil && $0.fits(.person) }.map(\.slug)
            #expect(Set(demonstration.persons.map(\.roleSlug)) == Set(roles))
            #expect(Set(demonstration.persons.map { $0.password.reveal() }).count == demonstration.persons.count)
            for person in demonstration.persons {
                #expect(person.user.email == "\(person.roleSlug)@example.com")
                #expect(Password.lengthInBytes.contains(person.password.bytes.count))
                let id = person.user.id
                let (digest, grants) = try await operations.store.read { transaction in
                    (try transaction.passwordDigest(of: id), try transaction.grants(of: id))
                }
                #expect(grants.map(\.roleSlug) == [person.roleSlug])
                #expect(grants.map(\.nrn) == [person.nrn])
                let matches = try await operations.passwords.matches(person.password, try #require(digest))
                #expect(matches)
            }
        }
    }

    @Test("the first Admin key works and may do everything")
    func adminKey() async throws {
        try await withDemonstration { operations, demonstration, _ in
            let token = try await operations.exchangeToken(apiKey: demonstration.adminKey, from: .init())
            let principal = try await operations.authenticate(.bearer(token.accessToken), from: .init())
            #expect(principal.organizationID == demonstration.organization.nrn.organizationID)
            #expect(try await list(operations, principal).count == 60)
        }
    }

    @Test("the audit chain verifies, its times only move forward, and it holds no secret")
    func auditTrail() async throws {
        try await withDemonstration { operations, demonstration, admin in
            let (verifications, events) = try await operations.store.read { transaction in
                (
                    try Operations.verifyAuditTrail(in: transaction),
                    try transaction.auditChain(admin.organizationID, after: AuditEvent.ID(0), limit: 1_000)
                )
            }
            #expect(verifications.count == 1 && verifications.allSatisfy(\.isIntact))
            #expect(verifications.first?.count == events.count && events.count > 100)
            let times = events.map(\.event.at)
            #expect(times == times.sorted())
            let actions = Set(events.map(\.event.action))
            #expect(
                actions.isSuperset(of: [
                    "administrator.create", "account.create", "scope.create", "role.create", "user.create",
                    "grant.create", "user.password_set", "api_key.create", "api_key.update", "api_key.delete",
                ])
            )
            let texts = events.flatMap { [$0.beforeText, $0.afterText, $0.event.credential].compactMap(\.self) }
            let secrets = demonstration.persons.map(\.password) + [demonstration.adminKey]
            #expect(!secrets.contains { secret in texts.contains { $0.contains(secret.reveal()) } })
        }
    }

    @Test("names are the same every time, secrets are not")
    func repetition() async throws {
        var names: [[String]] = []
        var secrets: Set<String> = []
        for _ in 0..<2 {
            try await withDemonstration { operations, demonstration, admin in
                names.append(try await list(operations, admin).map(\.name))
                let made = demonstration.persons.map(\.password) + [demonstration.adminKey]
                secrets.formUnion(made.map { $0.reveal() })
            }
        }
        #expect(names.first == names.last)
        #expect(secrets.count == 20)
    }

    @Test("an installation that is set up already gets none")
    func refusal() async throws {
        try await withDemonstration { operations, _, admin in
            await #expect(throws: DomainError.self) { try await operations.makeDemonstrationData() }
            let listed = try await list(operations, admin)
            #expect(listed.count == 60)
        }
    }

    @Test("a password has four groups of letters and digits that are hard to mistake", arguments: 0..<20)
    func passwordForm(_: Int) {
        #expect(RandomSource().password().reveal().wholeMatch(of: /[a-kmnp-z2-79]{5}(-[a-kmnp-z2-79]{5}){3}/) != nil)
    }
}
