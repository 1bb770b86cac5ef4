extension AuditEvent.Snapshot {
    /// Reads the text that the trail keeps of a state; nil for what is no such text.
    ///
    /// It is the JSON that the trail's own writer makes: members in their order, no blanks, and of escapes only `\"`, `\\`
    /// and those of control characters.
    public init?(parsing text: String) {
        var reader = SnapshotReader(rest: Array(text.utf8)[...])
        guard let value = reader.value(depth: 0), reader.rest.isEmpty else { return nil }
        self = value
    }
}

/// Reads a state from its text, part by part.
private struct SnapshotReader {
    private static let depthLimit = 16

    var rest: ArraySlice<UInt8>

    mutating func value(depth: Int) -> AuditEvent.Snapshot? {
        guard depth < Self.depthLimit, let first = rest.first else { return nil }
        switch first {
        case UInt8(ascii: "\""): return text().map { .text($0) }
        case UInt8(ascii: "["):
            var items: [AuditEvent.Snapshot] = []
            let isWhole = list(until: "]") { reader in
                guard let item = reader.value(depth: depth + 1) else { return false }
                items.append(item)
                return true
            }
            return isWhole ? .list(items) : nil
        case UInt8(ascii: "{"):
            var members: [AuditEvent.Snapshot.Member] = []
            let isWhole = list(until: "}") { reader in
                guard let name = reader.text(), reader.take(":"), let value = reader.value(depth: depth + 1) else {
                    return false
                }
                members.append(.init(name, value))
                return true
            }
            return isWhole ? .members(members) : nil
        case UInt8(ascii: "t"): return take("true") ? .flag(true) : nil
        case UInt8(ascii: "f"): return take("false") ? .flag(false) : nil
        case UInt8(ascii: "n"): return take("null") ? AuditEvent.Snapshot.none : nil
        default: return number()
        }
    }

    private mutating func take(_ word: StaticString) -> Bool {
        let isNext = word.withUTF8Buffer { rest.starts(with: $0) }
        if isNext { rest = rest.dropFirst(word.utf8CodeUnitCount) }
        return isNext
    }

    /// Items with commas between them, after an opening bracket.
    private mutating func list(until end: StaticString, _ item: (inout SnapshotReader) -> Bool) -> Bool {
        rest = rest.dropFirst()
        if take(end) { return true }
        repeat {
            guard item(&self) else { return false }
        } while take(",")
        return take(end)
    }

    private mutating func number() -> AuditEvent.Snapshot? {
        let digits = rest.prefix { (0x30...0x39).contains($0) || $0 == UInt8(ascii: "-") }
        rest = rest[digits.endIndex...]
        return Int64(String(decoding: digits, as: UTF8.self)).map { .number($0) }
    }

    private mutating func text() -> String? {
        guard take("\"") else { return nil }
        var bytes: [UInt8] = []
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "\""): return String(validating: bytes, as: UTF8.self)
            case UInt8(ascii: "\\"):
                guard let escaped = escape() else { return nil }
                bytes.append(escaped)
            default: bytes.append(byte)
            }
        }
        return nil
    }

    /// What stands after a backslash.
    private mutating func escape() -> UInt8? {
        guard let byte = rest.popFirst() else { return nil }
        if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { return byte }
        guard byte == UInt8(ascii: "u"), rest.count >= 4 else { return nil }
        let digits = rest.prefix(4)
        rest = rest.dropFirst(4)
        return UInt8(String(decoding: digits, as: UTF8.self), radix: 16).flatMap { $0 < 0x20 ? $0 : nil }
    }
}
