import KeywrightDomain

// Signing keys and revoked tokens.

extension SQLTransaction {
    func signingKeys() throws -> [SigningKey] {
        try session.rows(
            "SELECT id, sealed, created_at, signs_from FROM signing_keys ORDER BY signs_from DESC, created_at DESC, id",
            []
        ) {
            SigningKey(id: $0.text(0), sealed: $0.bytes(1), createdAt: $0.instant(2), signsFrom: $0.instant(3))
        }
    }

    func insert(_ key: SigningKey) throws {
        try session.execute(
            "INSERT INTO signing_keys (id, sealed, created_at, signs_from) VALUES ($1, $2, $3, $4)",
            [.text(key.id), .bytes(key.sealed), SQLValue(key.createdAt), SQLValue(key.signsFrom)]
        )
    }

    func deleteSigningKey(_ id: String) throws {
        try session.execute("DELETE FROM signing_keys WHERE id = $1", [.text(id)])
    }

    private func revokedTokens(_ tail: String, _ arguments: [SQLValue]) throws -> [RevokedToken] {
        try session.rows(
            "SELECT name, organization_id, api_key_id, expires_at FROM revoked_tokens \(tail)", arguments
        ) {
            RevokedToken(name: $0.text(0), organizationID: $0.id(1), apiKeyID: $0.id(2), expiresAt: $0.instant(3))
        }
    }

    func revokedToken(_ number: Int64) throws -> RevokedToken? {
        try revokedTokens("WHERE number = $1", [.integer(number)]).first
    }

    func revokedTokens(_ numbers: [Int64]) throws -> [RevokedToken] {
        try chunked(numbers) { conditions, list in
            try revokedTokens("WHERE number IN \(list)", conditions.arguments)
        } bind: {
            .integer($0)
        }
    }

    func revokedTokens(
        in organization: Organization.ID, after number: Int64, endingAfter time: Instant, limit: Int
    ) throws -> [RevokedToken] {
        try revokedTokens(
            "WHERE organization_id = $1 AND number > $2 AND expires_at > $3 ORDER BY number LIMIT $4",
            [SQLValue(organization), .integer(number), SQLValue(time), .integer(Int64(limit))]
        )
    }

    func revokedTokenCount(of key: APIKey.ID) throws -> Int {
        try session.count("SELECT count(*) FROM revoked_tokens WHERE api_key_id = $1", [SQLValue(key)])
    }

    func insert(_ token: RevokedToken) throws -> Bool {
        try session.execute(
            """
            INSERT INTO revoked_tokens (number, name, organization_id, api_key_id, expires_at)
            VALUES ($1, $2, $3, $4, $5) ON CONFLICT (number) DO NOTHING
            """,
            [
                .integer(token.number), .text(token.name), SQLValue(token.organizationID), SQLValue(token.apiKeyID),
                SQLValue(token.expiresAt),
            ]
        ) > 0
    }

    func deleteRevokedTokens(of key: APIKey.ID) throws {
        try session.execute("DELETE FROM revoked_tokens WHERE api_key_id = $1", [SQLValue(key)])
    }

    /// Forgets the tokens that have ended by themselves.
    func removeOutdatedTokens(now: Instant) throws {
        try session.execute("DELETE FROM revoked_tokens WHERE expires_at < $1", [SQLValue(now)])
    }
}
