/// Makes a stylesheet or a script lighter on the wire, without a tool: it drops what only its readers need.
///
/// It relies on how the console's own files are written: a comment has lines to itself, each beginning with `//`, `/*` or
/// `/**`, no text runs over several lines, and each line of a stylesheet ends with a brace, `;` or `,`.
enum SlimText {
    /// Without indentation, empty lines and comments.
    static func script(_ bytes: [UInt8]) -> [UInt8] {
        var slim: [UInt8] = []
        slim.reserveCapacity(bytes.count)
        for line in bytes.split(separator: UInt8(ascii: "\n")) {
            let text = line.drop { $0 == UInt8(ascii: " ") }
            guard !text.isEmpty, !text.starts(with: "//".utf8), !text.starts(with: "/*".utf8) else { continue }
            slim += text
            slim.append(UInt8(ascii: "\n"))
        }
        return slim
    }

    /// The same, and without line ends, the blanks around braces and after `:`, `;` and `,`, the last `;` of a rule, and
    /// the `&` that a nested selector may do without.
    static func stylesheet(_ bytes: [UInt8]) -> [UInt8] {
        var slim: [UInt8] = []
        slim.reserveCapacity(bytes.count)
        for byte in script(bytes) where byte != UInt8(ascii: "\n") {
            // A blank before a brace goes when the brace comes; a blank before `:` means a descendant, and stays.
            if "{}".utf8.contains(byte), slim.last == UInt8(ascii: " ") { slim.removeLast() }
            if byte == UInt8(ascii: "}"), slim.last == UInt8(ascii: ";") { slim.removeLast() }
            if byte == UInt8(ascii: " "), let last = slim.last {
                if "{};:,".utf8.contains(last) { continue }
                if last == UInt8(ascii: "&"), let before = slim.dropLast().last, "{};".utf8.contains(before) {
                    slim.removeLast()
                    continue
                }
            }
            slim.append(byte)
        }
        return slim
    }
}
