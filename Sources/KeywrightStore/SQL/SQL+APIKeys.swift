import KeywrightDomain

extension SQLTransaction {
    private static let keyColumns = """
        id, organization_id, name, handle, ending, digest, pepper_version, tags, owner_id, is_internal, is_enabled,
        expires_at, last_used_at, epoch, version, created_at, updated_at
        """

    /// Columns of a grant and of its key; `grant(_:)` and `apiKey(_:)` read them.
    private static let grantAndKeyColumns = columns(grantColumns, of: "g") + ", " + columns(keyColumns, of: "k")

    private static func columns(_ names: String, of table: String) -> String {
        names.split { $0 == "," || $0.isWhitespace }.map { "\(table).\($0)" }.joined(separator: ", ")
    }

    private func apiKey(_ row: any SQLRow) -> APIKey {
        APIKey(
            id: row.id(13), organizationID: row.id(14), name: row.text(15), handle: row.text(16), ending: row.text(17),
            digest: SecretDigest(bytes: row.bytes(18), pepperVersion: row.integer(19)),
            tags: TagText.tags(row.text(20)), grants: [], ownerID: row.id(21), isInternal: row.flag(22),
            isEnabled: row.flag(23), expiresAt: row.optionalInstant(24), lastUsedAt: row.optionalInstant(25),
            epoch: row.integer(26), version: row.integer(27), createdAt: row.instant(28), updatedAt: row.instant(29)
        )
    }

    func apiKey(_ id: APIKey.ID) throws -> APIKey? {
        var conditions = SQLConditions()
        conditions.add("k.id =", SQLValue(id))
        return try apiKeys(conditions).first
    }

    func apiKey(handle: String) throws -> APIKey? {
        var conditions = SQLConditions()
        conditions.add("k.handle =", .text(handle))
        return try apiKeys(conditions).first
    }

    /// Keys in the given order, each with its grants.
    func apiKeys(_ ids: [APIKey.ID]) throws -> [APIKey] {
        if ids.isEmpty { return [] }
        var conditions = SQLConditions()
        conditions.add("k.id", isOneOf: ids.map { SQLValue($0) })
        let byID = Dictionary(try apiKeys(conditions).map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        return ids.compactMap { byID[$0] }
    }

    /// The keys `k` that meet some conditions, by id, each with its grants: one statement, since it may be a message.
    func apiKeys(_ conditions: SQLConditions) throws -> [APIKey] {
        var keys: [APIKey] = []
        var places: [APIKey.ID: Int] = [:]
        // A row for each grant; one for a key without.
        try session.each(
            """
            SELECT \(Self.grantAndKeyColumns) FROM api_keys k
            LEFT JOIN grants g ON g.user_id = k.id + \(User.machineIDOffset) AND g.organization_id = k.organization_id
            \(conditions.clause)
            """,
            conditions.arguments
        ) { row in
            let id: APIKey.ID = row.id(13)
            let place = places[id] ?? keys.count
            if place == keys.count {
                keys.append(apiKey(row))
                places[id] = place
            }
            if !row.isNull(0) { keys[place].grants.append(try grant(row)) }
            return true
        }
        for index in keys.indices { keys[index].grants.sort { $0.id < $1.id } }
        keys.sort { $0.id < $1.id }
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
        try session.post(
            """
            INSERT INTO api_keys (\(Self.keyColumns), name_key)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)
            """,
            [
                SQLValue(key.id), SQLValue(key.organizationID), .text(key.name), .text(key.handle), .text(key.ending),
                .bytes(key.digest.bytes), .integer(key.digest.pepperVersion), .text(TagText.text(key.tags)),
                SQLValue(key.ownerID), SQLValue(key.isInternal), SQLValue(key.isEnabled), SQLValue(key.expiresAt),
                SQLValue(key.lastUsedAt), .integer(key.epoch), .integer(key.version), SQLValue(key.createdAt),
                SQLValue(key.updatedAt), .text(Name.foldedKey(key.name)),
            ]
        )
        for grant in key.grants { try insert(grant, to: key.userID, in: key.organizationID) }
        try updateSets(from: nil, to: key)
        countKeys(key.organizationID, all: 1, listed: key.isInternal ? 0 : 1)
    }

    func update(_ key: APIKey, from old: APIKey) throws {
        try session.execute(
            """
            UPDATE api_keys SET name = $1, name_key = $2, tags = $3, is_enabled = $4, expires_at = $5, epoch = $6,
                version = $7, updated_at = $8
            WHERE id = $9
            """,
            [
                .text(key.name), .text(Name.foldedKey(key.name)), .text(TagText.text(key.tags)),
                SQLValue(key.isEnabled), SQLValue(key.expiresAt), .integer(key.epoch), .integer(key.version),
                SQLValue(key.updatedAt), SQLValue(key.id),
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
        // Use is recorded apart, and may have been since the caller read the key.
        let lastUsedAt =
            try session.first("SELECT last_used_at FROM api_keys WHERE id = $1", [SQLValue(key.id)]) {
                $0.optionalInstant(0)
            } ?? nil
        var (before, after) = (old, key)
        before.lastUsedAt = lastUsedAt
        after.lastUsedAt = lastUsedAt
        try updateSets(from: before, to: after)
    }

    func delete(_ key: APIKey, leaving tombstone: DeletedAPIKey) throws {
        try updateSets(from: key, to: nil)
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
        var unused = SQLConditions()
        unused.add("k.last_used_at IS NULL")
        let ids = Set(uses.map(\.id.rawValue)).sorted()
        for id in try session.matching(ids, unused) {
            if let key = try apiKey(APIKey.ID(id)) { try noteFirstUse(of: key) }
        }
        for use in uses {
            try session.post(
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
