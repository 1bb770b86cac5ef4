import KeywrightDomain
import Testing

@Suite("Names")
struct NameTests {
    @Test(
        "a name keeps its letters, whatever the script, and loses surrounding blanks",
        arguments: [
            ("ci-main", "ci-main"), ("  ci main \t", "ci main"), ("\r\nci\r\n", "ci"), ("a  b", "a  b"),
            ("\u{A0}ci\u{3000}", "ci"), ("\u{2028}ci\u{2029}", "ci"), ("Schl\u{FC}ssel", "Schl\u{FC}ssel"),
            ("e\u{301}", "e\u{301}"), ("日本語の鍵", "日本語の鍵"), ("Ключ", "Ключ"), ("कुंजी", "कुंजी"), ("กุญแจ", "กุญแจ"),
            ("מפתח ראשי", "מפתח ראשי"), ("مفتاح", "مفتاح"), ("🚀 deploy", "🚀 deploy"),
            ("\u{2764}\u{FE0F}", "\u{2764}\u{FE0F}"), ("👍🏽", "👍🏽"), ("🇩🇪", "🇩🇪"), ("<script>", "<script>"),
            ("a'b\"c", "a'b\"c"),
            ("0", "0"), ("~!@#$%^&*()", "~!@#$%^&*()"),
        ])
    func accepts(_ text: String, _ expected: String) throws {
        let name = try Name.validate(text)
        #expect(Array(name.utf8) == Array(expected.utf8))
        #expect(try Name.validate(name) == name)
    }

    @Test(
        "a name that is empty but for blanks is refused",
        arguments: ["", " ", "\t", "\n", "\r\n", "\u{A0}", "\u{3000}\u{2003}", "\u{85}"])
    func empty(_ text: String) throws {
        #expect(try refusal { try Name.validate(text) }.violations.map(\.pointer) == ["/name"])
    }

    @Test(
        "control, direction-changing and zero-width characters are refused",
        arguments: [
            // Controls.
            0x00, 0x01, 0x07, 0x08, 0x09, 0x0A, 0x0D, 0x1B, 0x1F, 0x7F, 0x80, 0x85, 0x9B, 0x9F,
            // Direction.
            0x061C, 0x200E, 0x200F, 0x202A, 0x202B, 0x202C, 0x202D, 0x202E, 0x2066, 0x2067, 0x2068, 0x2069,
            // No width.
            0x00AD, 0x034F, 0x180B, 0x180E, 0x200B, 0x200C, 0x200D, 0x2060, 0x2064, 0x206A, 0x206F, 0xFEFF,
            // Fillers and line breaks.
            0x115F, 0x1160, 0x17B4, 0x17B5, 0x3164, 0xFFA0, 0x2028, 0x2029,
            // Annotations, tags, selectors.
            0xFFF9, 0xFFFA, 0xFFFB, 0xE0001, 0xE0020, 0xE007F, 0xE0100, 0xE01EF,
        ] as [UInt32])
    func invisible(_ value: UInt32) throws {
        let character = try #require(Unicode.Scalar(value))
        let error = try refusal { try Name.validate("a\(character)b", pointer: "/grants/0/name") }
        #expect(error.code == .invalid)
        #expect(error.violations.map(\.pointer) == ["/grants/0/name"])
        #expect(!error.detail.unicodeScalars.contains(character))
    }

    @Test("an emoji joined with zero-width characters is refused like any hidden character")
    func joinedEmoji() throws {
        #expect(try refusal { try Name.validate("👨‍👩‍👧") }.code == .invalid)
        #expect(try refusal { try Name.validate("\u{1F3F4}\u{E0067}\u{E0062}\u{E007F}") }.code == .invalid)
    }

    @Test("what Unicode calls ignorable when displayed is refused, but for the selectors that emoji need")
    func defaultIgnorable() {
        var accepted: [String] = []
        for value in UInt32(0)...0x10FFFF {
            guard let scalar = Unicode.Scalar(value), !(0xFE00...0xFE0F).contains(value),
                scalar.properties.isDefaultIgnorableCodePoint
            else { continue }
            if (try? Name.validate("a\(scalar)b")) != nil { accepted.append("U+" + String(value, radix: 16)) }
        }
        #expect(accepted == [], "\(accepted.count) characters that nobody can see are accepted")
    }

    @Test("every visible letter, mark, number, sign and symbol of Unicode may be in a name")
    func visible() {
        var refused: [String] = []
        var batch = ""
        func flush() {
            defer { batch = "" }
            guard (try? Name.validate("a\(batch)b")) == nil else { return }
            for scalar in batch.unicodeScalars where (try? Name.validate("a\(scalar)b")) == nil {
                refused.append("U+" + String(scalar.value, radix: 16))
            }
        }
        for value in UInt32(0x20)...0x10FFFF {
            guard let scalar = Unicode.Scalar(value), !scalar.properties.isDefaultIgnorableCodePoint else { continue }
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .unassigned, .privateUse, .surrogate: continue
            default: batch.unicodeScalars.append(scalar)
            }
            if batch.unicodeScalars.count == 70 { flush() }
        }
        flush()
        #expect(refused == [])
    }

    @Test(
        "the limit counts Unicode scalars after trimming",
        arguments: [
            (String(repeating: "a", count: 80), true), (String(repeating: "a", count: 81), false),
            (" " + String(repeating: "a", count: 80) + " ", true), (String(repeating: "🚀", count: 80), true),
            (String(repeating: "🚀", count: 81), false), (String(repeating: "e\u{301}", count: 40), true),
            (String(repeating: "e\u{301}", count: 40) + "e", false), (String(repeating: "👍🏽", count: 41), false),
            (String(repeating: " ", count: 100_000) + "a", true),
            ("a" + String(repeating: "\u{301}", count: 80), false),
        ])
    func limit(_ text: String, _ fits: Bool) {
        #expect(((try? Name.validate(text)) != nil) == fits)
    }

    @Test("a resource's name is shorter")
    func resourceLimit() throws {
        #expect(Name.limit == 80)
        #expect(Name.resourceLimit == 60)
        let longest = String(repeating: "é", count: 60)
        #expect(try Name.validate(longest, limit: Name.resourceLimit) == longest)
        #expect(try refusal { try Name.validate(longest + "x", limit: Name.resourceLimit) }.detail.contains("60"))
    }

    @Test(
        "names are compared without case",
        arguments: [("CI Main", "ci main"), ("ÄÖ", "äö"), ("ключ", "КЛЮЧ"), ("x1", "X1")])
    func folded(_ a: String, _ b: String) {
        #expect(Name.foldedKey(a) == Name.foldedKey(b))
        #expect(Name.foldedKey(Name.foldedKey(a)) == Name.foldedKey(a))
    }
}
