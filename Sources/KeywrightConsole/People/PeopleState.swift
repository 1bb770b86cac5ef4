import KeywrightDomain

/// What the address of the list of people says: search, filters and page. Every state of the list is an address.
struct PeopleState: Hashable, Sendable {
    static let path = "/settings/people"
    private static let longestSearch = 200

    var search = ""
    var status: User.Status?
    var roleSlugs: [String] = []
    /// From 1.
    var page = 1
    var pageSize = 25

    /// Reads the query of an address; what it does not know or cannot read is left out.
    init(_ fields: FormFields = FormFields()) {
        search = fields["q"].utf8.count <= Self.longestSearch ? fields["q"].trimmedBlanks : ""
        status = User.Status(rawValue: fields["status"])
        for slug in fields.all("role").prefix(20) where !slug.isEmpty && !roleSlugs.contains(slug) {
            roleSlugs.append(slug)
        }
        func number(_ name: String) -> Int? {
            let text = fields[name]
            guard (1...7).contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
                return nil
            }
            return Int(text)
        }
        page = max(number("page") ?? 1, 1)
        pageSize = number("per").flatMap { APIKeyListState.pageSizes.contains($0) ? $0 : nil } ?? 25
    }

    /// Whether anything narrows the list.
    var isFiltered: Bool { !search.isEmpty || status != nil || !roleSlugs.isEmpty }

    /// The list's address.
    var address: String { address(of: "") }

    /// The address of a page beside the list, which carries the list's state on.
    ///
    /// - Parameter suffix: as in `/invite`.
    func address(of suffix: String) -> String {
        var parts: [String] = []
        func add(_ name: String, _ value: String) { parts.append("\(name)=\(PercentEncoding.encode(value))") }
        if !search.isEmpty { add("q", search) }
        if let status { add("status", status.rawValue) }
        for slug in roleSlugs { add("role", slug) }
        if page != 1 { add("page", "\(page)") }
        if pageSize != 25 { add("per", "\(pageSize)") }
        return "\(Self.path)\(suffix)\(parts.isEmpty ? "" : "?")\(parts.joined(separator: "&"))"
    }

    /// The state with something different; back on the first page.
    func with(_ change: (inout PeopleState) -> Void) -> PeopleState {
        var state = self
        state.page = 1
        change(&state)
        return state
    }

    /// The same as the operation takes it.
    func query(in catalogue: RoleCatalogue, _ organization: Organization.ID) -> (UserQuery, PageRequest) {
        var query = UserQuery(organizationID: organization)
        query.search = search.isEmpty ? nil : search
        query.statuses = status.map { [$0] }
        query.roles = roleSlugs.isEmpty ? nil : roleSlugs.compactMap { catalogue.role(slug: $0)?.id }
        query.isByName = true
        return (query, PageRequest(limit: pageSize, offset: (page - 1) * pageSize))
    }

    /// The filters with what there is to choose from.
    func filters(_ catalogue: RoleCatalogue) -> [FilterModel] {
        let statuses = User.Status.allCases.map {
            FilterModel.Choice(choiceValue: $0.rawValue, choiceLabel: $0.label, isChoiceOn: $0 == status)
        }
        let any = FilterModel.Choice(choiceValue: "", choiceLabel: "Active or not", isChoiceOn: status == nil)
        let roles = catalogue.all.filter { $0.fits(.person) && !($0.isBuiltIn && $0.level != nil) }.map {
            FilterModel.Choice(
                choiceValue: $0.slug, choiceLabel: $0.name, choiceHint: $0.slug, isChoiceOn: roleSlugs.contains($0.slug)
            )
        }
        return [FilterModel("status", "Status", isSingle: true, [any] + statuses), FilterModel("role", "Role", roles)]
    }

    /// The filters that are on, each with the list without it.
    func activeFilters(_ catalogue: RoleCatalogue) -> [ActiveFilter] {
        var active: [ActiveFilter] = []
        if !search.isEmpty {
            active.append(ActiveFilter("Search \"\(search)\"", removedBy: with { $0.search = "" }.address))
        }
        if let status { active.append(ActiveFilter(status.label, removedBy: with { $0.status = nil }.address)) }
        for slug in roleSlugs {
            let name = catalogue.role(slug: slug)?.name ?? slug
            let rest = with { $0.roleSlugs.removeAll { $0 == slug } }
            active.append(ActiveFilter("Role \(name)", removedBy: rest.address))
        }
        return active
    }
}

extension User.Status {
    fileprivate var label: String { self == .active ? "Active" : "Inactive" }
}

extension ActiveFilter {
    /// - Parameter path: the list without it.
    init(_ text: String, removedBy path: String) {
        activeText = text
        activeWithout = path
    }
}
