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
            "SELECT count(*) FROM (SELECT 1 FROM audit_events \(conditions.clause) LIMIT \(max(limit, 1))) AS counted",
            conditions.arguments
        )
    }

    private func hasAuditEvent(_ query: AuditQuery, _ comparison: String, _ id: AuditEvent.ID) throws -> Bool {
        var conditions = auditConditions(query)
        conditions.add(comparison, SQLValue(id))
        return try session.exists(
            "SELECT 1 FROM audit_events \(conditions.clause) LIMIT 1", conditions.arguments
        )
    }

    func auditConditions(_ query: AuditQuery) -> SQLConditions {
        var conditions = SQLConditions()
        conditions.add("organization_id =", SQLValue(query.organizationID))
        conditions.add("action", isOneOf: query.actions?.map(SQLValue.text))
        conditions.add("user_id", isOneOf: query.userIDs?.map { SQLValue($0) })
        if let type = query.actorType { conditions.add("actor_type =", .text(type)) }
        conditions.add("target_type", isOneOf: query.targetTypes?.map(SQLValue.text))
        conditions.add("target_id", isOneOf: query.targetIDs?.map(SQLValue.text))
        conditions.add("outcome", isOneOf: query.outcomes?.map { .text($0.rawValue) })
        if let since = query.since { conditions.add("at >=", SQLValue(since)) }
        if let until = query.until { conditions.add("at <", SQLValue(until)) }
        return conditions
    }
}
