import KeywrightDomain
import KeywrightStore
import Testing

@testable import KeywrightOperations

@Suite("What pages say about people")
struct PeopleOverviewTests {
    private let organization = Organization.ID(1)

    @Test("people are found by a part of their name or address, whatever the case, and come by name")
    func search() async throws {
        try await OperationsInstallation.run { installation in
            let admin = try await installation.principal()
            for (email, first, last) in [
                ("c@x.test", "Élodie", "Brun"), ("b@x.test", "Anna", "ÖZ"), ("a@y.test", "", ""),
            ] {
                _ = try await installation.operations.createPerson(
                    PersonDraft(email: email, firstName: first, lastName: last), as: admin
                )
            }
            func emails(_ search: String?, status: User.Status? = nil, _ page: PageRequest = .init()) async throws
                -> [String]
            {
                var query = UserQuery(organizationID: Organization.ID(1))
                query.search = search
                query.statuses = status.map { [$0] }
                query.isByName = true
                return try await installation.operations.people(query, page, as: admin).page.results.map(\.email)
            }
            #expect(try await emails("éLO") == ["c@x.test"])
            #expect(try await emails("anna ö") == ["b@x.test"])
            #expect(try await emails("X.TEST") == ["b@x.test", "c@x.test"])
            #expect(try await emails("%") == [])
            #expect(try await emails("x.test", status: .inactive) == [])
            #expect(try await emails(nil) == ["a@y.test", "admin@example.test", "b@x.test", "c@x.test"])
            #expect(try await emails(nil, PageRequest(limit: 2, offset: 1)) == ["admin@example.test", "b@x.test"])
        }
    }

    @Test("each comes with the grants one may read, the last sign-in, and the keys one sees")
    func facts() async throws {
        try await OperationsInstallation.run { installation in
            let account = "organization=1:account=1"
            let ops = try await installation.makePerson("ops@example.test", role: "ops", at: account)
            let admin = try await installation.principal()
            let before = try await installation.operations.person(ops.id, as: admin)
            #expect(before.facts.grants.map(\.roleSlug) == ["ops"] && before.facts.lastSignIn == nil)
            #expect(before.facts.keyCount == 0 && before.sessionCount == 0 && !before.facts.isInvited)
            let session = try await installation.signIn("ops@example.test")
            let draft = APIKeyDraft(
                name: "deploy", grants: [GrantInput(nrn: account, shape: .slug("member"))], tags: []
            )
            _ = try await installation.operations.createAPIKey(draft, as: session.signedIn.principal)
            var query = UserQuery(organizationID: organization)
            query.roles = [try #require(admin.catalogue.role(slug: "ops")).id]
            let list = try await installation.operations.people(query, PageRequest(), as: admin)
            let facts = try #require(list.facts[ops.id])
            #expect(list.page.total == 1 && facts.keyCount == 1 && facts.lastSignIn == installation.clock.now)
            #expect(list.resources.name(of: try NRN(parsing: account)) == "main")
            let invited = try await installation.operations.invitePerson(PersonDraft(email: "n@x.test"), as: admin)
            #expect(try await installation.operations.person(invited.user.id, as: admin).facts.isInvited)
            let own = try await installation.operations.person(ops.id, as: session.signedIn.principal)
            #expect(own.facts.grants.count == 1 && own.sessionCount == 1)
            let refused = try await refusal {
                _ = try await installation.operations.people(query, PageRequest(), as: session.signedIn.principal)
            }
            #expect(refused?.code == .forbidden)
        }
    }

    @Test("an invitation with a grant that may not be given adds nobody")
    func invitation() async throws {
        try await OperationsInstallation.run { installation in
            let admin = try await installation.principal()
            let grants = [("organization=1", "member"), ("organization=1", "machine:ci")].map {
                GrantInput(nrn: $0.0, shape: .slug($0.1))
            }
            let error = try await refusal {
                _ = try await installation.operations.invitePerson(
                    PersonDraft(email: "n@x.test"), grants: grants, as: admin
                )
            }
            #expect(error?.code == .invalid && error?.causeIndex == 1)
            #expect(try await installation.store.read { try $0.person(email: "n@x.test") } == nil)
        }
    }

    @Test("grants are given and taken in one change; those in neither list stay")
    func changeGrants() async throws {
        try await OperationsInstallation.run { installation in
            let user = try await installation.makePerson("ada@example.test", role: "member")
            let admin = try await installation.principal()
            let other = try await installation.operations.giveGrant(
                GrantInput(nrn: "organization=1", shape: .slug("ops")), to: user.id, as: admin
            )
            let first = try await installation.operations.person(user.id, as: admin).facts.grants[0]
            let now = try await installation.operations.changeGrants(
                of: user.id, giving: [GrantInput(nrn: "organization=1", shape: .slug("developer"))], taking: [first.id],
                as: admin
            )
            #expect(now.map(\.roleSlug) == ["ops", "developer"] && now.first == other.grant)
            let repeated = try await refusal {
                _ = try await installation.operations.changeGrants(
                    of: user.id, giving: [GrantInput(nrn: "organization=1", shape: .slug("ops"))], taking: [], as: admin
                )
            }
            #expect(repeated?.code == .invalid)
        }
    }
}
