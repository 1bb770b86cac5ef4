public import KeywrightDomain
import KeywrightStore

extension Operations {
    /// Deletes an API key for good: it and its tokens stop working at once. What remains is a tombstone.
    ///
    /// - Throws: `.notFound` when the principal does not see it; `.forbidden`; `.versionMismatch`.
    public func deleteAPIKey(
        _ id: APIKey.ID, ifVersion expected: ExpectedVersion = .any, as principal: Principal
    ) async throws {
        let time = now()
        let target = AuditEvent.Target("api_key", id.description)
        try await mutate("api_key.delete", as: principal, within: principal.scope, target: target) {
            transaction, principal in
            guard let key = try transaction.apiKey(id), principal.canSee(key) else {
                throw DomainError.notFound("API key")
            }
            try principal.require(.deleteAPIKey, on: key)
            try expected.check(key.version)
            try Self.delete(key, by: principal, at: time, in: transaction)
        }
    }

    /// Removes a key and leaves its tombstone; who does it has the right.
    static func delete(
        _ key: APIKey, by principal: Principal, at time: Instant, in transaction: any WriteTransaction
    ) throws {
        let tombstone = DeletedAPIKey(
            id: key.id, organizationID: key.organizationID, name: key.name, handle: key.handle, digest: key.digest,
            deletedAt: time, deletedBy: principal.userID
        )
        try transaction.delete(key, leaving: tombstone)
        let target = AuditEvent.Target("api_key", key.id.description)
        transaction.append(AuditEvent("api_key.delete", target, by: principal, at: time, before: key.snapshot))
        transaction.append(Change(.apiKey, key.id.rawValue, in: key.organizationID))
    }
}
