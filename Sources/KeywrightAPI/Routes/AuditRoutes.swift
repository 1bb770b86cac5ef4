import HTTPTypes
import KeywrightDomain
import KeywrightOperations
import KeywrightWire

extension API {
    /// `/v1/audit`: the trail of the organization.
    var auditRoutes: [Route] {
        [authenticated(.get, "/v1/audit", listAuditEvents)]
    }

    @Sendable private func listAuditEvents(_ call: Call, _ principal: Principal) async throws -> Answer {
        let query = try call.query([
            "limit", "offset", "action", "user_id", "target_type", "target_id", "outcome", "since", "until",
        ])
        var events = AuditQuery(organizationID: principal.organizationID)
        events.action = query["action"]
        events.userID = try query.id("user_id")
        events.targetType = query["target_type"]
        events.targetID = query["target_id"]
        events.outcome = try query.value(
            "outcome", "The outcome is success, refused or failure.", AuditEvent.Outcome.init(rawValue:)
        )
        events.since = try query.time("since")
        events.until = try query.time("until")
        let page = try await operations.auditEvents(events, query.page(), as: principal)
        return try .json(ListEnvelope(page.map(AuditEventObject.init)))
    }
}

extension AuditEventObject {
    fileprivate init(_ sealed: SealedAuditEvent) {
        let event = sealed.event
        let apiKeyID = event.userID?.machineKeyID?.rawValue
        self.init(
            id: sealed.id.rawValue, organizationID: event.organizationID.rawValue, at: event.at.text,
            actor: Actor(type: event.actorType, userID: event.userID?.rawValue, apiKeyID: apiKeyID),
            credential: event.credential, address: event.address, action: event.action,
            target: Target(type: event.target.type, id: Int64(event.target.id)),
            before: Self.state(sealed.beforeText), after: Self.state(sealed.afterText), requestID: event.requestID,
            outcome: event.outcome.rawValue,
            hash: sealed.link.isEmpty
                ? nil : sealed.link.map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
        )
    }

    /// The stored text is JSON of our own making.
    private static func state(_ text: String?) -> JSONValue {
        text.flatMap { try? StrictJSON.parse(Array($0.utf8)) } ?? .null
    }
}
