import Foundation
import KeywrightDomain

/// A moment in the calendar, in UTC.
struct CivilTime {
    let year: Int
    let month: Int
    let day: Int
    let hour: Int
    let minute: Int
    let second: Int

    init(_ time: Instant) {
        var seconds = time_t(time.seconds)
        var parts = tm()
        gmtime_r(&seconds, &parts)
        year = Int(parts.tm_year) + 1900
        month = Int(parts.tm_mon) + 1
        day = Int(parts.tm_mday)
        hour = Int(parts.tm_hour)
        minute = Int(parts.tm_min)
        second = Int(parts.tm_sec)
    }

    /// RFC 3339, for `datetime`; of the years 0 to 9999.
    var rfc3339: String {
        var text: [UInt8] = []
        text.reserveCapacity(20)
        func add(_ number: Int, divisors: [Int] = [10, 1], _ end: Unicode.Scalar) {
            for divisor in divisors { text.append(UInt8(ascii: "0") + UInt8(number / divisor % 10)) }
            text.append(UInt8(ascii: end))
        }
        add(min(max(year, 0), 9_999), divisors: [1_000, 100, 10, 1], "-")
        add(month, "-")
        add(day, "T")
        add(hour, ":")
        add(minute, ":")
        add(second, "Z")
        return String(decoding: text, as: UTF8.self)
    }

    /// As in "24 Nov 2026".
    var dayText: String { "\(day) \(Self.months[(month - 1) % 12]) \(year)" }

    /// As in "14:02".
    var clock: String { "\(Self.two(hour)):\(Self.two(minute))" }

    /// As in "24 Nov 2026, 14:02 UTC".
    var text: String { "\(dayText), \(clock) UTC" }

    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
