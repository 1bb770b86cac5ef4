import Foundation
import KeywrightDomain
import Synchronization

/// Slows down guessing: so many failures a minute and network, then no more tries until the minute is over.
///
/// An IPv6 address counts as its first 64 bits: whoever has one of them has them all.
final class FailureLimiter: Sendable {
    /// Failures a minute from one network.
    static let limit = 30
    /// Attempts of one network that are looked at together: the others find room beside them.
    static let limitAtOnce = 8
    /// The most networks kept.
    private static let networkLimit = 100_000

    private struct State {
        var minute: Int64 = 0
        var counts: [String: Int] = [:]
        var atOnce: [String: Int] = [:]
    }

    private let state = Mutex(State())

    /// Refuses when the network has failed too often in this minute.
    ///
    /// - Throws: `.rateLimited` with the time until the next minute.
    func check(_ address: String?, at time: Instant) throws(DomainError) {
        guard let network = address.map(Self.network(of:)) else { return }
        let count = state.withLock { $0.minute == time.seconds / 60 ? $0.counts[network] ?? 0 : 0 }
        guard count >= Self.limit else { return }
        throw Self.refusal("Too many failed attempts. Try again in a minute.", .seconds(60 - time.seconds % 60))
    }

    /// Admits an attempt that takes long to look at; ``release(_:)`` must follow when it was.
    ///
    /// - Throws: as ``check(_:at:)``, and `.rateLimited` while too many of the network are being looked at.
    func admit(_ address: String?, at time: Instant) throws(DomainError) {
        try check(address, at: time)
        guard let network = address.map(Self.network(of:)) else { return }
        let isAdmitted = state.withLock { state in
            let count = state.atOnce[network] ?? 0
            guard count < Self.limitAtOnce else { return false }
            state.atOnce[network] = count + 1
            return true
        }
        guard isAdmitted else { throw Self.refusal("Too many attempts at once. Try again in a moment.", .seconds(5)) }
    }

    /// Takes note that an attempt was looked at.
    func release(_ address: String?) {
        guard let network = address.map(Self.network(of:)) else { return }
        state.withLock { state in
            let count = (state.atOnce[network] ?? 0) - 1
            state.atOnce[network] = count > 0 ? count : nil
        }
    }

    /// Notes a failure.
    func note(_ address: String?, at time: Instant) {
        guard let network = address.map(Self.network(of:)) else { return }
        state.withLock { state in
            if state.minute != time.seconds / 60 || state.counts.count >= Self.networkLimit {
                state.minute = time.seconds / 60
                state.counts = [:]
            }
            state.counts[network, default: 0] += 1
        }
    }

    private static func refusal(_ detail: String, _ wait: Duration) -> DomainError {
        var error = DomainError(.rateLimited, detail)
        error.retryAfter = wait
        return error
    }

    /// What stands for all addresses that one caller may have.
    private static func network(of address: String) -> String {
        var bytes = [UInt8](repeating: 0, count: 16)
        guard address.utf8.contains(UInt8(ascii: ":")), inet_pton(AF_INET6, address, &bytes) == 1 else {
            return address
        }
        return bytes.prefix(8).map { String($0, radix: 16) }.joined(separator: ".") + "/64"
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
