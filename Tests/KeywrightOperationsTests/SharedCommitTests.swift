import Dispatch
import KeywrightDomain
import KeywrightStore
import Testing

@testable import KeywrightOperations

@Suite("Rights within one commit")
struct SharedCommitTests {
    /// What takes the right to create keys from a key.
    enum Loss: CaseIterable, Sendable {
        case deletion
        case disabling
        case grants
        case role
    }

    @Test("what a key has lost serves no write that shares the commit", arguments: Loss.allCases)
    func loss(_ loss: Loss) async throws {
        try await OperationsInstallation.run { installation in
            let (operations, admin) = (installation.operations, try await installation.principal())
            for round in 0..<5 {
                let role = try await operations.createRole(
                    RoleDraft(
                        name: "Issuer", slug: "issuer-\(round)", actions: ["api_key:create"], inherits: ["member"],
                        assignable: ["member"]
                    ),
                    as: admin
                )
                let key = try await installation.makeKey(role.slug)
                let holder = try await installation.authenticate(key.value)
                let draft = APIKeyDraft(name: "its own", grants: [.member])
                await installation.together(20) {
                    _ = try? await operations.createAPIKey(draft, as: holder)
                } beside: {
                    try? await loss.happen(to: key.id, role.id, operations, admin)
                }
                let query = AuditQuery(organizationID: admin.organizationID)
                let trail = try await operations.auditEvents(query, PageRequest(limit: 200), as: admin).results
                let lost = try #require(trail.first(where: { Loss.actions.contains($0.event.action) }))
                let late = trail.filter {
                    $0.event.userID == User.machine(of: key.id) && $0.id > lost.id && $0.event.outcome == .success
                }
                #expect(late.isEmpty, "\(late.count) keys were created after \(lost.event.action)")
            }
        }
    }

    @Test("a role is not removed and given in one commit")
    func removedRole() async throws {
        try await OperationsInstallation.run { installation in
            let (operations, admin) = (installation.operations, try await installation.principal())
            for round in 0..<12 {
                let role = try await operations.createRole(
                    RoleDraft(name: "Passing", slug: "passing-\(round)", actions: ["log:read"]), as: admin
                )
                let giver = try await installation.principal()
                let draft = APIKeyDraft(
                    name: "holder", grants: [GrantInput(nrn: "organization=1", shape: .slug(role.slug))]
                )
                await installation.together(1) {
                    _ = try? await operations.createAPIKey(draft, as: giver)
                } beside: {
                    try? await operations.deleteRole(role.id, as: giver)
                }
                var query = APIKeyQuery(organizationID: admin.organizationID, now: installation.clock.now)
                query.roleSlugs = [role.slug]
                let holders = try await operations.apiKeys(query, PageRequest(), as: admin).total
                let isThere = try await operations.roles(as: admin)[role.id] != nil
                #expect(isThere == (holders > 0))
            }
        }
    }
}

extension SharedCommitTests.Loss {
    static let actions = ["api_key.delete", "api_key.update", "role.update"]

    func happen(
        to key: APIKey.ID, _ role: Role.ID, _ operations: Operations, _ admin: Principal
    ) async throws {
        var changes = APIKeyChanges()
        switch self {
        case .deletion: return try await operations.deleteAPIKey(key, as: admin)
        case .role:
            _ = try await operations.updateRole(role, as: admin) { $0.actions = ["log:read"] }
            return
        case .disabling: changes.isEnabled = false
        case .grants: changes.grants = [.member]
        }
        _ = try await operations.updateAPIKey(key, changes, as: admin)
    }
}

extension GrantInput {
    fileprivate static let member = GrantInput(nrn: "organization=1", shape: .slug("member"))
}

extension OperationsInstallation {
    /// Has many calls and another one begin while a write holds the database, so that theirs wait together.
    fileprivate func together(
        _ count: Int, _ calls: @escaping @Sendable () async -> Void, beside other: @escaping @Sendable () async -> Void
    ) async {
        let starting = DispatchGroup()
        for _ in 0...count { starting.enter() }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { [store] in try? await store.write { _ in starting.wait() } }
            for index in 0...count {
                group.addTask {
                    starting.leave()
                    if index == count / 3 { await other() } else { await calls() }
                }
            }
        }
    }
}
