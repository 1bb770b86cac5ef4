import KeywrightDomain
import KeywrightOperations

/// A card with some API keys, as `holders.mustache` describes it: those that hold a role or reach a resource, or that a
/// person created.
struct HoldersModel: Encodable {
    struct Chip: Encodable {
        let accessRole: String
        let accessResource: String
    }

    struct Holder: Encodable {
        let holderName: String
        let holderPath: String
        let holderMask: String
        let holderChips: [Chip]
        /// "+2 more".
        let holderMore: String?
        let lastUsed: TimeModel?
    }

    /// How many grants a row shows.
    private static let shownGrants = 2

    let holdersTitle: String
    let holdersNote: String?
    let holdersMorePath: String?
    let holdersMoreText: String?
    let holdersEmpty: String
    let hasHolders: Bool
    let holders: [Holder]

    /// - Parameters:
    ///   - note: what is said above the keys, when there are any.
    ///   - shown: the grants of a key that are named in its row.
    init(
        _ title: String, note: String? = nil, empty: String, _ some: SomeKeys, format: KeyFormat, now: Instant,
        showing shown: (APIKey) -> [Grant] = { $0.grants }
    ) {
        let total = some.page.total
        holdersTitle = title
        hasHolders = !some.page.results.isEmpty
        holdersNote = hasHolders ? note : nil
        holdersMorePath = hasHolders ? some.list.address : nil
        holdersMoreText = hasHolders ? (total == 1 ? "Show it in the list" : "All \(total.grouped) keys") : nil
        holdersEmpty = empty
        holders = some.page.results.map { key in
            let grants = shown(key)
            let chips = grants.prefix(Self.shownGrants).map { grant in
                Chip(
                    accessRole: some.names.roleName(grant), accessResource: some.names.resources.name(of: grant.nrn)
                )
            }
            let rest = grants.count - chips.count
            return Holder(
                holderName: key.name, holderPath: "\(APIKeyListState.path)/\(key.id)",
                holderMask: format.mask(handle: key.handle, ending: key.ending), holderChips: chips,
                holderMore: rest > 0 ? "+\(rest) more" : nil, lastUsed: TimeModel(key.lastUsedAt, now: now)
            )
        }
    }
}

/// Some of the keys that a list shows.
struct SomeKeys: Sendable {
    let page: Page<APIKey>
    let names: APIKeyNames
    /// The list of all of them.
    let list: APIKeyListState
}

extension Console {
    /// The first keys of a list.
    ///
    /// - Returns: nil when the principal reads no keys.
    func someKeys(_ list: APIKeyListState, limit: Int = 5, _ principal: Principal) async throws -> SomeKeys? {
        guard principal.rights.readsAPIKeys else { return nil }
        let (query, _) = list.storeQuery(principal.organizationID, now: operations.now())
        let page = try await operations.apiKeys(query, PageRequest(limit: limit), as: principal)
        return SomeKeys(page: page, names: try await names(of: page.results, and: [], principal), list: list)
    }
}
