import KeywrightDomain

/// What the transactions of one commit add together: chained audit events, the change log, counts.
///
/// Ids and links are given here, after the bodies ran, so that a body that failed leaves no gap in a chain.
final class CommitEffects {
    private var events: [AuditEvent] = []
    private(set) var changes: [Change] = []
    private(set) var termChanges: [APIKeyTermChange] = []
    /// The last event that was written: whoever finds it in the trail knows that the commit was made.
    private(set) var lastEvent: SealedAuditEvent?
    private var keyCounts: [Organization.ID: (all: Int, listed: Int)] = [:]

    func pendingKeyCount(_ organization: Organization.ID) -> (all: Int, listed: Int) {
        keyCounts[organization] ?? (0, 0)
    }

    /// Joins what a transaction that succeeded adds.
    func add(_ effects: SQLTransaction.Effects) {
        events += effects.events
        changes += effects.changes
        termChanges += effects.termChanges
        for change in effects.termChanges { keyCounts[change.organizationID, default: (0, 0)].all += 0 }
        for (organization, count) in effects.keyCounts {
            keyCounts[organization, default: (0, 0)].all += count.all
            keyCounts[organization, default: (0, 0)].listed += count.listed
        }
    }

    /// Writes everything, as the last part of the commit.
    func write(to session: any SQLSession, numbers: any NumberSource, now: Instant) throws {
        let organizations = Set(keyCounts.keys).union(events.map(\.organizationID)).sorted()
        var heads = try self.heads(of: organizations, in: session)
        try KeySetWriter.write(termChanges, to: session)
        try seal(after: &heads, numbers, in: session)
        for organization in organizations {
            guard let head = heads[organization] else { continue }
            let count = pendingKeyCount(organization)
            try session.post(
                """
                UPDATE organizations
                SET key_count = key_count + $1, listed_key_count = listed_key_count + $2, audit_link = $3
                WHERE id = $4
                """,
                [.integer(Int64(count.all)), .integer(Int64(count.listed)), .bytes(head), SQLValue(organization)]
            )
        }
        try log(now, in: session)
    }

    /// Last of all: the lock is held by one writer of the installation at a time, from here to its commit.
    private func log(_ now: Instant, in session: any SQLSession) throws {
        if changes.isEmpty { return }
        try session.lockChangeLog()
        for change in changes {
            try session.post(
                "INSERT INTO changes (organization_id, subject, subject_id, at) VALUES ($1, $2, $3, $4)",
                [SQLValue(change.organizationID), .text(change.subject.rawValue), .integer(change.id), SQLValue(now)]
            )
        }
    }

    /// The ends of chains. Read in the order of ids, and before the sets and the numbers of events: where writers run
    /// side by side, these rows are their lock.
    private func heads(
        of organizations: [Organization.ID], in session: any SQLSession
    ) throws -> [Organization.ID: [UInt8]] {
        var heads: [Organization.ID: [UInt8]] = [:]
        for organization in organizations {
            heads[organization] = try session.first(
                "SELECT audit_link FROM organizations WHERE id = $1\(session.rowLock)", [SQLValue(organization)]
            ) { $0.bytes(0) }
        }
        return heads
    }

    private func seal(
        after heads: inout [Organization.ID: [UInt8]], _ numbers: any NumberSource, in session: any SQLSession
    ) throws {
        if events.isEmpty { return }
        for (event, number) in zip(events, try numbers.eventNumbers(events.count, in: session)) {
            let id = AuditEvent.ID(number)
            let (before, after) = (event.before.map(SnapshotText.text), event.after.map(SnapshotText.text))
            let previous = heads[event.organizationID] ?? SealedAuditEvent.firstLink
            let link = SealedAuditEvent.link(id: id, event, before, after, after: previous)
            let sealed = SealedAuditEvent(id: id, event: event, beforeText: before, afterText: after, link: link)
            try SQLTransaction.insert(sealed, in: session)
            lastEvent = sealed
            heads[event.organizationID] = link
        }
    }
}
