import ArgumentParser
import KeywrightWire

/// A tag on the command line.
enum TagArgument {
    /// Splits `KEY:VALUE` at the first colon. The server checks both parts.
    static func parse(_ text: String) throws -> TagRequest {
        let bytes = text.utf8
        guard let mark = bytes.firstIndex(of: UInt8(ascii: ":")), mark != bytes.startIndex,
            bytes.index(after: mark) != bytes.endIndex
        else { throw ValidationError("a tag reads KEY:VALUE, as in team:payments") }
        return TagRequest(key: String(text[..<mark]), value: String(text[bytes.index(after: mark)...]))
    }
}
