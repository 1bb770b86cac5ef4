public import KeywrightDomain
import KeywrightStore

/// A part of the list of API keys with all that its page says, but for what hardly changes.
public struct APIKeyOverview: Sendable {
    /// The keys.
    public let page: Page<APIKey>
    /// How many keys there are in the list without any filter.
    public let total: Int
    /// How the users are called who created them; those that are unknown are absent.
    public let users: [User.ID: UserName]
    /// How the resources of all their grants are called.
    public let resources: ResourceNames
}

extension Operations {
    /// A part of the list of API keys that the principal sees, with its names and totals: one state of the database.
    ///
    /// - Parameters:
    ///   - query: its organization, clock and visibility are set here.
    ///   - isNarrowed: whether the query leaves out keys.
    /// - Throws: `.forbidden` when the principal reads keys nowhere.
    public func apiKeyOverview(
        _ query: APIKeyQuery, isNarrowed: Bool, _ page: PageRequest, as principal: Principal
    ) async throws -> APIKeyOverview {
        let query = try await visible(query, to: principal)
        var all = APIKeyQuery(organizationID: query.organizationID, now: query.now)
        all.visibleWithin = query.visibleWithin
        return try await store.read { [all] transaction in
            let page = try transaction.apiKeys(query, page)
            return APIKeyOverview(
                page: page, total: isNarrowed ? try transaction.apiKeys(all, PageRequest(limit: 1)).total : page.total,
                users: try transaction.names(of: page.results.map(\.ownerID), in: query.organizationID),
                resources: try transaction.resourceNames(page.results.flatMap { $0.grants.map(\.nrn) })
            )
        }
    }
}
