import Foundation

/// The functions that the store's transactions promise, as their protocols declare them.
enum TransactionFunctions {
    /// - Returns: each without `func`, what it throws and returns: `apiKey(handle: String)`.
    static func declared() throws -> Set<String> {
        let file = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../../../Sources/KeywrightStore/Store.swift")
        let text = try String(contentsOf: file, encoding: .utf8)
        let functions = ["ReadTransaction", "WriteTransaction"].flatMap { name -> [String] in
            guard let start = text.firstRange(of: "public protocol \(name)"),
                let end = text[start.upperBound...].firstRange(of: "\n}\n")
            else { return [] }
            return text[start.upperBound..<end.lowerBound].matches(of: /func (\w+\([^)]*\))/).map { match in
                match.1.split(whereSeparator: \.isWhitespace).joined(separator: " ")
                    .replacing("( ", with: "(").replacing(" )", with: ")")
            }
        }
        return Set(functions)
    }
}
