import Foundation
import KeywrightWire

/// Where a command writes, and how it asks.
///
/// Whatever comes from a server passes through ``TerminalText``, so that no name can drive the terminal.
struct StandardStreams: Sendable {
    /// Writes to the standard output.
    let write: @Sendable ([UInt8]) throws -> Void
    /// Writes to the standard error; failing there is nobody's concern.
    let writeError: @Sendable ([UInt8]) -> Void
    /// Asks a person a question with yes or no; nil when no person is there.
    let ask: (@Sendable (String) -> Bool)?

    /// Prints text and a line end.
    func print(_ text: String) throws {
        try write(Array(TerminalText.escapingLines(text).utf8) + [0x0A])
    }

    /// Prints compact JSON and a line end.
    func print(json value: some Encodable) throws {
        let text = String(decoding: try WireJSON.encode(value), as: UTF8.self)
        try write(Array(TerminalText.escapingJSON(text).utf8) + [0x0A])
    }

    /// Tells a person something beside the result. Nothing that looks like a secret comes out.
    func note(_ text: String) {
        writeError(Array(TerminalText.escapingLines(TerminalText.redacting(text)).utf8) + [0x0A])
    }

    /// Reports an error with the lines that belong to it.
    func report(_ error: any ReportableError) {
        guard let message = error.report.first else { return }
        note((["Error: \(message)"] + error.report.dropFirst().map { "  \($0)" }).joined(separator: "\n"))
    }
}

extension StandardStreams {
    /// The streams of this process.
    static let process = StandardStreams(
        write: { try writeAll($0, to: STDOUT_FILENO) },
        writeError: { try? writeAll($0, to: STDERR_FILENO) },
        ask: isatty(STDIN_FILENO) == 1 && isatty(STDERR_FILENO) == 1 ? { @Sendable in asking($0) } : nil
    )

    private static func asking(_ question: String) -> Bool {
        let text = TerminalText.escapingLines(TerminalText.redacting(question)) + " [y/N] "
        try? writeAll(Array(text.utf8), to: STDERR_FILENO)
        return ["y", "yes"].contains(readLine()?.trimmingCharacters(in: .whitespaces).lowercased() ?? "")
    }

    /// - Throws: a failure without words when the reader has gone, as `head` does.
    private static func writeAll(_ bytes: [UInt8], to descriptor: Int32) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
            if count >= 0 {
                rest = rest.dropFirst(count)
                continue
            }
            switch errno {
            case EINTR: continue
            case EAGAIN:
                var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                poll(&waiting, 1, 1_000)
            case EPIPE: throw CommandFailure(silent: .failed)
            case let code: throw CommandFailure("Cannot write the result: \(String(cString: strerror(code))).")
            }
        }
    }
}
