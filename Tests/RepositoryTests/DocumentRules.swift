import Foundation

/// Rules about what people read.
enum DocumentRules {
    /// A decision record says why, what else was considered, and what follows.
    static func decisionRecords(in repository: Repository) -> [Violation] {
        let records = repository.files(below: "docs/decisions", named: ".md")
        let misnamed = records.filter { !$0.fileName.contains(/^\d{4}-[a-z0-9-]+\.md$/) }
            .map { Violation(file: $0, message: "is not named NNNN-title.md") }
        let clashes = Dictionary(grouping: records) { $0.fileName.prefix(4) }.values.filter { $0.count > 1 }
            .map { Violation(file: $0[0], message: "shares its number with \($0.dropFirst().joined(separator: ", "))") }
        let incomplete = records.flatMap { file in
            let lines = Set(repository.lines(of: file) ?? [])
            return ["Context", "Decision", "Alternatives", "Consequences"].filter { !lines.contains("## \($0)") }
                .map { Violation(file: file, message: "has no heading \"## \($0)\"") }
        }
        return misnamed + clashes + incomplete
    }

    /// A relative link leads to a file of this repository.
    static func brokenLinks(in repository: Repository) -> [Violation] {
        let documents = repository.files(named: ".md").filter { !$0.contains("/") || $0.hasPrefix("docs/") }
        return documents.flatMap { file in
            links(in: repository.lines(of: file) ?? []).compactMap { line, link in
                leads(link, from: file, in: repository)
                    ? nil : Violation(file: file, line: line, message: "the link to \(link) leads nowhere")
            }
        }
    }

    private static func links(in lines: [Substring]) -> [(line: Int, link: String)] {
        var isCode = false
        return lines.enumerated().flatMap { index, line -> [(line: Int, link: String)] in
            if line.contains(/^\s*(?:```|~~~)/) { isCode.toggle() }
            guard !isCode else { return [] }
            let inline = line.replacing(/`[^`]*`/, with: "").matches(of: /\]\(\s*<?([^\s()<>]+)/).map(\.1)
            let reference = line.firstMatch(of: /^\s*\[[^\]]+\]:\s*<?([^\s<>]+)/).map { [$0.1] } ?? []
            return (inline + reference).map { (index + 1, String($0)) }
        }
    }

    private static func leads(_ link: String, from file: String, in repository: Repository) -> Bool {
        if link.contains(/^[a-z][a-z0-9+.-]*:/.ignoresCase()) { return true }
        let path = link.prefix { $0 != "#" && $0 != "?" }
        guard !path.isEmpty else { return true }
        guard !path.hasPrefix("/"), let name = path.removingPercentEncoding else { return false }
        var folders = file.split(separator: "/").dropLast().map(String.init)
        for part in name.split(separator: "/") where part != "." {
            if part == ".." {
                guard folders.popLast() != nil else { return false }
            } else {
                folders.append(String(part))
            }
        }
        return repository.exists(folders.joined(separator: "/"))
    }
}
