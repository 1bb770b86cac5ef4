import Testing

@testable import keywright

/// What people see.
@Suite struct TableTests {
    @Test(
        "width counts columns, not characters",
        arguments: [
            ("", 0), ("abc", 3), ("é", 1), ("e\u{301}", 1), ("日本", 4), ("한", 2), ("\u{1112}\u{1161}\u{11AB}", 2),
            ("Ａ", 2), ("ｱ", 1), ("👍", 2), ("👩‍👧", 2), ("❤️", 2), ("🇫🇷", 2), ("…", 1), ("שלום", 4),
            ("\u{1D54F}", 1), ("𠮷", 2),
        ])
    func width(text: String, columns: Int) {
        #expect(DisplayWidth.of(text) == columns)
    }

    @Test("columns line up whatever the script, and no line ends in blanks")
    func alignment() {
        var table = TextTable("ID", "NAME", "X")
        table.add("1", "日本", "a")
        table.add("22", "e\u{301}te", nil)
        table.add("3", "", "c")
        #expect(
            table.text == """
                ID  NAME  X
                1   日本  a
                22  e\u{301}te   -
                3   -     c
                """
        )
    }

    @Test("an empty table has its header")
    func empty() {
        #expect(TextTable("ID", "NAME").text == "ID  NAME")
    }

    @Test("details keep several lines in one column")
    func details() {
        let text = TextTable.details([("ID", ["1"]), ("Grants", ["a", "b"]), ("Tags", [])])
        #expect(text == "ID      1\nGrants  a\n        b\nTags    -")
    }

    @Test(
        "what could drive the terminal is shown, not sent",
        arguments: [
            ("\u{1B}[2J", #"\u{1B}[2J"#), ("a\nb", #"a\u{A}b"#), ("a\rb", #"a\u{D}b"#), ("a\r\nb", #"a\u{D}\u{A}b"#),
            ("\u{9B}1m", #"\u{9B}1m"#), ("\u{202E}txt", #"\u{202E}txt"#), ("a\u{200B}b", #"a\u{200B}b"#),
            ("\u{7F}", #"\u{7F}"#), ("\u{2028}", #"\u{2028}"#), ("\u{E0041}", #"\u{E0041}"#), ("日本 é 👩‍👧", "日本 é 👩‍👧"),
            ("क्‍ष", "क्‍ष"),
        ])
    func escaping(text: String, expected: String) {
        #expect(Array(TerminalText.escaping(text).utf8) == Array(expected.utf8))
    }

    @Test("a cell cannot start a line or an escape sequence")
    func hostileCell() {
        var table = TextTable("NAME")
        table.add("a\n\u{1B}]0;x\u{7}")
        #expect(table.text == "NAME\n" + #"a\u{A}\u{1B}]0;x\u{7}"#)
    }

    @Test("escaped JSON means the same")
    func json() {
        #expect(TerminalText.escapingJSON("\"a\u{9B}b\u{202E}\u{E0041}é\"") == #""a\u009Bb\u202E\uDB40\uDC41é""#)
    }

    @Test("keys and tokens are taken out of messages")
    func redacting() {
        let secret = "kw_abcdefghijkl_" + String(repeating: "A", count: 38)
        #expect(TerminalText.redacting("The value '\(secret)' is no id") == "The value '<redacted>' is no id")
        #expect(TerminalText.redacting("acme1_abcdefghijkl_" + String(repeating: "0", count: 38)) == "<redacted>")
        #expect(TerminalText.redacting("x eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl y") == "x <redacted> y")
        #expect(TerminalText.redacting("kw_abcdefghijkl_…AAAA") == "kw_abcdefghijkl_…AAAA")
    }

    @Test("times lose their milliseconds")
    func times() {
        #expect(DisplayedTime.text("2026-01-01T00:00:00.000Z", without: "never") == "2026-01-01T00:00:00Z")
        #expect(DisplayedTime.text(nil, without: "never") == "never")
        #expect(DisplayedTime.text("?", without: "never") == "?")
    }
}
