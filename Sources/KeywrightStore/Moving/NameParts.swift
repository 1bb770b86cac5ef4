import KeywrightDomain

/// The stored sets that find parts of names, which only engines without an index for it have.
///
/// They are made from the keys' names, a block of 4,096 keys after the other, so that no more than one is in memory.
struct NameParts {
    private var members: [KeySetPlace: [Int64]] = [:]
    private(set) var block: Int64 = 0

    /// Adds a listed key, by its id and folded name; keys come in the order of their ids.
    mutating func add(_ id: Int64, _ foldedName: String, in organization: Organization.ID, _ group: APIKeyTerm.Group) {
        block = KeySet.block(of: id)
        for term in APIKeyTerm.parts(of: foldedName) {
            let place = KeySetPlace(organizationID: organization, term: term.of(group), block: block)
            members[place, default: []].append(id)
        }
    }

    /// Calls a function with each set of the block, and forgets them.
    ///
    /// - Returns: how many there were.
    mutating func drain(_ body: (KeySetPlace, [UInt8]) throws -> Void) rethrows -> Int {
        for (place, ids) in members {
            let set = ids.reduce(into: KeySet()) { $0.insert($1) }
            try body(place, set.stored(place.block))
        }
        defer { members.removeAll(keepingCapacity: true) }
        return members.count
    }
}

extension StoreMove {
    /// Makes the sets that find parts of names.
    ///
    /// - Returns: how many rows they have.
    func copyNameParts(
        _ session: SQLiteSession, _ target: MoveTarget, _ progress: (Progress) throws -> Void
    ) throws -> Int {
        let total = try session.count("SELECT count(*) FROM api_keys WHERE is_internal = 0", [])
        let until = try session.rows("SELECT id, expired_until FROM organizations", []) {
            ($0.id(0, Organization.self), $0.integer(1))
        }
        let expiredUntil = Dictionary(until, uniquingKeysWith: { first, _ in first })
        var count = 0
        try target.copy("api_key_sets", ["organization_id", "term", "block", "members"]) { send in
            var parts = NameParts()
            var text = CopyText()
            var done = 0
            func drain() throws {
                count += try parts.drain { place, members in
                    text.append(place, members)
                    if text.isFull { try text.drain(send) }
                }
            }
            try session.each(
                "SELECT id, organization_id, name_key, expires_at FROM api_keys WHERE is_internal = 0 ORDER BY id", []
            ) { row in
                let organization = row.id(1, Organization.self)
                if KeySet.block(of: row.integer(0)) != parts.block { try drain() }
                // In the group in which the organization's lists expect the key.
                let isExpired = row.optionalInteger(3).map { $0 <= expiredUntil[organization] ?? 0 } ?? false
                parts.add(row.integer(0), row.text(2), in: organization, isExpired ? .expired : .current)
                done += 1
                if done.isMultiple(of: Self.step) {
                    try progress(Progress(table: "parts of names", done: done, total: total))
                }
                return true
            }
            try drain()
            try text.drain(send)
            try progress(Progress(table: "parts of names", done: done, total: total))
        }
        return count
    }
}
