import KeywrightDomain

/// Writes changes of the stored sets, block by block.
enum KeySetWriter {
    private struct Place: Hashable {
        let organizationID: Organization.ID
        let term: APIKeyTerm
        let block: Int64
    }

    /// The caller holds the rows of the organizations, so that no other writer changes the blocks meanwhile.
    static func write(_ changes: [APIKeyTermChange], to session: any SQLSession) throws {
        var order: [Place] = []
        var byPlace: [Place: [APIKeyTermChange]] = [:]
        for change in changes {
            let place = Place(
                organizationID: change.organizationID, term: change.term, block: KeySet.block(of: change.keyID)
            )
            if byPlace[place]?.append(change) == nil {
                order.append(place)
                byPlace[place] = [change]
            }
        }
        for place in order { try write(byPlace[place] ?? [], at: place, to: session) }
    }

    private static func write(_ changes: [APIKeyTermChange], at place: Place, to session: any SQLSession) throws {
        let key = [SQLValue(place.organizationID), .text(place.term.text), .integer(place.block)]
        var set = KeySet()
        try session.each(
            "SELECT members FROM api_key_sets WHERE organization_id = $1 AND term = $2 AND block = $3", key
        ) { row in
            guard row.withBytes(0, { set.append(stored: $0, as: place.block) }) else {
                throw CorruptRow(what: "a block \(place.block) of \(place.term.text) that is no set of keys")
            }
            return true
        }
        let wasEmpty = set.isEmpty
        for change in changes {
            if change.isMember { set.insert(change.keyID) } else { set.remove(change.keyID) }
        }
        if !set.isEmpty {
            try session.execute(
                """
                INSERT INTO api_key_sets (organization_id, term, block, members) VALUES ($1, $2, $3, $4)
                ON CONFLICT (organization_id, term, block) DO UPDATE SET members = excluded.members
                """,
                key + [.bytes(set.stored(place.block))]
            )
        } else if !wasEmpty {
            try session.execute(
                "DELETE FROM api_key_sets WHERE organization_id = $1 AND term = $2 AND block = $3", key
            )
        }
    }
}
