import Foundation

/// Rules about every text file, whatever its language.
enum TextRules {
    /// What is unfinished belongs into the issue tracker.
    static func unfinishedWords(in repository: Repository) -> [Violation] {
        let words = ["TO" + "DO", "FIX" + "ME"]
        return lines(of: repository) { line in
            words.first { word in line.contains(word) && line.matches(of: /\b[A-Z]+\b/).contains { $0.output == word } }
                .map { "\($0): finish it or file an issue" }
        }
    }

    /// A path that exists on one machine only: this checkout, the folder around it, or somebody's home.
    static func machinePaths(in repository: Repository) -> [Violation] {
        let home = /(?:^|[^\w.~\/-])\/(?:root|(?:home|Users)\/\w[\w.-]*)\//
        let checkout = repository.root.standardizedFileURL.path(percentEncoded: false)
        let parent = repository.root.standardizedFileURL.deletingLastPathComponent().path(percentEncoded: false)
        var places = [checkout.hasSuffix("/") ? checkout : checkout + "/"]
        if !sharedFolders.contains(parent) { places.append(parent) }
        return lines(of: repository) { line in
            let isHere = places.contains { place in
                line.ranges(of: place).contains { range in
                    range.lowerBound == line.startIndex || !isPath(line[line.index(before: range.lowerBound)])
                }
            }
            return isHere || (line.contains("/") && line.contains(home)) ? "a path of one machine" : nil
        }
    }

    /// Mustache escapes `{{name}}`; the two other forms put text into a page as it is.
    static func unescapedTemplates(in repository: Repository) -> [Violation] {
        lines(of: repository, below: "Sources/KeywrightConsole") { line in
            line.contains("{{{") || line.contains(/\{\{\s*&/) ? "an unescaped template value" : nil
        }
    }

    /// Folders that documents may well name although a checkout stands in them.
    private static let sharedFolders: Set = [
        "/", "/app/", "/build/", "/builds/", "/mnt/", "/opt/", "/src/", "/srv/", "/tmp/", "/usr/src/", "/var/tmp/",
    ]

    private static func isPath(_ character: Character) -> Bool {
        character.isLetter || character.isNumber || "_.~/-".contains(character)
    }

    private static func lines(
        of repository: Repository, below folder: String = "", message: (Substring) -> String?
    ) -> [Violation] {
        repository.files(below: folder).filter { $0 != "Package.resolved" }.flatMap { file in
            (repository.lines(of: file) ?? []).enumerated().compactMap { index, line in
                message(line).map { Violation(file: file, line: index + 1, message: $0) }
            }
        }
    }
}
