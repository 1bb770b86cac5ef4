import KeywrightDomain

/// The filters of a list that stored sets answer: places, roles, tags, owner, state, and what the reader may see.
struct APIKeyCandidates {
    /// So many keys have their grants read in one statement.
    private static let lookedAtTogether = 500

    private let query: APIKeyQuery
    private let transaction: SQLTransaction
    private let search: APIKeyRowFilter.SetSearch?

    /// - Parameter search: the search, where sets answer it.
    init(_ query: APIKeyQuery, in transaction: SQLTransaction, search: APIKeyRowFilter.SetSearch? = nil) {
        self.query = query
        self.transaction = transaction
        self.search = search
    }

    /// The keys that pass all these filters at the list's time.
    func set() throws -> KeySet {
        let isExpired = query.status == .expired
        let (own, other): (APIKeyTerm.Group, APIKeyTerm.Group) = isExpired ? (.expired, .current) : (.current, .expired)
        var set = try members(of: own)
        // Keys that expire between the list's time and the time up to which that is noted are in the wrong group.
        let noted = try transaction.expiredUntil(query.organizationID)
        let between = try transaction.keysExpiring(
            after: min(query.now, noted), by: max(query.now, noted), in: query.organizationID
        )
        if between.isEmpty { return set }
        if isExpired == (noted <= query.now) {
            var missing = try members(of: other)
            missing.formIntersection(between)
            set.formUnion(missing)
        } else {
            set.subtract(between)
        }
        return set
    }

    /// The keys of a group that pass all filters.
    private func members(of group: APIKeyTerm.Group) throws -> KeySet {
        var result: KeySet?
        let sets = try StoredSets(wanted, group, in: query.organizationID, of: transaction)
        func narrow(to terms: [APIKeyTerm]) throws {
            if let known = result, known.isEmpty { return }
            meet(try sets.union(terms))
        }
        func meet(_ set: KeySet) {
            result?.formIntersection(set)
            result = result ?? set
        }
        if let search { meet(try found(by: search, sets)) }
        for place in query.places {
            guard let terms = terms(of: place) else { return KeySet() }
            if !terms.isEmpty { try narrow(to: terms) }
        }
        for tag in query.tags { try narrow(to: [.tag(tag)]) }
        if !query.roleSlugs.isEmpty { try narrow(to: query.roleSlugs.map(APIKeyTerm.role)) }
        if let owner = query.ownerID { try narrow(to: [.owner(owner)]) }
        if query.status == .disabled { try narrow(to: [.disabled]) }
        if query.use == .never { try narrow(to: [.neverUsed]) }
        let places = visiblePlaces
        if let places, places.count == 1 { try narrow(to: places.map(APIKeyTerm.within)) }
        if result == nil { try narrow(to: [.any]) }
        var set = result ?? KeySet()
        if query.status == .active, !set.isEmpty { set.subtract(try sets.union([.disabled])) }
        if let places, places.count != 1 { set = try visible(within: places, among: set, sets) }
        return set
    }

    /// The terms that the filters will ask for, most likely all of them.
    private var wanted: [APIKeyTerm] {
        var all = (search?.trigrams ?? []).map(APIKeyTerm.part) + query.tags.map(APIKeyTerm.tag)
        all += query.places.flatMap { terms(of: $0) ?? [] } + query.roleSlugs.map(APIKeyTerm.role)
        if let owner = query.ownerID { all.append(.owner(owner)) }
        if query.use == .never { all.append(.neverUsed) }
        if query.status == .disabled { all.append(.disabled) }
        let places = visiblePlaces ?? []
        if places.count == 1 { all += places.map(APIKeyTerm.within) }
        if all.isEmpty || search?.others.isEmpty == false { all.append(.any) }
        if query.status == .active { all.append(.disabled) }
        if places.count > 1 { all += places.flatMap { [.within($0), .below($0)] } }
        return all
    }

    /// The keys whose names may hold the text, and those that are found otherwise.
    private func found(by search: APIKeyRowFilter.SetSearch, _ sets: StoredSets) throws -> KeySet {
        var result: KeySet?
        for trigram in search.trigrams where result?.isEmpty != true {
            let set = try sets.union([.part(trigram)])
            result?.formIntersection(set)
            result = result ?? set
        }
        var set = result ?? KeySet()
        guard !search.others.isEmpty else { return set }
        let all = try sets.union([.any])
        for id in search.others where all.contains(id) { set.insert(id) }
        return set
    }

    /// Nil when no key can match; none when all do.
    private func terms(of place: APIKeyQuery.Place) -> [APIKeyTerm]? {
        switch place {
        case .at(let nrn), .below(let nrn), .reaching(let nrn):
            guard nrn.organizationID == query.organizationID else { return nil }
        }
        return switch place {
        case .at(let nrn): [.at(nrn)]
        case .below(let nrn): nrn.level == .organization ? [] : [.below(nrn)]
        case .reaching(let nrn): NRN.Level.allCases.filter { $0 <= nrn.level }.map { .at(nrn.cut(to: $0)) }
        }
    }

    // MARK: What the reader may see

    /// The places in this organization, none within another; nil when they are all of it.
    private var visiblePlaces: [NRN]? {
        guard let all = query.visibleWithin else { return nil }
        let places = Set(all.filter { $0.organizationID == query.organizationID })
        if places.contains(where: { $0.level == .organization }) { return nil }
        return places.filter { place in !places.contains { $0 != place && $0.covers(place) } }
            .sorted { $0.slots.lexicographicallyPrecedes($1.slots) }
    }

    /// The keys of which every grant lies within one of several places. All in one place is stored; a key with grants
    /// in more than one is looked at.
    private func visible(within places: [NRN], among set: KeySet, _ sets: StoredSets) throws -> KeySet {
        var result = try sets.union(places.map(APIKeyTerm.within))
        result.formIntersection(set)
        var (once, twice) = (KeySet(), KeySet())
        for place in places {
            let below = try sets.union([.below(place)])
            var again = below
            again.formIntersection(once)
            twice.formUnion(again)
            once.formUnion(below)
        }
        twice.formIntersection(set)
        twice.subtract(result)
        var waiting: [User.ID] = []
        func look() throws {
            let grants = try transaction.grants(of: waiting)
            for user in waiting {
                let isVisible = grants[user, default: []].allSatisfy { grant in places.contains { $0.covers(grant.nrn) }
                }
                if isVisible, let id = user.machineKeyID { result.insert(id.rawValue) }
            }
            waiting.removeAll(keepingCapacity: true)
        }
        try twice.forEach(descending: false) { id in
            waiting.append(User.machine(of: APIKey.ID(id)))
            if waiting.count == Self.lookedAtTogether { try look() }
            return true
        }
        try look()
        return result
    }
}

/// The stored sets of a group of an organization's keys.
///
/// Where each statement is a message to another process, those that will be asked for are read together.
private struct StoredSets {
    private let group: APIKeyTerm.Group
    private let organizationID: Organization.ID
    private let transaction: SQLTransaction
    private var known: [APIKeyTerm: KeySet] = [:]

    init(
        _ wanted: [APIKeyTerm], _ group: APIKeyTerm.Group, in organization: Organization.ID,
        of transaction: SQLTransaction
    ) throws {
        self.group = group
        organizationID = organization
        self.transaction = transaction
        guard transaction.session.isRemote else { return }
        known = Dictionary(wanted.map { ($0, KeySet()) }, uniquingKeysWith: { first, _ in first })
        known.merge(try transaction.keySets(wanted, group, in: organization)) { _, stored in stored }
    }

    /// The keys that have any of some terms.
    func union(_ terms: [APIKeyTerm]) throws -> KeySet {
        try terms.reduce(into: KeySet()) { union, term in
            union.formUnion(try known[term] ?? transaction.keySet(term, group, in: organizationID))
        }
    }
}
