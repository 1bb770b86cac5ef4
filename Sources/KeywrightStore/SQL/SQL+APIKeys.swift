import KeywrightDomain

extension SQLTransaction {
    private static let keyColumns = """
        id, organization_id, name, handle, ending, digest, pepper_version, tags, owner_id, is_internal, is_enabled,
        expires_at, last_used_at, epoch, version, created_at, updated_at
        """

    func apiKey(_ id: APIKey.ID) throws -> APIKey? {
        try apiKeys("WHERE id = $1", [SQLValue(id)]).first
    }

    func apiKey(handle: String) throws -> APIKey? {
        try apiKeys("WHERE handle = $1", [.text(handle)]).first
    }

    /// Keys in the given order, each with its grants.
    func apiKeys(_ ids: [APIKey.ID]) throws -> [APIKey] {
        if ids.isEmpty { return [] }
        var conditions = SQLConditions()
        conditions.add("id IN (\(ids.map { conditions.bind(SQLValue($0)) }.joined(separator: ", ")))")
        let found = try apiKeys(conditions.clause, conditions.arguments)
        let byID = Dictionary(found.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        return ids.compactMap { byID[$0] }
    }

    func apiKeys(_ tail: String, _ arguments: [SQLValue]) throws -> [APIKey] {
        var keys = try session.rows("SELECT \(Self.keyColumns) FROM api_keys \(tail)", arguments) { row in
            APIKey(
                id: row.id(0), organizationID: row.id(1), name: row.text(2), handle: row.text(3), ending: row.text(4),
                digest: SecretDigest(bytes: row.bytes(5), pepperVersion: row.integer(6)),
                tags: TagText.tags(row.text(7)), grants: [], ownerID: row.id(8), isInternal: row.flag(9),
                isEnabled: row.flag(10), expiresAt: row.optionalInstant(11), lastUsedAt: row.optionalInstant(12),
                epoch: row.integer(13), version: row.integer(14), createdAt: row.instant(15), updatedAt: row.instant(16)
            )
        }
        for index in keys.indices { keys[index].grants = try grants(of: keys[index].userID) }
        return keys
    }

    func deletedAPIKey(handle: String) throws -> DeletedAPIKey? {
        try deletedAPIKey("handle = $1", .text(handle))
    }

    func deletedAPIKey(_ id: APIKey.ID) throws -> DeletedAPIKey? {
        try deletedAPIKey("id = $1", SQLValue(id))
    }

    private func deletedAPIKey(_ condition: String, _ argument: SQLValue) throws -> DeletedAPIKey? {
        try session.first(
            """
            SELECT id, organization_id, name, handle, digest, pepper_version, deleted_at, deleted_by
            FROM deleted_api_keys WHERE \(condition)
            """,
            [argument]
        ) { row in
            DeletedAPIKey(
                id: row.id(0), organizationID: row.id(1), name: row.text(2), handle: row.text(3),
                digest: SecretDigest(bytes: row.bytes(4), pepperVersion: row.integer(5)), deletedAt: row.instant(6),
                deletedBy: row.optionalInteger(7).map { User.ID($0) }
            )
        }
    }

    func insert(_ key: APIKey) throws {
        try session.execute(
            """
            INSERT INTO api_keys (\(Self.keyColumns), name_key, listed_until)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)
            """,
            [
                SQLValue(key.id), SQLValue(key.organizationID), .text(key.name), .text(key.handle), .text(key.ending),
                .bytes(key.digest.bytes), .integer(key.digest.pepperVersion), .text(TagText.text(key.tags)),
                SQLValue(key.ownerID), SQLValue(key.isInternal), SQLValue(key.isEnabled), SQLValue(key.expiresAt),
                SQLValue(key.lastUsedAt), .integer(key.epoch), .integer(key.version), SQLValue(key.createdAt),
                SQLValue(key.updatedAt), .text(Name.foldedKey(key.name)), SQLValue(key.isListedUntil),
            ]
        )
        for grant in key.grants { try insert(grant, to: key.userID, in: key.organizationID) }
        try insert(APIKeyTerms.all(of: key), of: key)
        countKeys(key.organizationID, all: 1, listed: key.isInternal ? 0 : 1)
    }

    func update(_ key: APIKey, from old: APIKey) throws {
        try session.execute(
            """
            UPDATE api_keys SET name = $1, name_key = $2, tags = $3, is_enabled = $4, expires_at = $5,
                listed_until = $6, epoch = $7, version = $8, updated_at = $9
            WHERE id = $10
            """,
            [
                .text(key.name), .text(Name.foldedKey(key.name)), .text(TagText.text(key.tags)),
                SQLValue(key.isEnabled), SQLValue(key.expiresAt), SQLValue(key.isListedUntil), .integer(key.epoch),
                .integer(key.version), SQLValue(key.updatedAt), SQLValue(key.id),
            ]
        )
        if key.grants != old.grants {
            let kept = Set(key.grants.map(\.id))
            let known = Set(old.grants.map(\.id))
            for grant in old.grants where !kept.contains(grant.id) { try delete(grant.id) }
            for grant in key.grants where !known.contains(grant.id) {
                try insert(grant, to: key.userID, in: key.organizationID)
            }
        }
        let (before, after) = (APIKeyTerms.all(of: old), APIKeyTerms.all(of: key))
        if key.isListedUntil != old.isListedUntil {
            try deleteTerms(before, of: old)
            try insert(after, of: key)
        } else {
            // By bytes: two spellings of one letter are equal as texts, but not in the index.
            let (known, wanted) = (Set(before.map { Array($0.utf8) }), Set(after.map { Array($0.utf8) }))
            try deleteTerms(before.filter { !wanted.contains(Array($0.utf8)) }, of: old)
            try insert(after.filter { !known.contains(Array($0.utf8)) }, of: key)
        }
    }

    func delete(_ key: APIKey, leaving tombstone: DeletedAPIKey) throws {
        try deleteTerms(APIKeyTerms.all(of: key), of: key)
        try session.execute("DELETE FROM grants WHERE user_id = $1", [SQLValue(key.userID)])
        try session.execute("DELETE FROM api_keys WHERE id = $1", [SQLValue(key.id)])
        try session.execute(
            """
            INSERT INTO deleted_api_keys (
                id, organization_id, name, handle, digest, pepper_version, deleted_at, deleted_by
            ) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
            """,
            [
                SQLValue(tombstone.id), SQLValue(tombstone.organizationID), .text(tombstone.name),
                .text(tombstone.handle), .bytes(tombstone.digest.bytes), .integer(tombstone.digest.pepperVersion),
                SQLValue(tombstone.deletedAt), SQLValue(tombstone.deletedBy),
            ]
        )
        countKeys(key.organizationID, all: -1, listed: key.isInternal ? 0 : -1)
    }

    func record(_ uses: [APIKeyUse]) throws {
        for use in uses {
            try session.execute(
                """
                UPDATE api_keys SET use_count = use_count + $1,
                    last_address = CASE WHEN last_used_at IS NULL OR last_used_at <= $2 THEN $3 ELSE last_address END,
                    last_used_at = CASE WHEN last_used_at IS NULL OR last_used_at < $2 THEN $2 ELSE last_used_at END
                WHERE id = $4
                """,
                [.integer(use.count), SQLValue(use.at), SQLValue(use.address), SQLValue(use.id)]
            )
        }
    }

    private func insert(_ terms: [String], of key: APIKey) throws {
        for start in stride(from: 0, to: terms.count, by: 16) {
            let part = terms[start..<min(start + 16, terms.count)]
            let rows = part.indices.map { index in
                let first = (index - start) * 4
                return "($\(first + 1), $\(first + 2), $\(first + 3), $\(first + 4))"
            }
            try session.execute(
                """
                INSERT INTO api_key_terms (organization_id, term, api_key_id, listed_until)
                VALUES \(rows.joined(separator: ", "))
                """,
                part.flatMap {
                    [SQLValue(key.organizationID), .text($0), SQLValue(key.id), SQLValue(key.isListedUntil)]
                }
            )
        }
    }

    private func deleteTerms(_ terms: [String], of key: APIKey) throws {
        for term in terms {
            try session.execute(
                "DELETE FROM api_key_terms WHERE organization_id = $1 AND term = $2 AND api_key_id = $3",
                [SQLValue(key.organizationID), .text(term), SQLValue(key.id)]
            )
        }
    }
}

/// The facts by which lists find keys: one row of `api_key_terms` for each, in key order, so that any filter is a
/// range of one index and any two filters meet by id.
enum APIKeyTerms {
    static func tag(_ tag: Tag) -> String { "t:\(tag.key)=\(tag.value)" }
    static func role(_ slug: String) -> String { "r:\(slug)" }
    static func owner(_ id: User.ID) -> String { "o:\(id)" }
    static func ending(_ text: String) -> String { "e:\(text)" }
    static func at(_ nrn: NRN) -> String { "a:\(nrn.level.rawValue):\(nrn.id)" }
    /// At or below a resource; none for an organization, where every key is.
    static func below(_ nrn: NRN) -> String { "b:\(nrn.level.rawValue):\(nrn.id)" }
    static let disabled = "d"

    /// Each fact once.
    static func all(of key: APIKey) -> [String] {
        var terms = key.tags.map(tag)
        terms.append(owner(key.ownerID))
        terms.append(ending(key.ending))
        if !key.isEnabled { terms.append(disabled) }
        var seen: Set<[UInt8]> = []
        for grant in key.grants {
            var places = [at(grant.nrn)]
            for level in NRN.Level.allCases.dropFirst() where level <= grant.nrn.level {
                places.append(below(grant.nrn.cut(to: level)))
            }
            for term in places + [role(grant.roleSlug)] where seen.insert(Array(term.utf8)).inserted {
                terms.append(term)
            }
        }
        return terms
    }
}

/// Tags as text, a line each: a key holds no `=`, a value no line break.
enum TagText {
    static func text(_ tags: [Tag]) -> String {
        tags.map { "\($0.key)=\($0.value)" }.joined(separator: "\n")
    }

    static func tags(_ text: String) -> [Tag] {
        text.utf8.split(separator: UInt8(ascii: "\n")).compactMap { line in
            guard let separator = line.firstIndex(of: UInt8(ascii: "=")) else { return nil }
            return Tag(
                stored: String(decoding: line[..<separator], as: UTF8.self),
                String(decoding: line[line.index(after: separator)...], as: UTF8.self)
            )
        }
    }
}
