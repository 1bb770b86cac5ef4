import ArgumentParser
import Foundation
import KeywrightDomain
import KeywrightOperations
import KeywrightStore
import Logging

/// `keywright audit verify`
struct AuditVerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Check that nobody changed, removed or added events of the audit trail.",
        discussion: "Reads the data, also while servers run. Exits 1 when the trail is broken."
    )

    @OptionGroup var data: DataOptions

    func run() async throws {
        let isTerminal = isatty(STDERR_FILENO) == 1
        let results = try await read { transaction in
            try Operations.verifyAuditTrail(in: transaction) { count in
                if isTerminal { StandardStreams.process.writeError(Array("\r\(count) events".utf8)) }
            }
        }
        if isTerminal { StandardStreams.process.note("") }
        for result in results {
            let name = "organization \(result.organizationID)"
            if let event = result.firstBroken {
                try StandardStreams.process.print("\(name): broken at event \(event)")
            } else if !result.endsAtHead {
                try StandardStreams.process.print("\(name): events are missing at its end")
            } else {
                let start = result.previous.map { " after the detached event \($0)" } ?? ""
                try StandardStreams.process.print("\(name): \(result.count) events\(start), intact")
            }
        }
        guard results.allSatisfy(\.isIntact) else { throw CommandFailure("The audit trail is broken.") }
    }

    private func read<Value: Sendable>(
        _ body: @escaping @Sendable (any ReadTransaction) throws -> Value
    ) async throws -> Value {
        let logger = Logger.standardError(.warning)
        guard let address = try Settings(data).database else {
            return try SQLiteFile(SQLiteStore.databaseURL(in: data.folder), logger: logger).read(body)
        }
        let store = try PostgresStore(address, now: Server.systemClock, logger: logger)
        let result: Value
        do {
            result = try await store.read(body)
        } catch {
            try? await store.close()
            throw error
        }
        try await store.close()
        return result
    }
}
