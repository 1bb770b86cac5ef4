import Foundation
import KeywrightDomain
import KeywrightStore
import Testing

@testable import KeywrightOperations

@Suite("After a restore")
struct RestoreTests {
    @Test("all tokens of all organizations have ended, the keys have not")
    func tokensEnd() async throws {
        try await OperationsInstallation.run { installation in
            let operations = installation.operations
            let other = try await OperationsInstallation.administrator(of: "Other", operations)
            let keys = [installation.admin, try await installation.makeKey().value, other]
            var tokens: [IssuedToken] = []
            for key in keys {
                let token = try await installation.exchange(key)
                #expect(try await installation.isAccepted(token.accessToken))
                tokens.append(token)
            }
            try await operations.noteRestore()
            for (key, token) in zip(keys, tokens) {
                #expect(try await !installation.isAccepted(token.accessToken))
                let refresh = try #require(token.refreshToken)
                let error = await #expect(throws: DomainError.self) {
                    try await operations.renewToken(refresh, organizationID: token.organizationID, from: .init())
                }
                #expect(error?.code == .unauthenticated)
                #expect(try await installation.isAccepted(key))
                let fresh = try await installation.exchange(key)
                #expect(try await installation.isAccepted(fresh.accessToken))
                let renewed = try await operations.renewToken(
                    try #require(fresh.refreshToken), organizationID: fresh.organizationID, from: .init()
                )
                #expect(try await installation.isAccepted(renewed.accessToken))
            }
        }
    }

    @Test("what was given out after one restore of a backup has ended after another restore of it")
    func twice() async throws {
        try await OperationsInstallation.withFolder { folder in
            let (clock, backup) = (TestClock(), folder.appending(path: "backup"))
            func run<Value>(_ body: (Operations) async throws -> Value) async throws -> Value {
                let store = try SQLiteStore(folder: folder, now: { clock.now }, logger: OperationsInstallation.logger)
                do {
                    let value = try await body(try OperationsInstallation.operations(on: store, clock: clock))
                    try await store.close()
                    return value
                } catch {
                    try? await store.close()
                    throw error
                }
            }
            func restore() async throws {
                _ = try SQLiteStore.replaceDatabase(in: folder, with: backup)
                clock.advance(by: .seconds(1))
                try await run { try await $0.noteRestore() }
            }
            let key = try await run { operations in
                try await Installation.prepare(operations)
                return try await OperationsInstallation.administrator(of: "Example", operations)
            }
            try SQLiteFile(folder.appending(path: "keywright.db"), logger: OperationsInstallation.logger)
                .backup(to: backup)
            try await restore()
            let token = try await run { operations in
                let token = try await operations.exchangeToken(apiKey: key, from: .init())
                _ = try await operations.authenticate(.bearer(token.accessToken), from: .init())
                return token
            }
            try await restore()
            try await run { operations in
                let old = try await refusal {
                    _ = try await operations.authenticate(.bearer(token.accessToken), from: .init())
                }
                #expect(old?.code == .unauthenticated)
                let refresh = try #require(token.refreshToken)
                let renewal = try await refusal {
                    _ = try await operations.renewToken(refresh, organizationID: nil, from: .init())
                }
                #expect(renewal?.code == .unauthenticated)
                _ = try await operations.authenticate(.bearer(key), from: .init())
            }
        }
    }

    @Test("links that were there do not work")
    func links() async throws {
        try await OperationsInstallation.run { installation in
            let (operations, admin) = (installation.operations, try await installation.principal())
            let invited = try await operations.invitePerson(PersonDraft(email: "ada@example.test"), as: admin)
            let reset = try await operations.resetPassword(
                of: try await installation.makePerson("b@c.test").id, as: admin)
            try await operations.noteRestore()
            for url in [invited.url, reset.url] {
                let token = Secret(String(try #require(url.reveal().split(separator: "=").last)))
                let gone = try await refusal { _ = try await operations.invitation(token) }
                #expect(gone?.code == .notFound)
            }
        }
    }

    @Test("every organization's trail says so, and its chain verifies")
    func trail() async throws {
        try await OperationsInstallation.run { installation in
            _ = try await OperationsInstallation.administrator(of: "Other", installation.operations)
            try await installation.operations.noteRestore()
            let (verifications, events) = try await installation.store.read { transaction in
                (
                    try Operations.verifyAuditTrail(in: transaction),
                    try [Int64(1), 2].map { id in
                        var query = AuditQuery(organizationID: Organization.ID(id))
                        query.actions = ["installation.restore"]
                        return try transaction.auditEvents(query, PageRequest()).results
                    }
                )
            }
            #expect(verifications.count == 2 && verifications.allSatisfy(\.isIntact))
            #expect(events.map(\.count) == [1, 1])
            #expect(events.joined().allSatisfy { $0.event.actorType == "operator" && $0.event.userID == nil })
        }
    }
}
