import KeywrightDomain
import KeywrightStore
import Testing

@testable import KeywrightOperations

@Suite("Sessions")
struct SessionLifeTests {
    private func end(_ check: SessionCheck) -> SessionEnd? {
        if case .ended(let end) = check { return end }
        return nil
    }

    @Test("a session ends after 30 idle minutes and says so; use keeps it, but not past 8 hours")
    func ends() async throws {
        try await OperationsInstallation.run { installation in
            let idle = try await installation.signIn()
            let busy = try await installation.signIn()
            for _ in 0..<16 {
                installation.clock.advance(by: .seconds(1790))
                #expect(try await installation.signedIn(busy) != nil)
            }
            #expect(end(try await installation.check(idle)) == .idle)
            #expect(SessionEnd.idle.message == "You were signed out after 30 minutes without activity.")
            installation.clock.advance(by: .seconds(160))
            #expect(end(try await installation.check(busy)) == .overdue)
            #expect(end(try await installation.check(idle)) == .overdue)
        }
    }

    @Test("a use is written once a minute at most; extending writes at once")
    func noting() async throws {
        try await OperationsInstallation.run { installation in
            let new = try await installation.signIn()
            let start = installation.clock.now
            installation.clock.advance(by: .seconds(59))
            #expect(try await installation.signedIn(new)?.session.lastSeenAt == start)
            guard
                case .signedIn(let extended) = try await installation.operations.extendSession(new.value, from: .init())
            else { throw DomainError.notFound("session") }
            #expect(extended.session.lastSeenAt == installation.clock.now)
            installation.clock.advance(by: .seconds(60))
            #expect(try await installation.signedIn(new)?.session.lastSeenAt == installation.clock.now)
        }
    }

    @Test("a full disk signs nobody out before their time")
    func fullDisk() async throws {
        try await OperationsInstallation.run { installation in
            let new = try await installation.signIn()
            installation.clock.advance(by: .seconds(120))
            installation.store.admitWrites(0)
            #expect(try await installation.signedIn(new) != nil)
            installation.store.admitWrites(nil)
        }
    }

    @Test("no other value lets anybody in", arguments: ["", "a", "é", String(repeating: "A", count: 43), "kw_x_y"])
    func unknown(_ value: String) async throws {
        try await OperationsInstallation.run { installation in
            _ = try await installation.signIn()
            #expect(end(try await installation.operations.session(Secret(value), from: .init())) == .unknown)
        }
    }

    @Test("signing out ends the session for good and is on record once")
    func signOut() async throws {
        try await OperationsInstallation.run { installation in
            let new = try await installation.signIn()
            for _ in 0..<2 { try await installation.operations.signOut(new.signedIn) }
            #expect(end(try await installation.check(new)) == .unknown)
            let events = try await installation.events("user.sign_out")
            #expect(events.map(\.credential) == ["session:\(new.signedIn.session.id)"])
            let error = try await refusal {
                _ = try await installation.operations.createPerson(
                    PersonDraft(email: "x@example.test"), as: new.signedIn.principal)
            }
            #expect(error?.code == .unauthenticated)
        }
    }

    @Test("a person sees and ends their own sessions, nobody else's")
    func ownSessions() async throws {
        try await OperationsInstallation.run { installation in
            let user = try await installation.makePerson("ada@example.test", role: "member")
            let first = try await installation.signIn("ada@example.test")
            let second = try await installation.signIn("ada@example.test")
            let admin = try await installation.signIn()
            let operations = installation.operations
            let ada = second.signedIn.principal
            #expect(
                try await operations.sessions(of: user.id, as: ada).map(\.id)
                    == [second, first].map(\.signedIn.session.id))
            let foreign = try await refusal {
                try await operations.endSession(admin.signedIn.session.id, as: ada)
            }
            #expect(foreign?.code == .notFound)
            #expect(
                try await refusal { try await operations.endSessions(of: admin.signedIn.user.id, as: ada) }?.code
                    == .notFound)
            try await operations.endSession(first.signedIn.session.id, as: ada)
            #expect(try await installation.signedIn(first) == nil)
            #expect(try await installation.signedIn(second) != nil)
            #expect(try await installation.events("session.end").count == 1)
            #expect(try await operations.endSessions(of: user.id, as: admin.signedIn.principal) == 1)
            #expect(try await installation.signedIn(second) == nil)
            #expect(try await installation.signedIn(admin) != nil)
        }
    }

    @Test("the twenty-first session ends the oldest")
    func bound() async throws {
        try await OperationsInstallation.run { installation in
            var all: [NewSession] = []
            for _ in 0...Session.limit { all.append(try await installation.signIn()) }
            #expect(try await installation.signedIn(all[0]) == nil)
            #expect(try await installation.signedIn(all[1]) != nil)
            let admin = all[1].signedIn
            #expect(try await installation.operations.sessions(of: admin.user.id, as: admin.principal).count == 20)
        }
    }

    @Test("deactivating a person, resetting their password and restoring a backup end all sessions")
    func ending() async throws {
        try await OperationsInstallation.run { installation in
            let user = try await installation.makePerson("ada@example.test")
            let operations = installation.operations
            let admin = try await installation.principal()
            var changes = PersonChanges()
            changes.status = "inactive"
            let ends: [() async throws -> Void] = [
                { _ = try await operations.updatePerson(user.id, changes, as: admin) },
                { _ = try await operations.resetPassword(of: user.id, as: admin) },
                { try await operations.noteRestore() },
                {
                    _ = try await operations.resetAdministratorPassword(
                        email: "ada@example.test", to: OperationsInstallation.password)
                },
            ]
            for end in ends {
                var active = PersonChanges()
                active.status = "active"
                _ = try await operations.updatePerson(user.id, active, as: try await installation.principal())
                _ = try await operations.resetAdministratorPassword(
                    email: "ada@example.test", to: OperationsInstallation.password)
                let session = try await installation.signIn("ada@example.test")
                #expect(try await installation.signedIn(session) != nil)
                try await end()
                #expect(try await installation.signedIn(session) == nil)
            }
        }
    }
}
