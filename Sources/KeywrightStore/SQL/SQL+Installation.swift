import KeywrightDomain

// Settings, organizations, one-time links, idempotency records.

extension SQLTransaction {
    func setting(_ name: String) throws -> [UInt8]? {
        try session.first("SELECT value FROM settings WHERE name = $1", [.text(name)]) { $0.bytes(0) }
    }

    func set(_ name: String, _ value: [UInt8]) throws {
        try session.execute(
            "INSERT INTO settings (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            [.text(name), .bytes(value)]
        )
    }

    func organization(_ id: Organization.ID) throws -> Organization? {
        try organizations("WHERE id = $1", [SQLValue(id)]).first
    }

    func organizations() throws -> [Organization] {
        try organizations("ORDER BY id", [])
    }

    private func organizations(_ tail: String, _ arguments: [SQLValue]) throws -> [Organization] {
        try session.rows("SELECT id, epoch, listed_key_count, key_count FROM organizations \(tail)", arguments) { row in
            let id: Organization.ID = row.id(0)
            let pending = numbers.pendingKeyCount(id)
            let own = effects.keyCounts[id] ?? (0, 0)
            return Organization(
                id: id, epoch: row.integer(1),
                listedKeyCount: Int(row.integer(2)) + pending.listed + own.listed,
                keyCount: Int(row.integer(3)) + pending.all + own.all
            )
        }
    }

    func insert(organization: Resource) throws {
        try session.execute(
            """
            INSERT INTO organizations (id, epoch, key_count, listed_key_count, expired_until, audit_link)
            VALUES ($1, 1, 0, 0, 0, $2)
            """,
            [.integer(organization.nrn.organization), .bytes(SealedAuditEvent.firstLink)]
        )
        try insert(organization)
    }

    func raiseAllEpochs(at time: Instant) throws {
        try session.execute(
            "UPDATE organizations SET epoch = CASE WHEN epoch < $1 THEN $1 ELSE epoch + 1 END",
            [.integer(time.milliseconds)]
        )
        try session.execute("UPDATE api_keys SET epoch = epoch + 1")
    }

    func oneTimeToken(digest: [UInt8]) throws -> OneTimeToken? {
        try session.first(
            "SELECT digest, purpose, user_id, expires_at FROM one_time_tokens WHERE digest = $1", [.bytes(digest)]
        ) { row in
            guard let purpose = OneTimeToken.Purpose(rawValue: row.text(1)) else {
                throw CorruptRow(what: "a one-time link for \(row.text(1))")
            }
            return OneTimeToken(
                digest: row.bytes(0), purpose: purpose, userID: row.optionalInteger(2).map { User.ID($0) },
                expiresAt: row.instant(3)
            )
        }
    }

    func insert(_ token: OneTimeToken) throws {
        try session.execute(
            "INSERT INTO one_time_tokens (digest, purpose, user_id, expires_at) VALUES ($1, $2, $3, $4)",
            [.bytes(token.digest), .text(token.purpose.rawValue), SQLValue(token.userID), SQLValue(token.expiresAt)]
        )
    }

    func consumeOneTimeToken(digest: [UInt8]) throws -> Bool {
        try session.execute("DELETE FROM one_time_tokens WHERE digest = $1", [.bytes(digest)]) > 0
    }

    func deleteOneTimeTokens(_ purpose: OneTimeToken.Purpose, of user: User.ID?) throws {
        if let user {
            try session.execute(
                "DELETE FROM one_time_tokens WHERE purpose = $1 AND user_id = $2",
                [.text(purpose.rawValue), SQLValue(user)]
            )
        } else {
            try session.execute("DELETE FROM one_time_tokens WHERE purpose = $1", [.text(purpose.rawValue)])
        }
    }

    func idempotencyRecord(_ user: User.ID, _ key: String) throws -> IdempotencyRecord? {
        try session.first(
            "SELECT body_digest, api_key_id, created_at FROM idempotency_records WHERE user_id = $1 AND request_key = $2",
            [SQLValue(user), .text(key)]
        ) {
            IdempotencyRecord(
                userID: user, key: key, bodyDigest: $0.bytes(0), apiKeyID: $0.id(1), createdAt: $0.instant(2)
            )
        }
    }

    func insert(_ record: IdempotencyRecord) throws {
        try session.post(
            """
            INSERT INTO idempotency_records (user_id, request_key, body_digest, api_key_id, created_at)
            VALUES ($1, $2, $3, $4, $5)
            ON CONFLICT (user_id, request_key) DO UPDATE SET
                body_digest = excluded.body_digest, api_key_id = excluded.api_key_id, created_at = excluded.created_at
            """,
            [
                SQLValue(record.userID), .text(record.key), .bytes(record.bodyDigest), SQLValue(record.apiKeyID),
                SQLValue(record.createdAt),
            ]
        )
    }

    func removeOutdated(now: Instant, changesBefore: Instant) throws {
        let expired = now.advanced(by: .zero - IdempotencyRecord.lifetime)
        try session.execute("DELETE FROM idempotency_records WHERE created_at < $1", [SQLValue(expired)])
        try session.execute("DELETE FROM one_time_tokens WHERE expires_at < $1", [SQLValue(now)])
        try removeOutdatedChanges(before: changesBefore)
        try removeOutdatedTokens(now: now)
        try removeOutdatedSessions(now: now)
        try noteExpired(now: now)
    }
}
