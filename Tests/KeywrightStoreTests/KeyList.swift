import KeywrightDomain

/// The list of keys as its documentation says it, over keys in memory: no index, no counting, no cleverness.
struct KeyList {
    let keys: [APIKey]

    /// All matches in the order of the list.
    func matches(_ query: APIKeyQuery) -> [APIKey] {
        keys.filter { matches($0, query) }.sorted { isBefore($0, $1, query) }
    }

    private func matches(_ key: APIKey, _ query: APIKeyQuery) -> Bool {
        guard key.organizationID == query.organizationID, !key.isInternal else { return false }
        let isExpired = key.expiresAt.map { $0 <= query.now } ?? false
        switch query.status {
        case nil: if isExpired { return false }
        case .active: if isExpired || !key.isEnabled { return false }
        case .disabled: if isExpired || key.isEnabled { return false }
        case .expired: if !isExpired { return false }
        }
        if let name = query.name, !isSame(key.name, name) { return false }
        if let search = query.search, !isFound(key, by: search) { return false }
        if !query.places.allSatisfy({ place in key.grants.contains { isAt($0.nrn, place) } }) { return false }
        if !query.roleSlugs.isEmpty, !key.grants.contains(where: { query.roleSlugs.contains($0.roleSlug) }) {
            return false
        }
        for tag in query.tags
        where !key.tags.contains(where: { isSame($0.key, tag.key) && isSame($0.value, tag.value) }) {
            return false
        }
        if let owner = query.ownerID, key.ownerID != owner { return false }
        if let use = query.use, !isUsed(key, use) { return false }
        if let places = query.visibleWithin {
            if !key.grants.allSatisfy({ grant in places.contains { $0.covers(grant.nrn) } }) { return false }
        }
        return true
    }

    private func isFound(_ key: APIKey, by text: String) -> Bool {
        let name = Array(Name.foldedKey(key.name).utf8)
        let folded = Name.foldedKey(text)
        if folded.unicodeScalars.count < 3 { return name.starts(with: folded.utf8) }
        return isSame(key.handle, text) || isSame(key.ending, text) || isPart(Array(folded.utf8), of: name)
    }

    private func isPart(_ part: [UInt8], of whole: [UInt8]) -> Bool {
        guard part.count <= whole.count else { return false }
        return (0...(whole.count - part.count)).contains { whole[$0...].starts(with: part) }
    }

    private func isAt(_ nrn: NRN, _ place: APIKeyQuery.Place) -> Bool {
        switch place {
        case .at(let place): nrn == place
        case .below(let place): place.covers(nrn)
        case .reaching(let place): nrn.covers(place)
        }
    }

    private func isUsed(_ key: APIKey, _ use: APIKeyQuery.Use) -> Bool {
        switch use {
        case .since(let time): key.lastUsedAt.map { $0 >= time } ?? false
        case .notSince(let time): key.lastUsedAt.map { $0 < time } ?? (key.createdAt < time)
        case .never: key.lastUsedAt == nil
        }
    }

    private func isBefore(_ a: APIKey, _ b: APIKey, _ query: APIKeyQuery) -> Bool {
        switch query.order {
        case .createdAt:
            break
        case .name:
            let (first, second) = (Array(Name.foldedKey(a.name).utf8), Array(Name.foldedKey(b.name).utf8))
            if first != second { return first.lexicographicallyPrecedes(second) != query.isDescending }
        case .lastUsedAt:
            guard a.lastUsedAt != b.lastUsedAt else { break }
            guard let first = a.lastUsedAt else { return false }
            guard let second = b.lastUsedAt else { return true }
            return (first < second) != query.isDescending
        }
        return (a.id < b.id) != query.isDescending
    }

    private func isSame(_ a: String, _ b: String) -> Bool { Array(a.utf8) == Array(b.utf8) }
}
