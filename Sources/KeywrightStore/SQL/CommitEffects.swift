import KeywrightDomain

/// What the transactions of one commit add together: chained audit events, the change log, counts.
///
/// Ids and links are given here, after the bodies ran, so that a body that failed leaves no gap in a chain.
final class CommitEffects {
    private var events: [AuditEvent] = []
    private(set) var changes: [Change] = []
    private(set) var termChanges: [APIKeyTermChange] = []
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
    func write(to session: any SQLSession, now: Instant) throws {
        // In the order of ids, and before the sets are read: where writers run side by side, this is their lock.
        for (organization, count) in keyCounts.sorted(by: { $0.key < $1.key }) {
            try session.execute(
                """
                UPDATE organizations SET key_count = key_count + $1, listed_key_count = listed_key_count + $2
                WHERE id = $3
                """,
                [.integer(Int64(count.all)), .integer(Int64(count.listed)), SQLValue(organization)]
            )
        }
        try KeySetWriter.write(termChanges, to: session)
        for change in changes {
            try session.execute(
                "INSERT INTO changes (organization_id, subject, subject_id, at) VALUES ($1, $2, $3, $4)",
                [SQLValue(change.organizationID), .text(change.subject.rawValue), .integer(change.id), SQLValue(now)]
            )
        }
        try seal(in: session)
    }

    private func seal(in session: any SQLSession) throws {
        if events.isEmpty { return }
        var next = 1 + (try session.first("SELECT coalesce(max(id), 0) FROM audit_events", []) { $0.integer(0) } ?? 0)
        var heads: [Organization.ID: [UInt8]] = [:]
        for event in events {
            let organization = event.organizationID
            let previous: [UInt8]
            if let head = heads[organization] {
                previous = head
            } else {
                previous =
                    try session.first(
                        "SELECT audit_link FROM organizations WHERE id = $1", [SQLValue(organization)], { $0.bytes(0) }
                    ) ?? SealedAuditEvent.firstLink
            }
            let id = AuditEvent.ID(next)
            let (before, after) = (event.before.map(SnapshotText.text), event.after.map(SnapshotText.text))
            let link = SealedAuditEvent.link(id: id, event, before, after, after: previous)
            try SQLTransaction.insert(
                SealedAuditEvent(id: id, event: event, beforeText: before, afterText: after, link: link), in: session
            )
            heads[organization] = link
            next += 1
        }
        for (organization, link) in heads {
            try session.execute(
                "UPDATE organizations SET audit_link = $1 WHERE id = $2", [.bytes(link), SQLValue(organization)]
            )
        }
    }
}
