/// Rules about Swift files.
enum SourceRules {
    static let lineLimit = 400

    /// No two files of a target share a name: a stem finds the feature, and the compiler insists anyway.
    static func sharedNames(in repository: Repository) -> [Violation] {
        targets(of: repository).flatMap { target in
            Dictionary(grouping: repository.files(below: target, named: ".swift")) { $0.fileName.lowercased() }
                .values.filter { $0.count > 1 }
                .map {
                    Violation(file: $0[0], message: "shares its name with \($0.dropFirst().joined(separator: ", "))")
                }
        }
    }

    /// A file that grows past the limit holds more than one idea.
    static func longFiles(in repository: Repository) -> [Violation] {
        targets(of: repository).flatMap { repository.files(below: $0, named: ".swift") }.compactMap { file in
            guard var count = repository.lines(of: file)?.count else { return nil }
            count -= 1  // A last line ends in a line feed.
            return count > lineLimit
                ? Violation(file: file, message: "\(count) lines, \(lineLimit) are the limit") : nil
        }
    }

    /// Outside tests nothing may end the process because of an input.
    static func traps(in repository: Repository) -> [Violation] {
        let forms: [(pattern: Regex<Substring>, message: String)] = [
            (/\btry!/, "try! ends the process when the call throws"),
            (/\bas!/, "as! ends the process when the type is another"),
            (/\bfatalError\s*\(/, "fatalError ends the process"),
            (/\.unsafelyUnwrapped\b/, "unsafelyUnwrapped is a forced unwrap without a check"),
            (/(?:(?!\b(?:as|try)!)\b\w+|[)\]}>"'`?])!(?!=)/, "a forced unwrap ends the process when there is no value"),
        ]
        return repository.files(below: "Sources", named: ".swift").flatMap { file in
            SwiftCode.lines(of: repository.lines(of: file) ?? []).enumerated().flatMap { index, line in
                forms.filter { line.contains($0.pattern) }
                    .map { Violation(file: file, line: index + 1, message: $0.message) }
            }
        }
    }

    private static func targets(of repository: Repository) -> [String] {
        ["Sources", "Tests", "bench"].flatMap { top in repository.folders(in: top).map { "\(top)/\($0)" } }
    }
}

extension String {
    /// What stands after the last slash.
    var fileName: String {
        String(split(separator: "/").last ?? "")
    }
}
