import KeywrightDomain

// Sessions of people, failed attempts to sign in, and what they typed when a session ended.

extension SQLTransaction {
    private static let sessionColumns = """
        id, digest, user_id, created_at, last_seen_at, expires_at, address, user_agent
        """

    private func sessions(_ tail: String, _ arguments: [SQLValue]) throws -> [Session] {
        try session.rows("SELECT \(Self.sessionColumns) FROM sessions \(tail)", arguments) { row in
            Session(
                id: row.id(0), digest: row.bytes(1), userID: row.id(2), createdAt: row.instant(3),
                lastSeenAt: row.instant(4), expiresAt: row.instant(5), address: row.optionalText(6),
                userAgent: row.text(7)
            )
        }
    }

    func session(digest: [UInt8]) throws -> Session? {
        try sessions("WHERE digest = $1", [.bytes(digest)]).first
    }

    func session(_ id: Session.ID) throws -> Session? {
        try sessions("WHERE id = $1", [SQLValue(id)]).first
    }

    func sessions(of user: User.ID) throws -> [Session] {
        try sessions("WHERE user_id = $1 ORDER BY id DESC LIMIT 200", [SQLValue(user)])
    }

    func insert(_ new: Session) throws {
        try session.execute(
            "INSERT INTO sessions (\(Self.sessionColumns)) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
            [
                SQLValue(new.id), .bytes(new.digest), SQLValue(new.userID), SQLValue(new.createdAt),
                SQLValue(new.lastSeenAt), SQLValue(new.expiresAt), SQLValue(new.address), .text(new.userAgent),
            ]
        )
    }

    func noteUse(of id: Session.ID, at time: Instant, from address: String?) throws {
        try session.execute(
            "UPDATE sessions SET last_seen_at = $1, address = coalesce($2, address) WHERE id = $3 AND last_seen_at < $1",
            [SQLValue(time), SQLValue(address), SQLValue(id)]
        )
    }

    func deleteSession(_ id: Session.ID) throws -> Bool {
        try session.execute("DELETE FROM sessions WHERE id = $1", [SQLValue(id)]) > 0
    }

    func deleteSessions(of user: User.ID?) throws -> Int {
        guard let user else { return try session.execute("DELETE FROM sessions") }
        return try session.execute("DELETE FROM sessions WHERE user_id = $1", [SQLValue(user)])
    }

    func signInAttempts(digest: [UInt8]) throws -> SignInAttempts? {
        try session.first(
            "SELECT digest, failures, blocked_until, resets_at FROM sign_in_attempts WHERE digest = $1",
            [.bytes(digest)]
        ) {
            SignInAttempts(
                digest: $0.bytes(0), count: $0.integer(1), blockedUntil: $0.instant(2), resetsAt: $0.instant(3)
            )
        }
    }

    func set(_ attempts: SignInAttempts) throws {
        try session.execute(
            """
            INSERT INTO sign_in_attempts (digest, failures, blocked_until, resets_at) VALUES ($1, $2, $3, $4)
            ON CONFLICT (digest) DO UPDATE SET failures = excluded.failures, blocked_until = excluded.blocked_until,
                resets_at = excluded.resets_at
            """,
            [
                .bytes(attempts.digest), .integer(attempts.count), SQLValue(attempts.blockedUntil),
                SQLValue(attempts.resetsAt),
            ]
        )
    }

    func deleteSignInAttempts(digest: [UInt8]) throws {
        try session.execute("DELETE FROM sign_in_attempts WHERE digest = $1", [.bytes(digest)])
    }

    func formDraft(_ id: String) throws -> FormDraft? {
        try session.first(
            "SELECT id, user_id, path, fields, expires_at FROM form_drafts WHERE id = $1", [.text(id)]
        ) {
            FormDraft(id: $0.text(0), userID: $0.id(1), path: $0.text(2), fields: $0.text(3), expiresAt: $0.instant(4))
        }
    }

    func insert(_ draft: FormDraft) throws {
        try session.execute(
            """
            INSERT INTO form_drafts (id, user_id, path, fields, expires_at) VALUES ($1, $2, $3, $4, $5)
            ON CONFLICT (id) DO UPDATE SET path = excluded.path, fields = excluded.fields,
                expires_at = excluded.expires_at
            WHERE form_drafts.user_id = excluded.user_id
            """,
            [
                .text(draft.id), SQLValue(draft.userID), .text(draft.path), .text(draft.fields),
                SQLValue(draft.expiresAt),
            ]
        )
        try session.execute(
            """
            DELETE FROM form_drafts WHERE user_id = $1 AND id NOT IN (
                SELECT id FROM form_drafts WHERE user_id = $1 ORDER BY expires_at DESC, id
                LIMIT \(FormDraft.limitPerUser))
            """,
            [SQLValue(draft.userID)]
        )
    }

    func deleteFormDraft(_ id: String) throws -> Bool {
        try session.execute("DELETE FROM form_drafts WHERE id = $1", [.text(id)]) > 0
    }

    /// What sessions leave behind.
    func removeOutdatedSessions(now: Instant) throws {
        let forgotten = now.advanced(by: .zero - Session.afterlife)
        try session.execute("DELETE FROM sessions WHERE expires_at < $1", [SQLValue(forgotten)])
        try session.execute("DELETE FROM sign_in_attempts WHERE resets_at < $1", [SQLValue(now)])
        try session.execute("DELETE FROM form_drafts WHERE expires_at < $1", [SQLValue(now)])
    }
}
