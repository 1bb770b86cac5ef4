import KeywrightDomain
import Testing

@Suite("NRN: text form")
struct NRNTests {
    private static let whole = "organization=1:account=2:namespace=3:application=4:scope=5"

    @Test(
        "an NRN reads from its text and prints it again",
        arguments: [
            ("organization=1", [1, 0, 0, 0, 0]),
            ("organization=10", [10, 0, 0, 0, 0]),
            ("organization=1:account=2", [1, 2, 0, 0, 0]),
            ("organization=1:account=2:namespace=3", [1, 2, 3, 0, 0]),
            ("organization=1:account=2:namespace=3:application=4", [1, 2, 3, 4, 0]),
            (whole, [1, 2, 3, 4, 5]),
            ("organization=9007199254740991", [9_007_199_254_740_991, 0, 0, 0, 0]),
            (
                "organization=9007199254740991:account=9007199254740991:namespace=9007199254740991"
                    + ":application=9007199254740991:scope=9007199254740991",
                [Int64](repeating: 9_007_199_254_740_991, count: 5)
            ),
        ] as [(String, [Int64])])
    func reads(_ text: String, _ slots: [Int64]) throws {
        let parsed = try NRN(parsing: text)
        #expect(parsed.slots == slots)
        #expect(parsed.description == text)
        #expect(NRN(slots: slots) == parsed)
        #expect(try NRN(parsing: "<\(text)>".dropFirst().dropLast()) == parsed)
    }

    @Test("text that is not exactly an NRN is refused", arguments: hostile)
    func refuses(_ text: String) throws {
        let error = try refusal { try NRN(parsing: text) }
        #expect(error.code == .invalid)
        #expect(error.violations.map(\.pointer) == [""])
        #expect(error == (try refusal { try NRN(parsing: "") }), "the error does not repeat the input")
    }

    private static let hostile: [String] = [
        // Nothing, or not the word and sign.
        "", " ", ":", "=", "organization", "organization=", "organization:1", "organization==1", "organization=1=2",
        "=1", "1", "*", "organization=*", "nrn:organization=1", "organization%3D1", "organization=1%3Aaccount=2",
        "organization=1;account=2", "organization=1/account=2", "organization=1,account=2", "organization=null",
        // Wrong levels.
        "account=2", "scope=5", "organization=1:namespace=2", "organization=1:scope=2", "organization=1:organization=2",
        "organization=1:account=2:account=3", "account=2:organization=1", "organization=1:account=2:application=3",
        "\(whole):scope=6", "\(whole):extra=6", "organization=1:accounts=2", "organization=1:acc=2",
        "organizationn=1", "rganization=1", "organization=1:=2",
        // Stray separators and blanks.
        ":organization=1", "organization=1:", "organization=1::account=2", "\(whole):", " organization=1",
        "organization=1 ", "organization= 1", "organization =1", "organization=1: account=2",
        "organization=1 :account=2", "organization=1\n", "organization=1\r\n", "\r\norganization=1",
        "organization=1\r\n:account=2",
        "organization=1:account=2\r\n", "organization=1\t", "organization=1\0", "\0organization=1",
        "organization=1\u{A0}", "organization=1\u{2028}",
        // Wrong numbers.
        "organization=0", "organization=00", "organization=01", "organization=+1", "organization=-1", "organization=-0",
        "organization=1.0", "organization=1e3", "organization=0x1", "organization=1_000", "organization=1,000",
        "organization=9007199254740992", "organization=9007199254740993", "organization=9999999999999999",
        "organization=10000000000000000", "organization=9223372036854775807", "organization=9223372036854775808",
        "organization=18446744073709551617", "organization=1:account=0", "organization=1:account=",
        "organization=1:account=+2", "organization=1:account=02", "organization=1:account=9007199254740992",
        "organization=\(String(repeating: "9", count: 200))", "organization=\(String(repeating: "0", count: 200))1",
        // Other letters and digits, and what hides between characters.
        "Organization=1", "ORGANIZATION=1", "organization=1:Account=2", "organization=\u{FF11}",
        "organization=\u{0661}", "organization=\u{00B2}", "organization=\u{2460}", "organization=1\u{FF11}",
        "organization\u{FF1D}1",
        "organization=1\u{FF1A}account=2", "organizati\u{03BF}n=1", "organization=1\u{301}", "organization\u{301}=1",
        "organization=\u{301}1", "organization=1\u{301}:account=2", "organization=1:\u{301}account=2",
        "organization=1:account=2\u{20E3}", "organization=1\u{200B}", "organization=1\u{200D}:account=2",
        "\u{FEFF}organization=1", "\u{202E}organization=1", "organization=1\u{1F1E6}", "organization=\u{1D7CF}",
        String(repeating: "organization=1:", count: 1_000), String(repeating: "1", count: 10_000),
    ]

    @Test("what an NRN prints parses back to the same NRN", arguments: 0..<200)
    func roundTrip(seed: Int) throws {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<50 {
            let original = try #require(NRN.random(ids: NRN.anyIDs(&random), &random))
            #expect(try NRN(parsing: original.description) == original)
            #expect(NRN(slots: original.slots) == original)
            #expect(original.id == original[original.level])
            #expect(original.slots.prefix { $0 != 0 }.count == original.level.rawValue)
        }
    }

    @Test("text with one byte changed reads as another NRN or as none", arguments: 0..<50)
    func oneByteChanged(seed: Int) throws {
        var random = SeededGenerator(seed: seed)
        let original = try #require(NRN.random(ids: [1, 2, 10, 123, 4_567], &random))
        var bytes = Array(original.description.utf8)
        let index = Int.random(in: 0..<bytes.count, using: &random)
        for byte in UInt8(0x01)...0x7F where byte != bytes[index] {
            let kept = bytes[index]
            bytes[index] = byte
            let text = String(decoding: bytes, as: UTF8.self)
            if let changed = try? NRN(parsing: text) {
                #expect(changed != original)
                #expect(changed.description == text)
            }
            bytes[index] = kept
        }
    }

    @Test(
        "slots that are not five, or have a gap, are no NRN",
        arguments: [
            [], [1], [1, 0, 0, 0], [1, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0], [0, 1, 0, 0, 0], [-1, 0, 0, 0, 0],
            [1, -1, 0, 0, 0], [1, 0, 1, 0, 0], [1, 2, 0, 0, 5], [1, 2, 3, 0, 5], [1, 2, 3, 4, -5],
            [.min, 0, 0, 0, 0],
        ] as [[Int64]])
    func badSlots(_ slots: [Int64]) {
        #expect(NRN(slots: slots) == nil)
    }

    @Test("an NRN that can be made can be read back: ids end below 2^53", arguments: [1 << 53, .max] as [Int64])
    func idsEndBelowLimit(_ id: Int64) throws {
        #expect(NRN(slots: [id, 0, 0, 0, 0]) == nil)
        #expect(NRN(slots: [1, id, 0, 0, 0]) == nil)
        #expect(try nrn("organization=1").child(id) == nil)
    }
}

extension NRN {
    /// An NRN of some level, with ids from the list.
    static func random(ids: [Int64], _ random: inout SeededGenerator) -> NRN? {
        let depth = Int.random(in: 1...5, using: &random)
        return NRN(slots: (0..<5).map { $0 < depth ? random.pick(ids) : 0 })
    }

    /// Ids of every magnitude below 2^53.
    static func anyIDs(_ random: inout SeededGenerator) -> [Int64] {
        (0..<8).map { _ in
            let bits = Int64.random(in: 1...53, using: &random)
            return Int64.random(in: 1...(1 << bits) - 1, using: &random)
        }
    }
}
