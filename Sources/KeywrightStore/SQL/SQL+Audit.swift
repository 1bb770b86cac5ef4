import KeywrightDomain

extension SQLTransaction {
    private static let auditColumns = """
        id, organization_id, at, action, outcome, user_id, actor_type, credential, address, request_id, target_type,
        target_id, before_state, after_state, link
        """

    func auditEvents(_ tail: String, _ arguments: [SQLValue]) throws -> [SealedAuditEvent] {
        try session.rows("SELECT \(Self.auditColumns) FROM audit_events \(tail)", arguments) { row in
            guard let outcome = AuditEvent.Outcome(rawValue: row.text(4)) else {
                throw CorruptRow(what: "an audit event with the outcome \(row.text(4))")
            }
            let event = AuditEvent(
                organizationID: row.id(1), at: row.instant(2), action: row.text(3), outcome: outcome,
                userID: row.optionalInteger(5).map { User.ID($0) }, actorType: row.text(6),
                credential: row.optionalText(7), address: row.optionalText(8), requestID: row.optionalText(9),
                target: .init(row.text(10), row.text(11))
            )
            return SealedAuditEvent(
                id: row.id(0), event: event, beforeText: row.optionalText(12), afterText: row.optionalText(13),
                link: row.bytes(14)
            )
        }
    }

    func auditEvents(_ query: AuditQuery, _ page: PageRequest) throws -> Page<SealedAuditEvent> {
        let conditions = auditConditions(query)
        let limit = Page<SealedAuditEvent>.countLimit
        let count = try session.count(
            "SELECT count(*) FROM (\(counted(conditions)) LIMIT \(limit + 1)) AS counted", conditions.arguments
        )
        let results = try auditEvents(
            "\(conditions.clause) ORDER BY id DESC \(conditions.limit(page))", conditions.arguments
        )
        return Page(results: results, total: min(count, limit), isTotalCapped: count > limit, request: page)
    }

    func auditChain(
        _ organization: Organization.ID, after id: AuditEvent.ID, limit: Int
    ) throws -> [SealedAuditEvent] {
        try auditEvents(
            "WHERE organization_id = $1 AND id > $2 ORDER BY id LIMIT $3",
            [SQLValue(organization), SQLValue(id), .integer(Int64(limit))]
        )
    }

    func auditCheckpoint(_ organization: Organization.ID) throws -> AuditCheckpoint? {
        guard session.detachesAuditMonths else { return nil }
        return try session.first(
            "SELECT event_id, link FROM audit_checkpoints WHERE organization_id = $1", [SQLValue(organization)]
        ) { AuditCheckpoint(eventID: $0.id(0), link: $0.bytes(1)) }
    }

    func auditHead(_ organization: Organization.ID) throws -> [UInt8] {
        try session.first("SELECT audit_link FROM organizations WHERE id = $1", [SQLValue(organization)]) {
            $0.bytes(0)
        } ?? SealedAuditEvent.firstLink
    }

    /// Adds an event that has its place in the chain.
    static func insert(_ sealed: SealedAuditEvent, in session: any SQLSession) throws {
        let event = sealed.event
        try session.post(
            """
            INSERT INTO audit_events (\(auditColumns))
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
            """,
            [
                SQLValue(sealed.id), SQLValue(event.organizationID), SQLValue(event.at), .text(event.action),
                .text(event.outcome.rawValue), SQLValue(event.userID), .text(event.actorType),
                SQLValue(event.credential), SQLValue(event.address), SQLValue(event.requestID),
                .text(event.target.type), .text(event.target.id), SQLValue(sealed.beforeText),
                SQLValue(sealed.afterText), .bytes(sealed.link),
            ]
        )
    }
}
