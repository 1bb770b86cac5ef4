import KeywrightDomain

/// One list of keys, read.
///
/// Most filters are stored sets (``APIKeyTerm``), which meet as bits in memory: the candidates. The others are checked
/// on rows, along the index that leads to the fewest. A page in another order than by age walks that order's index,
/// or sorts when few keys match.
struct APIKeyListing {
    /// Where one way of reading gives place to another; tests lower them.
    struct Limits {
        /// Up to so many candidates are looked at one by one.
        var fewCandidates = 200
        /// More candidates than these are not looked at one by one while there is a shorter way.
        var manyCandidates = 5_000
        /// An index is tried for so many rows before its length is estimated.
        var triedRows = 200
        /// So many matches at most are sorted rather than found along an index.
        var sortedMatches = 20_000
        /// Walking an index for one page stops after so many rows; then all matches are gathered.
        var walkedRows = 50_000
        /// So many of the first candidates are looked at before a search's index is asked for the first matches.
        var newestCandidates = 500
        /// Rows are read along, rather than looked up one by one, while at least one in so many ids is a candidate.
        var idsPerCandidate = 2
        /// A search's index is left aside while at least one in so many candidates matches.
        var candidatesPerMatch = 2
        /// Counting stops here.
        var count = Page<APIKey>.countLimit
    }

    /// What it costs to look at a row by its id, in rows read along an index.
    private static let lookUpCost = 5

    private let query: APIKeyQuery
    private let transaction: SQLTransaction
    private var rows: APIKeyRowFilter
    private let candidates: KeySet

    /// Where the ways of reading part; tests read one list in several ways.
    var limits: Limits {
        didSet { rows.idsPerCandidate = limits.idsPerCandidate }
    }

    private var session: any SQLSession { transaction.session }
    private var order: String { query.isDescending ? "DESC" : "ASC" }

    /// Nil when the list is known to be empty.
    init?(_ query: APIKeyQuery, in transaction: SQLTransaction, limits: Limits = Limits()) throws {
        rows = try APIKeyRowFilter(query, idsPerCandidate: limits.idsPerCandidate, in: transaction.session)
        candidates = try APIKeyCandidates(query, in: transaction, search: rows.setSearch).set()
        if candidates.isEmpty { return nil }
        self.query = query
        self.transaction = transaction
        self.limits = limits
    }

    func page(_ page: PageRequest) throws -> Page<APIKey> {
        let matches = try matches(atMost: limits.count + 1)
        let isCapped = matches.count > limits.count && !query.isUnfiltered
        let ids = matches.isComplete ? try part(of: matches.set, page) : try partOfMany(page)
        return Page(
            results: try transaction.apiKeys(ids.map { APIKey.ID($0) }), total: isCapped ? limits.count : matches.count,
            isTotalCapped: isCapped, request: page
        )
    }

    // MARK: What matches

    private struct Matches {
        var set = KeySet()
        var count = 0
        /// Whether the set holds all that match.
        var isComplete = true

        /// Adds an id that was not there; false when there are enough.
        mutating func insert(_ id: Int64, atMost limit: Int) -> Bool {
            set.insert(id)
            count += 1
            isComplete = count < limit
            return isComplete
        }
    }

    private func matches(atMost limit: Int) throws -> Matches {
        let count = candidates.count
        guard rows.needsCheck else { return Matches(set: candidates, count: count, isComplete: true) }
        if rows.isSearch, count > limits.manyCandidates, try isCommon(),
            let matches = try gathered(along: .rows, atMost: limit, budget: .max)
        {
            return matches
        }
        if let path = rows.path, count > limits.fewCandidates {
            // A path on which few keys lie is walked before anything is weighed up. A search's may be long without
            // giving any, so only where looking at the candidates is no better.
            if path != .search || count > limits.manyCandidates,
                let matches = try gathered(along: path, atMost: limit, budget: limits.triedRows)
            {
                return matches
            }
            if try isShorter(path, atMost: limit),
                let matches = try gathered(along: path, atMost: limit, budget: Self.lookUpCost * count + 1_000)
            {
                return matches
            }
        }
        var matches = Matches()
        _ = try forEachCheckedCandidate { matches.insert($0, atMost: limit) }
        return matches
    }

    /// Whether so many match a search, among candidates that lie close together, that its index leads to no fewer rows
    /// than there are.
    private func isCommon() throws -> Bool {
        guard candidates.isDense(idsPerMember: limits.idsPerCandidate) else { return false }
        let sample = candidates.sample(64)
        return try checked(sample).count * limits.candidatesPerMatch >= sample.count
    }

    /// Whether matches are gathered sooner along a path than by looking at one candidate after the other, judged by
    /// looking at some of them: where many match, few need be looked at; where many are candidates, few others lie on
    /// the path.
    private func isShorter(_ path: APIKeyRowFilter.Path, atMost limit: Int) throws -> Bool {
        let sample = candidates.sample(256)
        let share = try Double(checked(sample).count) / Double(max(sample.count, 1))
        if share == 0 { return true }
        let matches = min(Double(limit), Double(candidates.count) * share)
        let steps = matches * Double(try keyCount()) / Double(candidates.count)
        let statements = rows.statements(along: path, nil, isFiltered: true, within: candidates)
        let costs = statements.map {
            steps * Double($0.stepCost) + ($0.needsCheck ? matches * Double(Self.lookUpCost) : 0)
        }
        return costs.reduce(0, max) < matches / share * Double(Self.lookUpCost)
    }

    /// The matches found along a path; nil when more keys lie on it than the budget allows.
    private func gathered(along path: APIKeyRowFilter.Path, atMost limit: Int, budget: Int) throws -> Matches? {
        var matches = Matches()
        for id in try checked(rows.others.filter(candidates.contains)) { _ = matches.insert(id, atMost: limit) }
        let statements = rows.statements(along: path, nil, isFiltered: true, within: candidates)
        let isOver = try walk(statements, within: candidates, budget: budget) { id in
            if !rows.others.isEmpty, matches.set.contains(id) { return true }
            return matches.insert(id, atMost: limit)
        }
        return isOver ? matches : nil
    }

    // MARK: The page

    /// The ids of a page when all matches are known.
    private func part(of set: KeySet, _ page: PageRequest) throws -> [Int64] {
        guard let path = orderPath else {
            return set.ids(descending: query.isDescending, offset: page.offset, limit: page.limit)
        }
        let count = set.count
        if page.offset >= count { return [] }
        let wanted = min(page.offset + page.limit, count)
        let sortCost = Self.lookUpCost * count
        let isSortable = count <= limits.sortedMatches
        var ids: [Int64]?
        if try !isSortable || sortCost > wanted * (keyCount() / count) {
            let statements = rows.statements(along: path, order, isFiltered: false, within: set)
            ids = try first(wanted, of: statements, within: set, budget: isSortable ? sortCost + 1_000 : nil)
        }
        if ids == nil {
            let all = set.ids(descending: false, offset: 0, limit: count)
            ids = try RowSort(all).sorted(by: query.order, descending: query.isDescending, in: session)
        }
        return Array((ids ?? []).dropFirst(page.offset).prefix(page.limit))
    }

    private func keyCount() throws -> Int { try transaction.organization(query.organizationID)?.keyCount ?? 0 }

    /// The ids of a page when more match than are counted.
    private func partOfMany(_ page: PageRequest) throws -> [Int64] {
        let wanted = page.offset + page.limit
        let budget = limits.walkedRows + page.offset
        let found: [Int64]?
        if let path = orderPath {
            let statements = rows.statements(along: path, order, isFiltered: true, within: candidates)
            found = try first(wanted, of: statements, within: candidates, budget: budget)
        } else if rows.path == .search {
            found = try firstFound(wanted)
        } else {
            found = try firstCandidates(wanted, budget: budget)
        }
        if let found { return Array(found.dropFirst(page.offset)) }
        return try part(of: matches(atMost: .max).set, page)
    }

    /// The index that has the list's order; nil for the order of ids, which is the order of age.
    private var orderPath: APIKeyRowFilter.Path? {
        switch query.order {
        case .createdAt: nil
        case .name: .name
        case .lastUsedAt: query.use == .never ? nil : .use
        }
    }

    /// The first matches along a path; nil when the budget did not reach.
    private func first(
        _ wanted: Int, of statements: [APIKeyRowFilter.Statement], within set: KeySet, budget: Int?
    ) throws -> [Int64]? {
        var ids: [Int64] = []
        let isOver = try walk(statements, within: set, budget: budget) { id in
            ids.append(id)
            return ids.count < wanted
        }
        return isOver ? ids : nil
    }

    /// The first matches of a search in the order of ids, in which its index gives them; the few that are found by
    /// handle or ending are sorted in.
    private func firstFound(_ wanted: Int) throws -> [Int64] {
        // Of many matches some are near the beginning, and the index is slow to start with the newest.
        if let ids = try firstCandidates(wanted, budget: limits.newestCandidates) { return ids }
        let statements = rows.statements(along: .search, order, isFiltered: true, within: candidates)
        let ids = try first(wanted, of: statements, within: candidates, budget: nil) ?? []
        let others = try checked(rows.others.filter(candidates.contains))
        let all = Set(ids).union(others).sorted { ($0 < $1) != query.isDescending }
        return Array(all.prefix(wanted))
    }

    /// The first matches among the candidates in the order of ids; nil when the budget did not reach.
    private func firstCandidates(_ wanted: Int, budget: Int) throws -> [Int64]? {
        var ids: [Int64] = []
        let isOver = try forEachCheckedCandidate(budget: budget) { id in
            ids.append(id)
            return ids.count < wanted
        }
        return isOver ? ids : nil
    }

    // MARK: Reading

    /// Calls a function with each match of some statements within a set, until it answers false.
    ///
    /// - Returns: false when the budget of rows ended the walk.
    private func walk(
        _ statements: [APIKeyRowFilter.Statement], within set: KeySet, budget: Int?,
        _ body: @escaping (Int64) throws -> Bool
    ) throws -> Bool {
        var rest = budget ?? .max
        var isOver = false
        for statement in statements where !isOver {
            func read(_ body: (Int64) throws -> Bool) throws {
                try session.walk(statement.text, statement.arguments) { row in
                    rest -= 1
                    let id = row.integer(0)
                    if rest < 0 { isOver = true } else if set.contains(id) { isOver = try !body(id) }
                    return !isOver
                }
            }
            if statement.needsCheck { isOver = try forEachChecked(read, body) || isOver } else { try read(body) }
        }
        return rest >= 0
    }

    /// Calls a function with each candidate whose row matches, in the order of ids, until it answers false.
    ///
    /// - Returns: false when the budget of candidates ended it.
    private func forEachCheckedCandidate(
        budget: Int? = nil, _ body: @escaping (Int64) throws -> Bool
    ) throws -> Bool {
        var rest = budget ?? .max
        _ = try forEachChecked(
            { body in
                try candidates.forEach(descending: query.isDescending) { id in
                    rest -= 1
                    return try rest >= 0 && body(id)
                }
            }, body
        )
        return rest >= 0
    }

    /// Passes on those ids of a source whose rows match; looks at more and more rows together.
    ///
    /// - Returns: whether the function answered false.
    private func forEachChecked(
        _ source: ((Int64) throws -> Bool) throws -> Void, _ body: @escaping (Int64) throws -> Bool
    ) throws -> Bool {
        var waiting: [Int64] = []
        var size = 32
        var isOver = false
        func check() throws {
            for id in try checked(waiting) where !isOver { isOver = try !body(id) }
            waiting.removeAll(keepingCapacity: true)
            size = min(size * 2, 512)
        }
        try source { id in
            waiting.append(id)
            if waiting.count >= size { try check() }
            return !isOver
        }
        if !isOver { try check() }
        return isOver
    }

    /// Those of some ids whose rows match, in the same order.
    private func checked(_ ids: [Int64]) throws -> [Int64] {
        var conditions = SQLConditions()
        rows.addChecks(to: &conditions)
        return try session.matching(ids, conditions)
    }
}
