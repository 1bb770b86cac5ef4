/// What a connection answered, without what differs from one answer to the next: the request's id and the time.
struct MaskedAnswers {
    private(set) var rest: ArraySlice<UInt8>

    init(_ bytes: [UInt8]) {
        var masked = bytes
        Self.mask("X-Request-Id: ", length: 32, &masked)
        Self.mask("Date: ", length: 29, &masked)
        rest = masked[...]
    }

    private static func mask(_ field: String, length: Int, _ bytes: inout [UInt8]) {
        let name = Array("\r\n\(field)".utf8)
        var position = 0
        while position + name.count + length <= bytes.count {
            if bytes[position] == name[0], bytes[position..<(position + name.count)].elementsEqual(name) {
                let start = position + name.count
                for index in start..<(start + length) where bytes[index] != UInt8(ascii: "\r") {
                    bytes[index] = UInt8(ascii: "#")
                }
                position = start + length
            } else {
                position += 1
            }
        }
    }

    /// Takes one answer, when it is the expected one.
    mutating func take(_ expected: [UInt8]) -> Bool {
        guard rest.starts(with: expected) else { return false }
        rest = rest.dropFirst(expected.count)
        return true
    }

    /// Takes the mark of a request that was handed on, when it comes next.
    mutating func takeHandedOn() -> Bool {
        guard rest.starts(with: "HTTP/1.1 299 ".utf8) || rest.starts(with: "HTTP/1.0 299 ".utf8),
            let end = rest.firstRange(of: Array("\r\n\r\n".utf8))
        else { return false }
        rest = rest[end.upperBound...]
        return true
    }
}
