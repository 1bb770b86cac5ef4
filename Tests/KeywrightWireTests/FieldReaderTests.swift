import KeywrightWire
import Testing

@Suite("The field reader")
struct FieldReaderTests {
    @Test("tells left out, null and given apart")
    func presence() throws {
        var reader = FieldReader(try json(#"{"a":null,"b":"x"}"#))
        #expect(reader.field("missing", .string) == .absent)
        #expect(reader.field("a", .string) == .null)
        #expect(reader.field("b", .string) == .value("x"))
        #expect(reader.optional("missing", .string) == nil)
        #expect(reader.optional("a", .string) == nil)
        #expect(reader.optional("b", .string) == "x")
        #expect(reader.ifPresent("missing", .string) == nil)
        #expect(!reader.has("missing") && !reader.has("a") && reader.has("b"))
        #expect(reader.errors.isEmpty)
    }

    @Test("refuses null where only leaving out is meant")
    func nullRefused() throws {
        var reader = FieldReader(try json(#"{"a":null}"#))
        #expect(reader.ifPresent("a", .bool) == nil)
        #expect(reader.required("a", .string) == nil)
        #expect(reader.errors.map(\.message) == ["a must be true or false.", "a must be a string."])
    }

    @Test("collects all errors, each with its pointer and a sentence")
    func collection() throws {
        var reader = FieldReader(try json(#"{"a":1,"list":["x",2,{}],"t":"soon","id":0,"more":1}"#), pointer: "/x/0")
        _ = reader.required("a", .string)
        _ = reader.required("b", .bool)
        _ = reader.required("list", .array(of: .string))
        _ = reader.field("t", .timestamp)
        _ = reader.optional("id", .identifier)
        reader.refuseUnknownMembers()
        let expected = [
            ("/x/0/a", "x[0].a must be a string."), ("/x/0/b", "x[0].b is required."),
            ("/x/0/list/1", "x[0].list[1] must be a string."), ("/x/0/list/2", "x[0].list[2] must be a string."),
            ("/x/0/t", "x[0].t must be an RFC 3339 time, as in 2030-01-31T12:00:00Z."),
            ("/x/0/id", "x[0].id must be an id: a whole number from 1 to 9007199254740991."),
            ("/x/0/more", "x[0].more is not known here."),
        ]
        #expect(reader.errors == expected.map { FieldError(pointer: $0.0, message: $0.1) })
    }

    @Test("takes ids as numbers and as digits", arguments: ids)
    func identifier(_ text: String, _ expected: Int64?) throws {
        var reader = FieldReader(try json(#"{"id":\#(text)}"#))
        #expect(reader.required("id", .identifier) == expected)
        #expect(reader.errors.isEmpty == (expected != nil))
    }

    @Test("takes 0 for an id only where clients cannot leave it out", arguments: [("0", 0), (#""0""#, 0), ("7", 7)])
    func identifierOrZero(_ text: String, _ expected: Int64) throws {
        var reader = FieldReader(try json(#"{"id":\#(text)}"#))
        #expect(reader.required("id", .identifierOrZero) == expected)
        var strict = FieldReader(try json(#"{"id":"00"}"#))
        #expect(strict.required("id", .identifierOrZero) == nil)
    }

    @Test("reports a body that is no object once", arguments: ["[]", "1", "null", #""a""#])
    func notAnObject(_ text: String) throws {
        var reader = FieldReader(try json(text))
        _ = reader.required("a", .string)
        _ = reader.field("b", .string)
        reader.refuseUnknownMembers()
        #expect(reader.errors == [FieldError(pointer: "", message: "The body must be an object.")])
    }

    @Test("does not mistake a look-alike for a member")
    func lookAlike() throws {
        var reader = FieldReader(try json("{\"api\u{212A}ey\":\"x\"}"))
        #expect(reader.field("apiKey", .string) == .absent)
        reader.refuseUnknownMembers()
        #expect(reader.errors == [FieldError(pointer: "", message: "The body has a member that is not known here.")])
    }

    @Test("repeats no member name that could be a secret")
    func secretName() throws {
        let secret = "kw_0123456789ab_" + String(repeating: "s", count: 38)
        var reader = FieldReader(try json("{\"\(secret)\":1,\"a b\":1,\"\":1,\"plain-Name_1\":1}"))
        reader.refuseUnknownMembers()
        #expect(reader.errors.map(\.pointer) == ["", "", "", "/plain-Name_1"])
        #expect(!"\(reader.errors)".contains("ssss"))
    }

    @Test("says of a member that only answers carry that it cannot be set")
    func readOnly() throws {
        var reader = FieldReader(try json(#"{"id":1}"#))
        reader.refuseUnknownMembers(readOnly: ["id"])
        #expect(reader.errors == [FieldError(pointer: "/id", message: "id cannot be set.")])
    }

    @Test("escapes names in pointers as RFC 6901 says")
    func pointerEscapes() throws {
        var reader = FieldReader(try json("{}"))
        _ = reader.required("a/b~c", .string)
        #expect(reader.errors.map(\.pointer) == ["/a~1b~0c"])
    }

    @Test("names at most 100 errors")
    func manyErrors() throws {
        let body = "[" + Array(repeating: "1", count: 1_999).joined(separator: ",") + "]"
        #expect(throws: WireErrors.self) { try TagRequest.decodeList(try json(body)) }
        do throws(WireErrors) {
            _ = try TagRequest.decodeList(.array(Array(repeating: .null, count: 1_999)))
        } catch {
            #expect(error.errors.count == 100)
            #expect(error.errors.last?.pointer == "/99")
        }
    }

    @Test("reports values that break the server's rules together with wrong shapes")
    func valueChecks() throws {
        let checks = ValueChecks { kind, text in
            kind == .tagKey && text.contains(" ") ? "A tag's key has no blanks." : nil
        }
        do throws(WireErrors) {
            _ = try TagRequest.decode(.object(JSONObject([.init("key", .string("a b"))])), checks: checks)
            Issue.record("The tag was taken.")
        } catch {
            #expect(error.errors.map(\.pointer) == ["/key", "/value"])
            #expect(error.errors.first?.message == "A tag's key has no blanks.")
        }
    }

    @Test("says of broken JSON what the parser said")
    func syntaxError() {
        let errors = WireErrors(JSONSyntaxError(.trailingComma, at: 3)).errors
        #expect(errors.count == 1 && errors.first?.pointer == "")
        #expect(errors.first?.message.contains("comma") == true)
        #expect(WireErrors([]).errors.count == 1)
    }
}

private let ids: [(String, Int64?)] = [
    ("1", 1), ("9007199254740991", 9_007_199_254_740_991), (#""1""#, 1),
    (#""9007199254740991""#, 9_007_199_254_740_991),
    ("9007199254740992", nil), (#""9007199254740992""#, nil), (#""9999999999999999999""#, nil), ("0", nil), ("-1", nil),
    (#""0""#, nil), (#""01""#, nil), (#""+1""#, nil), (#""-1""#, nil), (#""""#, nil), (#"" 1""#, nil), (#""1 ""#, nil),
    (#""1.0""#, nil), (#""1e2""#, nil), (#""１""#, nil), (#""99999999999999999999""#, nil), ("1.0", nil), ("1e2", nil),
    ("99999999999999999999", nil), ("true", nil), ("null", nil), ("[1]", nil), ("{}", nil),
]
