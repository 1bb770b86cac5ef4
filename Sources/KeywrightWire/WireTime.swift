/// Times as the wire carries them: RFC 3339 in UTC with milliseconds, as in `2026-01-01T00:00:00.000Z`.
///
/// Inside they are milliseconds since 1970-01-01T00:00:00Z. Whole-number arithmetic on the proleptic Gregorian
/// calendar; no locale, no time zone data, no leap seconds.
public enum WireTime {
    /// What can be written: the first millisecond of year 1 to the last of year 9999.
    public static let range: ClosedRange<Int64> = -62_135_596_800_000...253_402_300_799_999

    /// The 24 characters of a time; one outside ``range`` becomes the nearer end of it.
    public static func format(_ milliseconds: Int64) -> String {
        let time = min(max(milliseconds, range.lowerBound), range.upperBound)
        let (day, rest) = floorDivided(time, by: millisecondsPerDay)
        let date = CivilDate(daysSince1970: day)
        return String(unsafeUninitializedCapacity: 24) { buffer in
            write(date.year, digits: 4, to: buffer, at: 0, then: "-")
            write(date.month, digits: 2, to: buffer, at: 5, then: "-")
            write(date.day, digits: 2, to: buffer, at: 8, then: "T")
            write(rest / 3_600_000, digits: 2, to: buffer, at: 11, then: ":")
            write(rest / 60_000 % 60, digits: 2, to: buffer, at: 14, then: ":")
            write(rest / 1_000 % 60, digits: 2, to: buffer, at: 17, then: ".")
            write(rest % 1_000, digits: 3, to: buffer, at: 20, then: "Z")
            return 24
        }
    }

    /// The time a text means, rounded down to milliseconds; nil when it is not RFC 3339 or outside ``range``.
    ///
    /// Takes up to nine digits of fraction, small `t` and `z`, and offsets such as `+02:00`. A second 60 is refused, as
    /// are days that a month does not have.
    public static func parse(_ text: String) -> Int64? {
        var reader = DigitReader(text.utf8)
        guard let year = reader.number(digits: 4), year >= 1, reader.skip("-"),
            let month = reader.number(digits: 2), (1...12).contains(month), reader.skip("-"),
            let day = reader.number(digits: 2), day >= 1, day <= CivilDate.days(inMonth: month, of: year),
            reader.skip("T") || reader.skip("t"),
            let hour = reader.number(digits: 2), hour < 24, reader.skip(":"),
            let minute = reader.number(digits: 2), minute < 60, reader.skip(":"),
            let second = reader.number(digits: 2), second < 60,
            let fraction = reader.millisecondsOfFraction(),
            let offset = reader.offsetInMinutes(),
            reader.isAtEnd
        else { return nil }
        let days = CivilDate(year: year, month: month, day: day).daysSince1970
        let minutes = hour * 60 + minute - offset
        let time = days * millisecondsPerDay + minutes * 60_000 + second * 1_000 + fraction
        return range.contains(time) ? time : nil
    }

    private static let millisecondsPerDay: Int64 = 86_400_000

    static func floorDivided(_ number: Int64, by divisor: Int64) -> (quotient: Int64, remainder: Int64) {
        let (quotient, remainder) = number.quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }

    private static func write(
        _ number: Int64, digits: Int, to buffer: UnsafeMutableBufferPointer<UInt8>, at index: Int,
        then mark: Unicode.Scalar
    ) {
        var rest = number
        for position in stride(from: index + digits - 1, through: index, by: -1) {
            buffer.initializeElement(at: position, to: UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10))
            rest /= 10
        }
        buffer.initializeElement(at: index + digits, to: UInt8(ascii: mark))
    }
}

/// Reads fixed runs of ASCII digits.
private struct DigitReader {
    private var rest: Substring.UTF8View

    init(_ bytes: String.UTF8View) {
        rest = bytes[...]
    }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func skip(_ mark: Unicode.Scalar) -> Bool {
        guard rest.first == UInt8(ascii: mark) else { return false }
        rest.removeFirst()
        return true
    }

    mutating func digit() -> Int64? {
        guard let byte = rest.first, byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
        rest.removeFirst()
        return Int64(byte - UInt8(ascii: "0"))
    }

    /// A number of exactly so many digits; at most four are asked for.
    mutating func number(digits: Int) -> Int64? {
        var value: Int64 = 0
        for _ in 0..<digits {
            guard let digit = digit() else { return nil }
            value = value * 10 + digit
        }
        return value
    }

    /// Nothing, or a full stop and one to nine digits.
    mutating func millisecondsOfFraction() -> Int64? {
        guard skip(".") else { return 0 }
        var value: Int64 = 0
        var count = 0
        while let digit = digit() {
            count += 1
            guard count <= 9 else { return nil }
            if count <= 3 { value = value * 10 + digit }
        }
        guard count > 0 else { return nil }
        for _ in count..<max(count, 3) { value *= 10 }
        return value
    }

    mutating func offsetInMinutes() -> Int64? {
        if skip("Z") || skip("z") { return 0 }
        let sign: Int64
        if skip("+") {
            sign = 1
        } else if skip("-") {
            sign = -1
        } else {
            return nil
        }
        guard let hours = number(digits: 2), hours < 24, skip(":"), let minutes = number(digits: 2), minutes < 60
        else { return nil }
        return sign * (hours * 60 + minutes)
    }
}
