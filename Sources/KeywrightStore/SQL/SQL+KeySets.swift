import KeywrightDomain

// The stored sets of keys, one for each term of an organization. Changes join the commit, so that keys created
// together rewrite a block once; a transaction's own lists see them before.
//
// A key that expires moves from the group `current` to the group `expired`, when maintenance notes it: up to the
// organization's `expired_until`. Lists look at the keys that expire between then and their own time.

extension SQLTransaction {
    /// The keys of a group that have a term.
    func keySet(
        _ term: APIKeyTerm, _ group: APIKeyTerm.Group = .current, in organization: Organization.ID
    ) throws -> KeySet {
        try keySets([term], group, in: organization)[term] ?? KeySet()
    }

    /// The keys of a group that have each of some terms, read together; no set for a term that none has.
    func keySets(
        _ terms: [APIKeyTerm], _ group: APIKeyTerm.Group = .current, in organization: Organization.ID
    ) throws -> [APIKeyTerm: KeySet] {
        let asked = Dictionary(terms.map { ($0.of(group), $0) }, uniquingKeysWith: { first, _ in first })
        var sets: [APIKeyTerm: KeySet] = [:]
        var (stored, set) = (APIKeyTerm?.none, KeySet())
        func finish() {
            if let term = stored.flatMap({ asked[$0] }) { sets[term] = set }
            set = KeySet()
        }
        try session.eachBlock(of: Array(asked.keys), in: organization) { row in
            let next = APIKeyTerm(stored: row.text(0))
            if next != stored {
                finish()
                stored = next
            }
            guard row.withBytes(2, { set.append(stored: $0, as: row.integer(1)) }) else {
                throw CorruptRow(what: "a block \(row.integer(1)) of \(next.text) that is no set of keys")
            }
        }
        finish()
        for change in numbers.pendingTermChanges + effects.termChanges where change.organizationID == organization {
            guard let term = asked[change.term] else { continue }
            if change.isMember {
                sets[term, default: KeySet()].insert(change.keyID)
            } else {
                sets[term]?.remove(change.keyID)
            }
        }
        return sets
    }

    /// All keys of an organization that have a term, expired ones included, internal ones not.
    func listedKeys(_ term: APIKeyTerm, in organization: Organization.ID) throws -> KeySet {
        try APIKeyTerm.Group.allCases.reduce(into: KeySet()) { $0.formUnion(try keySet(term, $1, in: organization)) }
    }

    /// Up to when expired keys are noted as such.
    func expiredUntil(_ organization: Organization.ID) throws -> Instant {
        try session.first("SELECT expired_until FROM organizations WHERE id = $1", [SQLValue(organization)]) {
            $0.instant(0)
        } ?? Instant(milliseconds: 0)
    }

    /// The listed keys that expire after one moment, and by another.
    func keysExpiring(after first: Instant, by last: Instant, in organization: Organization.ID) throws -> KeySet {
        var set = KeySet()
        if first >= last { return set }
        try session.each("SELECT id \(Self.expiring)", [SQLValue(organization), SQLValue(first), SQLValue(last)]) {
            row in
            set.insert(row.integer(0))
            return true
        }
        return set
    }

    private static let expiring = """
        FROM api_keys WHERE organization_id = $1 AND expires_at > $2 AND expires_at <= $3
            AND expires_at IS NOT NULL AND is_internal = 0
        """

    // MARK: Changes

    /// Notes what a key's change means for the sets; nil for a key that was not there, or is no more.
    func updateSets(from old: APIKey?, to new: APIKey?) throws {
        guard let organization = new?.organizationID ?? old?.organizationID, let id = new?.id ?? old?.id else { return }
        let canExpire = old?.expiresAt != nil || new?.expiresAt != nil
        let known = canExpire ? try expiredUntil(organization) : Instant(milliseconds: 0)
        func terms(_ key: APIKey?) -> Set<APIKeyTerm> {
            guard let key, !key.isInternal else { return [] }
            return facts(of: key, in: key.isExpired(at: known) ? .expired : .current)
        }
        move(id, from: terms(old), to: terms(new), in: organization)
    }

    private func facts(of key: APIKey, in group: APIKeyTerm.Group) -> Set<APIKeyTerm> {
        APIKeyTerm.all(of: key, in: group, includingParts: !session.hasSearchIndex)
    }

    private func move(
        _ id: APIKey.ID, from before: Set<APIKeyTerm>, to after: Set<APIKeyTerm>, in organization: Organization.ID
    ) {
        func note(_ term: APIKeyTerm, isMember: Bool) {
            append(APIKeyTermChange(organizationID: organization, term: term, keyID: id.rawValue, isMember: isMember))
        }
        for term in before where !after.contains(term) { note(term, isMember: false) }
        for term in after where !before.contains(term) { note(term, isMember: true) }
    }

    /// Notes that a key is used for the first time.
    func noteFirstUse(of key: APIKey) throws {
        var used = key
        used.lastUsedAt = key.createdAt
        try updateSets(from: key, to: used)
    }

    /// How many keys of an organization are noted as expired at a time.
    private static let expiryLimit = 2_000
    /// So many of them are read in one statement.
    private static let readTogether = 200

    /// Moves keys that have expired to their group.
    func noteExpired(now: Instant) throws {
        // One statement finds those in which a key has: others cost nothing.
        let known = try session.rows(
            """
            SELECT id, expired_until FROM organizations
            WHERE (
                SELECT k.expires_at FROM api_keys k
                WHERE k.organization_id = organizations.id AND k.expires_at > organizations.expired_until
                    AND k.expires_at IS NOT NULL AND k.is_internal = 0
                ORDER BY k.expires_at LIMIT 1
            ) <= $1
            ORDER BY id
            """,
            [SQLValue(now)]
        ) { row in (id: row.id(0, Organization.self), until: row.instant(1)) }
        for organization in known {
            let first = SQLValue(organization.until)
            let next = try session.first(
                "SELECT expires_at \(Self.expiring) ORDER BY expires_at LIMIT 1 OFFSET \(Self.expiryLimit)",
                [SQLValue(organization.id), first, SQLValue(now)]
            ) { $0.integer(0) }
            // As far as the limit reaches, yet a millisecond on at least, however many keys expire in it.
            let until = next.map { Instant(milliseconds: max($0 - 1, organization.until.milliseconds + 1)) } ?? now
            let ids: [APIKey.ID] = try session.rows(
                "SELECT id \(Self.expiring)", [SQLValue(organization.id), first, SQLValue(until)]
            ) { $0.id(0) }
            for start in stride(from: 0, to: ids.count, by: Self.readTogether) {
                for key in try apiKeys(Array(ids[start..<min(start + Self.readTogether, ids.count)])) {
                    move(
                        key.id, from: facts(of: key, in: .current), to: facts(of: key, in: .expired),
                        in: key.organizationID)
                }
            }
            try session.execute(
                "UPDATE organizations SET expired_until = $1 WHERE id = $2",
                [SQLValue(until), SQLValue(organization.id)]
            )
        }
    }
}
