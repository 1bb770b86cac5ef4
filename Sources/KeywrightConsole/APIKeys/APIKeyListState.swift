import KeywrightDomain

/// What the address of the list of API keys says: filters, order and page. Every state of the list is an address.
struct APIKeyListState: Hashable, Sendable {
    /// When keys were last used.
    enum Use: String, CaseIterable, Sendable {
        case day = "1d"
        case week = "7d"
        case month = "30d"
        case never
        case unusedMonth = "unused-30d"
        case unusedQuarter = "unused-90d"

        var label: String {
            switch self {
            case .day: "Used in the last 24 hours"
            case .week: "Used in the last 7 days"
            case .month: "Used in the last 30 days"
            case .never: "Never used"
            case .unusedMonth: "Not used for 30 days"
            case .unusedQuarter: "Not used for 90 days"
            }
        }

        func filter(now: Instant) -> APIKeyQuery.Use {
            func ago(_ days: Int64) -> Instant { now.advanced(by: .seconds(-days * 86_400)) }
            return switch self {
            case .day: .since(ago(1))
            case .week: .since(ago(7))
            case .month: .since(ago(30))
            case .never: .never
            case .unusedMonth: .notSince(ago(30))
            case .unusedQuarter: .notSince(ago(90))
            }
        }
    }

    /// A column by which the list can be sorted.
    struct Sort: Hashable, Sendable {
        var order = APIKeyQuery.Order.createdAt
        var isDescending = true

        /// As in `name:asc`.
        var text: String { "\(order.rawValue):\(isDescending ? "desc" : "asc")" }
    }

    static let path = "/settings/api-keys"
    static let pageSizes = [25, 50, 100]

    var search = ""
    var tags: [Tag] = []
    var roleSlugs: [String] = []
    var resource: NRN?
    var includesBelow = false
    var use: Use?
    /// Who created the keys.
    var owner: User.ID?
    var sort = Sort()
    /// From 1.
    var page = 1
    var pageSize = 25

    /// The list as it first opens.
    init() {}

    /// Reads the query of an address; what it does not know or cannot read is left out.
    init(_ fields: FormFields) {
        search = fields["q"]
        for text in fields.all("tag").prefix(Tag.limit) {
            let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            if parts.count == 2, let tag = try? Tag(key: parts[0], value: parts[1], pointer: ""), !tags.contains(tag) {
                tags.append(tag)
            }
        }
        for slug in fields.all("role").prefix(20) where !slug.isEmpty && !roleSlugs.contains(slug) {
            roleSlugs.append(slug)
        }
        resource = try? NRN(parsing: fields["resource"])
        includesBelow = resource != nil && ["1", "true", "yes", "on"].contains(fields["below"])
        use = Use(rawValue: fields["used"])
        owner = User.ID(parsing: fields["by"])
        let parts = (fields.all("sort").last ?? "").split(separator: ":").map(String.init)
        if parts.count == 2, let order = APIKeyQuery.Order(rawValue: parts[0]), ["asc", "desc"].contains(parts[1]) {
            sort = Sort(order: order, isDescending: parts[1] == "desc")
        }
        page = Self.number(fields["page"]).flatMap { $0 > 0 ? $0 : nil } ?? 1
        pageSize = Self.number(fields["per"]).flatMap { Self.pageSizes.contains($0) ? $0 : nil } ?? 25
    }

    /// The state that a form carries as its hidden field `return`: the query of the list, never an address.
    init(returning text: String) {
        self.init((try? FormFields(Array(text.utf8.prefix(4_096)))) ?? FormFields())
    }

    private static func number(_ text: String) -> Int? {
        guard (1...7).contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            return nil
        }
        return Int(text)
    }

    /// Whether anything narrows the list.
    var isFiltered: Bool {
        !search.isEmpty || !tags.isEmpty || !roleSlugs.isEmpty || resource != nil || use != nil
            || owner != nil
    }

    /// The query of the list's address, without the question mark; empty for the list as it first opens.
    var query: String {
        var parts: [String] = []
        func add(_ name: String, _ value: String) { parts.append("\(name)=\(PercentEncoding.encode(value))") }
        if !search.isEmpty { add("q", search) }
        for tag in tags { add("tag", "\(tag.key):\(tag.value)") }
        for slug in roleSlugs { add("role", slug) }
        if let resource { add("resource", resource.description) }
        if includesBelow { add("below", "true") }
        if let use { add("used", use.rawValue) }
        if let owner { add("by", owner.description) }
        if sort != Sort() { add("sort", sort.text) }
        if page != 1 { add("page", "\(page)") }
        if pageSize != 25 { add("per", "\(pageSize)") }
        return parts.joined(separator: "&")
    }

    /// The addresses of pages beside a list, which carry the list's state on.
    struct Addresses {
        private let tail: String

        fileprivate init(_ query: String) { tail = query.isEmpty ? "" : "?\(query)" }

        /// - Parameter suffix: as in `/new`.
        func address(of suffix: String) -> String { "\(path)\(suffix)\(tail)" }
    }

    /// For many addresses.
    var addresses: Addresses { Addresses(query) }

    /// The list's address.
    var address: String { address(of: "") }

    /// The address of one page beside the list.
    func address(of suffix: String) -> String { addresses.address(of: suffix) }

    /// The state with something different; back on the first page.
    func with(_ change: (inout APIKeyListState) -> Void) -> APIKeyListState {
        var state = self
        state.page = 1
        change(&state)
        return state
    }

    /// Narrows the list to keys with a tag.
    mutating func add(_ tag: Tag) {
        if !tags.contains(tag), tags.count < Tag.limit { tags.append(tag) }
    }

    /// The same as the store takes it.
    func storeQuery(_ organization: Organization.ID, now: Instant) -> (query: APIKeyQuery, page: PageRequest) {
        var query = APIKeyQuery(organizationID: organization, now: now)
        query.search = search.isEmpty ? nil : search
        query.tags = tags
        query.roleSlugs = roleSlugs
        query.places = resource.map { [includesBelow ? .below($0) : .at($0)] } ?? []
        query.use = use?.filter(now: now)
        query.ownerID = owner
        query.order = sort.order
        query.isDescending = sort.isDescending
        return (query, PageRequest(limit: pageSize, offset: (page - 1) * pageSize))
    }
}
