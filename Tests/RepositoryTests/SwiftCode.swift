/// Swift source without its comments and without what its string literals say, line by line.
///
/// Quotes stay, and so does the code inside `\(...)`: `"a // b \(c!)"` becomes `"(c!)"`. Extended regular expressions
/// (`#/.../#`) are emptied too; bare ones stay, so a quote in one may hide the rest of its line.
struct SwiftCode {
    private let source: [UInt8]
    private var position = 0
    private var code: [UInt8] = []

    static func lines(of source: [Substring]) -> [Substring] {
        var scanner = SwiftCode(source: Array(source.joined(separator: "\n").utf8))
        scanner.scanCode(isInterpolation: false)
        return String(decoding: scanner.code, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
    }

    private init(source: [UInt8]) {
        self.source = source
    }

    private mutating func scanCode(isInterpolation: Bool) {
        var depth = 0
        while position < source.count {
            if isNext("//") {
                while position < source.count, !isNext("\n") { position += 1 }
            } else if isNext("/*") {
                scanBlockComment()
            } else if let literal = nextLiteral() {
                position += literal.opening.utf8.count
                scan(literal)
            } else {
                if isNext("(") { depth += 1 }
                if isNext(")") { depth -= 1 }
                keep()
                if isInterpolation, depth == 0 { return }
            }
        }
    }

    private mutating func scanBlockComment() {
        var depth = 0
        repeat {
            if isNext("/*") {
                depth += 1
                position += 2
            } else if isNext("*/") {
                depth -= 1
                position += 2
            } else {
                skipKeepingLines()
            }
        } while depth > 0 && position < source.count
    }

    private mutating func scan(_ literal: Literal) {
        code.append(contentsOf: literal.delimiter.utf8.prefix(1))
        while position < source.count, !isNext(literal.closing) {
            if literal.isString, isNext(literal.escape) {
                position += literal.escape.utf8.count
                if isNext("(") { scanCode(isInterpolation: true) } else { skipKeepingLines() }
            } else if isNext("\n"), !literal.isMultiline {
                return
            } else {
                skipKeepingLines()
            }
        }
        position += literal.closing.utf8.count
        code.append(contentsOf: literal.delimiter.utf8.prefix(1))
    }

    private mutating func keep() {
        code.append(source[position])
        position += 1
    }

    private mutating func skipKeepingLines() {
        if isNext("\n") { code.append(source[position]) }
        position += 1
    }

    private func isNext(_ text: String) -> Bool {
        source[min(position, source.count)...].starts(with: text.utf8)
    }

    private func nextLiteral() -> Literal? {
        guard isNext("\"") || isNext("#") else { return nil }
        let hashes = String(repeating: "#", count: source[position...].prefix { $0 == UInt8(ascii: "#") }.count)
        for quotes in ["\"\"\"", "\""] where isNext(hashes + quotes) {
            return Literal(hashes: hashes, delimiter: quotes)
        }
        return !hashes.isEmpty && isNext(hashes + "/") ? Literal(hashes: hashes, delimiter: "/") : nil
    }

    private struct Literal {
        let hashes: String
        let delimiter: String

        var opening: String { hashes + delimiter }
        var closing: String { delimiter + hashes }
        var escape: String { "\\" + hashes }
        var isString: Bool { delimiter != "/" }
        var isMultiline: Bool { delimiter != "\"" }
    }
}
