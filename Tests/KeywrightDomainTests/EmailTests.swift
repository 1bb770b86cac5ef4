import KeywrightDomain
import Testing

@Suite("Email addresses and passwords")
struct EmailTests {
    private static let longLocal = String(repeating: "a", count: 64)

    @Test(
        "an address is kept, in lower case",
        arguments: [
            ("ada@example.org", "ada@example.org"), ("Ada.Lovelace+CI@Example.ORG", "ada.lovelace+ci@example.org"),
            ("a@b", "a@b"), ("o'neil@example.org", "o'neil@example.org"), ("\(longLocal)@b.c", "\(longLocal)@b.c"),
            ("josé@example.org", "josé@example.org"), ("用户@例子.公司", "用户@例子.公司"),
            ("a@" + String(repeating: "b", count: 252), "a@" + String(repeating: "b", count: 252)),
        ])
    func accepts(_ text: String, _ expected: String) throws {
        let address = try Email.validate(text)
        #expect(Array(address.utf8) == Array(expected.utf8))
        #expect(try Email.validate(address) == address)
    }

    @Test(
        "what is not one address is refused",
        arguments: [
            "", "@", "a", "a@", "@b", "a@b@c", "a b@c", " a@b", "a@b ", "a@b\n", "a@b\r\n", "a\r\nBcc: x@y", "a@b\0",
            "a\t@b",
            "a@b\u{7F}", "<a@b>", "Ada <a@b>", "a@b,c@d", "a@b;c", "a:b@c", "\"a\"@b", "a\\@b", "a@[127.0.0.1]",
            "(a)@b",
            "a\u{200B}@b", "a\u{202E}@b", "a@b\u{2028}", "a@b\u{AD}", "\u{FEFF}a@b", "\(longLocal)a@b.c",
            "a@" + String(repeating: "b", count: 253),
        ])
    func refuses(_ text: String) throws {
        #expect(try refusal { try Email.validate(text) }.violations.map(\.pointer) == ["/email"])
    }

    @Test(
        "blanks of other scripts are refused like a space", arguments: ["\u{A0}", "\u{2003}", "\u{202F}", "\u{3000}"])
    func blanks(_ blank: String) throws {
        for text in ["ada\(blank)@example.org", "\(blank)ada@example.org", "ada@example.org\(blank)"] {
            #expect((try? Email.validate(text)) == nil, "\(text.debugDescription) is accepted")
        }
    }

    @Test("a password needs 15 to 1024 bytes and nothing else")
    func passwords() throws {
        for accepted in [
            String(repeating: "a", count: 15), "correct horse battery", String(repeating: "é", count: 8),
            String(repeating: " ", count: 15), String(repeating: "x", count: 1_024),
        ] {
            try Password.validate(Secret(accepted))
        }
        for refused in [
            "", String(repeating: "a", count: 14), String(repeating: "é", count: 7),
            String(repeating: "x", count: 1_025),
        ] {
            let error = try refusal { try Password.validate(Secret(refused)) }
            #expect(error.violations.map(\.pointer) == ["/password"])
            #expect(refused.isEmpty || !error.detail.contains(refused))
        }
    }
}
