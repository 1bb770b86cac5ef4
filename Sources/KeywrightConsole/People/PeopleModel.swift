import KeywrightDomain
import KeywrightOperations

/// The list of people and what lies over it, as `people.mustache` describes it.
struct PeopleModel: Encodable {
    struct Chip: Encodable {
        let accessRole: String
        let accessResource: String
    }

    struct Row: Encodable {
        let personName: String
        let personEmail: String
        let personPath: String
        let personChips: [Chip]
        let personMore: String?
        let personStatus: String
        let personStatusClass: String
        let seen: TimeModel?
        let personKeys: String
    }

    let canManage: Bool
    let invitePath: String
    var form: PanelModel?
    var once: OnceLinkModel?
    let searchText: String
    let filters: [FilterModel]
    let hasActiveFilters: Bool
    let activeFilters: [ActiveFilter]
    let clearPath = PeopleState.path
    let resultText: String
    let people: [Row]
    let noMatchText: String?
    let pager: PagerModel?

    init(_ list: PeopleList, _ state: PeopleState, _ principal: Principal, now: Instant) {
        canManage = principal.rights.invitesPeople
        invitePath = state.address(of: "/invite")
        searchText = state.search
        filters = state.filters(principal.catalogue)
        activeFilters = state.activeFilters(principal.catalogue)
        hasActiveFilters = !activeFilters.isEmpty
        let total = list.page.total
        let persons = "\(total.grouped) \(total == 1 ? "person" : "people")"
        resultText = state.isFiltered ? "\(persons) \(total == 1 ? "matches" : "match")" : persons
        people = list.page.results.map { Row($0, list.facts[$0.id], list.resources, principal.catalogue, now: now) }
        noMatchText =
            !list.page.results.isEmpty ? nil : total == 0 ? "Nobody matches these filters" : "There is no such page"
        pager = total == 0 ? nil : PagerModel(list.page, state)
    }
}

extension PeopleModel.Row {
    /// How many grants a row shows.
    private static let shownGrants = 2

    fileprivate init(
        _ user: User, _ facts: PersonFacts?, _ resources: ResourceNames, _ catalogue: RoleCatalogue, now: Instant
    ) {
        personName = user.displayName.text
        personEmail = user.displayName.name.isEmpty ? "" : user.email
        personPath = "\(PeopleState.path)/\(user.id)"
        let grants = facts?.grants ?? []
        personChips = grants.prefix(Self.shownGrants).map {
            let grant = PersonGrant($0, resources, catalogue)
            return .init(accessRole: grant.accessRole, accessResource: grant.accessResource)
        }
        let rest = grants.count - personChips.count
        personMore = rest > 0 ? "+\(rest) more" : nil
        let status = PersonStatus(user, isInvited: facts?.isInvited ?? false)
        personStatus = status.text
        personStatusClass = status.chip
        seen = TimeModel(facts?.lastSignIn, now: now)
        personKeys = facts?.keyCount?.grouped ?? "–"
    }
}

/// How a person's state is called and coloured.
struct PersonStatus: Encodable {
    let text: String
    let chip: String

    init(_ user: User, isInvited: Bool) {
        (text, chip) =
            user.status == .inactive ? ("Inactive", "off") : isInvited ? ("Invited", "warn") : ("Active", "ok")
    }
}

extension PagerModel {
    fileprivate init(_ page: Page<User>, _ state: PeopleState) {
        let first = (state.page - 1) * state.pageSize + 1
        let last = first + page.results.count - 1
        let lastPage = max(1, (page.total + state.pageSize - 1) / state.pageSize)
        let total = page.total.grouped
        self.init(
            rangeText: page.results.isEmpty
                ? "None of \(total)" : "\(first.grouped)–\(last.grouped) of \(total)",
            perLinks: APIKeyListState.pageSizes.map { size in
                PerLink(
                    perNumber: "\(size)", perPath: state.with { $0.pageSize = size }.address,
                    isPerHere: size == state.pageSize
                )
            },
            previousPath: state.page > 1 ? state.with { $0.page = min(state.page - 1, lastPage) }.address : nil,
            nextPath: state.page < lastPage ? state.with { $0.page = state.page + 1 }.address : nil
        )
    }
}
