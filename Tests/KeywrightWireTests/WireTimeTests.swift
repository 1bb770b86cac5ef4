import Foundation
import KeywrightWire
import Testing

@Suite("Times on the wire")
struct WireTimeTests {
    @Test("are written in UTC with milliseconds", arguments: known)
    func format(_ milliseconds: Int64, _ text: String) {
        #expect(WireTime.format(milliseconds) == text)
        #expect(WireTime.parse(text) == milliseconds)
    }

    @Test("are read with offsets and fractions, rounded down", arguments: variants)
    func variant(_ text: String, _ canonical: String) {
        #expect(WireTime.parse(text).map(WireTime.format) == canonical)
    }

    @Test("are refused when they are no moment", arguments: nonsense)
    func refused(_ text: String) {
        #expect(WireTime.parse(text) == nil)
    }

    @Test("outside years 1 to 9999 are written as the nearest inside", arguments: tooSmall)
    func tooEarly(_ milliseconds: Int64) {
        #expect(WireTime.format(milliseconds) == "0001-01-01T00:00:00.000Z")
    }

    @Test("outside years 1 to 9999 are written as the nearest inside", arguments: tooLarge)
    func tooLate(_ milliseconds: Int64) {
        #expect(WireTime.format(milliseconds) == "9999-12-31T23:59:59.999Z")
    }

    @Test("come back from the days of all years", arguments: [1, 1_899, 1_969, 2_399, 9_998], [1, 61])
    func days(_ firstYear: Int, _ step: Int64) throws {
        let day: Int64 = 86_400_000
        let start = try #require(WireTime.parse(String("000\(firstYear)".suffix(4)) + "-01-01T00:00:00Z")) / day
        let end = min(start + step * 800, WireTime.range.upperBound / day)
        var before = ""
        for number in stride(from: start, through: end, by: Int(step)) {
            let text = WireTime.format(number * day)
            #expect(WireTime.parse(text) == number * day && text > before && text.hasSuffix("T00:00:00.000Z"))
            before = text
        }
    }

    @Test("agree with Foundation and come back", arguments: 0..<50)
    func random(_ seed: Int) throws {
        var random = SeededGenerator(seed: seed)
        let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
        for _ in 0..<100 {
            let milliseconds = Int64.random(in: -12_219_292_800_000...WireTime.range.upperBound, using: &random)
            let text = WireTime.format(milliseconds)
            #expect(WireTime.parse(text) == milliseconds)
            let date = try style.parse(text)
            #expect(Int64((date.timeIntervalSince1970 * 1_000).rounded()) == milliseconds)
        }
    }
}

private let tooSmall: [Int64] = [.min, .min + 1, -62_135_596_800_001]

private let tooLarge: [Int64] = [.max, 253_402_300_800_000]

private let known: [(Int64, String)] = [
    (0, "1970-01-01T00:00:00.000Z"), (-1, "1969-12-31T23:59:59.999Z"), (1, "1970-01-01T00:00:00.001Z"),
    (1_767_225_600_000, "2026-01-01T00:00:00.000Z"), (951_782_400_000, "2000-02-29T00:00:00.000Z"),
    (951_868_799_999, "2000-02-29T23:59:59.999Z"), (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
    (-62_135_596_800_000, "0001-01-01T00:00:00.000Z"), (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
]

private let variants: [(String, String)] = [
    ("2026-01-01T00:00:00Z", "2026-01-01T00:00:00.000Z"), ("2026-01-01t00:00:00z", "2026-01-01T00:00:00.000Z"),
    ("2026-01-01T00:00:00.1Z", "2026-01-01T00:00:00.100Z"), ("2026-01-01T00:00:00.12Z", "2026-01-01T00:00:00.120Z"),
    ("2026-01-01T00:00:00.1239Z", "2026-01-01T00:00:00.123Z"),
    ("2026-01-01T00:00:00.999999999Z", "2026-01-01T00:00:00.999Z"),
    ("2026-01-01T00:00:00+02:00", "2025-12-31T22:00:00.000Z"),
    ("2026-01-01T00:00:00-05:30", "2026-01-01T05:30:00.000Z"),
    ("2026-01-01T00:00:00-00:00", "2026-01-01T00:00:00.000Z"),
    ("2024-02-29T12:00:00+23:59", "2024-02-28T12:01:00.000Z"),
]

private let nonsense = [
    "", "now", "0", "2026-01-01", "2026-01-01T00:00:00", "2026-01-01 00:00:00Z", "2026-01-01T00:00Z",
    "2026-02-29T00:00:00Z", "2026-02-30T00:00:00Z", "1900-02-29T00:00:00Z", "2026-04-31T00:00:00Z",
    "2026-13-01T00:00:00Z",
    "2026-00-01T00:00:00Z", "2026-01-00T00:00:00Z", "2026-01-32T00:00:00Z", "2026-01-01T24:00:00Z",
    "2026-01-01T00:60:00Z",
    "2026-12-31T23:59:60Z", "2026-01-01T00:00:00.Z", "2026-01-01T00:00:00.1234567890Z", "2026-01-01T00:00:00,5Z",
    "2026-01-01T00:00:00+2:00", "2026-01-01T00:00:00+0200", "2026-01-01T00:00:00+24:00", "2026-01-01T00:00:00+02:60",
    "2026-01-01T00:00:00 Z", " 2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z ", "2026-01-01T00:00:00ZZ",
    "+2026-01-01T00:00:00Z", "02026-01-01T00:00:00Z", "-026-01-01T00:00:00Z", "0000-01-01T00:00:00Z",
    "0001-01-01T00:00:00+00:01", "9999-12-31T23:59:59-00:01", "２０２６-01-01T00:00:00Z", "2026-01-01T00:00:00Z\u{0}",
]
