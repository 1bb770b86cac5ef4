import Foundation

/// The statements that stand in the sources, so that a test can tell which of them it has not seen.
enum StatementsInSources {
    /// Statements on some tables, each as the parts between its interpolations.
    ///
    /// `SQLSession.swift` is left out: what stands there is how the embedded engine does it.
    static func on(_ tables: Set<String>) throws -> [[String]] {
        let store = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../../../Sources/KeywrightStore")
        let files = try ["SQL", "Postgres"].flatMap { folder in
            try FileManager.default.contentsOfDirectory(
                at: store.appending(path: folder), includingPropertiesForKeys: nil)
        }
        return try files.filter { $0.pathExtension == "swift" && $0.lastPathComponent != "SQLSession.swift" }
            .flatMap { statements(in: try String(contentsOf: $0, encoding: .utf8)) }
            .filter { parts in parts.contains { part in tables.contains { part.contains(" \($0)") } } }
    }

    /// Whether a statement that was sent is one that stands in the sources.
    static func isInstance(_ statement: String, of parts: [String]) -> Bool {
        var rest = Substring(collapsed(statement))
        for part in parts {
            guard let range = rest.firstRange(of: part) else { return false }
            rest = rest[range.upperBound...]
        }
        return true
    }

    private static func statements(in source: String) -> [[String]] {
        let long = source.matches(of: /"""\n\s*((?:SELECT|INSERT|UPDATE|DELETE)\s[\s\S]*?)"""/).map { $0.1 }
        let short = source.matches(of: /"((?:SELECT|INSERT|UPDATE|DELETE)\s(?:\\.|[^"\\\n])*)"/).map { $0.1 }
        return (long + short).map { parts(of: String($0)) }
    }

    /// The text between interpolations, which may hold parentheses of their own.
    private static func parts(of literal: String) -> [String] {
        var parts = [""]
        var depth = 0
        var isEscaped = false
        for character in literal {
            if depth > 0 {
                if character == "(" { depth += 1 }
                if character == ")" { depth -= 1 }
            } else if isEscaped, character == "(" {
                depth = 1
                parts.append("")
            } else if character != "\\" {
                parts[parts.count - 1].append(character)
            }
            isEscaped = character == "\\"
        }
        return parts.map(collapsed).filter { $0.count > 1 }
    }

    private static func collapsed(_ text: String) -> String {
        text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
}
