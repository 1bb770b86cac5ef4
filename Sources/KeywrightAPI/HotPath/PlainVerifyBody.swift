/// Where the members of a plain verification stand in its body.
///
/// Plain is an object of `api_key` or `access_token`, and maybe `action` with `nrn`, each once and a string without
/// escapes, in visible ASCII and blanks. Whatever else is JSON, or is none, is not for this reader to judge.
struct PlainVerifyBody {
    private(set) var subject: Range<Int>
    private(set) var isToken: Bool
    private(set) var action: Range<Int>?
    private(set) var nrn: Range<Int>?

    /// Nil unless the body is plain without any doubt.
    init?(_ bytes: Span<UInt8>) {
        var found: (key: Range<Int>?, token: Range<Int>?, action: Range<Int>?, nrn: Range<Int>?)
        var position = 0
        guard Self.skip(UInt8(ascii: "{"), bytes, &position) else { return nil }
        repeat {
            guard let name = Self.string(bytes, &position), Self.skip(UInt8(ascii: ":"), bytes, &position),
                let value = Self.string(bytes, &position)
            else { return nil }
            switch name.count {
            case 3 where Self.equal(bytes, name, "nrn") && found.nrn == nil: found.nrn = value
            case 6 where Self.equal(bytes, name, "action") && found.action == nil: found.action = value
            case 7 where Self.equal(bytes, name, "api_key") && found.key == nil: found.key = value
            case 12 where Self.equal(bytes, name, "access_token") && found.token == nil: found.token = value
            default: return nil
            }
        } while Self.skip(UInt8(ascii: ","), bytes, &position)
        guard Self.skip(UInt8(ascii: "}"), bytes, &position) else { return nil }
        Self.skipBlanks(bytes, &position)
        guard position == bytes.count, (found.action == nil) == (found.nrn == nil) else { return nil }
        switch (found.key, found.token) {
        case (let key?, nil): (subject, isToken) = (key, false)
        case (nil, let token?): (subject, isToken) = (token, true)
        default: return nil
        }
        action = found.action
        nrn = found.nrn
    }

    /// Moves behind a mark and the blanks before it, when it is there.
    private static func skip(_ mark: UInt8, _ bytes: Span<UInt8>, _ position: inout Int) -> Bool {
        skipBlanks(bytes, &position)
        guard position < bytes.count, bytes[position] == mark else { return false }
        position += 1
        return true
    }

    private static func skipBlanks(_ bytes: Span<UInt8>, _ position: inout Int) {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x09, 0x0A, 0x0D: position += 1
            default: return
            }
        }
    }

    /// Where the inside of the string stands that comes next; nil when it has an escape or anything beyond ASCII.
    private static func string(_ bytes: Span<UInt8>, _ position: inout Int) -> Range<Int>? {
        guard skip(UInt8(ascii: "\""), bytes, &position) else { return nil }
        let start = position
        while position < bytes.count {
            let byte = bytes[position]
            if byte == UInt8(ascii: "\"") {
                position += 1
                return start..<(position - 1)
            }
            guard byte >= 0x20, byte < 0x7F, byte != UInt8(ascii: "\\") else { return nil }
            position += 1
        }
        return nil
    }

    private static func equal(_ bytes: Span<UInt8>, _ range: Range<Int>, _ text: StaticString) -> Bool {
        text.withUTF8Buffer { text in
            for index in text.indices where bytes[range.lowerBound + index] != text[index] { return false }
            return true
        }
    }
}
