import KeywrightDomain
import KeywrightOperations

/// The list of API keys with everything that its page says.
struct APIKeyList: Sendable {
    let page: Page<APIKey>
    /// How many keys there are without any filter.
    let total: Int
    let names: APIKeyNames
    let facets: APIKeyFacets
    /// What the list can be narrowed to.
    let places: [ResourceHit]
    let rights: Rights
}

extension Console {
    /// Reads what an address of the list asks for.
    ///
    /// - Throws: `.forbidden` for whoever reads keys nowhere.
    func apiKeyList(_ state: APIKeyListState, _ visitor: Visitor) async throws -> APIKeyList {
        let principal = visitor.principal
        let (query, request) = state.storeQuery(principal.organizationID, now: operations.now())
        let overview = try await operations.apiKeyOverview(
            query, isNarrowed: state.isFiltered, request, as: principal
        )
        var names = APIKeyNames(
            resources: overview.resources, users: overview.users, catalogue: principal.catalogue
        )
        await add(state.resource.map { [$0] } ?? [], for: .creatingAPIKeys, to: &names.resources, principal)
        if let owner = state.owner, names.users[owner] == nil {
            names.users[owner] = try? await operations.user(owner, as: principal).displayName
        }
        return APIKeyList(
            page: overview.page, total: overview.total, names: names,
            facets: try await operations.apiKeyFacets(as: principal),
            places: try await operations.uppermostResources(as: principal), rights: principal.rights
        )
    }

    /// What keys, and places beside theirs, are called.
    func names(of keys: [APIKey], and places: [NRN], _ principal: Principal) async throws -> APIKeyNames {
        let facts = try await operations.facts(of: keys, as: principal)
        var names = APIKeyNames(resources: facts.resources, users: facts.users, catalogue: principal.catalogue)
        await add(places, for: .creatingAPIKeys, to: &names.resources, principal)
        return names
    }

    /// Adds what places are called that somebody chose; those where they may not act stay unknown.
    func add(
        _ places: [NRN], for purpose: ResourceSearchPurpose, to names: inout ResourceNames, _ principal: Principal
    ) async {
        for nrn in Set(places) where names[nrn] == nil {
            guard let hit = try? await operations.resource(at: nrn, for: purpose, as: principal) else { continue }
            for (level, name) in zip(NRN.Level.allCases, hit.path) {
                names.add(nrn.cut(to: level), .init(name: name, isLive: true))
            }
        }
    }
}
