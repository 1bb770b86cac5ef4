/// When a request is sent again, and how long it waits before that.
struct RetryPolicy: Sendable {
    /// How often a request is sent at most.
    var attempts = 4
    /// The longest wait before the second attempt; it doubles from one attempt to the next.
    var firstWait: Duration = .milliseconds(250)
    /// The longest wait that is asked for by a server and granted.
    var longestWait: Duration = .seconds(30)

    /// How long to wait before the next attempt; nil to give up.
    ///
    /// Between half of the full wait and all of it, so that clients which failed together do not come back together. A
    /// `Retry-After` in seconds comes on top; one that is longer than ``longestWait`` is left to the caller, and one
    /// that is a date counts as none.
    ///
    /// - Parameters:
    ///   - attempt: how many attempts there were.
    ///   - chance: from 0 up to, but not including, 1.
    func wait(after attempt: Int, status: Int, retryAfter: String?, chance: Double) -> Duration? {
        guard attempt < attempts, [429, 502, 503, 504].contains(status) else { return nil }
        let full = firstWait * (1 << min(max(attempt - 1, 0), 8))
        let spread = full * (0.5 + min(max(chance, 0), 1) / 2)
        guard let seconds = retryAfter.flatMap(Self.seconds) else { return min(spread, longestWait) }
        let wait = Duration.seconds(seconds)
        return wait <= longestWait ? wait + spread : nil
    }

    private static func seconds(_ text: String) -> Int64? {
        guard (1...10).contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            return nil
        }
        return Int64(text)
    }
}
