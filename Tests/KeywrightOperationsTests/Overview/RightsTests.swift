import KeywrightDomain
import KeywrightStore
import Testing

@testable import KeywrightOperations

@Suite("What pages say about rights and roles")
struct RightsTests {
    private let organization = NRN(organization: 1)

    @Test("rights say beforehand what the operations decide")
    func rights() async throws {
        try await OperationsInstallation.run { installation in
            let account = try NRN(parsing: "organization=1:account=1")
            let wide = try await installation.storedKey(try await installation.makeKey().id)
            let narrow = try await installation.storedKey(
                try await installation.makeKey("ops", at: account.description).id)
            let admin = try await installation.principal().rights
            #expect(admin.createsAPIKeys && admin.readsAudit && admin.createsRoles && admin.invitesPeople)
            #expect(admin.updates(wide) && admin.deletes(narrow) && admin.addsChildren(to: account))
            #expect(!admin.archives(organization) && admin.archives(account))
            _ = try await installation.makePerson("ops@example.test", role: "ops", at: account.description)
            let ops = try await installation.signIn("ops@example.test").signedIn.principal.rights
            #expect(ops.createsAPIKeys && ops.createsAPIKeys(at: account) && !ops.createsAPIKeys(at: organization))
            #expect(!ops.updates(wide) && ops.updates(narrow) && ops.deletes(narrow))
            #expect(!ops.readsAudit && !ops.readsPeople && !ops.createsRoles && !ops.givesGrants)
            #expect(ops.reads(account) && !ops.reads(organization) && !ops.updates(account))
        }
    }

    @Test("roles that may not be given are listed with the reason; those that do not fit are not")
    func choices() async throws {
        try await OperationsInstallation.run { installation in
            let operations = installation.operations
            let account = try NRN(parsing: "organization=1:account=1")
            _ = try await installation.makePerson("ops@example.test", role: "ops", at: account.description)
            let ops = try await installation.signIn("ops@example.test").signedIn.principal
            func slugs(_ nrn: NRN, _ kind: User.Kind, older: Bool = false, _ isAllowed: Bool) -> [String] {
                operations.roleChoices(at: nrn, for: kind, showsOlderSpellings: older, as: ops)
                    .filter { $0.isAllowed == isAllowed }.map(\.role.slug).sorted()
            }
            let allowed = slugs(account, .machine, true)
            #expect(allowed.contains("ops") && allowed.contains("machine:ci") && !allowed.contains("admin"))
            #expect(slugs(account, .machine, false).contains("admin"))
            #expect(slugs(account, .machine, older: true, true).contains("account:ops"))
            #expect(slugs(organization, .machine, true).isEmpty)
            #expect(slugs(account, .person, true).isEmpty)
            #expect(!slugs(account, .person, false).contains("machine:ci"))
            #expect(!(slugs(account, .machine, older: true, true)).contains("organization:ops"))
            for choice in operations.roleChoices(at: account, for: .machine, as: ops) where choice.isAllowed {
                let made = try? await operations.createAPIKey(
                    APIKeyDraft(
                        name: "x",
                        grants: [GrantInput(nrn: account.description, shape: .slug(choice.role.slug))]),
                    as: ops)
                #expect(made != nil, "\(choice.role.slug)")
            }
        }
    }

    @Test("a preview adds up what the set gives at each place and above")
    func preview() async throws {
        try await OperationsInstallation.run { installation in
            let admin = try await installation.principal()
            let previews = installation.operations.preview(
                of: [
                    GrantInput(nrn: "organization=1:account=1", shape: .slug("member")),
                    GrantInput(nrn: "organization=1", shape: .actions(["api_key:read"])),
                    GrantInput(nrn: "organization=1:account=1", shape: .slug("nonsense")),
                    GrantInput(nrn: "organization=2", shape: .slug("admin")),
                    GrantInput(nrn: "nonsense", shape: .slug("admin")),
                    GrantInput(nrn: "organization=1:account=1", shape: .slug("insights-viewer")),
                ], as: admin)
            #expect(previews.map(\.nrn.description) == ["organization=1:account=1", "organization=1"])
            #expect(previews.map(\.roleSlugs) == [["member", "insights-viewer"], []])
            #expect(previews[0].actions.contains(.readAPIKey))
            #expect(previews[1].actions == ActionSet([.readAPIKey]))
        }
    }

    @Test("a person who holds more may not be changed, the last administrator not deactivated")
    func personRights() async throws {
        try await OperationsInstallation.run { installation in
            let operations = installation.operations
            let admin = try await installation.signIn().signedIn
            let own = try await operations.rights(over: admin.user.id, as: admin.principal)
            #expect(own.changeRefusal == nil && own.deactivationRefusal != nil)
            let ada = try await installation.makePerson("ada@example.test", role: "admin")
            let both = try await operations.rights(over: ada.id, as: admin.principal)
            #expect(both.changeRefusal == nil && both.deactivationRefusal == nil)
            let dev = try await installation.makePerson("dev@example.test", role: "developer")
            let developer = try await installation.signIn(dev.email).signedIn.principal
            #expect(try await operations.rights(over: dev.id, as: developer).changeRefusal != nil)
            #expect(
                try await refusal { _ = try await operations.rights(over: ada.id, as: developer) }?.code == .notFound)
        }
    }

    @Test("holders of roles are counted: keys as lists show them, people who are active")
    func holders() async throws {
        try await OperationsInstallation.run { installation in
            let operations = installation.operations
            let admin = try await installation.principal()
            let ada = try await installation.makePerson("ada@example.test", role: "ops")
            _ = try await installation.makeKey("ops")
            let counts = try await operations.roleHolderCounts(as: admin)
            #expect(counts[Role.ops] == RoleHolderCount(keys: 1, persons: 1))
            #expect(counts[Role.secops] == RoleHolderCount(keys: 0, persons: 0))
            #expect(
                try await operations.persons(holding: Role.ops, PageRequest(), as: admin).results.map(\.id) == [ada.id])
            let ops = try await installation.signIn("ada@example.test").signedIn.principal
            #expect(try await operations.roleHolderCounts(as: ops)[Role.ops] == RoleHolderCount(keys: 1, persons: nil))
            let dev = try await installation.makePerson("dev@example.test", role: "developer")
            let developer = try await installation.signIn(dev.email).signedIn.principal
            #expect(
                try await operations.roleHolderCounts(as: developer)[Role.ops]
                    == RoleHolderCount(keys: nil, persons: nil))
            #expect(
                try await refusal { _ = try await operations.persons(holding: Role.ops, PageRequest(), as: developer) }?
                    .code == .forbidden)
        }
    }
}
