import Foundation

/// How far something is, on standard error: one line that is written over on a terminal, else a line now and then.
final class ProgressLine {
    private static let interval = Duration.seconds(5)

    private let isTerminal = isatty(STDERR_FILENO) == 1
    private var shown = ""
    private var last: ContinuousClock.Instant?
    private var latest = ""

    /// Shows a count.
    func show(_ what: String, _ count: Int, of total: Int? = nil) {
        latest = "\(what): \(count)" + (total.map { " of \($0)" } ?? "")
        if isTerminal {
            let rest = String(repeating: " ", count: max(shown.count - latest.count, 0))
            StandardStreams.process.writeError(Array("\r\(latest)\(rest)".utf8))
            shown = latest
        } else if last.map({ .now - $0 >= Self.interval }) ?? true {
            print()
        }
    }

    /// Leaves the last count standing.
    func end() {
        if isTerminal {
            if !shown.isEmpty { StandardStreams.process.note("") }
        } else if shown != latest {
            print()
        }
        (shown, latest, last) = ("", "", nil)
    }

    private func print() {
        StandardStreams.process.note(latest)
        (shown, last) = (latest, .now)
    }
}
