import KeywrightDomain

// Counts of listed keys, from the stored sets of keys (`APIKeyTerm`). They see what was committed.

extension SQLTransaction {
    func tagCounts(_ scope: CountScope, now: Instant, limit: Int) throws -> TagCounts {
        var top = TopCounts<TagCount>(limit: limit) { $0.count }
        var keys: [String: Int] = [:]
        try eachSet(in: scope, now: now, { $0.addRange("t:", "t;") }) { term, set in
            guard let tag = TagText.tags(String(decoding: term.dropFirst(2), as: UTF8.self)).first else { return }
            top.add(TagCount(tag: tag, count: set.count))
            if keys[tag.key] != nil || keys.count < 10_000 { keys[tag.key, default: 0] += set.count }
        }
        let sorted = keys.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        return TagCounts(tags: top.sorted, keys: sorted.prefix(limit).map(\.key))
    }

    func roleCounts(_ scope: CountScope, now: Instant, limit: Int) throws -> [RoleCount] {
        var top = TopCounts<RoleCount>(limit: limit) { $0.count }
        // Between the two ranges lie the roles that are private to a key.
        for (first, end) in [("r:", "r:apikey:"), ("r:apikey;", "r;")] {
            try eachSet(in: scope, now: now, { $0.addRange(first, end) }) { term, set in
                top.add(RoleCount(slug: String(decoding: term.dropFirst(2), as: UTF8.self), count: set.count))
            }
        }
        return top.sorted
    }

    func keyReach(of places: [NRN], in scope: CountScope, now: Instant) throws -> [NRN: KeyReach] {
        let own = Set(places.filter { $0.organizationID == scope.organizationID })
        let paths = Set(own.flatMap { nrn in NRN.Level.allCases.filter { $0 <= nrn.level }.map { nrn.cut(to: $0) } })
        let terms = Dictionary(
            paths.map { (Array(APIKeyTerm.at($0).text.utf8), $0) }, uniquingKeysWith: { first, _ in first }
        )
        var direct: [NRN: KeySet] = [:]
        let wanted = Array(terms.keys)
        for start in stride(from: 0, to: wanted.count, by: 500) {
            let part = wanted[start..<min(start + 500, wanted.count)]
            try eachSet(in: scope, now: now, { $0.addTerms(part) }) { term, set in
                if let nrn = terms[Array(term)] { direct[nrn] = set }
            }
        }
        // What reaches the places above is made once: from the top down.
        var above: [NRN: KeySet] = [:]
        for nrn in Set(paths.compactMap(\.parent)).sorted(by: { $0.level < $1.level }) {
            var set = nrn.parent.flatMap { above[$0] } ?? KeySet()
            set.formUnion(direct[nrn] ?? KeySet())
            above[nrn] = set
        }
        return Dictionary(
            own.map { nrn in
                let here = direct[nrn] ?? KeySet()
                var all = nrn.parent.flatMap { above[$0] } ?? KeySet()
                all.formUnion(here)
                return (nrn, KeyReach(direct: here.count, all: all.count))
            },
            uniquingKeysWith: { first, _ in first }
        )
    }

    /// Calls a function with each stored set that has a listed key within the scope, cut down to these.
    private func eachSet(
        in scope: CountScope, now: Instant, _ narrow: (inout SQLConditions) -> Void,
        _ body: (Substring.UTF8View, KeySet) -> Void
    ) throws {
        var query = APIKeyQuery(organizationID: scope.organizationID, now: now)
        query.visibleWithin = scope.visibleWithin
        let listed = try APIKeyCandidates(query, in: self).set()
        var conditions = SQLConditions()
        conditions.add("organization_id =", SQLValue(scope.organizationID))
        narrow(&conditions)
        var (term, set) = ("", KeySet())
        func finish() {
            set.formIntersection(listed)
            if !set.isEmpty { body(term[...].utf8, set) }
            set = KeySet()
        }
        try session.each(
            "SELECT term, block, members FROM api_key_sets \(conditions.clause) ORDER BY term, block",
            conditions.arguments
        ) { row in
            let (next, block) = (row.text(0), row.integer(1))
            if !next.utf8.elementsEqual(term.utf8) {
                finish()
                term = next
            }
            guard row.withBytes(2, { set.append(stored: $0, as: block) }) else {
                throw CorruptRow(what: "a block \(block) of \(term) that is no set of keys")
            }
            return true
        }
        finish()
    }
}

extension SQLConditions {
    /// Terms from one text up to another.
    fileprivate mutating func addRange(_ first: String, _ end: String) {
        add("term >=", .text(first))
        add("term <", .text(end))
    }

    fileprivate mutating func addTerms(_ terms: some Sequence<[UInt8]>) {
        let list = terms.map { bind(.text(String(decoding: $0, as: UTF8.self))) }.joined(separator: ", ")
        add("term IN (\(list))")
    }
}

/// The highest of many counts, without keeping all of them; those that come first win among equals.
private struct TopCounts<Element> {
    private let limit: Int
    private let count: (Element) -> Int
    private var kept: [(place: Int, element: Element)] = []
    private var seen = 0

    init(limit: Int, count: @escaping (Element) -> Int) {
        self.limit = max(limit, 1)
        self.count = count
    }

    mutating func add(_ element: Element) {
        kept.append((seen, element))
        seen += 1
        if kept.count >= limit * 8 { kept = best }
    }

    private var best: [(place: Int, element: Element)] {
        let all = kept.sorted { (count($1.element), $0.place) < (count($0.element), $1.place) }
        return Array(all.prefix(limit))
    }

    var sorted: [Element] { best.map(\.element) }
}
