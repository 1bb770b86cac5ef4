public import KeywrightWire

extension KeywrightClient {
    /// A part of the audit trail of the caller's organization, the newest events first.
    public func auditEvents(
        _ filter: AuditFilter = AuditFilter(), page: PageQuery = PageQuery()
    ) async throws -> ListEnvelope<AuditEventObject> {
        try await send(APIRequest(.get, "/v1/audit", filter.parameters + page.parameters))
    }
}
