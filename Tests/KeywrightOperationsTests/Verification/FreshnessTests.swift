import KeywrightDomain
import KeywrightStore
import Synchronization
import Testing

@testable import KeywrightOperations

/// Once a change is acknowledged, nothing is answered from before it, also while others keep the memory busy.
@Suite("The request after a change")
struct FreshnessTests {
    @Test("is answered by the new state, 10,000 times under load")
    func fresh() async throws {
        try await VerificationSite.run { site in
            let outcome = try await Trial.run(at: site, workers: 8, checks: 10_000)
            #expect(outcome.checks >= 10_000)
            #expect(outcome.stale.isEmpty, "\(outcome.stale.count), as \(outcome.stale.prefix(5))")
            // Memory alone answered often enough for its answers to mean something.
            #expect(outcome.recalled > 2_000)
        }
    }

    @Test("is answered by the new state where nothing is heard of changes, as long as the store is not current")
    func notCurrent() async throws {
        try await VerificationSite.run(forgets: false) { site in
            site.store.setCurrent(false)
            let outcome = try await Trial.run(at: site, workers: 4, checks: 1_000)
            #expect(outcome.stale.isEmpty, "\(outcome.stale.count), as \(outcome.stale.prefix(5))")
            #expect(outcome.recalled == 0)
        }
    }

    @Test("is answered by the old state where the memory does not hear of changes, and this trial sees it")
    func negativeControl() async throws {
        try await VerificationSite.run(forgets: false) { site in
            let outcome = try await Trial.run(at: site, workers: 2, checks: 200)
            for change in Trial.Change.allCases where change != .expiry {
                #expect(outcome.stale.contains { $0.hasPrefix("\(change)") }, "\(change) was not noticed")
            }
        }
    }
}

/// Workers that change keys and look right after each change, among others who only look.
private final class Trial: Sendable {
    /// What is changed.
    enum Change: CaseIterable {
        case state
        case grants
        case role
        case resource
        case expiry
        case deletion
    }

    struct Outcome {
        var checks = 0
        var recalled = 0
        var stale: [String] = []
    }

    private let site: VerificationSite
    private let outcome = Mutex(Outcome())
    private let watched: Mutex<[Secret]> = Mutex([])

    private init(_ site: VerificationSite) {
        self.site = site
    }

    static func run(at site: VerificationSite, workers: Int, checks: Int) async throws -> Outcome {
        let trial = Trial(site)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            for _ in 0..<2 { tasks.addTask { try await trial.watch() } }
            try await withThrowingTaskGroup(of: Void.self) { workerTasks in
                for worker in 0..<workers {
                    workerTasks.addTask { try await trial.work(worker, checks: checks / workers + 1) }
                }
                try await workerTasks.waitForAll()
            }
            tasks.cancelAll()
        }
        return trial.outcome.withLock { $0 }
    }

    /// Looks at the keys of all workers without pause.
    private func watch() async throws {
        let question = try VerificationSite.question("namespace:read")
        while !Task.isCancelled {
            for key in watched.withLock({ $0 }) {
                _ = site.recall(key, question)
                _ = try? await site.verify(key, question)
            }
            await Task.yield()
        }
    }

    private func work(_ worker: Int, checks: Int) async throws {
        let key = try await site.makeKey()
        let role = try await site.changer.createRole(
            RoleDraft(name: "r\(worker)", slug: "r\(worker)", actions: ["namespace:read"]), as: site.admin
        )
        let holder = try await site.makeKey([("r\(worker)", VerificationSite.shop)])
        let reader = try await site.makeKey([("member", "organization=1")])
        watched.withLock { $0 += [key.value, holder.value, reader.value] }
        var done = 0
        var round = 0
        // One worker alone moves the clock, so that no other's keys expire unseen.
        let changes = Change.allCases.filter { $0 != .expiry || worker == 0 }
        while done < checks {
            round += 1
            switch changes[round % changes.count] {
            case .state: done += try await changeState(of: key)
            case .grants: done += try await changeGrants(of: key)
            case .role: done += try await change(role.id, of: holder)
            case .resource: done += try await changeResource(seenBy: reader, name: "w\(worker)-\(round)")
            case .expiry: done += try await changeExpiry(of: key)
            case .deletion: done += try await delete()
            }
        }
    }

    private func changeState(of key: MadeKey) async throws -> Int {
        try await site.update(key) { $0.isEnabled = false }
        try await expect(.disabled, key, .state)
        try await site.update(key) { $0.isEnabled = true }
        try await expect(.valid, key, .state)
        return 2
    }

    private func changeGrants(of key: MadeKey) async throws -> Int {
        try await site.update(key) { $0.grants = [GrantInput(nrn: "organization=1", shape: .slug("verifier"))] }
        try await expect(.forbidden, key, .grants)
        try await site.update(key) { $0.grants = [GrantInput(nrn: VerificationSite.shop, shape: .slug("member"))] }
        try await expect(.valid, key, .grants)
        return 2
    }

    private func change(_ role: Role.ID, of holder: MadeKey) async throws -> Int {
        _ = try await site.changer.updateRole(role, as: site.admin) { $0.actions = ["build:read"] }
        try await expect(.forbidden, holder, .role)
        _ = try await site.changer.updateRole(role, as: site.admin) { $0.actions = ["namespace:read"] }
        try await expect(.valid, holder, .role)
        return 2
    }

    private func changeResource(seenBy reader: MadeKey, name: String) async throws -> Int {
        let account = try await site.changer.createResource(
            .account, name: name, slug: nil, parentID: 1, as: site.admin)
        let question = try VerificationSite.question("account:read", at: account.nrn.description)
        try await expect(.valid, reader, .resource, question)
        _ = try await site.changer.deleteResource(.account, account.nrn.id, as: site.admin)
        try await expect(.forbidden, reader, .resource, question)
        return 2
    }

    private func changeExpiry(of key: MadeKey) async throws -> Int {
        let end = site.installation.clock.now.advanced(by: .seconds(60))
        try await site.update(key) { $0.expiresAt = end }
        try await expect(.valid, key, .expiry)
        site.installation.clock.advance(by: .seconds(60))
        try await expect(.expired, key, .expiry)
        try await site.update(key) { $0.expiresAt = .some(nil) }
        try await expect(.valid, key, .expiry)
        return 3
    }

    private func delete() async throws -> Int {
        let key = try await site.makeKey()
        try await expect(.valid, key, .deletion)
        try await site.changer.deleteAPIKey(key.id, as: site.admin)
        try await expect(.deleted, key, .deletion)
        return 2
    }

    private func expect(
        _ code: Verification.Code, _ key: MadeKey, _ change: Change, _ asked: VerificationRequest.Question? = nil
    ) async throws {
        let question = try asked ?? VerificationSite.question("namespace:read")
        let recalled = site.recall(key.value, question)
        let found = try await site.verify(key.value, question)
        let recalledLater = site.recall(key.value, question)
        outcome.withLock { outcome in
            outcome.checks += 1
            for finding in [recalled, found, recalledLater] {
                guard let finding else { continue }
                if finding.code != code { outcome.stale.append("\(change): \(finding.code) for \(code)") }
            }
            outcome.recalled += (recalled == nil ? 0 : 1) + (recalledLater == nil ? 0 : 1)
        }
    }
}
