/// The recursive-descent reader behind ``StrictJSON``.
///
/// Every access to the buffer is behind a comparison with its end; recursion is bounded by ``JSONLimits/depth``.
struct JSONParser {
    private let bytes: UnsafeBufferPointer<UInt8>
    private let limits: JSONLimits
    private var position = 0
    private var members = 0

    init(_ bytes: UnsafeBufferPointer<UInt8>, limits: JSONLimits) {
        self.bytes = bytes
        self.limits = limits
    }

    /// Reads the one value that the whole buffer must be.
    mutating func document() throws(JSONSyntaxError) -> JSONValue {
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { throw failure(.byteOrderMark) }
        skipBlanks()
        guard current != nil else { throw failure(.empty) }
        let value = try value(depth: 0)
        skipBlanks()
        guard let next = current else { return value }
        throw failure(next == UInt8(ascii: "/") ? .comment : .trailingContent)
    }

    // MARK: Values

    private mutating func value(depth: Int) throws(JSONSyntaxError) -> JSONValue {
        guard let byte = current else { throw failure(.unexpectedEnd) }
        switch byte {
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "{"): return .object(try object(depth: depth + 1))
        case UInt8(ascii: "["): return .array(try array(depth: depth + 1))
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
        case UInt8(ascii: "t"): return try literal("true", .bool(true))
        case UInt8(ascii: "f"): return try literal("false", .bool(false))
        case UInt8(ascii: "n"): return try literal("null", .null)
        default: throw unexpected(.expectedValue)
        }
    }

    private mutating func object(depth: Int) throws(JSONSyntaxError) -> JSONObject {
        guard depth <= limits.depth else { throw failure(.tooDeep) }
        position += 1
        skipBlanks()
        if skip(UInt8(ascii: "}")) { return JSONObject([]) }
        var found: [JSONObject.Member] = []
        var names = DistinctNames()
        while true {
            try countMember()
            let start = position
            guard current == UInt8(ascii: "\"") else { throw unexpected(.expectedName) }
            let name = try string()
            guard names.insert(name, after: found) else { throw JSONSyntaxError(.duplicateName, at: start) }
            skipBlanks()
            guard skip(UInt8(ascii: ":")) else { throw unexpected(.expectedColon) }
            skipBlanks()
            found.append(JSONObject.Member(name, try value(depth: depth)))
            skipBlanks()
            if skip(UInt8(ascii: "}")) { return JSONObject(found) }
            try comma(before: UInt8(ascii: "}"), otherwise: .expectedCommaOrBrace)
        }
    }

    private mutating func array(depth: Int) throws(JSONSyntaxError) -> [JSONValue] {
        guard depth <= limits.depth else { throw failure(.tooDeep) }
        position += 1
        skipBlanks()
        if skip(UInt8(ascii: "]")) { return [] }
        var elements: [JSONValue] = []
        while true {
            try countMember()
            elements.append(try value(depth: depth))
            skipBlanks()
            if skip(UInt8(ascii: "]")) { return elements }
            try comma(before: UInt8(ascii: "]"), otherwise: .expectedCommaOrBracket)
        }
    }

    private mutating func literal(_ text: StaticString, _ value: JSONValue) throws(JSONSyntaxError) -> JSONValue {
        let start = position
        for offset in 0..<text.utf8CodeUnitCount {
            guard let byte = current, byte == text.utf8Start[offset] else {
                throw current == nil ? failure(.unexpectedEnd) : JSONSyntaxError(.invalidLiteral, at: start)
            }
            position += 1
        }
        return value
    }

    // MARK: Numbers

    private mutating func number() throws(JSONSyntaxError) -> JSONValue {
        let start = position
        let isNegative = skip(UInt8(ascii: "-"))
        let integer = try integerDigits(isNegative: isNegative)
        var isWhole = true
        if skip(UInt8(ascii: ".")) {
            isWhole = false
            try digits()
        }
        if skip(UInt8(ascii: "e")) || skip(UInt8(ascii: "E")) {
            isWhole = false
            if !skip(UInt8(ascii: "+")) { _ = skip(UInt8(ascii: "-")) }
            try digits()
        }
        guard position - start <= limits.numberLengthInBytes else {
            throw JSONSyntaxError(.numberOutOfRange, at: start)
        }
        if isWhole, let integer { return .integer(integer) }
        let text = String(decoding: UnsafeBufferPointer(rebasing: bytes[start..<position]), as: UTF8.self)
        guard let number = Double(text), number.isFinite else { throw JSONSyntaxError(.numberOutOfRange, at: start) }
        return .number(number)
    }

    /// Reads the part before fraction and exponent; nil when it does not fit 64 bits.
    private mutating func integerDigits(isNegative: Bool) throws(JSONSyntaxError) -> Int64? {
        let start = position
        var value: Int64 = 0
        var fits = true
        while let digit = currentDigit {
            let (scaled, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, overflow2) =
                isNegative ? scaled.subtractingReportingOverflow(digit) : scaled.addingReportingOverflow(digit)
            fits = fits && !overflow && !overflow2
            value = fits ? sum : 0
            position += 1
        }
        guard position > start else { throw unexpected(.invalidNumber) }
        if position - start > 1, bytes[start] == UInt8(ascii: "0") { throw JSONSyntaxError(.leadingZero, at: start) }
        return fits ? value : nil
    }

    private mutating func digits() throws(JSONSyntaxError) {
        guard currentDigit != nil else { throw unexpected(.invalidNumber) }
        while currentDigit != nil { position += 1 }
    }

    // MARK: Strings

    /// Reads a string whose opening quote is the current byte.
    private mutating func string() throws(JSONSyntaxError) -> String {
        position += 1
        let start = position
        while let byte = current {
            switch byte {
            case UInt8(ascii: "\""):
                let text = String(decoding: UnsafeBufferPointer(rebasing: bytes[start..<position]), as: UTF8.self)
                position += 1
                return text
            case UInt8(ascii: "\\"):
                return try escapedString(from: start)
            default:
                try character(byte)
            }
        }
        throw failure(.unexpectedEnd)
    }

    /// Reads the rest of a string that has an escape sequence at the current byte.
    private mutating func escapedString(from start: Int) throws(JSONSyntaxError) -> String {
        var text = Array(bytes[start..<position])
        while let byte = current {
            switch byte {
            case UInt8(ascii: "\""):
                position += 1
                return String(decoding: text, as: UTF8.self)
            case UInt8(ascii: "\\"):
                try escape(into: &text)
            default:
                let first = position
                try character(byte)
                text.append(contentsOf: bytes[first..<position])
            }
        }
        throw failure(.unexpectedEnd)
    }

    /// Steps over one character that stands for itself.
    private mutating func character(_ byte: UInt8) throws(JSONSyntaxError) {
        if byte >= 0x80 {
            guard let length = UTF8Sequence.length(in: bytes, at: position) else { throw failure(.invalidUTF8) }
            position += length
        } else {
            guard byte >= 0x20 else { throw failure(byte == 0 ? .nullCharacter : .controlCharacter) }
            position += 1
        }
    }

    private mutating func escape(into text: inout [UInt8]) throws(JSONSyntaxError) {
        let start = position
        position += 1
        guard let byte = current else { throw failure(.unexpectedEnd) }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "u"): text.append(contentsOf: try unicodeEscape(from: start).utf8)
        default: throw JSONSyntaxError(.invalidEscape, at: start)
        }
    }

    /// Reads what follows `\u`: one unit of UTF-16, or two when the first is half of a pair.
    private mutating func unicodeEscape(from start: Int) throws(JSONSyntaxError) -> Unicode.Scalar {
        let first = try hexadecimalUnit(from: start)
        guard first != 0 else { throw JSONSyntaxError(.nullCharacter, at: start) }
        if let scalar = Unicode.Scalar(first) { return scalar }
        guard first < 0xDC00, skip(UInt8(ascii: "\\")), skip(UInt8(ascii: "u")) else {
            throw JSONSyntaxError(.loneSurrogate, at: start)
        }
        let second = try hexadecimalUnit(from: start)
        guard (0xDC00...0xDFFF).contains(second) else { throw JSONSyntaxError(.loneSurrogate, at: start) }
        let code = 0x10000 + (UInt32(first - 0xD800) << 10) + UInt32(second - 0xDC00)
        guard let scalar = Unicode.Scalar(code) else { throw JSONSyntaxError(.loneSurrogate, at: start) }
        return scalar
    }

    private mutating func hexadecimalUnit(from start: Int) throws(JSONSyntaxError) -> UInt16 {
        var unit: UInt16 = 0
        for _ in 0..<4 {
            guard let byte = current else { throw failure(.unexpectedEnd) }
            guard let digit = UTF8Sequence.hexadecimalDigit(byte) else {
                throw JSONSyntaxError(.invalidEscape, at: start)
            }
            unit = unit << 4 | UInt16(digit)
            position += 1
        }
        return unit
    }

    // MARK: Steps

    private var current: UInt8? { position < bytes.count ? bytes[position] : nil }

    private var currentDigit: Int64? {
        guard let byte = current, byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
        return Int64(byte - UInt8(ascii: "0"))
    }

    private mutating func skip(_ byte: UInt8) -> Bool {
        guard current == byte else { return false }
        position += 1
        return true
    }

    private mutating func skipBlanks() {
        while let byte = current, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }

    /// Steps over a comma, which must not be the last thing before the closing byte.
    private mutating func comma(
        before closing: UInt8, otherwise reason: JSONSyntaxError.Reason
    ) throws(JSONSyntaxError) {
        let start = position
        guard skip(UInt8(ascii: ",")) else { throw unexpected(reason) }
        skipBlanks()
        if current == closing { throw JSONSyntaxError(.trailingComma, at: start) }
    }

    private mutating func countMember() throws(JSONSyntaxError) {
        members += 1
        guard members <= limits.members else { throw failure(.tooManyMembers) }
    }

    private func failure(_ reason: JSONSyntaxError.Reason) -> JSONSyntaxError {
        JSONSyntaxError(reason, at: position)
    }

    private func unexpected(_ reason: JSONSyntaxError.Reason) -> JSONSyntaxError {
        switch current {
        case nil: failure(.unexpectedEnd)
        case UInt8(ascii: "/"): failure(.comment)
        default: failure(reason)
        }
    }
}
