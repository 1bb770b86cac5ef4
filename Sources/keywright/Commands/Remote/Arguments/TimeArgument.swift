import ArgumentParser
import KeywrightWire

/// A length of time on the command line, such as `90d`, `12h` or `30m`.
enum DurationArgument {
    /// The milliseconds that a text means; nil when it is no length of time, or one of more than a thousand years.
    static func milliseconds(_ text: String) -> Int64? {
        let bytes = Array(text.utf8)
        guard let unit = bytes.last.flatMap({ units[$0] }), let first = bytes.first, (0x31...0x39).contains(first),
            bytes.dropLast().allSatisfy({ (0x30...0x39).contains($0) }), let count = Int64(text.dropLast())
        else { return nil }
        let (length, isTooLong) = count.multipliedReportingOverflow(by: unit)
        return isTooLong || length > 366_000 * 86_400_000 ? nil : length
    }

    private static let units: [UInt8: Int64] = [
        UInt8(ascii: "s"): 1_000, UInt8(ascii: "m"): 60_000, UInt8(ascii: "h"): 3_600_000,
        UInt8(ascii: "d"): 86_400_000, UInt8(ascii: "w"): 604_800_000,
    ]
}

/// When a key shall stop working.
enum ExpiryArgument: Sendable, Equatable {
    case never
    /// So many milliseconds from now.
    case after(Int64)
    /// At that moment, in milliseconds since 1970 UTC.
    case at(Int64)

    /// Reads `90d`, an RFC 3339 time, or `never`.
    static func parse(_ text: String) throws -> ExpiryArgument {
        if text == "never" { return .never }
        if let length = DurationArgument.milliseconds(text) { return .after(length) }
        if let time = WireTime.parse(text) { return .at(time) }
        throw ValidationError(
            "an expiry is a length of time as in 90d, 12h or 30m, a time as in 2030-01-31T00:00:00Z, or never")
    }

    /// The moment, in milliseconds since 1970 UTC; nil for never.
    func moment(from now: Int64) -> Int64? {
        switch self {
        case .never: nil
        case .after(let length): min(now + length, WireTime.range.upperBound)
        case .at(let time): time
        }
    }
}

/// A moment in the past to look from or up to.
enum MomentArgument: Sendable, Equatable {
    /// So many milliseconds ago.
    case ago(Int64)
    /// At that moment, in milliseconds since 1970 UTC.
    case at(Int64)

    /// Reads `24h`, which means 24 hours ago, or an RFC 3339 time.
    static func parse(_ text: String) throws -> MomentArgument {
        if let length = DurationArgument.milliseconds(text) { return .ago(length) }
        if let time = WireTime.parse(text) { return .at(time) }
        throw ValidationError("a moment is how long ago, as in 24h or 7d, or a time as in 2026-01-31T00:00:00Z")
    }

    /// The moment, in milliseconds since 1970 UTC.
    func moment(from now: Int64) -> Int64 {
        switch self {
        case .ago(let length): max(now - length, WireTime.range.lowerBound)
        case .at(let time): time
        }
    }
}

/// A number of days in a filter, such as `30d`.
enum DaysArgument {
    /// Checks `30d`; servers take whole days only.
    static func parse(_ text: String) throws -> String {
        guard text.hasSuffix("d"), DurationArgument.milliseconds(text) != nil else {
            throw ValidationError("a number of days reads 30d")
        }
        return text
    }

    /// As ``parse(_:)``, or `never`.
    static func parseOrNever(_ text: String) throws -> String {
        text == "never" ? text : try parse(text)
    }
}
