import KeywrightDomain

/// Writes changes of the stored sets, block by block.
enum KeySetWriter {
    /// The caller holds the rows of the organizations, so that no other writer changes the blocks meanwhile.
    static func write(_ changes: [APIKeyTermChange], to session: any SQLSession) throws {
        if changes.isEmpty { return }
        var places: [KeySetPlace] = []
        var byPlace: [KeySetPlace: [APIKeyTermChange]] = [:]
        for change in changes {
            let place = KeySetPlace(
                organizationID: change.organizationID, term: change.term, block: KeySet.block(of: change.keyID)
            )
            if byPlace[place]?.append(change) == nil {
                places.append(place)
                byPlace[place] = [change]
            }
        }
        var kept: [(place: KeySetPlace, members: [UInt8])] = []
        for (place, members) in zip(places, try session.blocks(places)) {
            let set = try changed(members, at: place, by: byPlace[place] ?? [])
            if !set.isEmpty {
                kept.append((place, set.stored(place.block)))
            } else if members != nil {
                try session.post(
                    "DELETE FROM api_key_sets WHERE organization_id = $1 AND term = $2 AND block = $3", place.arguments
                )
            }
        }
        try session.store(kept)
    }

    /// A block with some changes.
    private static func changed(
        _ members: [UInt8]?, at place: KeySetPlace, by changes: [APIKeyTermChange]
    ) throws -> KeySet {
        var set = KeySet()
        if let members {
            guard members.withUnsafeBytes({ set.append(stored: $0, as: place.block) }) else {
                throw CorruptRow(what: "a block \(place.block) of \(place.term.text) that is no set of keys")
            }
        }
        for change in changes {
            if change.isMember { set.insert(change.keyID) } else { set.remove(change.keyID) }
        }
        return set
    }
}
