import KeywrightDomain
import Testing

/// The domain's tag; `Testing` has a type of that name too.
private typealias Label = KeywrightDomain.Tag

@Suite("Tags")
struct TagTests {
    private static let longest = String(repeating: "k", count: 63)

    @Test(
        "a tag has an ASCII key and a value of any script",
        arguments: [
            ("CI", "main"), ("team", "payments"), ("a", "b"), ("0", "0"), ("a.b/c-d_e", "x:y=z"), (longest, longest),
            ("owner", "Zoë"), ("k", "日本語"), ("k", "🚀"), ("k", String(repeating: "🚀", count: 63)), ("k", "two words"),
        ])
    func accepts(_ key: String, _ value: String) throws {
        let tag = try Label(key: key, value: value)
        #expect(tag.key == key)
        #expect(tag.value == value)
        #expect(tag == Label(stored: key, value))
    }

    @Test("tags that look alike are the same only when their bytes are")
    func sameness() {
        let (composed, decomposed) = (Label(stored: "w", "zo\u{E9}"), Label(stored: "w", "zoe\u{301}"))
        #expect(composed.value == decomposed.value)
        #expect(composed != decomposed)
        #expect(composed == Label(stored: "w", "zo\u{E9}"))
        #expect(Set([composed, decomposed, composed]).count == 2)
    }

    @Test(
        "each wrong member is named",
        arguments: [
            ("", "v", ["/key"]), (longest + "k", "v", ["/key"]), ("-a", "v", ["/key"]), ("_a", "v", ["/key"]),
            (".a", "v", ["/key"]), ("/a", "v", ["/key"]), ("a b", "v", ["/key"]), ("a:b", "v", ["/key"]),
            ("a=b", "v", ["/key"]), ("a\n", "v", ["/key"]), ("ä", "v", ["/key"]), ("a\u{301}", "v", ["/key"]),
            ("\u{FF41}", "v", ["/key"]), ("a\0", "v", ["/key"]), ("k", "", ["/value"]),
            ("k", longest + "k", ["/value"]),
            ("k", String(repeating: "🚀", count: 64), ["/value"]), ("k", "a\nb", ["/value"]), ("k", "a\0", ["/value"]),
            ("k", "a\u{202E}b", ["/value"]), ("k", "a\u{200B}b", ["/value"]), ("", "", ["/key", "/value"]),
        ])
    func refuses(_ key: String, _ value: String, _ members: [String]) throws {
        let error = try refusal { try Label(key: key, value: value, pointer: "/tags/2") }
        #expect(error.code == .invalid)
        #expect(error.violations.map(\.pointer) == members.map { "/tags/2" + $0 })
    }

    @Test("a key carries at most five tags with distinct keys")
    func lists() throws {
        func tags(_ keys: [String]) throws -> [Label] { try keys.map { try Label(key: $0, value: "v") } }
        #expect(Label.limit == 5)
        #expect(Label.violations(in: []).isEmpty)
        #expect(Label.violations(in: try tags(["a", "b", "c", "d", "e"])).isEmpty)
        #expect(Label.violations(in: try tags(["a", "A"])).isEmpty)
        #expect(Label.violations(in: try tags(["a", "b", "a"])).map(\.pointer) == ["/tags/2/key"])
        #expect(Label.violations(in: try tags(["a", "a", "a"])).map(\.pointer) == ["/tags/1/key", "/tags/2/key"])
        #expect(Label.violations(in: try tags(["a", "b", "c", "d", "e", "f"])).map(\.pointer) == ["/tags"])
        #expect(
            Label.violations(in: try tags(["a", "b", "c", "d", "e", "a"]), pointer: "/t").map(\.pointer) == [
                "/t", "/t/5/key",
            ])
    }
}
