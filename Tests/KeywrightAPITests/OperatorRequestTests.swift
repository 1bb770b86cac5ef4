import Foundation
import KeywrightOperations
import Testing

@testable import keywright

@Suite("What an operator asks of a running server through its data folder", .timeLimit(.minutes(10)))
struct OperatorRequestTests {
    private static func leftovers(_ installation: TestInstallation) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: installation.folder.path)
            .filter { $0.contains("signing-key") }
    }

    @Test("it is done once, answered, and nothing is left in the folder")
    func answers() async throws {
        try await TestInstallation.run { installation in
            let request = OperatorRequest(folder: installation.folder)
            let (operations, logger) = (installation.operations, installation.logs.logger)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    while !Task.isCancelled {
                        await request.answer(operations, logger)
                        await Task.yield()
                    }
                }
                let rotated = try await request.ask(.rotateSigningKey)
                #expect(rotated.isDone && rotated.text.contains("signs from 2026-01-01T01:00:00Z on"))
                #expect(try await operations.publishedSigningKeys().count == 2)
                let again = try await request.ask(.rotateSigningKey)
                #expect(!again.isDone && again.text.contains("is published already"))
                let replaced = try await request.ask(.replaceSigningKeys)
                #expect(replaced.isDone)
                #expect(try await operations.publishedSigningKeys().count == 1)
                group.cancelAll()
            }
            #expect(try Self.leftovers(installation) == [])
        }
    }

    @Test("nobody answers: the request is taken back, so that it is not done later")
    func silence() async throws {
        try await TestInstallation.run { installation in
            let request = OperatorRequest(folder: installation.folder)
            await #expect(throws: CommandFailure.self) {
                try await request.ask(.rotateSigningKey, patience: .milliseconds(100))
            }
            let leftovers = try Self.leftovers(installation)
            #expect(leftovers.isEmpty)
            await request.answer(installation.operations, installation.logs.logger)
            let published = try await installation.operations.publishedSigningKeys()
            #expect(published.count == 1)
        }
    }
}
