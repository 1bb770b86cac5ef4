import KeywrightDomain

/// A moment, as `time.mustache` describes it; a script keeps it up to date.
struct TimeModel: Encodable {
    let timeISO: String
    /// As in "24 Nov 2026, 14:02 UTC".
    let timeTitle: String
    /// As in "2 minutes ago".
    let timeText: String

    init(_ time: Instant, now: Instant) {
        let civil = CivilTime(time)
        timeISO = civil.rfc3339
        timeTitle = civil.text
        timeText = time.relative(now: now)
    }

    init?(_ time: Instant?, now: Instant) {
        guard let time else { return nil }
        self.init(time, now: now)
    }

    /// The day alone.
    init(day time: Instant) {
        let civil = CivilTime(time)
        timeISO = civil.rfc3339
        timeTitle = civil.text
        timeText = civil.dayText
    }
}

extension Instant {
    /// As scripts say it too: "just now" below a minute, "5 minutes ago", "in 3 days", and from 30 days on the date.
    func relative(now: Instant) -> String {
        let distance = now.duration(since: self)
        let seconds = abs(distance.components.seconds)
        if seconds < 60 { return "just now" }
        let steps: [(limit: Int64, unit: Int64, name: String)] = [
            (3_600, 60, "minute"), (86_400, 3_600, "hour"), (30 * 86_400, 86_400, "day"),
        ]
        guard let step = steps.first(where: { seconds < $0.limit }) else { return CivilTime(self).dayText }
        let count = seconds / step.unit
        let words = "\(count) \(step.name)\(count == 1 ? "" : "s")"
        return distance >= .zero ? "\(words) ago" : "in \(words)"
    }

    /// The same within a sentence, as in "on 24 Nov 2026".
    func ago(now: Instant) -> String {
        let isFar = now.duration(since: self) >= .seconds(30 * 86_400)
        return isFar ? "on \(relative(now: now))" : relative(now: now)
    }
}
