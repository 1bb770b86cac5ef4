import Testing

@testable import KeywrightAPI

@Suite("Forms of OAuth requests")
struct FormBodyTests {
    private func form(_ text: String) throws(FormBody.Fault) -> FormBody { try FormBody(Array(text.utf8)) }

    @Test("parameters are decoded; one without a value counts as left out")
    func reading() throws {
        let form = try form("a=1&b=x%20y+z&c=&d%5F=%C3%A9&e=a=b%26&%C3%A9=n")
        #expect(form["a"] == "1")
        #expect(form["b"] == "x y z")
        #expect(form["c"] == nil)
        #expect(form["d_"] == "é")
        #expect(form["e"] == "a=b&")
        #expect(form["é"] == "n")
        #expect(form["e\u{301}"] == nil, "another way to write é is another name")
        #expect(form["A"] == nil)
        #expect(try self.form("")["a"] == nil)
    }

    @Test(
        "what is not such a form is refused",
        arguments: [
            ("a", .unreadable), ("=1", .unreadable), ("a=1&", .unreadable), ("&a=1", .unreadable),
            ("a=1&&b=2", .unreadable), ("a=%", .unreadable), ("a=%2", .unreadable), ("a=%zz", .unreadable),
            ("a=%ff", .unreadable), ("a=%00", .unreadable), ("a=%0d%0a", .unreadable), ("a=\n", .unreadable),
            ("a=%7f", .unreadable), ("a=1&a=1", .repeated), ("a=1&%61=2", .repeated), ("a=&a=", .repeated),
        ] as [(String, FormBody.Fault)])
    func refusing(_ text: String, _ fault: FormBody.Fault) {
        #expect(throws: fault) { try form(text) }
    }

    @Test("bytes that are no UTF-8 are refused")
    func bytes() {
        #expect(throws: FormBody.Fault.unreadable) { try FormBody([0x61, 0x3D, 0xC3]) }
        #expect(throws: FormBody.Fault.unreadable) { try FormBody([0xFF, 0x3D, 0x31]) }
    }

    @Test("a hundred parameters are taken, one more is not")
    func limit() throws {
        let parameters = (0...FormBody.limit).map { "p\($0)=\($0)" }
        #expect(try form(parameters.dropLast().joined(separator: "&"))["p99"] == "99")
        #expect(throws: FormBody.Fault.tooManyParameters) { try form(parameters.joined(separator: "&")) }
        #expect(throws: FormBody.Fault.tooManyParameters) { try form(String(repeating: "&", count: 60_000)) }
    }

    @Test("a fault says nothing of the body", arguments: FormBody.Fault.allCases)
    func faults(_ fault: FormBody.Fault) {
        #expect(fault.text.hasSuffix("."))
    }
}
