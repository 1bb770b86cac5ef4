public import KeywrightDomain
public import KeywrightStore

/// What a walk along an organization's audit chain found.
public struct AuditVerification: Sendable, Equatable {
    /// The organization.
    public let organizationID: Organization.ID
    /// The last event before the walk, when earlier ones were taken out of the trail; nil when it is whole.
    public let previous: AuditEvent.ID?
    /// How many events were read.
    public let count: Int
    /// The first event whose link is not the one its content gives; nil when all are intact.
    public let firstBroken: AuditEvent.ID?
    /// Whether the chain ends where the organization's row says; false when events are missing at its end.
    public let endsAtHead: Bool

    /// Whether nothing was changed, removed or added.
    public var isIntact: Bool { firstBroken == nil && endsAtHead }
}

extension Operations {
    /// A part of the audit trail of the principal's organization, newest first.
    ///
    /// - Throws: `.forbidden` unless the principal holds `audit:read` at organization level.
    public func auditEvents(
        _ query: AuditQuery, _ page: PageRequest, as principal: Principal
    ) async throws -> Page<SealedAuditEvent> {
        try principal.require(.readAudit, at: NRN(principal.organizationID))
        var query = query
        query.organizationID = principal.organizationID
        return try await store.read { [query] in try $0.auditEvents(query, page) }
    }

    /// Walks the audit chain of every organization.
    ///
    /// - Parameter progress: called with the number of events read so far.
    public static func verifyAuditTrail(
        in transaction: any ReadTransaction, progress: (Int) -> Void = { _ in }
    ) throws -> [AuditVerification] {
        var total = 0
        return try transaction.organizations().map { organization in
            let checkpoint = try transaction.auditCheckpoint(organization.id)
            var last = checkpoint?.eventID ?? AuditEvent.ID(0)
            var link = checkpoint?.link ?? SealedAuditEvent.firstLink
            var count = 0
            var broken: AuditEvent.ID?
            while broken == nil {
                let part = try transaction.auditChain(organization.id, after: last, limit: 1_000)
                guard let end = part.last else { break }
                for event in part {
                    if !event.isIntact(after: link) {
                        broken = event.id
                        break
                    }
                    link = event.link
                    count += 1
                }
                last = end.id
                total += part.count
                progress(total)
            }
            let head = try transaction.auditHead(organization.id)
            return AuditVerification(
                organizationID: organization.id, previous: checkpoint?.eventID, count: count, firstBroken: broken,
                endsAtHead: broken != nil || link == head
            )
        }
    }
}
