import KeywrightDomain
import Synchronization

/// Slows down guessing: so many failures a minute and address, then no more tries until the minute is over.
final class FailureLimiter: Sendable {
    /// Failures a minute from one address.
    static let limit = 30
    /// The most addresses kept.
    private static let addressLimit = 100_000

    private struct State {
        var minute: Int64 = 0
        var counts: [String: Int] = [:]
    }

    private let state = Mutex(State())

    /// Refuses when the address has failed too often in this minute.
    ///
    /// - Throws: `.rateLimited` with the time until the next minute.
    func check(_ address: String?, at time: Instant) throws(DomainError) {
        guard let address else { return }
        let count = state.withLock { $0.minute == time.seconds / 60 ? $0.counts[address] ?? 0 : 0 }
        guard count >= Self.limit else { return }
        var error = DomainError(.rateLimited, "Too many failed attempts. Try again in a minute.")
        error.retryAfter = .seconds(60 - time.seconds % 60)
        throw error
    }

    /// Notes a failure.
    func note(_ address: String?, at time: Instant) {
        guard let address else { return }
        state.withLock { state in
            if state.minute != time.seconds / 60 || state.counts.count >= Self.addressLimit {
                state = State(minute: time.seconds / 60)
            }
            state.counts[address, default: 0] += 1
        }
    }
}

/// Merges refusals in the audit trail: one entry per actor, address, action and minute.
final class RefusalLog: Sendable {
    private struct Key: Hashable {
        let action: String
        let userID: User.ID?
        let address: String?
    }

    private struct State {
        var minute: Int64 = 0
        var seen: Set<Key> = []
    }

    /// The most entries of one minute.
    private static let limit = 1_000

    private let state = Mutex(State())

    /// Whether the refusal is to be written.
    func isNew(action: String, by principal: Principal, at time: Instant) -> Bool {
        isNew(action: action, userID: principal.userID, address: principal.origin.address, at: time)
    }

    /// Whether the refusal, or the failure that concerns a user, is to be written.
    func isNew(action: String, userID: User.ID?, address: String?, at time: Instant) -> Bool {
        let key = Key(action: action, userID: userID, address: address)
        return state.withLock { state in
            if state.minute != time.seconds / 60 { state = State(minute: time.seconds / 60) }
            guard state.seen.count < Self.limit else { return false }
            return state.seen.insert(key).inserted
        }
    }
}
