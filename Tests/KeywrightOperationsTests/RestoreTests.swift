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
