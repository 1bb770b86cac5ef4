import Dispatch
import KeywrightDomain
import KeywrightStore
import Testing

@testable import KeywrightOperations

/// Nodes that share a database forget together. They have two seconds for it; without the database for as long, they
/// rely on nothing that they remember.
@Suite("Several nodes", .enabled(if: TwoNodes.address != nil))
struct NodeTests {
    /// What one node changes.
    enum Event: CaseIterable {
        case deletion
        case disabling
        case grants
        case role
        case resource
        case revocation
        case signingKeys

        func happen(to subject: NodeSubject, on node: TwoNodes.Node, of nodes: TwoNodes) async throws {
            let (operations, admin) = (node.operations, try await nodes.principal(on: node))
            var changes = APIKeyChanges()
            switch self {
            case .deletion: try await operations.deleteAPIKey(subject.key.id, as: admin)
            case .disabling:
                changes.isEnabled = false
                _ = try await operations.updateAPIKey(subject.key.id, changes, as: admin)
            case .grants:
                changes.grants = [GrantInput(nrn: "organization=1", shape: .slug("verifier"))]
                _ = try await operations.updateAPIKey(subject.key.id, changes, as: admin)
            case .role: _ = try await operations.updateRole(subject.role, as: admin) { $0.actions = ["build:read"] }
            case .resource: _ = try await operations.deleteResource(.account, 1, as: admin)
            case .revocation: try await operations.revokeToken(subject.token, from: .init())
            case .signingKeys: _ = try await operations.replaceSigningKeys()
            }
        }

        /// How the subject stands afterwards.
        var standing: NodeSubject.Standing {
            .init(key: [.revocation, .signingKeys].contains(self), token: false)
        }
    }

    private static let lease = Duration.seconds(2)
    private static let allowed = NodeSubject.Standing(key: true, token: true)

    /// Has operations remember how a subject stands.
    private func warm(_ operations: Operations, _ subject: NodeSubject) async throws {
        #expect(try await subject.standing(on: operations) == Self.allowed)
        #expect(try subject.remembered(by: operations) == Self.allowed)
    }

    /// How long operations took to find a subject as expected.
    ///
    /// - Returns: nil when they had not within the lease's time.
    private func delay(
        of operations: Operations, until standing: NodeSubject.Standing, _ subject: NodeSubject
    ) async throws -> Duration? {
        let start = ContinuousClock.now
        while try await subject.standing(on: operations) != standing {
            guard ContinuousClock.now - start <= Self.lease else { return nil }
            await Task.yield()
        }
        return ContinuousClock.now - start
    }

    @Test("what one node changes, the other obeys within two seconds", arguments: Event.allCases, [true, false])
    func obeyed(_ event: Event, notifications: Bool) async throws {
        try await TwoNodes.run(notifications: notifications) { nodes in
            let subject = try await NodeSubject(on: nodes.first, of: nodes)
            try await warm(nodes.second.operations, subject)
            try await event.happen(to: subject, on: nodes.first, of: nodes)
            #expect(try await subject.standing(on: nodes.first.operations) == event.standing)
            let delay = try await delay(of: nodes.second.operations, until: event.standing, subject)
            #expect(delay != nil, "\(event) was not obeyed in time")
        }
    }

    @Test("a node that hears nothing goes on allowing, and these tests see it", arguments: Event.allCases)
    func negativeControl(_ event: Event) async throws {
        try await TwoNodes.run { nodes in
            let subject = try await NodeSubject(on: nodes.first, of: nodes)
            let deaf = try OperationsInstallation.operations(
                on: WatchedStore(nodes.second.store, tellsObservers: false), clock: nodes.clock)
            try await warm(deaf, subject)
            try await event.happen(to: subject, on: nodes.first, of: nodes)
            #expect(try await delay(of: deaf, until: event.standing, subject) == nil)
        }
    }

    @Test("a node cut off from the database relies on nothing after two seconds, and recovers by itself")
    func cutOff() async throws {
        try await TwoNodes.run { nodes in
            let (node, operations) = (nodes.second, nodes.second.operations)
            let subject = try await NodeSubject(on: nodes.first, of: nodes)
            let other = try await NodeSubject(on: nodes.first, of: nodes, slug: "other")
            try await warm(operations, subject)
            try await warm(operations, other)
            let admin = try await nodes.principal(on: node)
            #expect(node.store.isCurrent)

            node.proxy.stall()
            // The proxy takes a moment to stall.
            try await Task.sleep(for: Self.lease + .milliseconds(50))
            #expect(!node.store.isCurrent)
            #expect(try subject.remembered(by: operations) == nil)
            await expectUnavailable { _ = try await subject.standing(on: operations) }
            await expectUnavailable { try await operations.checkReadiness() }
            await expectUnavailable { try await operations.deleteAPIKey(other.key.id, as: admin) }
            try await Event.deletion.happen(to: subject, on: nodes.first, of: nodes)

            node.proxy.resume()
            let deadline = ContinuousClock.now + .seconds(5)
            while !node.store.isCurrent, ContinuousClock.now < deadline { await Task.yield() }
            #expect(node.store.isCurrent)
            // What did not change meanwhile is relied on again; what did is not.
            #expect(try other.remembered(by: operations) == Self.allowed)
            #expect(try await subject.standing(on: operations) == Event.deletion.standing)
            try await operations.checkReadiness()
        }
    }

    private func expectUnavailable(_ body: () async throws -> Void) async {
        let error = await #expect(throws: DomainError.self) { try await body() }
        #expect(error?.code == .unavailable)
    }

    @Test("a connection that the server ends is made again before anything is forgotten or missed")
    func endedConnections() async throws {
        try await TwoNodes.run { nodes in
            let subject = try await NodeSubject(on: nodes.first, of: nodes)
            try await warm(nodes.second.operations, subject)
            for _ in 0..<3 {
                try await nodes.tamper(
                    """
                    SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = '\(nodes.schema)'
                    """)
                let end = ContinuousClock.now + .milliseconds(700)
                while ContinuousClock.now < end {
                    #expect(try subject.remembered(by: nodes.second.operations) == Self.allowed)
                    await Task.yield()
                }
            }
            try await Event.disabling.happen(to: subject, on: nodes.first, of: nodes)
            #expect(
                try await delay(of: nodes.second.operations, until: Event.disabling.standing, subject) != nil)
        }
    }

    /// Why a node cannot read on from where it was; the last is none.
    enum Gap: CaseIterable {
        case history
        case trimmed
        case lost
        case distance
        case none

        var script: String {
            let more = "INSERT INTO changes (organization_id, subject, subject_id, at) SELECT 1, 'user', 1, 0 FROM"
            return switch self {
            case .history: "UPDATE settings SET value = '0123456789abcdef' WHERE name = 'changes.history'"
            case .trimmed:
                """
                \(more) generate_series(1, 5);
                INSERT INTO settings SELECT 'changes.removed', max(sequence)::text::bytea FROM changes
                    ON CONFLICT (name) DO UPDATE SET value = excluded.value;
                DELETE FROM changes
                """
            case .lost: "DELETE FROM changes WHERE sequence > (SELECT max(sequence) - 3 FROM changes)"
            case .distance: "\(more) generate_series(1, 30000)"
            case .none: "\(more) generate_series(1, 30)"
            }
        }
    }

    @Test("a node that cannot read on from where it was forgets everything", arguments: Gap.allCases)
    func gap(_ gap: Gap) async throws {
        try await TwoNodes.run { nodes in
            let subject = try await NodeSubject(on: nodes.first, of: nodes)
            try await warm(nodes.second.operations, subject)
            // What the change log does not speak of, as after a backup was put back.
            try await nodes.tamper("UPDATE api_keys SET is_enabled = 0; \(gap.script)")
            let delay = try await delay(
                of: nodes.second.operations, until: .init(key: false, token: false), subject)
            #expect((delay != nil) == (gap != .none))
        }
    }

    @Test("a node with another pepper is refused")
    func otherPepper() async throws {
        try await TwoNodes.run { nodes in
            try await Installation.prepare(nodes.second.operations)
            let other = try OperationsInstallation.operations(on: nodes.second.store, clock: nodes.clock, pepper: 8)
            let error = await #expect(throws: DomainError.self) { try await Installation.prepare(other) }
            #expect(error?.code == .conflict)
        }
    }

    @Test("both nodes maintain the data at once, and add the months that the trail needs next")
    func maintenance() async throws {
        try await TwoNodes.run { nodes in
            try await nodes.tamper(
                """
                DO $$ BEGIN
                    EXECUTE 'DROP TABLE audit_events_' || to_char(now() AT TIME ZONE 'UTC' + interval '2 months', 'YYYY_MM');
                END $$
                """)
            let months = "SELECT count(*) FROM pg_inherits WHERE inhparent = 'audit_events'::regclass"
            let before = try await nodes.number(months)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for node in [nodes.first, nodes.second, nodes.first, nodes.second] {
                    group.addTask { try await node.operations.maintain() }
                }
                try await group.waitForAll()
            }
            #expect(try await nodes.number(months) == before + 1)
        }
    }

    @Test("one organization does not wait for another")
    func independence() async throws {
        try await TwoNodes.run { nodes in
            let other = try await OperationsInstallation.administrator(of: "Other", nodes.first.operations)
            let principal = try await nodes.second.operations.authenticate(.bearer(other), from: .init())
            let (started, finish) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
            async let slow: Void = nodes.first.store.write(.organization(Organization.ID(1))) { _ in
                started.signal()
                finish.wait()
            }
            await withCheckedContinuation { continuation in
                DispatchQueue.global().async {
                    started.wait()
                    continuation.resume()
                }
            }
            let draft = APIKeyDraft(name: "theirs", grants: [GrantInput(nrn: "organization=2", shape: .slug("member"))])
            let made = try await nodes.second.operations.createAPIKey(draft, as: principal)
            #expect(made.key.organizationID == Organization.ID(2))
            finish.signal()
            try await slow
        }
    }

    @Test("one address is given to one person, whichever nodes are asked for it at once")
    func uniqueAddress() async throws {
        try await TwoNodes.run { nodes in
            let other = try await OperationsInstallation.administrator(of: "Other", nodes.first.operations)
            let principals = [
                try await nodes.principal(on: nodes.first),
                try await nodes.second.operations.authenticate(.bearer(other), from: .init()),
            ]
            for round in 0..<10 {
                let made = await withTaskGroup(of: Bool.self) { group in
                    for index in 0..<6 {
                        let operations = (index % 2 == 0 ? nodes.first : nodes.second).operations
                        group.addTask {
                            do {
                                _ = try await operations.createPerson(
                                    PersonDraft(email: "same\(round)@example.org"), as: principals[index % 2])
                                return true
                            } catch {
                                #expect((error as? DomainError)?.code == .conflict)
                                return false
                            }
                        }
                    }
                    return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
                }
                #expect(made == 1)
            }
        }
    }

    @Test("uses noted on both nodes are all counted")
    func uses() async throws {
        try await TwoNodes.run { nodes in
            let subject = try await NodeSubject(on: nodes.first, of: nodes)
            try await nodes.first.operations.flushUsage()
            let before = try await nodes.first.store.read { try $0.uses(of: [subject.key.id]) }[subject.key.id]?.count
            for node in [nodes.first, nodes.second] {
                for _ in 0..<5 { #expect(try await subject.standing(on: node.operations) == Self.allowed) }
            }
            async let flushed: Void = nodes.first.operations.flushUsage()
            try await nodes.second.operations.flushUsage()
            try await flushed
            let after = try await nodes.second.store.read { try $0.uses(of: [subject.key.id]) }[subject.key.id]?.count
            #expect(after == (before ?? 0) + 20)
        }
    }
}
