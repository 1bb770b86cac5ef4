import KeywrightDomain
import KeywrightStore
import Synchronization
import Testing

@testable import KeywrightOperations

@Suite("Administrators and persons as principals")
struct AdministratorTests {
    private static func draft(_ email: String, organization: String = "New", key: String?) -> AdministratorDraft {
        AdministratorDraft(
            organization: organization, email: email, password: Secret("correct horse battery staple"), keyName: key
        )
    }

    @Test("an administrator and the promised first key come in one commit")
    func oneCommit() async throws {
        try await OperationsInstallation.run { installation in
            let commits = Mutex<[[Change]]>([])
            installation.store.observe { notice in
                if case .changed(let changes) = notice { commits.withLock { $0.append(changes) } }
            }
            let made = try await installation.operations.createAdministrator(
                Self.draft("ada@new.test", key: "bootstrap")
            )
            let key = try #require(made.key)
            #expect(key.key.ownerID == made.user.id && key.key.name == "bootstrap")
            #expect(key.key.grants.map(\.roleSlug) == ["admin"] && key.key.grants[0].nrn == made.organization.nrn)
            #expect(try await installation.isAccepted(try #require(key.value)))
            // A commit may be told twice, and others before it late.
            let own = commits.withLock { $0 }.filter { commit in
                commit.contains { $0.organizationID == made.organization.nrn.organizationID }
            }.map { Set($0.map(\.subject)) }
            #expect(!own.isEmpty && own.allSatisfy { $0.isSuperset(of: [.user, .apiKey]) })
            let events = try await installation.store.read { transaction in
                try transaction.auditEvents(
                    AuditQuery(organizationID: made.user.organizationID), PageRequest()
                ).results.map { "\($0.event.action) by \($0.event.actorType)" }
            }
            #expect(
                events == [
                    "api_key.create by person", "administrator.create by operator", "organization.create by operator",
                ]
            )
        }
    }

    @Test("where the key cannot be made, nothing is")
    func keyRefused() async throws {
        try await OperationsInstallation.withFolder { folder in
            let clock = TestClock()
            let store = try SQLiteStore(folder: folder, now: { clock.now }, logger: OperationsInstallation.logger)
            let operations = try OperationsInstallation.operations(on: store, clock: clock, keyLimit: 0)
            try await Installation.prepare(operations)
            let error = await #expect(throws: DomainError.self) {
                try await operations.createAdministrator(Self.draft("ada@new.test", key: "bootstrap"))
            }
            #expect(error?.code == .conflict)
            let link = try await operations.makeSetupLink().reveal()
            let token = Secret(String(try #require(link.split(separator: "=").last)))
            await #expect(throws: DomainError.self) {
                try await operations.setUp(Self.draft("ada@new.test", key: "bootstrap"), token: token, from: .init())
            }
            let (hasPersons, organizations) = try await store.read { transaction in
                (try transaction.hasPersons(), try transaction.organizations().count)
            }
            #expect(!hasPersons && organizations == 0)
            // The link was not used up.
            let made = try await operations.setUp(Self.draft("ada@new.test", key: nil), token: token, from: .init())
            #expect(made.key == nil)
            try await store.close()
        }
    }

    @Test("a person's rights are read again for each mutation")
    func rereadPerson() async throws {
        try await OperationsInstallation.run { installation in
            let operations = installation.operations
            let admin = try await installation.principal()
            let made = try await operations.createAdministrator(
                Self.draft("ada@example.test", organization: "Example", key: nil)
            )
            let person = try await operations.principal(of: made.user, from: .init())
            func createKey() async throws {
                let grant = GrantInput(nrn: "organization=1", shape: .slug("member"))
                _ = try await operations.createAPIKey(APIKeyDraft(name: "x", grants: [grant]), as: person)
            }
            try await createKey()

            let grant = try #require(
                try await operations.userRoles(of: [made.user.id], at: nil, PageRequest(), as: admin).first?.grants
                    .first
            ).grant
            try await operations.takeGrant(grant.id, as: admin)
            let refused = await #expect(throws: DomainError.self) { try await createKey() }
            #expect(refused?.code == .forbidden)

            let account = GrantInput(nrn: "organization=1:account=1", shape: .slug("admin"))
            _ = try await operations.giveGrant(account, to: made.user.id, as: admin)
            let elsewhere = await #expect(throws: DomainError.self) { try await createKey() }
            #expect(elsewhere?.code == .forbidden)

            _ = try await operations.giveGrant(
                GrantInput(nrn: "organization=1", shape: .slug("admin")), to: made.user.id, as: admin)
            try await createKey()
            var changes = PersonChanges()
            changes.status = "inactive"
            // Somebody else administers meanwhile.
            _ = try await operations.createAdministrator(
                Self.draft("grace@example.test", organization: "Example", key: nil)
            )
            _ = try await operations.updatePerson(made.user.id, changes, as: admin)
            let gone = await #expect(throws: DomainError.self) { try await createKey() }
            #expect(gone == Operations.badCredential)
        }
    }
}
