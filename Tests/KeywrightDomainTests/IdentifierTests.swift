import KeywrightDomain
import Testing

@Suite("Identifiers")
struct IdentifierTests {
    @Test(
        "an id reads from digits",
        arguments: [("1", 1), ("10", 10), ("2000000001", 2_000_000_001), ("9007199254740991", 9_007_199_254_740_991)]
            as [(String, Int64)])
    func reads(_ text: String, _ number: Int64) {
        #expect(Role.ID(parsing: text) == Role.ID(number))
        #expect(Role.ID(parsing: text)?.description == text)
        #expect(Role.ID(parsing: text.dropFirst(0)) == Role.ID(number))
    }

    @Test(
        "anything but plain digits below 2^53 is no id",
        arguments: [
            "", " ", "0", "00", "007", "+5", "-5", "-0", " 1", "1 ", "1\n", "1\r\n", "1\0", "1.0", "1e2", "0x10",
            "1_000",
            "1,000", "one", "null", "\u{FF11}", "\u{0661}", "\u{0967}", "\u{00B2}", "1\u{301}", "1\u{20E3}",
            "\u{FEFF}1",
            "1\u{200B}", "9007199254740992", "9007199254740993", "9999999999999999", "10000000000000000",
            "9223372036854775807", "9223372036854775808", "18446744073709551617",
            "340282366920938463463374607431768211457", String(repeating: "9", count: 10_000),
        ])
    func refuses(_ text: String) {
        #expect(APIKey.ID(parsing: text) == nil)
    }

    @Test("ids sort by number")
    func order() {
        let ids = [10, 9, 100, 1].map { User.ID($0) }
        #expect(ids.sorted().map(\.rawValue) == [1, 9, 10, 100])
    }

    @Test("what an id prints parses back", arguments: 0..<100)
    func roundTrip(seed: Int) {
        var random = SeededGenerator(seed: seed)
        for id in NRN.anyIDs(&random) {
            #expect(User.ID(parsing: User.ID(id).description)?.rawValue == id)
        }
    }
}
