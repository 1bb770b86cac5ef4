public import KeywrightDomain
import KeywrightStore

extension Operations {
    /// How long a new signing key is published before it signs, so that whoever keeps the public keys for a while has it.
    public static let signingKeyNotice: Duration = .seconds(3600)
    /// How long an old signing key is kept: as long as any access token may live, and an hour for clocks that differ.
    static let signingKeyAfterlife: Duration = .seconds(25 * 3600)

    /// Publishes a new signing key, which signs in an hour. Tokens that the old ones signed go on working.
    ///
    /// - Returns: the new key; its private part is sealed.
    /// - Throws: `.conflict` while a new one is published that does not sign yet.
    public func rotateSigningKey() async throws -> SigningKey {
        let made = try await addSigningKey(by: "operator") { keys, time in
            keys.first.map { $0.signsFrom <= time } ?? true
        }
        guard let made else {
            throw DomainError(.conflict, "A new signing key is published already and signs within an hour.")
        }
        return made
    }

    /// Signs with a new key from now on and trusts no other: every access token ends. For a signing key that leaked.
    ///
    /// - Returns: the new key; its private part is sealed.
    public func replaceSigningKeys() async throws -> SigningKey {
        let time = now()
        let key = try accessTokens.signingKeys.make(at: time, signingFrom: time)
        try await store.write { transaction in
            for old in try transaction.signingKeys() { try transaction.deleteSigningKey(old.id) }
            try transaction.insert(key)
            transaction.append(Change(.signingKey, 0, in: nil))
            try Self.record("signing_key.replace", key, by: "operator", at: time, in: transaction)
        }
        return key
    }

    /// Rotates the signing key when it is old, and removes those of which no token is left.
    func keepSigningKeys() async throws {
        let lifetime = settings.signingKeyLifetime
        _ = try await addSigningKey(by: "system") { keys, time in
            keys.first.map { $0.signsFrom.advanced(by: lifetime - Self.signingKeyNotice) <= time } ?? true
        }
        let time = now()
        if try await store.read({ Self.outdated(try $0.signingKeys(), at: time).isEmpty }) { return }
        try await store.write { transaction in
            // Another node may have removed them just now.
            let outdated = Self.outdated(try transaction.signingKeys(), at: time)
            if outdated.isEmpty { return }
            for key in outdated { try transaction.deleteSigningKey(key.id) }
            transaction.append(Change(.signingKey, 0, in: nil))
            for key in outdated { try Self.record("signing_key.remove", key, by: "system", at: time, in: transaction) }
        }
    }

    /// Adds a signing key when a condition on those that are there says so.
    private func addSigningKey(
        by actor: String, if isDue: @escaping @Sendable ([SigningKey], Instant) -> Bool
    ) async throws -> SigningKey? {
        let time = now()
        // Most times nothing is to be done, and reading disturbs nobody.
        guard try await store.read({ isDue(try $0.signingKeys(), time) }) else { return nil }
        let key = try accessTokens.signingKeys.make(
            at: time, signingFrom: time.advanced(by: Self.signingKeyNotice))
        return try await store.write { transaction in
            guard isDue(try transaction.signingKeys(), time) else { return nil }
            try transaction.insert(key)
            transaction.append(Change(.signingKey, 0, in: nil))
            try Self.record("signing_key.rotate", key, by: actor, at: time, in: transaction)
            return key
        }
    }

    /// Those that were followed by another one so long ago that nothing they signed works any more.
    ///
    /// - Parameter keys: the last to begin first.
    static func outdated(_ keys: [SigningKey], at time: Instant) -> [SigningKey] {
        zip(keys.dropFirst(), keys).filter { _, successor in
            successor.signsFrom.advanced(by: signingKeyAfterlife) <= time
        }.map(\.0)
    }

    /// Says so in the trail of every organization: the key signs for all.
    private static func record(
        _ action: String, _ key: SigningKey, by actor: String, at time: Instant, in transaction: any WriteTransaction
    ) throws {
        for organization in try transaction.organizations() {
            transaction.append(
                AuditEvent(
                    organizationID: organization.id, at: time, action: action, userID: nil, actorType: actor,
                    credential: nil, address: nil, requestID: nil, target: .init("signing_key", key.id),
                    after: .members([.init("signs_from", .number(key.signsFrom.milliseconds))])
                )
            )
        }
    }
}
