/// A moment, in milliseconds since 1970 UTC: what the database stores and the wire carries.
public struct Instant: Hashable, Comparable, Sendable {
    /// Milliseconds since 1970-01-01T00:00:00Z.
    public let milliseconds: Int64

    /// A moment from milliseconds since 1970 UTC.
    public init(milliseconds: Int64) {
        self.milliseconds = milliseconds
    }

    /// The moment in whole seconds, rounded down, as in a JWT's `exp`.
    public var seconds: Int64 {
        let (quotient, remainder) = milliseconds.quotientAndRemainder(dividingBy: 1000)
        return remainder < 0 ? quotient - 1 : quotient
    }

    /// The last moment that the wire can write (year 9999), used where "never" must sort last.
    public static let distantFuture = Instant(milliseconds: 253_402_300_799_999)

    /// A later (or earlier) moment; stays within what can be represented.
    public func advanced(by duration: Duration) -> Instant {
        let (seconds, attoseconds) = duration.components
        let (scaled, overflow) = seconds.multipliedReportingOverflow(by: 1000)
        let (sum, overflow2) = milliseconds.addingReportingOverflow(scaled)
        guard !overflow, !overflow2 else { return duration < .zero ? Instant(milliseconds: 0) : .distantFuture }
        let (result, overflow3) = sum.addingReportingOverflow(attoseconds / 1_000_000_000_000_000)
        guard !overflow3 else { return duration < .zero ? Instant(milliseconds: 0) : .distantFuture }
        return Instant(milliseconds: result)
    }

    /// The time from another moment to this one.
    public func duration(since other: Instant) -> Duration {
        .milliseconds(milliseconds &- other.milliseconds)
    }

    /// By time.
    public static func < (a: Instant, b: Instant) -> Bool { a.milliseconds < b.milliseconds }
}
