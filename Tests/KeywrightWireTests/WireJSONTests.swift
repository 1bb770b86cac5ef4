import Foundation
import KeywrightWire
import Testing

@Suite("Written JSON")
struct WireJSONTests {
    private struct Everything: Codable, Equatable {
        var bool = true
        var int = -1
        var small: Int8 = -128
        var big = UInt64.max
        var float: Float = 0.5
        var double = 1e300
        var none: String?
        var text = "a/\"\\\u{8}\u{C}\n\r\t\u{0}\u{1F}\u{7F}\u{2028}é🗝️"
        var list: [[Int]] = [[], [1], [1, 2]]
        var pairs: [String: [Bool]] = ["k": [true, false]]
        var nested: [Inner] = [Inner(value: nil), Inner(value: 1)]
    }

    private struct Inner: Codable, Equatable {
        var value: Int?
    }

    /// Uses the parts of an encoder that generated code does not.
    private struct ByHand: Encodable {
        enum Key: String, CodingKey { case a, b, c, d }

        func encode(to encoder: any Encoder) throws {
            var object = encoder.container(keyedBy: Key.self)
            var inner = object.nestedContainer(keyedBy: Key.self, forKey: .a)
            try inner.encode(1, forKey: .b)
            var list = object.nestedUnkeyedContainer(forKey: .c)
            try list.encode("x")
            var element = list.nestedContainer(keyedBy: Key.self)
            try element.encodeNil(forKey: .d)
            var empty = list.nestedUnkeyedContainer()
            _ = empty.nestedUnkeyedContainer()
            try list.encodeNil()
            try 2.encode(to: object.superEncoder(forKey: .d))
            var again = encoder.container(keyedBy: Key.self)
            try again.encode(true, forKey: .b)
        }
    }

    private struct Nothing: Encodable {
        func encode(to encoder: any Encoder) {}
    }

    @Test("means to Foundation what was written")
    func everything() throws {
        let bytes = try WireJSON.encode(Everything())
        #expect(try JSONDecoder().decode(Everything.self, from: Data(bytes)) == Everything())
        #expect(try WireJSON.decode(Everything.self, from: bytes) == Everything())
    }

    @Test("has no blanks, plain slashes, short escapes and no others")
    func escapes() throws {
        #expect(try text(["a/\"\\\n\u{1}\u{1F}\u{7F}\u{2028}é"]) == "[\"a/\\\"\\\\\\n\\u0001\\u001f\u{7F}\u{2028}é\"]")
        #expect(try text(["k": [1, 2]]) == #"{"k":[1,2]}"#)
    }

    @Test("closes every container, in whatever way it was opened")
    func byHand() throws {
        #expect(try text(ByHand()) == #"{"a":{"b":1},"c":["x",{"d":null},[[]],null],"d":2,"b":true}"#)
        #expect(try text([Nothing(), Nothing()]) == "[{},{}]")
        #expect(try text([Int]()) == "[]" && text("x") == #""x""# && text(Int?.none) == "null" && text(1.5) == "1.5")
    }

    @Test("refuses numbers that JSON cannot hold", arguments: [Double.nan, .infinity, -.infinity])
    func notFinite(_ number: Double) {
        #expect(throws: EncodingError.self) { try WireJSON.encode([number]) }
        #expect(throws: EncodingError.self) { try WireJSON.encode(JSONValue.number(number)) }
    }

    @Test("gives any text back unchanged", arguments: 0..<100)
    func texts(_ seed: Int) throws {
        var random = SeededGenerator(seed: seed)
        var scalars = String.UnicodeScalarView()
        for _ in 0..<Int.random(in: 0...40, using: &random) {
            let limit: UInt32 = [0x20, 0x80, 0x800, 0x11_0000].randomElement(using: &random) ?? 0x80
            if let scalar = Unicode.Scalar(UInt32.random(in: 1..<limit, using: &random)) { scalars.append(scalar) }
        }
        let value = JSONValue.object(JSONObject([.init(String(scalars), .string(String(scalars)))]))
        #expect(try StrictJSON.parse(try WireJSON.encode(value)) == value)
    }
}

@Suite("Sensitive text")
struct SensitiveTextTests {
    @Test("prints as <redacted>, alone and inside other values")
    func printing() {
        let text = SensitiveText("planted")
        var dumped = ""
        dump([text], to: &dumped)
        #expect("\(text)" == "<redacted>" && String(reflecting: text) == "<redacted>")
        #expect(!"\([text]) \(Optional(text) as Any) \(dumped)".contains("planted"))
        #expect(text.reveal() == "planted")
    }

    @Test("compares by bytes")
    func comparison() {
        #expect(SensitiveText("a") == SensitiveText("a") && SensitiveText("") == SensitiveText(""))
        #expect(SensitiveText("a") != SensitiveText("b") && SensitiveText("a") != SensitiveText("ab"))
        #expect(SensitiveText("\u{E9}") != SensitiveText("e\u{301}"))
    }
}
