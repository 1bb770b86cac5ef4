import KeywrightDomain
import Synchronization

/// Lets callers wait until something of their organization changes: the commit itself wakes them.
///
/// Nobody polls for them meanwhile, and they hold no connection to the database.
final class ChangeFeed: Sendable {
    /// How many may wait.
    struct Limits: Sendable {
        /// Of one user.
        var perCaller = 256
        /// In all.
        var inAll = 4_096
    }

    private struct State {
        var listeners: [Organization.ID: [ObjectIdentifier: ChangeListener]] = [:]
        var counts: [User.ID?: Int] = [:]
        var count = 0
        var isEnded = false
    }

    private let limits: Limits
    private let state = Mutex(State())

    init(limits: Limits = Limits()) {
        self.limits = limits
    }

    /// How many wait.
    var count: Int { state.withLock { $0.count } }

    /// Whether nobody is to wait any more.
    var isEnded: Bool { state.withLock { $0.isEnded } }

    /// Wakes those whom changes concern.
    func hear(_ changes: [Change]) {
        let organizations = Set(changes.filter(\.isOfInterest).map(\.organizationID))
        if organizations.isEmpty { return }
        let listeners = state.withLock { state in
            organizations.contains(nil)
                ? state.listeners.values.flatMap(\.values)
                : organizations.compactMap { $0 }.flatMap { state.listeners[$0].map { Array($0.values) } ?? [] }
        }
        for listener in listeners { listener.wake() }
    }

    /// Wakes all who wait: what changed cannot be told.
    func wakeAll() {
        for listener in state.withLock({ $0.listeners.values.flatMap(\.values) }) { listener.wake() }
    }

    /// Wakes all who wait, and lets nobody wait any more: the server is shutting down.
    func end() {
        state.withLock { $0.isEnded = true }
        wakeAll()
    }

    /// Begins to listen for changes; ``leave(_:)`` must follow.
    ///
    /// - Throws: `.rateLimited` when the caller waits too often at once, `.unavailable` when too many do.
    func enter(_ caller: Principal) throws(DomainError) -> ChangeListener {
        let listener = ChangeListener(organizationID: caller.organizationID, userID: caller.userID)
        let refusal = state.withLock { state -> DomainError? in
            guard state.counts[caller.userID, default: 0] < limits.perCaller else {
                return Self.refusal(.rateLimited, "You wait for changes \(limits.perCaller) times already.")
            }
            guard state.count < limits.inAll else {
                return Self.refusal(.unavailable, "Too many wait for changes here.")
            }
            state.listeners[listener.organizationID, default: [:]][ObjectIdentifier(listener)] = listener
            state.counts[caller.userID, default: 0] += 1
            state.count += 1
            return nil
        }
        if let refusal { throw refusal }
        return listener
    }

    /// Ends listening.
    func leave(_ listener: ChangeListener) {
        state.withLock { state in
            guard
                state.listeners[listener.organizationID]?.removeValue(forKey: ObjectIdentifier(listener)) != nil
            else { return }
            if state.listeners[listener.organizationID]?.isEmpty == true {
                state.listeners[listener.organizationID] = nil
            }
            let count = state.counts[listener.userID, default: 0] - 1
            state.counts[listener.userID] = count > 0 ? count : nil
            state.count -= 1
        }
    }

    private static func refusal(_ code: DomainError.Code, _ detail: String) -> DomainError {
        var error = DomainError(code, detail)
        error.retryAfter = .seconds(5)
        return error
    }
}

extension Change {
    /// Whether it can make a difference to who decides by itself: people are none of its business.
    var isOfInterest: Bool { subject != .user }
}

/// One who waits.
final class ChangeListener: Sendable {
    private struct State {
        var isWoken = false
        var continuation: CheckedContinuation<Void, Never>?
    }

    let organizationID: Organization.ID
    let userID: User.ID?
    private let state = Mutex(State())

    init(organizationID: Organization.ID, userID: User.ID?) {
        self.organizationID = organizationID
        self.userID = userID
    }

    func wake() {
        let continuation = state.withLock { state in
            state.isWoken = true
            defer { state.continuation = nil }
            return state.continuation
        }
        continuation?.resume()
    }

    /// From now on a change that is heard of counts: what is read next shows all that was heard of before.
    func arm() {
        state.withLock { $0.isWoken = false }
    }

    /// Waits until a change is heard of since ``arm()``, the time has passed, or the task is cancelled.
    ///
    /// - Returns: whether a change was heard of.
    func wait(atMost duration: Duration) async -> Bool {
        await withTaskGroup(of: Bool.self) { group in
            group.addTask {
                await self.change()
                return true
            }
            group.addTask {
                try? await Task.sleep(for: duration)
                return false
            }
            defer { group.cancelAll() }
            return await group.next() ?? false
        }
    }

    private func change() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isWoken = state.withLock { state in
                    if !state.isWoken { state.continuation = continuation }
                    return state.isWoken
                }
                if isWoken { continuation.resume() }
            }
        } onCancel: {
            wake()
        }
    }
}
