import ArgumentParser
import Foundation
import KeywrightDomain
import KeywrightStore

/// How a command ended, as the shell sees it.
enum CommandStatus: Int32, Sendable {
    case done = 0
    case failed = 1
    /// The command line or a setting is wrong.
    case usage = 2
    /// Another process holds the data folder.
    case locked = 3
    /// No or bad credential, or an action that it does not have.
    case refused = 4
}

/// An error that a command reports in its own words.
protocol ReportableError: Error {
    /// What the process ends with.
    var exitStatus: CommandStatus { get }
    /// The message, and lines that go below it; nothing is printed when there are none.
    var report: [String] { get }
}

/// Ends a command with a message.
struct CommandFailure: ReportableError, Equatable {
    let exitStatus: CommandStatus
    let report: [String]

    /// A failure with a message and lines that go below it.
    init(_ message: String, _ details: [String] = [], status: CommandStatus = .failed) {
        exitStatus = status
        report = [message] + details
    }

    /// A failure that was reported already, or that nobody is left to read.
    init(silent status: CommandStatus) {
        exitStatus = status
        report = []
    }
}

/// Runs the command line and turns every error into words and an exit code.
enum CommandExit {
    /// Runs the command line of this process and ends it.
    static func run(_ root: any AsyncParsableCommand.Type) async -> Never {
        exit(await status(of: root, nil, .process))
    }

    /// Parses the arguments, runs the command they name, and reports what goes wrong.
    ///
    /// - Parameter arguments: without the program's name; nil for those of the process.
    /// - Returns: the code to end the process with.
    static func status(
        of root: any AsyncParsableCommand.Type, _ arguments: [String]?, _ streams: StandardStreams
    ) async -> Int32 {
        do {
            var command = try await root.asyncParseAsRoot(arguments)
            if var asyncCommand = command as? any AsyncParsableCommand {
                try await asyncCommand.run()
            } else {
                try command.run()
            }
            return CommandStatus.done.rawValue
        } catch {
            return report(error, of: root, streams)
        }
    }

    /// Prints an error: help to the standard output, everything else to the standard error.
    private static func report(
        _ error: any Error, of root: any AsyncParsableCommand.Type, _ streams: StandardStreams
    ) -> Int32 {
        if let error = error as? any ReportableError {
            streams.report(error)
            return error.exitStatus.rawValue
        }
        let parserCode = root.exitCode(for: error)
        if parserCode == .success {
            let text = root.fullMessage(for: error)
            return (try? streams.print(text)) == nil ? CommandStatus.failed.rawValue : CommandStatus.done.rawValue
        }
        if parserCode == .validationFailure {
            streams.note(root.fullMessage(for: error))
            return CommandStatus.usage.rawValue
        }
        if let code = error as? ExitCode { return code.rawValue }
        streams.report(CommandFailure(text(of: error)))
        return CommandStatus.failed.rawValue
    }

    private static func text(of error: any Error) -> String {
        if error is CancellationError { return "The command was interrupted." }
        if let text = (error as? any LocalizedError)?.errorDescription { return text }
        if error is CocoaError || error is POSIXError { return error.localizedDescription }
        return String(describing: error)
    }
}

extension DomainError: ReportableError {
    var exitStatus: CommandStatus {
        code == .unauthenticated || code == .forbidden ? .refused : .failed
    }

    var report: [String] {
        let lines = violations.map { $0.pointer.isEmpty ? $0.message : "\($0.pointer): \($0.message)" }
        return violations.count == 1 && violations.first?.message == detail ? [detail] : [detail] + lines
    }
}

extension DataFolderLocked: ReportableError {
    var exitStatus: CommandStatus { .locked }
    var report: [String] { [description] }
}

extension Settings.Invalid: ReportableError {
    var exitStatus: CommandStatus { .usage }
    var report: [String] { [description] }
}
