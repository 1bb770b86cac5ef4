import KeywrightDomain
import Testing

@Suite("Instants")
struct InstantTests {
    @Test(
        "seconds are rounded down, before 1970 too",
        arguments: [
            (0, 0), (1, 0), (999, 0), (1_000, 1), (1_999, 1), (-1, -1), (-999, -1), (-1_000, -1), (-1_001, -2),
            (1_767_225_600_123, 1_767_225_600), (.max, 9_223_372_036_854_775), (.min, -9_223_372_036_854_776),
        ] as [(Int64, Int64)])
    func seconds(_ milliseconds: Int64, _ seconds: Int64) {
        #expect(Instant(milliseconds: milliseconds).seconds == seconds)
    }

    @Test(
        "a moment moves by a duration",
        arguments: [
            (1_000, .zero, 1_000), (1_000, .milliseconds(1), 1_001), (1_000, .seconds(1), 2_000),
            (1_000, .milliseconds(-1), 999), (1_000, .seconds(-3), -2_000), (1_000, .milliseconds(1_500), 2_500),
            (0, .milliseconds(-1_500), -1_500), (0, .seconds(24 * 3_600), 86_400_000),
        ] as [(Int64, Duration, Int64)])
    func moves(_ start: Int64, _ duration: Duration, _ end: Int64) {
        #expect(Instant(milliseconds: start).advanced(by: duration) == Instant(milliseconds: end))
    }

    @Test(
        "a moment never wraps around, however far it moves",
        arguments: [
            (0, .seconds(Int64.max)), (1_767_225_600_000, .seconds(Int64.max)), (.max, .seconds(1)),
            (.max, .milliseconds(1)), (.max - 500, .milliseconds(999)),
            (0, Duration(secondsComponent: 9_223_372_036_854_775, attosecondsComponent: 999_000_000_000_000_000)),
        ] as [(Int64, Duration)])
    func neverWraps(_ start: Int64, _ duration: Duration) {
        let moment = Instant(milliseconds: start)
        #expect(moment.advanced(by: duration) >= min(moment, .distantFuture))
    }

    @Test(
        "a moment never wraps around backwards",
        arguments: [
            (0, .seconds(Int64.min)), (.min, .seconds(-1)), (.min, .milliseconds(-1)),
            (.min + 500, .milliseconds(-999)),
        ] as [(Int64, Duration)])
    func neverWrapsBackwards(_ start: Int64, _ duration: Duration) {
        #expect(Instant(milliseconds: start).advanced(by: duration) <= Instant(milliseconds: max(start, 0)))
    }

    @Test("the time between two moments undoes moving", arguments: 0..<100)
    func duration(seed: Int) {
        var random = SeededGenerator(seed: seed)
        let range: ClosedRange<Int64> = -1_000_000_000_000...253_402_300_799_999
        let (a, b) = (Int64.random(in: range, using: &random), Int64.random(in: range, using: &random))
        let between = Instant(milliseconds: b).duration(since: Instant(milliseconds: a))
        #expect(between == .milliseconds(b - a))
        #expect(Instant(milliseconds: a).advanced(by: between) == Instant(milliseconds: b))
        #expect((Instant(milliseconds: a) < Instant(milliseconds: b)) == (a < b))
    }

    @Test("the distant future is the last millisecond of year 9999")
    func distantFuture() {
        #expect(Instant.distantFuture.seconds == 253_402_300_799)
        #expect(Instant.distantFuture.milliseconds % 1_000 == 999)
    }
}
