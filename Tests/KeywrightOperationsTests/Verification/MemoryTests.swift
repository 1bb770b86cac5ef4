import KeywrightDomain
import KeywrightStore
import Synchronization
import Testing

@testable import KeywrightOperations

/// What the memory of keys costs, holds and gives up.
@Suite("The memory of keys", .enabled(if: StoreUnderTest.isEmbedded, StoreUnderTest.hearsTwice))
struct MemoryTests {
    @Test("a storm of requests for cold keys reads each key once")
    func storm() async throws {
        try await VerificationSite.run { site in
            var keys: [MadeKey] = []
            for _ in 0..<5 { keys.append(try await site.makeKey()) }
            let question = try VerificationSite.question("namespace:read")
            // The caller and the place are known by now, the keys are not.
            _ = try await site.verify(try site.madeUp(1))
            _ = try await site.operations.authenticator.resources.isLive(
                try NRN(parsing: VerificationSite.shop), in: site.store
            )
            let before = site.store.readCount
            site.store.closeGate()
            try await withThrowingTaskGroup(of: Verification.Code.self) { tasks in
                for key in keys {
                    for _ in 0..<40 { tasks.addTask { try await site.verify(key.value, question).code } }
                }
                await site.store.heldRead()
                site.store.openGate()
                for try await code in tasks { #expect(code == .valid) }
            }
            #expect(site.store.readCount - before == keys.count)
        }
    }

    @Test("a read that began before a change serves nobody who comes after it")
    func overtakenRead() async throws {
        try await VerificationSite.run { site in
            let key = try await site.makeKey()
            let caller = try await site.caller(site.verifier.value)
            site.store.closeGate()
            async let early = site.operations.verify(VerificationRequest(.apiKey(key.value)), as: caller)
            await site.store.heldRead()
            // The mutation reads nothing through the gate, since it runs in its own transaction.
            try await site.update(key) { $0.isEnabled = false }
            async let late = site.operations.verify(VerificationRequest(.apiKey(key.value)), as: caller)
            await site.store.heldRead()
            site.store.openGate()
            #expect(try await early.code == .valid)
            #expect(try await late.code == .disabled)
            #expect(site.recall(key.value)?.code == .disabled)
        }
    }

    @Test("roles and resources that change while a key is read are not remembered as they were")
    func overtakenRelations() async throws {
        try await VerificationSite.run { site in
            let role = try await site.operations.createRole(
                RoleDraft(name: "r", slug: "reader", actions: ["namespace:read"]), as: site.admin
            )
            let key = try await site.makeKey([("reader", VerificationSite.shop)])
            let question = try VerificationSite.question("namespace:read")
            let caller = try await site.caller(site.verifier.value)
            @Sendable func ask(_ key: MadeKey, _ question: VerificationRequest.Question) async throws -> Verification {
                var request = VerificationRequest(.apiKey(key.value))
                request.question = question
                return try await site.operations.verify(request, as: caller)
            }
            site.store.closeGate()
            async let early = ask(key, question)
            await site.store.heldRead()
            _ = try await site.operations.updateRole(role.id, as: site.admin) { $0.actions = ["build:read"] }
            site.store.openGate()
            _ = try await early
            #expect(try await site.verify(key.value, question).code == .forbidden)
            #expect(site.recall(key.value, question)?.code == .forbidden)

            let place = "organization=1:account=1:namespace=2"
            let other = try VerificationSite.question("namespace:read", at: place)
            let admin = try await site.makeKey([("admin", "organization=1")])
            _ = try await site.verify(admin.value)
            site.store.closeGate()
            async let unborn = ask(admin, other)
            await site.store.heldRead()
            _ = try await site.operations.createResource(
                .namespace, name: "new", slug: nil, parentID: 1, as: site.admin)
            site.store.openGate()
            _ = try await unborn
            #expect(try await site.verify(admin.value, other).isAllowed == true)
            #expect(site.recall(admin.value, other)?.isAllowed == true)
        }
    }

    @Test("once the handles are learned, a made-up key costs no read, and a new one is found at once")
    func directory() async throws {
        try await VerificationSite.run { site in
            let known = try await site.makeKey()
            let deleted = try await site.makeKey()
            try await site.operations.deleteAPIKey(deleted.id, as: site.admin)
            #expect(site.recall(try site.madeUp(1)) == nil)
            try await site.operations.learnHandles()
            _ = try await site.verify(try site.madeUp(1))
            for seed in 0..<200 { #expect(site.recall(try site.madeUp(seed))?.code == .notFound) }
            // Keys that exist are not taken for made up, whether or not they were read.
            #expect(site.recall(known.value) == nil)
            #expect(try await site.verify(known.value).code == .valid)
            #expect(try await site.verify(deleted.value).code == .deleted)
            for _ in 0..<50 {
                let new = try await site.makeKey()
                #expect(site.recall(new.value)?.code != .notFound)
                #expect(try await site.verify(new.value).code == .valid)
                #expect(site.recall(try site.madeUp(1))?.code == .notFound)
            }
            let before = site.store.readCount
            for seed in 0..<100 { #expect(try await site.verify(try site.madeUp(seed)).code == .notFound) }
            #expect(site.store.readCount == before)
        }
    }

    @Test("on a database that others write to, nothing is taken for made up")
    func sharedDatabase() async throws {
        try await OperationsInstallation.run { installation in
            let directory = HandleDirectory()
            try await directory.learnAll(from: SharedStore(store: installation.store))
            let handle = try #require(KeyHandle("000000000000"))
            #expect(directory.mayHold(handle))
            try await directory.learnAll(from: installation.store)
            #expect(!directory.mayHold(handle))
        }
    }

    private struct SharedStore: Store {
        let store: any Store
        var isOnlyWriter: Bool { false }
        func read<Value: Sendable>(
            _ body: @escaping @Sendable (any ReadTransaction) throws -> Value
        ) async throws -> Value { try await store.read(body) }
        func write<Value: Sendable>(
            _ scope: WriteScope, _ body: @escaping @Sendable (any WriteTransaction) throws -> Value
        ) async throws -> Value { try await store.write(scope, body) }
        func observe(_ observer: @escaping @Sendable (ChangeNotice) -> Void) {}
        func close() async throws {}
    }

    @Test("an unknown handle and a wrong secret take the same reads and the same digests")
    func sameWork() async throws {
        try await VerificationSite.run { site in
            let key = try await site.makeKey()
            let wrong = try site.withWrongSecret(key)
            try await site.operations.learnHandles()
            _ = try await site.verify(wrong)
            let caller = try await site.caller(site.verifier.value)
            func work(_ credential: Secret) async throws -> (reads: Int, digests: Int) {
                let before = (site.store.readCount, site.digestCount)
                let finding = try await site.operations.verify(VerificationRequest(.apiKey(credential)), as: caller)
                #expect(finding.code == .notFound && finding.key == nil)
                return (site.store.readCount - before.0, site.digestCount - before.1)
            }
            #expect(try await work(wrong) == (0, 1))
            #expect(try await work(try site.madeUp(3)) == (0, 1))
            #expect(try await work(Secret("kw_garbage")) == (0, 0))
            let before = site.digestCount
            #expect(site.recall(wrong) != nil && site.digestCount == before + 2)
            #expect(site.recall(try site.madeUp(3)) != nil && site.digestCount == before + 4)
        }
    }

    @Test("a full memory gives up some keys, never those in use, and never for keys that do not exist")
    func eviction() async throws {
        let site = KeyRows()
        let cache = KeyCache(limit: 640)
        let inUse = (1...32).map { site.row($0) }
        for row in inUse { cache.insert(row, unless: { false }) }
        for number in 1_000..<6_000 {
            cache.insert(site.row(number), unless: { false })
            for row in inUse { #expect(cache.row(row.keyHandle) === row && cache.row(row.id) === row) }
            #expect(cache.count <= 640 * 11 / 10 + 64 * 4)
        }
        #expect(cache.count >= 600)
        // What is found by handle is found by id.
        for number in 1_000..<6_000 {
            let row = site.row(number)
            #expect((cache.row(row.keyHandle) == nil) == (cache.row(row.id) == nil))
        }
    }

    @Test("what was forgotten is found neither by handle nor by id, also where it is still held")
    func forgetting() async throws {
        let site = KeyRows()
        let cache = KeyCache(limit: 100)
        let row = site.row(1)
        cache.insert(row, unless: { false })
        cache.forget(row.id)
        #expect(cache.row(row.keyHandle) == nil && cache.row(row.id) == nil && !row.isCurrent)
        let next = site.row(1)
        cache.insert(next, unless: { true })
        #expect(cache.row(next.id) == nil)
        cache.insert(next, unless: { false })
        #expect(cache.row(next.id) === next && cache.row(next.keyHandle) === next)
        site.organization.forget()
        #expect(cache.row(next.id) == nil && cache.row(next.keyHandle) == nil)
    }

    @Test("a log that does not reach back far enough says that anything may have changed")
    func log() {
        let log = ForgettingLog()
        let change = Change(.apiKey, 7, in: nil)
        log.append([change])
        #expect(log.mayHaveChanged(since: 0) { $0.id == 7 })
        #expect(!log.mayHaveChanged(since: 0) { $0.id == 8 })
        #expect(!log.mayHaveChanged(since: 1) { _ in true })
        for id in 0..<1_023 { log.append([Change(.apiKey, Int64(id + 100), in: nil)]) }
        #expect(!log.mayHaveChanged(since: 0) { $0.id == 8 })
        log.append([change])
        #expect(log.mayHaveChanged(since: 0) { $0.id == 8 })
        #expect(!log.mayHaveChanged(since: 1) { $0.id == 8 })
        #expect(log.mayHaveChanged(since: 1_024) { $0 == change })
    }

    /// Rows that were never stored.
    private struct KeyRows {
        let organization = OrganizationRow(id: Organization.ID(1), epoch: 1, catalogue: RoleCatalogue())

        func row(_ number: Int) -> KeyRow {
            let digits = String(number)
            let key = APIKey(
                id: APIKey.ID(Int64(number)), organizationID: organization.id, name: "k",
                handle: String(repeating: "0", count: 12 - digits.count) + digits, ending: "0000",
                digest: SecretDigest(bytes: [UInt8](repeating: 1, count: 32), pepperVersion: 1), tags: [], grants: [],
                ownerID: User.ID(1), isInternal: false, isEnabled: true, expiresAt: nil,
                createdAt: Instant(milliseconds: 0), updatedAt: Instant(milliseconds: 0)
            )
            guard let row = KeyRow(key, in: organization, revision: 1) else {
                preconditionFailure("The handle is well-formed.")
            }
            return row
        }
    }
}
