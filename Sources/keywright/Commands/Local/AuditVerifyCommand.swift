import ArgumentParser
import Foundation
import KeywrightOperations
import KeywrightStore
import Logging

/// `keywright audit verify`
struct AuditVerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Check that nobody changed, removed or added events of the audit trail.",
        discussion: "Reads the data folder, also while the server runs. Exits 1 when the trail is broken."
    )

    @OptionGroup var data: DataOptions

    func run() async throws {
        let database = try SQLiteFile(SQLiteStore.databaseURL(in: data.folder), logger: Terminal.logger(.warning))
        let isTerminal = isatty(STDERR_FILENO) == 1
        let results = try database.read { transaction in
            try Operations.verifyAuditTrail(in: transaction) { count in
                if isTerminal { FileHandle.standardError.write(Data("\r\(count) events".utf8)) }
            }
        }
        if isTerminal { Terminal.note("") }
        for result in results {
            let name = "organization \(result.organizationID)"
            if let event = result.firstBroken {
                Terminal.say("\(name): broken at event \(event)")
            } else if !result.endsAtHead {
                Terminal.say("\(name): events are missing at its end")
            } else {
                Terminal.say("\(name): \(result.count) events, intact, 0 unsealed")
            }
        }
        guard results.allSatisfy(\.isIntact) else { throw CommandFailure("The audit trail is broken.") }
    }
}
