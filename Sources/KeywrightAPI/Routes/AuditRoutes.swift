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
        let (events, page) = try call.query([
            "limit", "offset", "action", "user_id", "target_type", "target_id", "outcome", "since", "until",
        ]) { query in
            var events = AuditQuery(organizationID: principal.organizationID)
            events.actions = query.texts("action")
            events.userIDs = query.ids("user_id")
            events.targetTypes = query.texts("target_type")
            events.targetIDs = query.texts("target_id")
            events.outcomes = query.list(
                "outcome", "An outcome is success, refused or failure.", AuditEvent.Outcome.init(rawValue:)
            )
            events.since = query.time("since")
            events.until = query.time("until")
            return (events, query.page())
        }
        let found = try await operations.auditEvents(events, page, as: principal)
        return try .json(ListEnvelope(found.map(AuditEventObject.init)))
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
            target: Target(type: event.target.type, id: event.target.wireID),
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

extension AuditEvent.Target {
    /// The id as it goes out: a number where it is one; nil where the thing was never made.
    fileprivate var wireID: AuditEventObject.TargetID? {
        if isUnmade { return nil }
        return Identifier<AuditEvent.Target>(parsing: id).map { .number($0.rawValue) } ?? .text(id)
    }
}
