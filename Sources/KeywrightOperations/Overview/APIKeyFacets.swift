public import KeywrightDomain
import KeywrightStore

/// What the list of keys can be narrowed by, the most frequent first.
public struct APIKeyFacets: Hashable, Sendable {
    /// The most options of one kind.
    public static let limit = 200

    /// Tags with the number of keys that carry them.
    public let tags: [TagCount]
    /// Roles with the number of keys that hold them.
    public let roles: [RoleCount]
    /// The keys of tags, as suggestions.
    public let tagKeys: [String]
}

extension Operations {
    /// The tags and roles of the keys that the principal sees in lists, with counts.
    ///
    /// With very many keys the counts may be up to two minutes old.
    ///
    /// - Throws: `.forbidden` when the principal reads keys nowhere.
    public func apiKeyFacets(as principal: Principal) async throws -> APIKeyFacets {
        let scope = try Self.countScope(principal)
        return try await overview(.facets, scope) { transaction, time in
            let tags = try transaction.tagCounts(scope, now: time, limit: APIKeyFacets.limit)
            let roles = try transaction.roleCounts(scope, now: time, limit: APIKeyFacets.limit)
            return APIKeyFacets(tags: tags.tags, roles: roles, tagKeys: tags.keys)
        }
    }

    /// Whether another listed key that the principal sees has exactly that name.
    public func hasAPIKey(
        named name: String, except id: APIKey.ID? = nil, as principal: Principal
    ) async throws -> Bool {
        var query = APIKeyQuery(organizationID: principal.organizationID, now: now())
        query.name = name
        guard !principal.places(holding: .readAPIKey).isEmpty else { return false }
        return try await apiKeys(query, PageRequest(limit: 2), as: principal).results.contains { $0.id != id }
    }

    /// The keys that a principal's counts may be about.
    static func countScope(_ principal: Principal) throws(DomainError) -> CountScope {
        let places = principal.places(holding: .readAPIKey)
        let organization = NRN(principal.organizationID)
        guard !places.isEmpty else { throw .missing(.readAPIKey, at: organization) }
        return CountScope(
            organizationID: principal.organizationID, visibleWithin: places.contains(organization) ? nil : places
        )
    }
}
