import KeywrightDomain

// The list of keys. Most filters are terms (`APIKeyTerms`): ranges of one index, in key order. A list reads its ids
// from the narrowest range, checks the other filters for each id, and stops when the page is full; totals are
// counted in the same way up to 10,000.

extension SQLTransaction {
    func apiKeys(_ query: APIKeyQuery, _ page: PageRequest) throws -> Page<APIKey> {
        guard let plan = try APIKeyListPlan(query, in: self) else {
            return Page(results: [], total: 0, request: page)
        }
        if query.isUnfiltered {
            let ids = try plan.walk(page)
            return Page(results: try apiKeys(ids), total: try unfilteredTotal(query), request: page)
        }
        let count = try plan.count(upTo: Page<APIKey>.countLimit + 1)
        let isCapped = count > Page<APIKey>.countLimit
        let ids = isCapped ? try plan.walk(page) : try plan.sorted(page)
        return Page(
            results: try apiKeys(ids), total: min(count, Page<APIKey>.countLimit), isTotalCapped: isCapped,
            request: page
        )
    }

    /// All listed keys less the expired ones, both kept or indexed.
    private func unfilteredTotal(_ query: APIKeyQuery) throws -> Int {
        let listed = try organization(query.organizationID)?.listedKeyCount ?? 0
        let expired = try session.count(
            """
            SELECT count(*) FROM api_keys
            WHERE organization_id = $1 AND expires_at IS NOT NULL AND is_internal = 0 AND expires_at <= $2
            """,
            [SQLValue(query.organizationID), SQLValue(query.now)]
        )
        return max(listed - expired, 0)
    }
}

/// How one list is read.
private struct APIKeyListPlan {
    /// A filter: as the range a list is read from, and as a check of a key found otherwise.
    private struct Filter {
        /// Where ids come from, each once: a FROM clause, the id's expression; its conditions are added.
        var range: ((inout SQLConditions) -> (from: String, id: String))?
        /// Whether the range gives ids in order.
        var isOrdered = false
        /// Whether the check reads columns of the key's row.
        var needsRow = false
        /// Adds the check for the key with that id expression.
        var check: (inout SQLConditions, _ id: String) -> Void
    }

    /// Walking an index in the order of the list stops after so many rows; then the matches are sorted instead.
    private static let walkLimit = 20_000

    private let query: APIKeyQuery
    private let session: any SQLSession
    /// The narrowest first.
    private var filters: [Filter]

    /// Nil when the list is known to be empty.
    init?(_ query: APIKeyQuery, in transaction: SQLTransaction) throws {
        self.query = query
        session = transaction.session
        filters = []
        for place in query.places {
            guard let filter = placeFilter(place) else { return nil }
            filters += filter
        }
        filters += query.tags.map { termFilter([APIKeyTerms.tag($0)]) }
        if !query.roleSlugs.isEmpty { filters.append(termFilter(query.roleSlugs.map(APIKeyTerms.role))) }
        if let owner = query.ownerID { filters.append(termFilter([APIKeyTerms.owner(owner)])) }
        if query.status == .disabled { filters.append(termFilter([APIKeyTerms.disabled])) }
        if query.status == .active {
            filters.append(Filter(range: nil, needsRow: true) { conditions, _ in conditions.add("k.is_enabled = 1") })
        }
        if let name = query.name { filters.append(nameFilter(name)) }
        if let search = query.search { filters.append(try searchFilter(search)) }
        if let use = query.use { filters.append(useFilter(use)) }
        if let places = query.visibleWithin {
            guard !places.isEmpty else { return nil }
            filters.append(visibilityFilter(places))
        }
        try orderByCount()
    }

    /// Puts the narrowest range first; a single one needs no counting.
    private mutating func orderByCount() throws {
        guard filters.count > 1 else { return }
        let counted = try filters.map { filter in
            (filter, filter.range == nil ? Int.max : try count(of: [filter], upTo: Page<APIKey>.countLimit))
        }
        filters = counted.enumerated().sorted { ($0.element.1, $0.offset) < ($1.element.1, $1.offset) }.map(\.element.0)
    }

    // MARK: Reading

    func count(upTo limit: Int) throws -> Int { try count(of: filters, upTo: limit) }

    private func count(of filters: [Filter], upTo limit: Int) throws -> Int {
        let (statement, arguments) = select(filters)
        return try session.count("SELECT count(*) FROM (\(statement) LIMIT \(limit)) AS counted", arguments)
    }

    /// The page's ids when all matches can be sorted.
    func sorted(_ page: PageRequest) throws -> [APIKey.ID] {
        let (statement, arguments) = select(filters, orderBy: query.order)
        return try session.rows("\(statement) LIMIT \(page.limit) OFFSET \(page.offset)", arguments) { $0.id(0) }
    }

    /// The page's ids when many match: along the index that has the list's order.
    func walk(_ page: PageRequest) throws -> [APIKey.ID] {
        if query.order == .createdAt, filters.first?.isOrdered == true || filters.isEmpty { return try sorted(page) }
        var conditions = SQLConditions()
        conditions.add("k.organization_id =", SQLValue(query.organizationID))
        let limit = Self.walkLimit + page.offset
        let key = query.order == .name ? "k.name_key" : "k.last_used_at"
        let columns = filters.contains { $0.needsRow } ? "k.*" : "k.id, k.listed_until, \(key)"
        let inner = """
            SELECT \(columns) FROM api_keys k \(conditions.clause) \(orderClause("k.id")) LIMIT \(limit)
            """
        var outer = SQLConditions()
        _ = outer.bind(SQLValue(query.organizationID))
        addListed(&outer, "k.")
        for filter in filters { filter.check(&outer, "k.id") }
        let ids: [APIKey.ID] = try session.rows(
            """
            SELECT k.id FROM (\(inner)) AS k \(outer.clause) \(orderClause("k.id"))
            LIMIT \(page.limit) OFFSET \(page.offset)
            """,
            outer.arguments
        ) { $0.id(0) }
        return ids.count == page.limit || filters.isEmpty ? ids : try sorted(page)
    }

    private func select(_ filters: [Filter], orderBy order: APIKeyQuery.Order? = nil) -> (String, [SQLValue]) {
        var conditions = SQLConditions()
        var from = "api_keys k"
        var id = "k.id"
        var checks = filters[...]
        if let first = filters.first, let range = first.range {
            (from, id) = range(&conditions)
            checks = checks.dropFirst()
        } else {
            conditions.add("k.organization_id =", SQLValue(query.organizationID))
            addListed(&conditions, "k.")
        }
        let needsRow = checks.contains { $0.needsRow } || order == .name || order == .lastUsedAt
        if needsRow && !from.contains("api_keys k") { from += " CROSS JOIN api_keys k ON k.id = \(id)" }
        for filter in checks { filter.check(&conditions, id) }
        let sorting = order == nil ? "" : orderClause(id)
        return ("SELECT \(id) FROM \(from) \(conditions.clause) \(sorting)", conditions.arguments)
    }

    private func orderClause(_ id: String) -> String {
        let direction = query.isDescending ? "DESC" : "ASC"
        return switch query.order {
        case .createdAt: "ORDER BY \(id) \(direction)"
        case .name: "ORDER BY k.name_key \(direction), k.id \(direction)"
        case .lastUsedAt: "ORDER BY k.last_used_at \(direction) NULLS LAST, k.id \(direction)"
        }
    }

    /// A key is listed until it expires; an internal one never. Asked for expired ones, the other way round.
    private func addListed(_ conditions: inout SQLConditions, _ prefix: String) {
        let now = conditions.bind(SQLValue(query.now))
        if query.status == .expired {
            conditions.add("\(prefix)listed_until > 0 AND \(prefix)listed_until <= \(now)")
        } else {
            conditions.add("\(prefix)listed_until > \(now)")
        }
    }

    // MARK: Filters

    /// Keys that have one of the terms.
    private func termFilter(_ terms: [String]) -> Filter {
        let organization = SQLValue(query.organizationID)
        func add(_ conditions: inout SQLConditions, _ alias: String) -> String {
            let list = terms.map { conditions.bind(.text($0)) }.joined(separator: ", ")
            return terms.count == 1 ? "\(alias)term = \(list)" : "\(alias)term IN (\(list))"
        }
        func addRange(_ conditions: inout SQLConditions) {
            conditions.add("d.organization_id =", organization)
            conditions.add(add(&conditions, "d."))
            addListed(&conditions, "d.")
        }
        return Filter(
            range: { conditions in
                if terms.count == 1 {
                    addRange(&conditions)
                    return ("api_key_terms d", "d.api_key_id")
                }
                var inner = SQLConditions(continuing: conditions)
                addRange(&inner)
                conditions.take(inner)
                return ("(SELECT DISTINCT d.api_key_id FROM api_key_terms d \(inner.clause)) AS d", "d.api_key_id")
            },
            isOrdered: terms.count == 1,
            check: { conditions, id in
                let place = conditions.bind(organization)
                let match = add(&conditions, "x.")
                conditions.add(
                    """
                    EXISTS (SELECT 1 FROM api_key_terms x
                        WHERE x.organization_id = \(place) AND \(match) AND x.api_key_id = \(id))
                    """
                )
            }
        )
    }

    /// Nil when no key can match; no filter when all do.
    private func placeFilter(_ place: APIKeyQuery.Place) -> [Filter]? {
        switch place {
        case .at(let nrn), .below(let nrn), .reaching(let nrn):
            guard nrn.organizationID == query.organizationID else { return nil }
        }
        return switch place {
        case .at(let nrn): [termFilter([APIKeyTerms.at(nrn)])]
        case .below(let nrn): nrn.level == .organization ? [] : [termFilter([APIKeyTerms.below(nrn)])]
        case .reaching(let nrn):
            [termFilter(NRN.Level.allCases.filter { $0 <= nrn.level }.map { APIKeyTerms.at(nrn.cut(to: $0)) })]
        }
    }

    private func rowFilter(_ conditions: @escaping (inout SQLConditions) -> Void) -> Filter {
        let organization = SQLValue(query.organizationID)
        return Filter(
            range: { all in
                all.add("k.organization_id =", organization)
                conditions(&all)
                addListed(&all, "k.")
                return ("api_keys k", "k.id")
            },
            needsRow: true,
            check: { all, _ in conditions(&all) }
        )
    }

    private func nameFilter(_ name: String) -> Filter {
        rowFilter { conditions in
            conditions.add("k.name_key =", .text(Name.foldedKey(name)))
            conditions.add("k.name =", .text(name))
        }
    }

    private func useFilter(_ use: APIKeyQuery.Use) -> Filter {
        rowFilter { conditions in
            switch use {
            case .since(let time): conditions.add("k.last_used_at >=", SQLValue(time))
            case .never: conditions.add("k.last_used_at IS NULL")
            case .notSince(let time):
                let bound = conditions.bind(SQLValue(time))
                conditions.add(
                    "(k.last_used_at < \(bound) OR (k.last_used_at IS NULL AND k.created_at < \(bound)))"
                )
            }
        }
    }

    /// A part of the name; the whole handle; the last four characters. Under three characters, how a name begins.
    private func searchFilter(_ text: String) throws -> Filter {
        let folded = Name.foldedKey(text)
        let others = try otherMatches(of: text)
        if folded.unicodeScalars.count < 3 {
            return rowFilter { conditions in
                let lower = conditions.bind(.text(folded))
                conditions.add("k.name_key >= \(lower)")
                conditions.add("k.name_key <", .text(folded + "\u{10FFFF}"))
            }
        }
        let organization = SQLValue(query.organizationID)
        func match(_ conditions: inout SQLConditions) -> String {
            let part = conditions.bind(.text(folded))
            var alternatives = ["\(session.positionFunction)(k.name_key, \(part)) > 0"]
            if !others.isEmpty {
                let list = others.map { conditions.bind(SQLValue($0)) }.joined(separator: ", ")
                alternatives.append("k.id IN (\(list))")
            }
            return "(" + alternatives.joined(separator: " OR ") + ")"
        }
        return Filter(
            range: { conditions in
                let source = session.searchSource(folded, including: others, &conditions)
                conditions.add(match(&conditions))
                conditions.add("k.organization_id =", organization)
                addListed(&conditions, "k.")
                return (source, "k.id")
            },
            isOrdered: true,
            needsRow: true,
            check: { conditions, _ in conditions.add(match(&conditions)) }
        )
    }

    /// Keys that the text names by handle or by the end of their value.
    private func otherMatches(of text: String) throws -> [APIKey.ID] {
        let organization = SQLValue(query.organizationID)
        if text.utf8.count == KeyFormat.handleLength {
            return try session.rows(
                "SELECT id FROM api_keys WHERE handle = $1 AND organization_id = $2", [.text(text), organization]
            ) { $0.id(0) }
        }
        guard text.utf8.count == 4 else { return [] }
        return try session.rows(
            "SELECT api_key_id FROM api_key_terms WHERE organization_id = $1 AND term = $2 ORDER BY api_key_id DESC LIMIT 200",
            [organization, .text(APIKeyTerms.ending(text))]
        ) { $0.id(0) }
    }

    /// Keys of which every grant lies within the places; those with one grant there are candidates.
    private func visibilityFilter(_ places: [NRN]) -> Filter {
        let isWhole = places.contains { $0.level == .organization }
        var filter = termFilter(places.map(APIKeyTerms.below))
        if isWhole { filter.range = nil }
        let range = filter.range
        func check(_ conditions: inout SQLConditions, _ id: String) {
            var inner = SQLConditions(continuing: conditions)
            inner.add(within: places, prefix: "g.")
            conditions.take(inner)
            conditions.add(
                """
                NOT EXISTS (SELECT 1 FROM grants g
                    WHERE g.user_id = \(id) + \(User.machineIDOffset) AND NOT \(inner.text))
                """
            )
        }
        filter.range = range.map { range in
            { conditions in
                let source = range(&conditions)
                check(&conditions, source.id)
                return source
            }
        }
        filter.check = check
        return filter
    }
}
