import KeywrightDomain
import Testing

@Suite("States of the audit trail as text")
struct AuditStateTests {
    typealias Snapshot = AuditEvent.Snapshot

    @Test(
        "what the trail's writer makes is read back",
        arguments: [
            ("\"\"", Snapshot.text("")), ("\"a \\\"b\\\" \\\\ c\"", .text("a \"b\" \\ c")),
            ("\"\\u000a\\u001f\"", .text("\n\u{1F}")), ("\"é🦊\"", .text("é🦊")), ("-7", .number(-7)),
            ("9007199254740991", .number(9_007_199_254_740_991)), ("true", .flag(true)), ("false", .flag(false)),
            ("null", .none), ("[]", .list([])), ("{}", .members([])),
            ("[1,[\"a\"],null]", .list([.number(1), .list([.text("a")]), .none])),
            (
                "{\"b\":1,\"a\":{\"x\":false}}",
                .members([.init("b", .number(1)), .init("a", .members([.init("x", .flag(false))]))])
            ),
        ]
    )
    func reads(_ text: String, _ state: Snapshot) {
        #expect(Snapshot(parsing: text) == state)
    }

    @Test(
        "nothing else is read",
        arguments: [
            "", " 1", "1 ", "1.5", "--1", "+1", "tru", "nul", "\"", "\"\\", "\"\\n\"", "\"\\u00e9\"", "\"\\u00\"", "[1",
            "[1,]",
            "[,1]", "[1 ,2]", "{\"a\"}", "{\"a\":}", "{1:2}", "{\"a\":1,}", "1]", "NaN", "99999999999999999999",
            String(repeating: "[", count: 40) + String(repeating: "]", count: 40),
        ]
    )
    func refuses(_ text: String) {
        #expect(Snapshot(parsing: text) == nil)
    }
}
