import NIOHTTP1

/// The head of a request in the plainest of its forms, as places in its bytes.
///
/// Plain is what nearly every client sends: `METHOD /target HTTP/1.1`, lines of `Name: value` in visible ASCII and
/// blanks, one `Host`, at most one `Content-Length`, and no field that says how else the body comes or what becomes of
/// the connection. No two parsers read such bytes differently, so they need none. Whatever is not plain may still be a
/// good request: that is not judged here.
package struct PlainHead: Sendable {
    enum Method {
        case get, head, post, other
    }

    let method: Method
    let target: Range<Int>
    private(set) var host: Range<Int>?
    private(set) var authorization: Range<Int>?
    private(set) var authorizationCount = 0
    private(set) var apiKey: Range<Int>?
    private(set) var apiKeyCount = 0
    private(set) var contentType: Range<Int>?
    private(set) var contentTypeCount = 0
    private(set) var forwardedFor: [Range<Int>] = []
    private var contentLength: Int?
    /// Where the body begins.
    private(set) var end = 0
    private(set) var fieldCount = 0
    /// Names, values and four bytes of punctuation a field.
    private(set) var headerLength = 0

    /// How long the body is.
    var bodyLength: Int { contentLength ?? 0 }

    /// Reads the head that begins at a position; nil unless it is plain and complete.
    init?(_ bytes: Span<UInt8>, from start: Int) {
        var position = start
        guard let method = Self.method(bytes, &position), let target = Self.target(bytes, &position),
            bytes.skip(" HTTP/1.1\r\n", &position)
        else { return nil }
        self.method = method
        self.target = target
        while !bytes.skip("\r\n", &position) {
            guard let (name, value) = Self.field(bytes, &position), note(name, value, bytes) else { return nil }
        }
        guard host != nil else { return nil }
        end = position
    }

    /// The same of a head that was parsed and admitted.
    ///
    /// - Parameter bytes: replaced by what the places are in.
    init(_ head: HTTPRequestHead, writtenTo bytes: inout [UInt8]) {
        bytes.removeAll(keepingCapacity: true)
        func write(_ text: String) -> Range<Int> {
            let start = bytes.count
            bytes += text.utf8
            return start..<bytes.count
        }
        method =
            switch head.method {
            case .GET: .get
            case .HEAD: .head
            case .POST: .post
            default: .other
            }
        target = write(head.uri)
        for (name, value) in head.headers {
            let (name, value) = (write(name), write(value))
            _ = note(name, value, bytes.span)
        }
        end = bytes.count
    }

    /// - Returns: whether the field leaves the head plain.
    private mutating func note(_ name: Range<Int>, _ value: Range<Int>, _ bytes: Span<UInt8>) -> Bool {
        fieldCount += 1
        headerLength += name.count + value.count + 4
        func isNamed(_ text: StaticString) -> Bool { bytes.spells(text, at: name) }
        // Most names are told apart by their length alone.
        switch name.count {
        case 4 where isNamed("host"):
            guard host == nil else { return false }
            host = value
        case 6 where isNamed("expect"), 7 where isNamed("upgrade"), 16 where isNamed("proxy-connection"),
            17 where isNamed("transfer-encoding"):
            return false
        case 9 where isNamed("x-api-key"):
            apiKey = value
            apiKeyCount += 1
        case 10 where isNamed("connection"):
            return bytes.spells("keep-alive", at: value)
        case 12 where isNamed("content-type"):
            contentType = value
            contentTypeCount += 1
        case 13 where isNamed("authorization"):
            authorization = value
            authorizationCount += 1
        case 14 where isNamed("content-length"):
            guard contentLength == nil, let length = Self.length(bytes.extracting(value)) else { return false }
            contentLength = length
        case 15 where isNamed("x-forwarded-for"):
            forwardedFor.append(value)
        default:
            break
        }
        return true
    }
}

// MARK: Reading the bytes

extension PlainHead {
    private static func method(_ bytes: Span<UInt8>, _ position: inout Int) -> Method? {
        if bytes.skip("GET ", &position) { return .get }
        if bytes.skip("POST ", &position) { return .post }
        if bytes.skip("PATCH ", &position) || bytes.skip("DELETE ", &position) || bytes.skip("PUT ", &position) {
            return .other
        }
        return bytes.skip("HEAD ", &position) ? .head : nil
    }

    private static func target(_ bytes: Span<UInt8>, _ position: inout Int) -> Range<Int>? {
        let start = position
        while position < bytes.count, isOfTarget(bytes[position]) { position += 1 }
        guard start < position, bytes[start] == UInt8(ascii: "/") else { return nil }
        return start..<position
    }

    /// A line of a name, a colon, one blank, and a value that neither begins nor ends with a blank.
    private static func field(_ bytes: Span<UInt8>, _ position: inout Int) -> (name: Range<Int>, value: Range<Int>)? {
        let nameStart = position
        while position < bytes.count, isOfName(bytes[position]) { position += 1 }
        let name = nameStart..<position
        guard !name.isEmpty, bytes.skip(": ", &position) else { return nil }
        let start = position
        while position < bytes.count, bytes[position] >= 0x20, bytes[position] < 0x7F { position += 1 }
        let value = start..<position
        guard !value.isEmpty, bytes[start] != 0x20, bytes[position - 1] != 0x20, bytes.skip("\r\n", &position) else {
            return nil
        }
        return (name, value)
    }

    private static func isOfTarget(_ byte: UInt8) -> Bool { byte > 0x20 && byte < 0x7F && byte != UInt8(ascii: "#") }

    private static func isOfName(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
            true
        default: false
        }
    }

    /// A length of up to six digits.
    private static func length(_ digits: Span<UInt8>) -> Int? {
        guard (1...6).contains(digits.count), digits.count == 1 || digits[0] != UInt8(ascii: "0") else { return nil }
        var length = 0
        for index in digits.indices {
            let digit = digits[index] &- UInt8(ascii: "0")
            guard digit < 10 else { return nil }
            length = length * 10 + Int(digit)
        }
        return length
    }
}

extension Span<UInt8> {
    /// Whether these bytes stand at a position; moves behind them when they do.
    fileprivate func skip(_ text: StaticString, _ position: inout Int) -> Bool {
        let length = text.utf8CodeUnitCount
        guard count - position >= length else { return false }
        let isThere = text.withUTF8Buffer { text in
            for index in 0..<length where self[position + index] != text[index] { return false }
            return true
        }
        if isThere { position += length }
        return isThere
    }

    /// Whether both are the same bytes.
    func equals(_ other: Span<UInt8>) -> Bool {
        guard count == other.count else { return false }
        for index in indices where self[index] != other[index] { return false }
        return true
    }

    /// Whether a place holds a text of lower-case letters, digits and hyphens, in any case.
    ///
    /// The place must hold nothing but visible ASCII and blanks: of other bytes some become a hyphen, too.
    fileprivate func spells(_ text: StaticString, at place: Range<Int>) -> Bool {
        guard place.count == text.utf8CodeUnitCount else { return false }
        return text.withUTF8Buffer { text in
            for index in text.indices where self[place.lowerBound + index] | 0x20 != text[index] { return false }
            return true
        }
    }
}
