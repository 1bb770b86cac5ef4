public import KeywrightDomain
import KeywrightStore

/// A part of what changed, for verifiers that decide by themselves.
public struct ChangePart: Sendable {
    /// Where the next part begins.
    public let cursor: String
    /// Whether what came before cannot be told: everything remembered must be forgotten. The changes of this part, and
    /// of those that follow at once, are the tokens that are revoked now.
    public let isReset: Bool
    /// Whether the next part is there already.
    public let hasMore: Bool
    /// What changed, oldest first.
    public let changes: [Change]
    /// The revoked tokens among them, by number.
    public let tokens: [Int64: RevokedToken]

    /// Whether somebody who waits is told something by it.
    fileprivate var saysSomething: Bool { isReset || hasMore || !changes.isEmpty }
}

extension Operations {
    /// The most changes of one part.
    static let changeLimit = 1_000
    /// The longest that a caller may wait for a change.
    public static let longestWait: Duration = .seconds(30)
    /// How long a change is kept back, so that those right behind it come along: who follows the feed does not ask
    /// anew for each of many changes.
    static let gatheringTime: Duration = .milliseconds(50)

    /// What changed in the principal's organization since an earlier answer; waits for it when there is nothing yet.
    ///
    /// - Parameters:
    ///   - cursor: of the earlier answer; nil at the beginning.
    ///   - wait: how long to wait for a change, at most ``longestWait``.
    /// - Throws: `.forbidden` without `authz:check` at the organization; `.invalid` for a cursor that never was one;
    ///   `.rateLimited` and `.unavailable` when too many wait.
    public func changes(after cursor: String?, waiting wait: Duration, as principal: Principal) async throws
        -> ChangePart
    {
        try principal.require(.checkAuthorization, at: NRN(principal.organizationID))
        var start: ChangeCursor?
        if let cursor {
            guard let parsed = ChangeCursor(parsing: cursor) else {
                throw DomainError.invalid("/after", "The parameter after takes the cursor of an earlier answer.")
            }
            start = parsed
        }
        guard wait > .zero else { return try await part(after: start, as: principal) }
        let listener = try changeFeed.enter(principal)
        defer { changeFeed.leave(listener) }
        let deadline = ContinuousClock.now + min(wait, Self.longestWait)
        while true {
            listener.arm()
            let part = try await part(after: start, as: principal)
            let left = deadline - ContinuousClock.now
            if part.saysSomething || changeFeed.isEnded || left <= .zero { return part }
            guard await listener.wait(atMost: left), !Task.isCancelled else { return part }
            if !changeFeed.isEnded { try? await Task.sleep(for: min(Self.gatheringTime, left)) }
        }
    }

    /// Ends all waiting for changes: the server is shutting down.
    public func endWaiting() { changeFeed.end() }

    /// The next part as it is now, with the principal's rights of this moment: it may have waited long.
    private func part(after cursor: ChangeCursor?, as principal: Principal) async throws -> ChangePart {
        let time = now()
        return try await store.read { [authenticator] transaction in
            let current = try authenticator.current(principal, in: transaction, now: time)
            try current.require(.checkAuthorization, at: NRN(current.organizationID))
            return try Self.part(after: cursor, in: current.organizationID, at: time, transaction)
        }
    }

    private static func part(
        after cursor: ChangeCursor?, in organization: Organization.ID, at time: Instant,
        _ transaction: any ReadTransaction
    ) throws -> ChangePart {
        let history = try ChangeCursor.history(in: transaction)
        let bounds = try transaction.changeLogBounds()
        guard let cursor, cursor.history == history, cursor.sequence >= bounds.removed, cursor.sequence <= bounds.last
        else {
            let start = ChangeCursor(history: history, sequence: bounds.last, token: 0)
            return try tokens(after: start, isReset: true, in: organization, bounds, at: time, transaction)
        }
        guard cursor.token == nil else {
            return try tokens(after: cursor, isReset: false, in: organization, bounds, at: time, transaction)
        }
        let logged = try transaction.changes(
            after: cursor.sequence, concerning: organization, limit: changeLimit
        )
        let revoked = try transaction.revokedTokens(
            logged.map(\.change).filter { $0.subject == .token }.map(\.id)
        )
        let byNumber = Dictionary(revoked.map { ($0.number, $0) }, uniquingKeysWith: { first, _ in first })
        let hasMore = logged.count == changeLimit
        let last = logged.last?.sequence ?? 0
        return ChangePart(
            cursor: ChangeCursor(history: history, sequence: hasMore ? last : max(last, bounds.last)).text,
            isReset: false, hasMore: hasMore,
            // A revoked token that has ended since is gone, and nobody has to know of it.
            changes: logged.map(\.change).filter {
                $0.isOfInterest && ($0.subject != .token || byNumber[$0.id] != nil)
            },
            tokens: byNumber
        )
    }

    /// The next of the tokens that are revoked now.
    private static func tokens(
        after cursor: ChangeCursor, isReset: Bool, in organization: Organization.ID, _ bounds: ChangeLogBounds,
        at time: Instant, _ transaction: any ReadTransaction
    ) throws -> ChangePart {
        let revoked = try transaction.revokedTokens(
            in: organization, after: cursor.token ?? 0, endingAfter: time, limit: changeLimit
        )
        var next = cursor
        let isFull = revoked.count == changeLimit
        next.token = isFull ? revoked.last?.number : nil
        return ChangePart(
            cursor: next.text, isReset: isReset, hasMore: isFull || bounds.last > cursor.sequence,
            changes: revoked.map { Change(.token, $0.number, in: organization) },
            tokens: Dictionary(revoked.map { ($0.number, $0) }, uniquingKeysWith: { first, _ in first })
        )
    }
}
