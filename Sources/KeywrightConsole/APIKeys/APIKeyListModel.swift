import KeywrightDomain
import KeywrightOperations

/// The list of API keys and what lies over it, as `api_keys.mustache` describes it.
struct APIKeyListModel: Encodable {
    struct Carried: Encodable {
        let carriedName: String
        let carriedValue: String
    }

    struct SortColumn: Encodable {
        let sortValue: String
        let sortDirection: String?
        let sortIcon: String

        init(_ order: APIKeyQuery.Order, startsDescending: Bool, _ sort: APIKeyListState.Sort) {
            let isHere = sort.order == order
            let next = isHere ? !sort.isDescending : startsDescending
            sortValue = APIKeyListState.Sort(order: order, isDescending: next).text
            sortDirection = isHere ? (sort.isDescending ? "descending" : "ascending") : nil
            sortIcon = sort.isDescending ? "arrow-down" : "arrow-up"
        }
    }

    // What the page is about.
    let newPath: String
    let manageRule = "Administrators and Ops can manage keys."
    let canManage: Bool
    let cannotManageReason: String?
    var pageBanners: [Banner] = []
    let hasKeys: Bool
    let listPath = APIKeyListState.path

    // What lies over the list.
    var form: APIKeyFormModel?
    var creation: CreatedKeyModel?
    var creationFrame: CreatedKeyModel?
    var deletion: APIKeyDeletionModel?
    var conflict: APIKeyConflictModel?

    // The list.
    var searchText: String
    var searchError: String?
    let carriedQuery: [Carried]
    let filters: TemplatePart
    let hasActiveFilters: Bool
    let activeFilters: [ActiveFilter]
    let clearPath: String
    let resultText: String
    let tableCaption: String
    let nameSort: SortColumn
    let usedSort: SortColumn
    let createdSort: SortColumn
    let rows: [APIKeyRow]
    let noMatchText: String?
    let beyondText: String?
    let lastPagePath: String?
    let lastPageText: String?
    let pager: PagerModel?

    init(
        _ list: APIKeyList, _ state: APIKeyListState, filters: TemplatePart, changedID: String?, format: KeyFormat,
        now: Instant
    ) {
        let page = list.page
        newPath = state.address(of: "/new")
        canManage = list.rights.createsAPIKeys
        cannotManageReason =
            list.rights.createsAPIKeys
            ? nil : "You can look at API keys. To create or change them you need the role Admin or Ops."
        hasKeys = list.total > 0 || state.isFiltered
        searchText = state.search
        carriedQuery =
            (state.sort == .init() ? [] : [Carried(carriedName: "sort", carriedValue: state.sort.text)])
            + (state.owner.map { [Carried(carriedName: "by", carriedValue: $0.description)] } ?? [])
            + (state.pageSize == 25 ? [] : [Carried(carriedName: "per", carriedValue: "\(state.pageSize)")])
        self.filters = filters
        activeFilters = state.activeFilters(list.names)
        hasActiveFilters = !activeFilters.isEmpty
        clearPath = APIKeyListState.path
        resultText = Self.resultText(page, of: list.total, isFiltered: state.isFiltered)
        tableCaption = Self.caption(state.sort)
        nameSort = SortColumn(.name, startsDescending: false, state.sort)
        usedSort = SortColumn(.lastUsedAt, startsDescending: true, state.sort)
        createdSort = SortColumn(.createdAt, startsDescending: true, state.sort)
        let addresses = state.addresses
        rows = page.results.map { key in
            APIKeyRow(
                key, in: state, addresses, list.names, changedID: changedID, canChange: list.rights.updates(key),
                format: format, now: now
            )
        }
        let lastPage = max(1, (page.total + state.pageSize - 1) / state.pageSize)
        let isBeyond = page.results.isEmpty && page.total > 0
        noMatchText = page.total == 0 ? "No key matches these filters" : nil
        beyondText = isBeyond ? "There is no page \(state.page)." : nil
        lastPagePath = isBeyond ? state.with { $0.page = lastPage }.address : nil
        lastPageText = isBeyond ? "Go to the last page (\(lastPage))." : nil
        pager = page.total == 0 ? nil : PagerModel(page, state, lastPage: lastPage)
    }

    private static func resultText(_ page: Page<APIKey>, of total: Int, isFiltered: Bool) -> String {
        func keys(_ count: Int) -> String { "\(count.grouped) key\(count == 1 ? "" : "s")" }
        guard isFiltered else { return keys(page.total) }
        if page.isTotalCapped { return "More than \(page.total.grouped) of \(keys(total)) match" }
        return "\(page.total.grouped) of \(keys(total)) \(page.total == 1 || total == 1 ? "matches" : "match")"
    }

    private static func caption(_ sort: APIKeyListState.Sort) -> String {
        let words =
            switch (sort.order, sort.isDescending) {
            case (.createdAt, true): "newest first"
            case (.createdAt, false): "oldest first"
            case (.name, true): "by name, Z to A"
            case (.name, false): "by name, A to Z"
            case (.lastUsedAt, true): "last used first"
            case (.lastUsedAt, false): "longest unused first"
            }
        return "Active API keys, \(words)"
    }
}

/// The links below a list, as `pages.mustache` describes it.
struct PagerModel: Encodable {
    struct PerLink: Encodable {
        let perNumber: String
        let perPath: String
        let isPerHere: Bool
    }

    let rangeText: String
    let hasPerLinks: Bool
    let perLinks: [PerLink]
    let previousPath: String?
    let nextPath: String?
    let previousLabel: String
    let nextLabel: String

    /// - Parameters:
    ///   - previousPath: nil on the first page.
    ///   - nextPath: nil on the last page.
    init(
        rangeText: String, perLinks: [PerLink] = [], previousPath: String?, nextPath: String?,
        previousLabel: String = "Previous", nextLabel: String = "Next"
    ) {
        self.rangeText = rangeText
        self.perLinks = perLinks
        hasPerLinks = !perLinks.isEmpty
        self.previousPath = previousPath
        self.nextPath = nextPath
        self.previousLabel = previousLabel
        self.nextLabel = nextLabel
    }

    init(_ page: Page<APIKey>, _ state: APIKeyListState, lastPage: Int) {
        let first = (state.page - 1) * state.pageSize + 1
        let last = first + page.results.count - 1
        let total = page.isTotalCapped ? "more than \(page.total.grouped)" : page.total.grouped
        let hasNext = page.isTotalCapped ? page.results.count == state.pageSize : last < page.total
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
            nextPath: hasNext && !page.results.isEmpty ? state.with { $0.page = state.page + 1 }.address : nil
        )
    }
}

extension Int {
    /// As in 12,345.
    var grouped: String {
        var digits = Array(String(self))
        var index = digits.count - 3
        while index > (self < 0 ? 1 : 0) {
            digits.insert(",", at: index)
            index -= 3
        }
        return String(digits)
    }
}
