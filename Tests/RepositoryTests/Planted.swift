import Foundation
import Testing

/// A file planted in an otherwise empty repository, and what a rule says of it.
struct Planted: CustomTestStringConvertible {
    let rule: Rule
    let files: [String: String]
    /// The start of each violation's description, as in `Sources/keywright/Main.swift:3`.
    let expected: [String]

    var testDescription: String {
        "\(rule) in \(files.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value.debugDescription.prefix(60))" })"
    }

    init(_ rule: Rule, _ files: [String: String], violations expected: [String] = []) {
        self.rule = rule
        self.files = files
        self.expected = expected
    }

    init(_ rule: Rule, _ file: String, _ text: String, violations expected: [String] = []) {
        self.init(rule, [file: text], violations: expected)
    }

    func check() throws {
        try Self.withRepository(of: files) { repository in
            let found = rule.violations(in: repository).map(\.description).sorted()
            #expect(found.count == expected.count, "\(found)")
            for (violation, start) in zip(found, expected.sorted()) {
                #expect(violation.hasPrefix(start + ":"))
            }
        }
    }

    /// Calls `body` with a repository of these files, which is gone afterwards. `ROOT` in a text is its path.
    static func withRepository(of files: [String: String], body: (Repository) throws -> Void) throws {
        let root = FileManager.default.temporaryDirectory.appending(path: "planted-\(UUID())/repository")
        defer { try? FileManager.default.removeItem(at: root.deletingLastPathComponent()) }
        try FileManager.default.createDirectory(at: root, withIntermediateDirectories: true)
        for (file, text) in files {
            let url = root.appending(path: file)
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.replacing("ROOT", with: root.path).utf8).write(to: url)
        }
        try body(Repository(root: root))
    }
}
