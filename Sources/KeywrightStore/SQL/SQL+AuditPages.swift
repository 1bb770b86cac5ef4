import KeywrightDomain

extension SQLTransaction {
    func auditEvent(_ id: AuditEvent.ID, in organization: Organization.ID) throws -> SealedAuditEvent? {
        try auditEvents("WHERE id = $1 AND organization_id = $2", [SQLValue(id), SQLValue(organization)]).first
    }

    func auditEvents(_ query: AuditQuery, from cursor: AuditCursor, limit: Int) throws -> AuditPage {
        var conditions = auditConditions(query)
        let limit = max(limit, 1)
        switch cursor {
        case .newest:
            let found = try auditEvents(
                "\(conditions.clause) ORDER BY id DESC LIMIT \(limit + 1)", conditions.arguments)
            return AuditPage(events: Array(found.prefix(limit)), hasNewer: false, hasOlder: found.count > limit)
        case .before(let id):
            let hasNewer = try hasAuditEvent(query, "id >=", id)
            conditions.add("id <", SQLValue(id))
            let found = try auditEvents(
                "\(conditions.clause) ORDER BY id DESC LIMIT \(limit + 1)", conditions.arguments)
            return AuditPage(events: Array(found.prefix(limit)), hasNewer: hasNewer, hasOlder: found.count > limit)
        case .after(let id):
            let hasOlder = try hasAuditEvent(query, "id <=", id)
            conditions.add("id >", SQLValue(id))
            let found = try auditEvents("\(conditions.clause) ORDER BY id LIMIT \(limit + 1)", conditions.arguments)
            return AuditPage(
                events: found.prefix(limit).reversed(), hasNewer: found.count > limit, hasOlder: hasOlder
            )
        }
    }

    func countAuditEvents(_ query: AuditQuery, after id: AuditEvent.ID, limit: Int) throws -> Int {
        var conditions = auditConditions(query)
        conditions.add("id >", SQLValue(id))
        return try session.count(
            "SELECT count(*) FROM (\(counted(conditions)) LIMIT \(max(limit, 1))) AS counted", conditions.arguments
        )
    }

    /// The events to count, newest first where the planner would rather read the whole trail than walk along an index.
    func counted(_ conditions: SQLConditions) -> String {
        "SELECT 1 FROM audit_events \(conditions.clause)\(session.isRemote ? " ORDER BY id DESC" : "")"
    }

    private func hasAuditEvent(_ query: AuditQuery, _ comparison: String, _ id: AuditEvent.ID) throws -> Bool {
        var conditions = auditConditions(query)
        conditions.add(comparison, SQLValue(id))
        return try session.exists("\(counted(conditions)) LIMIT 1", conditions.arguments)
    }

    private static let actorTypes: Set = ["api_key", "person", "operator", "anonymous"]

    func auditConditions(_ query: AuditQuery) -> SQLConditions {
        var conditions = SQLConditions()
        conditions.add("organization_id =", SQLValue(query.organizationID))
        conditions.add("action", isOneOf: query.actions?.map(SQLValue.text))
        conditions.add("user_id", isOneOf: query.userIDs?.map { SQLValue($0) })
        if let type = query.actorType {
            // Spelled out, so that the planner knows which indexes have such events.
            if Self.actorTypes.contains(type) {
                conditions.add("actor_type = '\(type)'")
            } else {
                conditions.add("actor_type =", .text(type))
            }
        }
        conditions.add("target_type", isOneOf: query.targetTypes?.map(SQLValue.text))
        conditions.add("target_id", isOneOf: query.targetIDs?.map(SQLValue.text))
        if let outcomes = query.outcomes {
            let list = Set(outcomes.map { "'\($0.rawValue)'" }).sorted().joined(separator: ", ")
            conditions.add(outcomes.isEmpty ? "1 = 0" : "outcome IN (\(list))")
        }
        if let since = query.since { conditions.add("at >=", SQLValue(since)) }
        if let until = query.until { conditions.add("at <", SQLValue(until)) }
        return conditions
    }
}
