import KeywrightWire
import Testing

@Suite("The strict JSON parser")
struct StrictJSONTests {
    @Test("takes what RFC 8259 allows", arguments: accepted)
    func accepts(_ text: String, _ expected: JSONValue) throws {
        #expect(try json(text) == expected)
    }

    @Test("refuses everything else, with the reason and the place", arguments: refused)
    func refuses(_ bytes: [UInt8], _ reason: JSONSyntaxError.Reason, _ offset: Int) {
        #expect(throws: JSONSyntaxError(reason, at: offset)) { try StrictJSON.parse(bytes) }
    }

    @Test("reads the same from storage that is not contiguous")
    func fragmentedStorage() throws {
        let bytes = Array(#"{"name":"a"}"#.utf8)
        #expect(try StrictJSON.parse(bytes.lazy.map { $0 }) == json(#"{"name":"a"}"#))
        #expect(throws: JSONSyntaxError(.unexpectedEnd, at: 11)) {
            try StrictJSON.parse(bytes.dropLast().lazy.map { $0 })
        }
        #expect(try StrictJSON.parse(([0x20] + bytes)[1...]) == json(#"{"name":"a"}"#))
    }

    @Test("refuses the end of the text anywhere in a value")
    func truncated() throws {
        let whole = Array(#"{"a":[1,-2.5e+3,"x\u00e9\ud83d\ude00",true,false,null],"b":{"c":"é"}}"#.utf8)
        #expect(throws: Never.self) { try StrictJSON.parse(whole) }
        for length in whole.indices {
            #expect(throws: JSONSyntaxError.self) { try StrictJSON.parse(whole.prefix(length)) }
        }
    }

    @Test("says what is wrong without repeating the input")
    func silence() {
        let secret = "kw_planted"
        for body in [#"{"api_key":"\#(secret)""#, #"{"\#(secret)":1,"\#(secret)":2}"#, secret, "\"\(secret)\u{1}\""] {
            do throws(JSONSyntaxError) {
                _ = try StrictJSON.parse(body.utf8)
                Issue.record("The body was taken.")
            } catch {
                #expect(!"\(error)".contains("planted"))
                #expect(error.message.hasPrefix("The body is not valid JSON: ") && error.message.hasSuffix(")."))
            }
        }
    }

    // MARK: Limits

    @Test("takes 16 levels and refuses 17", arguments: [("[", "]"), (#"{"a":"#, "}")])
    func depth(_ open: String, _ close: String) throws {
        func nested(_ levels: Int) -> String {
            let middle = open == "[" ? "" : "1"
            return String(repeating: open, count: levels) + middle + String(repeating: close, count: levels)
        }
        #expect(throws: Never.self) { try json(nested(16)) }
        #expect(throws: JSONSyntaxError(.tooDeep, at: 16 * open.utf8.count)) { try json(nested(17)) }
        #expect(throws: JSONSyntaxError(.tooDeep, at: 16 * open.utf8.count)) { try json(nested(100_000)) }
    }

    @Test("holds a limit of depth that the stack cannot")
    func depthLimit() {
        #expect(JSONLimits(depth: 1_000_000).depth == 128)
        #expect(JSONLimits(depth: -1).depth == 1)
        let text = String(repeating: "[", count: 200)
        #expect(throws: JSONSyntaxError(.tooDeep, at: 128)) {
            try StrictJSON.parse(text.utf8, limits: JSONLimits(depth: .max))
        }
    }

    @Test("takes 2,000 members and elements in all and refuses one more")
    func members() throws {
        let elements = Array(repeating: "1", count: 1_000).joined(separator: ",")
        let members = (0..<998).map { "\"k\($0)\":0" }.joined(separator: ",")
        #expect(throws: Never.self) { try json(#"{"list":[\#(elements)],\#(members),"last":0}"#) }
        #expect(throws: JSONSyntaxError.self) { try json(#"{"list":[\#(elements)],\#(members),"last":0,"one":0}"#) }
        #expect(throws: JSONSyntaxError(.tooManyMembers, at: 2)) {
            try StrictJSON.parse("[ 1]".utf8, limits: JSONLimits(members: 0))
        }
    }

    @Test("refuses a number that takes too long to read")
    func longNumber() throws {
        let digits = String(repeating: "1", count: 128)
        #expect(throws: Never.self) { try json(digits) }
        #expect(throws: JSONSyntaxError(.numberOutOfRange, at: 0)) { try json(digits + "1") }
    }

    @Test("finds a repeated name among many as among few", arguments: [2, 16, 17, 18, 40, 1_999])
    func duplicateAmongMany(_ count: Int) throws {
        let members = (0..<count).map { "\"k\($0)\":0" }
        let body = { (members: [String]) in "{\(members.joined(separator: ","))}" }
        #expect(throws: Never.self) { try json(body(members)) }
        for repeated in [0, count / 2, count - 1] {
            #expect(throws: JSONSyntaxError.self) { try json(body(members + ["\"k\(repeated)\":1"])) }
        }
    }

    @Test("tells names apart that only look alike, among few and among many", arguments: [0, 30])
    func lookAlikeNames(_ others: Int) throws {
        let filling = (0..<others).map { ",\"k\($0)\":0" }.joined()
        let value = try json("{\"\u{E9}\":1,\"e\u{301}\":2,\"K\":3,\"\u{212A}\":4\(filling)}")
        guard case .object(let object) = value else { return #expect(Bool(false)) }
        #expect(object["\u{E9}"] == .integer(1))
        #expect(object["e\u{301}"] == .integer(2))
        #expect(object["K"] == .integer(3))
        #expect(object["\u{212A}"] == .integer(4))
        #expect(throws: JSONSyntaxError.self) { try json("{\"\u{E9}\":1,\"\\u00e9\":2\(filling)}") }
    }
}

private let accepted: [(String, JSONValue)] = [
    ("null", .null), ("true", .bool(true)), (" false\r\n\t", .bool(false)), ("\"\"", .string("")),
    ("0", .integer(0)), ("-0", .integer(0)), ("-1", .integer(-1)), ("42\n", .integer(42)),
    ("9007199254740993", .integer(9_007_199_254_740_993)),
    ("9223372036854775807", .integer(.max)), ("-9223372036854775808", .integer(.min)),
    ("9223372036854775808", .number(9_223_372_036_854_775_808)), ("-9223372036854775809", .number(-0x1p63)),
    ("1.0", .number(1)), ("1e2", .number(100)), ("1E+2", .number(100)), ("-1.5e-3", .number(-0.0015)),
    ("0e0", .number(0)), ("0.1", .number(0.1)), ("1e-400", .number(0)),
    ("123456789012345678901234567890", .number(1.2345678901234568e29)),
    ("[]", .array([])), ("[ ]", .array([])), ("{}", .object(JSONObject([]))), ("{ }", .object(JSONObject([]))),
    ("[1,\n[2], \"3\"]", .array([.integer(1), .array([.integer(2)]), .string("3")])),
    ("{\"a\" : 1 ,\"b\":{}}", .object(JSONObject([.init("a", .integer(1)), .init("b", .object(JSONObject([])))]))),
    (
        "{\"\":1,\"A\":2,\"a\":3}",
        .object(JSONObject([.init("", .integer(1)), .init("A", .integer(2)), .init("a", .integer(3))]))
    ),
    (#""\"\\\/\b\f\n\r\t""#, .string("\"\\/\u{8}\u{C}\n\r\t")),
    (#""\u0041\u00e9\u20AC\uD83D\uDE00\u001f""#, .string("A\u{E9}\u{20AC}\u{1F600}\u{1F}")),
    (
        "\"\u{7F}\u{80}\u{7FF}\u{800}\u{FFFF}\u{10000}\u{10FFFF}\"",
        .string("\u{7F}\u{80}\u{7FF}\u{800}\u{FFFF}\u{10000}\u{10FFFF}")
    ),
    ("\"\u{FEFF}\"", .string("\u{FEFF}")), (#""\ufeff \u2028""#, .string("\u{FEFF} \u{2028}")),
    ("\"// /* */ , ]}\"", .string("// /* */ , ]}")), (#""\\u0000""#, .string("\\u0000")),
]

private let refused: [([UInt8], JSONSyntaxError.Reason, Int)] =
    refusedTexts.map { (Array($0.utf8), $1, $2) }
    + refusedStrings.map { ([0x22, 0x61] + $0 + [0x22], $1, 2) }
    + [
        ([0xEF, 0xBB, 0xBF, 0x7B, 0x7D], .byteOrderMark, 0), ([0xFE, 0xFF], .expectedValue, 0),
        ([0x00], .expectedValue, 0), ([0x7B, 0x7D, 0x00], .trailingContent, 2),
        ([0x5B, 0x0B, 0x5D], .expectedValue, 1),
        ([0x5B, 0xC2, 0xA0, 0x5D], .expectedValue, 1), ([0x5B, 0x31, 0x00, 0x5D], .expectedCommaOrBracket, 2),
        ([0x22, 0xC3], .invalidUTF8, 1), ([0x22, 0xE2, 0x82], .invalidUTF8, 1), ([0x22, 0x5C], .unexpectedEnd, 2),
        ([0x22, 0x5C, 0x6E, 0xFF, 0x22], .invalidUTF8, 3), ([0x22, 0x5C, 0x6E, 0x01, 0x22], .controlCharacter, 3),
    ]

/// Contents of a string, each wrong at once.
private let refusedStrings: [([UInt8], JSONSyntaxError.Reason)] = [
    ([0x00], .nullCharacter), ([0x01], .controlCharacter), ([0x0A], .controlCharacter), ([0x1F], .controlCharacter),
    ([0x80], .invalidUTF8), ([0xBF], .invalidUTF8), ([0xC0, 0x80], .invalidUTF8), ([0xC1, 0xBF], .invalidUTF8),
    ([0xC3, 0x28], .invalidUTF8), ([0xE0, 0x80, 0x80], .invalidUTF8), ([0xE0, 0x9F, 0xBF], .invalidUTF8),
    ([0xE2, 0x28, 0xA1], .invalidUTF8), ([0xE2, 0x82, 0x28], .invalidUTF8), ([0xED, 0xA0, 0x80], .invalidUTF8),
    ([0xED, 0xBF, 0xBF], .invalidUTF8), ([0xF0, 0x80, 0x80, 0x80], .invalidUTF8),
    ([0xF0, 0x8F, 0xBF, 0xBF], .invalidUTF8), ([0xF4, 0x90, 0x80, 0x80], .invalidUTF8),
    ([0xF0, 0x90, 0x80, 0x28], .invalidUTF8), ([0xF5, 0x80, 0x80, 0x80], .invalidUTF8),
    ([0xFE], .invalidUTF8), ([0xFF], .invalidUTF8),
]

private let refusedTexts: [(String, JSONSyntaxError.Reason, Int)] = [
    ("", .empty, 0), (" \n", .empty, 2),
    ("{", .unexpectedEnd, 1), ("[", .unexpectedEnd, 1), ("[1", .unexpectedEnd, 2), ("[1,", .unexpectedEnd, 3),
    ("{\"a\"", .unexpectedEnd, 4), ("{\"a\":", .unexpectedEnd, 5), ("{\"a\":1,", .unexpectedEnd, 7),
    ("\"a", .unexpectedEnd, 2), (#""\u00"#, .unexpectedEnd, 5), ("tru", .unexpectedEnd, 3), ("-", .unexpectedEnd, 1),
    ("1.", .unexpectedEnd, 2), ("1e", .unexpectedEnd, 2), ("1e+", .unexpectedEnd, 3),
    ("[1,]", .trailingComma, 2), ("{\"a\":1,}", .trailingComma, 6), ("[1 , ]", .trailingComma, 3),
    ("[,]", .expectedValue, 1), ("[,1]", .expectedValue, 1), ("[1,,2]", .expectedValue, 3), ("{,}", .expectedName, 1),
    ("{\"a\":}", .expectedValue, 5), ("{\"a\":1,,\"b\":2}", .expectedName, 7), ("]", .expectedValue, 0),
    ("{a:1}", .expectedName, 1), ("{'a':1}", .expectedName, 1), ("{1:1}", .expectedName, 1),
    ("{null:1}", .expectedName, 1),
    ("{\"a\",1}", .expectedColon, 4), ("{\"a\"=1}", .expectedColon, 4), ("{\"a\"::1}", .expectedValue, 5),
    ("{\"a\":1 \"b\":2}", .expectedCommaOrBrace, 7), ("{\"a\":1]", .expectedCommaOrBrace, 6),
    ("[1 2]", .expectedCommaOrBracket, 3), ("[1}", .expectedCommaOrBracket, 2),
    ("[\"a\":1]", .expectedCommaOrBracket, 4),
    ("//a\n1", .comment, 0), ("/* a */ 1", .comment, 0), ("[1/*a*/]", .comment, 2), ("{/**/}", .comment, 1),
    ("1 // a", .comment, 2), ("{\"a\"/**/:1}", .comment, 4), ("#a\n1", .expectedValue, 0),
    ("+5", .expectedValue, 0), (".5", .expectedValue, 0), ("NaN", .expectedValue, 0), ("Infinity", .expectedValue, 0),
    ("-Infinity", .invalidNumber, 1), ("nan", .invalidLiteral, 0), ("nul", .unexpectedEnd, 3),
    ("nulL", .invalidLiteral, 0),
    ("True", .expectedValue, 0), ("tRUE", .invalidLiteral, 0), ("'a'", .expectedValue, 0),
    ("undefined", .expectedValue, 0),
    ("01", .leadingZero, 0), ("-01", .leadingZero, 1), ("00", .leadingZero, 0), ("[007]", .leadingZero, 1),
    ("0x10", .trailingContent, 1), ("1_000", .trailingContent, 1), ("1.e3", .invalidNumber, 2),
    ("1.a", .invalidNumber, 2),
    ("1ea", .invalidNumber, 2), ("1e+-2", .invalidNumber, 3), ("--1", .invalidNumber, 1), ("-a", .invalidNumber, 1),
    ("1e400", .numberOutOfRange, 0), ("-1e999", .numberOutOfRange, 0), ("1.2.3", .trailingContent, 3),
    ("\u{FF11}", .expectedValue, 0),
    (#""\x41""#, .invalidEscape, 1), (#""\'""#, .invalidEscape, 1), (#""\u00g0""#, .invalidEscape, 1),
    (#""\U0041""#, .invalidEscape, 1), (#""\u+041""#, .invalidEscape, 1), (#""\u 041""#, .invalidEscape, 1),
    (#""\ud800""#, .loneSurrogate, 1), (#""\udc00""#, .loneSurrogate, 1), (#""\ud800\ud800""#, .loneSurrogate, 1),
    (#""\ud800\u0041""#, .loneSurrogate, 1), (#""\ud800\n""#, .loneSurrogate, 1), (#""\ud800a""#, .loneSurrogate, 1),
    (#""\udfff\ud800""#, .loneSurrogate, 1), (#""\ud800\u""#, .invalidEscape, 1),
    (#""\u0000""#, .nullCharacter, 1), (#"{"a\u0000":1}"#, .nullCharacter, 3), (#"["x\ny\u0000"]"#, .nullCharacter, 6),
    (#"{"a":1,"a":2}"#, .duplicateName, 7), (#"{"a":1,"\u0061":2}"#, .duplicateName, 7),
    (#"{"x":{"a":1,"a":1}}"#, .duplicateName, 12), (#"{"":1,"":1}"#, .duplicateName, 6),
    ("1 2", .trailingContent, 2), ("{}{}", .trailingContent, 2), ("[]]", .trailingContent, 2),
    ("null,", .trailingContent, 4),
    ("\"a\"\u{FEFF}", .trailingContent, 3), ("truefalse", .trailingContent, 4), ("1\u{A0}", .trailingContent, 1),
]
