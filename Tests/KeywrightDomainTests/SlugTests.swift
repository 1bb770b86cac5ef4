import KeywrightDomain
import Testing

@Suite("Slugs")
struct SlugTests {
    private static let longest = String(repeating: "a", count: 70)

    @Test("a slug is lower-case ASCII", arguments: ["a", "0", "a-b", "a_b", "a.b", "9-", "a--b", "a..b", longest])
    func accepts(_ text: String) throws {
        #expect(try Slug.validate(text) == text)
    }

    @Test(
        "anything else is no slug, and is not repaired",
        arguments: [
            "", " ", "-a", "_a", ".a", "..", "A", "aB", "a b", " a", "a ", "a\n", "a\r\n", "a\0", "a/b", "a:b", "a%20b",
            "a?b",
            "a#b", "ä", "a\u{301}", "\u{FF41}", "\u{430}", "a\u{200B}", "🚀", "\u{212A}", longest + "a",
        ])
    func refuses(_ text: String) throws {
        #expect(try refusal { try Slug.validate(text, pointer: "/x") }.violations.map(\.pointer) == ["/x"])
    }

    @Test(
        "a name gives a slug",
        arguments: [
            ("Payments", "payments"), ("Team Payments", "team-payments"), ("  a  b  ", "a-b"), ("a_b.c", "a-b-c"),
            ("--a--", "a"), ("Zahlungen für Ämter", "zahlungen-f-r-mter"), ("CI / CD", "ci-cd"), ("🚀 x", "x"),
            (longest + "b", longest), (String(repeating: "a", count: 69) + " b", String(repeating: "a", count: 69)),
            ("", nil), ("  ", nil), ("---", nil), ("日本語", nil), ("🚀", nil), ("\u{301}", nil),
        ] as [(String, String?)])
    func derives(_ name: String, _ slug: String?) {
        #expect(Slug.derived(from: name) == slug)
    }

    @Test(
        "a derived slug is a slug, and derives to itself when it holds only letters, digits and dashes",
        arguments: 0..<200)
    func derivedIsValid(seed: Int) throws {
        var random = SeededGenerator(seed: seed)
        let alphabet = Array("abcXYZ019 -_./:äßİKé日🚀\u{301}\u{200B}\0\n")
        let name = String(random.some(of: alphabet, atMost: 120))
        guard let slug = Slug.derived(from: name) else {
            #expect(!name.lowercased().utf8.contains { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) })
            return
        }
        #expect(try Slug.validate(slug) == slug)
        #expect(Slug.derived(from: slug) == slug)
    }
}
