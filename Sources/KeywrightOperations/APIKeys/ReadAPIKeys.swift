public import KeywrightDomain
import KeywrightStore

extension Operations {
    /// An API key that the principal sees.
    ///
    /// - Throws: `.notFound` when it is absent, another organization's, or has a grant where the principal reads no keys.
    public func apiKey(_ id: APIKey.ID, as principal: Principal) async throws -> APIKey {
        try await store.read { transaction in
            guard let key = try transaction.apiKey(id), principal.canSee(key) else {
                throw DomainError.notFound("API key")
            }
            return key
        }
    }

    /// A part of the list of API keys that the principal sees.
    ///
    /// - Parameter query: its organization, clock and visibility are set here.
    /// - Throws: `.forbidden` when the principal reads keys nowhere.
    public func apiKeys(
        _ query: APIKeyQuery, _ page: PageRequest, as principal: Principal
    ) async throws -> Page<APIKey> {
        let query = try await visible(query, to: principal)
        return try await store.read { try $0.apiKeys(query, page) }
    }

    /// A query for what the principal sees, now.
    ///
    /// - Throws: `.forbidden` when the principal reads keys nowhere.
    func visible(_ query: APIKeyQuery, to principal: Principal) async throws -> APIKeyQuery {
        let scope = try Self.countScope(principal)
        if query.use != nil || query.order == .lastUsedAt { await flushUsageIfPossible() }
        var query = query
        query.organizationID = scope.organizationID
        query.now = now()
        query.visibleWithin = scope.visibleWithin
        return query
    }
}
