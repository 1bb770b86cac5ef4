import KeywrightDomain
import KeywrightStore
import Testing

@testable import KeywrightOperations

@Suite("Passwords, invitations and kept forms")
struct PasswordTests {
    private let next = Secret("another long password")

    private func token(_ invitation: Invitation) -> Secret {
        let url = invitation.url.reveal()
        return Secret(String(url[url.index(after: url.lastIndex(of: "=") ?? url.startIndex)...]))
    }

    @Test("changing one's password ends all sessions and begins a new one")
    func change() async throws {
        try await OperationsInstallation.run { installation in
            let (other, mine) = (try await installation.signIn(), try await installation.signIn())
            let operations = installation.operations
            let wrong = try await refusal {
                _ = try await operations.changePassword(from: Secret("no"), to: next, in: mine.signedIn)
            }
            #expect(wrong?.violations.map(\.pointer) == ["/current_password"])
            let short = try await refusal {
                _ = try await operations.changePassword(
                    from: OperationsInstallation.password, to: Secret("short"), in: mine.signedIn)
            }
            #expect(short?.violations.map(\.pointer) == ["/password"])
            let new = try await operations.changePassword(
                from: OperationsInstallation.password, to: next, in: mine.signedIn)
            #expect(!new.value.equals(mine.value))
            for session in [other, mine] { #expect(try await installation.signedIn(session) == nil) }
            #expect(try await installation.signedIn(new) != nil)
            #expect(
                try await installation.refusal("admin@example.test", OperationsInstallation.password.reveal()) != nil)
            _ = try await installation.signIn("admin@example.test", next)
            #expect(try await installation.events("user.password_change").map(\.outcome) == [.success, .failure])
            let gone = try await refusal {
                _ = try await operations.changePassword(from: next, to: next, in: mine.signedIn)
            }
            #expect(gone?.code == .unauthenticated)
        }
    }

    @Test("guessing the current password is slowed down as at sign-in")
    func changeWaits() async throws {
        try await OperationsInstallation.run { installation in
            let mine = try await installation.signIn()
            for _ in 0..<5 {
                _ = try await refusal {
                    _ = try await installation.operations.changePassword(
                        from: Secret("no"), to: next, in: mine.signedIn)
                }
            }
            #expect(try await installation.refusal("admin@example.test", "x")?.code == .rateLimited)
        }
    }

    @Test("an invitation lets a person in once, with the names they choose")
    func invitation() async throws {
        try await OperationsInstallation.run { installation in
            let operations = installation.operations
            let invited = try await operations.invitePerson(
                PersonDraft(email: "ada@example.test"), as: try await installation.principal())
            let token = token(invited)
            let pending = try await operations.invitation(token)
            #expect(pending.user.email == "ada@example.test")
            #expect(pending.organizationName == "Example")
            #expect(pending.purpose == .invitation)
            let wrong = try await refusal {
                _ = try await operations.acceptInvitation(
                    token, password: Secret("short"), firstName: "\u{202E}", from: .init())
            }
            #expect(wrong?.violations.map(\.pointer) == ["/password", "/first_name"])
            let new = try await operations.acceptInvitation(
                token, password: next, firstName: " Ada ", lastName: "", from: .init())
            #expect(new.signedIn.user.firstName == "Ada")
            #expect(try await installation.signedIn(new)?.user.id == invited.user.id)
            #expect(try await refusal { _ = try await operations.invitation(token) }?.code == .notFound)
            let again = try await refusal {
                _ = try await operations.acceptInvitation(token, password: next, from: .init())
            }
            #expect(again?.code == .notFound)
            #expect(try await installation.events("user.invitation_accept").map(\.userID) == [invited.user.id])
            _ = try await installation.signIn("ada@example.test", next)
        }
    }

    @Test("of many who accept one invitation at once, one gets in")
    func race() async throws {
        try await OperationsInstallation.run { installation in
            let operations = installation.operations
            let token = token(
                try await operations.invitePerson(
                    PersonDraft(email: "ada@example.test"), as: try await installation.principal()))
            let winners = await withTaskGroup(of: Int.self) { group in
                for _ in 0..<20 {
                    group.addTask {
                        let won = try? await operations.acceptInvitation(token, password: next, from: .init())
                        return won == nil ? 0 : 1
                    }
                }
                return await group.reduce(0, +)
            }
            #expect(winners == 1)
        }
    }

    @Test("a reset sets a password, changes no name, clears the wait, and dies with its time or its person")
    func reset() async throws {
        try await OperationsInstallation.run { installation in
            let operations = installation.operations
            let admin = try await installation.principal()
            let user = try await installation.makePerson("ada@example.test")
            for _ in 0..<6 { _ = try await installation.refusal("ada@example.test", "wrong") }
            let reset = token(try await operations.resetPassword(of: user.id, as: admin))
            #expect(try await operations.invitation(reset).purpose == .passwordReset)
            let new = try await operations.acceptInvitation(
                reset, password: next, firstName: "Eve", from: .init())
            #expect(new.signedIn.user.firstName == "Ada")
            _ = try await installation.signIn("ada@example.test", next)
            #expect(try await installation.events("user.password_set").first?.actorType == "person")

            let late = token(try await operations.resetPassword(of: user.id, as: admin))
            installation.clock.advance(by: .seconds(24 * 3600))
            #expect(try await refusal { _ = try await operations.invitation(late) }?.code == .notFound)
            let dead = token(try await operations.resetPassword(of: user.id, as: admin))
            var changes = PersonChanges()
            changes.status = "inactive"
            _ = try await operations.updatePerson(user.id, changes, as: admin)
            #expect(try await refusal { _ = try await operations.invitation(dead) }?.code == .notFound)
            let setup = Secret("AAAAAAAAAAAAAAAAAAAAAA")
            try await installation.store.write {
                try $0.insert(
                    OneTimeToken(
                        digest: Operations.digest(oneTimeToken: setup), purpose: .setup, userID: nil,
                        expiresAt: .distantFuture))
            }
            #expect(try await refusal { _ = try await operations.invitation(setup) }?.code == .notFound)
        }
    }

    @Test("a reset ends the links there were, an invitation included")
    func earlierLinks() async throws {
        try await OperationsInstallation.run { installation in
            let operations = installation.operations
            let admin = try await installation.principal()
            let invited = try await operations.invitePerson(PersonDraft(email: "ada@example.test"), as: admin)
            let earlier = token(try await operations.resetPassword(of: invited.user.id, as: admin))
            let last = token(try await operations.resetPassword(of: invited.user.id, as: admin))
            for link in [token(invited), earlier] {
                let gone = try await refusal { _ = try await operations.invitation(link) }
                #expect(gone?.code == .notFound)
            }
            _ = try await operations.acceptInvitation(last, password: next, from: .init())
        }
    }

    @Test("a form sent after the session went idle is given back to its person, once, for 15 minutes")
    func keptForms() async throws {
        try await OperationsInstallation.run { installation in
            let operations = installation.operations
            _ = try await installation.makePerson("ada@example.test")
            let old = try await installation.signIn()
            func keep(_ id: String, _ value: Secret = old.value) async throws -> Bool {
                try await operations.keepForm(
                    id: id, path: "/settings/api-keys/new", fields: "name=é", sessionValue: value)
            }
            #expect(try await !keep("a-1"), "a live session needs no keeping")
            installation.clock.advance(by: .seconds(1_900))
            #expect(try await keep("a-1"))
            #expect(try await keep("a-2"))
            for id in ["", "a b", "é", String(repeating: "a", count: 65)] { #expect(try await !keep(id)) }
            #expect(try await !keep("a-3", Secret(String(repeating: "A", count: 43))))
            let ada = try await installation.signIn("ada@example.test")
            let admin = try await installation.signIn()
            #expect(try await operations.takeForm(id: "a-1", as: ada.signedIn.principal) == nil)
            let kept = try await operations.takeForm(id: "a-1", as: admin.signedIn.principal)
            #expect(kept == KeptForm(path: "/settings/api-keys/new", fields: "name=é"))
            #expect(try await operations.takeForm(id: "a-1", as: admin.signedIn.principal) == nil)
            installation.clock.advance(by: FormDraft.lifetime)
            #expect(try await operations.takeForm(id: "a-2", as: admin.signedIn.principal) == nil)
        }
    }

    @Test("a person who sends one form twice makes one key")
    func repeatedForm() async throws {
        try await OperationsInstallation.run { installation in
            let admin = try await installation.signIn().signedIn.principal
            let draft = APIKeyDraft(
                name: "twice", grants: [GrantInput(nrn: "organization=1", shape: .slug("member"))])
            let form = try IdempotencyKey("1f0c9d8e-6a51-4a60-8f0f-8c7c7d2e5a10", body: Array("the same form".utf8))
            let first = try await installation.operations.createAPIKey(draft, idempotencyKey: form, as: admin)
            let second = try await installation.operations.createAPIKey(draft, idempotencyKey: form, as: admin)
            #expect(first.value != nil)
            #expect(second.value == nil)
            #expect(second.key.id == first.key.id)
            let event = try #require(try await installation.events("api_key.create").first)
            #expect(event.credential == admin.origin.sessionID.map { "session:\($0)" })
        }
    }
}
