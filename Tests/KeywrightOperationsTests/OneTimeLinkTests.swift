import KeywrightDomain
import KeywrightStore
import Testing

@testable import KeywrightOperations

@Suite("Links for persons")
struct OneTimeLinkTests {
    private static let day: Duration = .seconds(86_400)

    @Test("an invitation is stored hashed and lives for 7 days")
    func invitation() async throws {
        try await OperationsInstallation.run { installation in
            let invitation = try await installation.operations.invitePerson(
                PersonDraft(email: "ada@example.test"), as: try await installation.principal()
            )
            let link = try #require(try await stored(invitation.url, installation))
            #expect(link.purpose == .invitation && link.userID == invitation.user.id)
            #expect(link.expiresAt == installation.clock.now.advanced(by: Self.day * 7))
            #expect(String(describing: invitation.url) == "<redacted>")
            // Looking for the token itself finds nothing.
            let token = try token(of: invitation.url)
            #expect(try await installation.store.read { try $0.oneTimeToken(digest: token.bytes) } == nil)
        }
    }

    @Test("a reset takes the password away at once and replaces earlier links")
    func passwordReset() async throws {
        try await OperationsInstallation.run { installation in
            let admin = try await installation.principal()
            let person = User.ID(1)
            #expect(try await installation.store.read { try $0.passwordDigest(of: person) } != nil)
            let first = try await installation.operations.resetPassword(of: person, as: admin).url
            #expect(try await installation.store.read { try $0.passwordDigest(of: person) } == nil)
            #expect(try await stored(first, installation)?.purpose == .passwordReset)
            let second = try await installation.operations.resetPassword(of: person, as: admin).url
            #expect(try await stored(first, installation) == nil)
            #expect(try await stored(second, installation)?.expiresAt == installation.clock.now.advanced(by: Self.day))
        }
    }

    @Test("deactivating a person ends their links")
    func deactivation() async throws {
        try await OperationsInstallation.run { installation in
            let admin = try await installation.principal()
            let invitation = try await installation.operations.invitePerson(
                PersonDraft(email: "ada@example.test"), as: admin
            )
            let reset = try await installation.operations.resetPassword(of: invitation.user.id, as: admin).url
            var changes = PersonChanges()
            changes.status = "inactive"
            _ = try await installation.operations.updatePerson(invitation.user.id, changes, as: admin)
            for url in [invitation.url, reset] {
                #expect(try await stored(url, installation) == nil)
            }
        }
    }

    @Test("a new address ends the links that the old one got; a new name does not")
    func newAddress() async throws {
        try await OperationsInstallation.run { installation in
            let admin = try await installation.principal()
            func change(_ id: User.ID, _ change: (inout PersonChanges) -> Void) async throws {
                var changes = PersonChanges()
                change(&changes)
                _ = try await installation.operations.updatePerson(id, changes, as: admin)
            }
            let invitation = try await installation.operations.invitePerson(
                PersonDraft(email: "ada@example.test"), as: admin
            )
            try await change(invitation.user.id) { $0.firstName = "Ada" }
            try await change(invitation.user.id) { $0.email = "ADA@example.test" }
            #expect(try await stored(invitation.url, installation) != nil)
            try await change(invitation.user.id) { $0.email = "ada@elsewhere.test" }
            #expect(try await stored(invitation.url, installation) == nil)
            let reset = try await installation.operations.resetPassword(of: invitation.user.id, as: admin).url
            #expect(try await stored(reset, installation) != nil)
            try await change(invitation.user.id) { $0.email = "ada@example.test" }
            #expect(try await stored(reset, installation) == nil)
        }
    }

    private func token(of url: Secret) throws -> Secret {
        Secret(String(try #require(url.reveal().split(separator: "=").last)))
    }

    private func stored(_ url: Secret, _ installation: OperationsInstallation) async throws -> OneTimeToken? {
        let digest = Operations.digest(oneTimeToken: try token(of: url))
        return try await installation.store.read { try $0.oneTimeToken(digest: digest) }
    }
}
