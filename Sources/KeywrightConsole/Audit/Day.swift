import Foundation
import KeywrightDomain

/// A day of the calendar, in UTC or in a zone that is some hours away from it.
struct Day: Hashable, Sendable {
    /// When it would begin in UTC.
    private let midnight: Instant
    /// How far its zone is ahead of UTC; nil when none was named, which means UTC.
    private let offsetInMinutes: Int?

    /// The day, in UTC, in which a moment lies.
    init(_ time: Instant) {
        midnight = Instant(milliseconds: (time.seconds - time.seconds % 86_400) * 1000)
        offsetInMinutes = nil
    }

    /// - Parameter text: as in `2026-11-24` or `2026-11-24+01:00` (XML Schema's `date`), from the year 1970 on.
    init?(parsing text: String) {
        guard let match = text.wholeMatch(of: /([0-9]{4})-([0-9]{2})-([0-9]{2})(?:([+-])([0-9]{2}):([0-9]{2}))?/),
            let year = Int32(match.1), let month = Int32(match.2), let day = Int32(match.3)
        else { return nil }
        var parsed = tm()
        parsed.tm_year = year - 1900
        parsed.tm_mon = month - 1
        parsed.tm_mday = day
        let seconds = Int64(timegm(&parsed))
        guard seconds >= 0 else { return nil }
        midnight = Instant(milliseconds: seconds * 1000)
        if let sign = match.4, let hours = match.5.flatMap({ Int($0) }), let minutes = match.6.flatMap({ Int($0) }) {
            // The zones of the world go from -12:00 to +14:00.
            guard hours <= 14, minutes < 60 else { return nil }
            offsetInMinutes = (sign == "-" ? -1 : 1) * (hours * 60 + minutes)
        } else {
            offsetInMinutes = nil
        }
        // The 31st of April would be the 1st of May.
        guard text.hasPrefix(self.text) else { return nil }
    }

    /// When it begins.
    var start: Instant { midnight.advanced(by: .seconds(-60 * (offsetInMinutes ?? 0))) }
    /// When the next one begins.
    var end: Instant { start.advanced(by: .seconds(86_400)) }

    /// As in `2026-11-24`.
    var text: String { String(CivilTime(midnight).rfc3339.prefix(10)) }
    /// With its zone, as it is parsed: `2026-11-24+01:00`.
    var zonedText: String { text + (offsetInMinutes.map { Self.offset($0) } ?? "") }
    /// As in "24 Nov 2026 (UTC+01:00)".
    var words: String { "\(CivilTime(midnight).dayText) (UTC\(offsetInMinutes.map { Self.offset($0) } ?? ""))" }

    private static func offset(_ minutes: Int) -> String {
        let digits = [abs(minutes) / 60, abs(minutes) % 60].map { $0 < 10 ? "0\($0)" : "\($0)" }
        return "\(minutes < 0 ? "-" : "+")\(digits[0]):\(digits[1])"
    }
}
