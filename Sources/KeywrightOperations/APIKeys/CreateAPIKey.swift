import Crypto
public import KeywrightDomain
import KeywrightStore

/// What a new API key shall be.
public struct APIKeyDraft: Sendable {
    /// The descriptive name.
    public var name: String
    /// What it may do; at least one.
    public var grants: [GrantInput]
    /// Its labels; at most five.
    public var tags: [TagInput]
    /// Whether lists hide it.
    public var isInternal: Bool
    /// Whether it may be used at once.
    public var isEnabled: Bool
    /// When it stops working; nil for never.
    public var expiresAt: Instant?

    /// What a new API key shall be.
    public init(
        name: String, grants: [GrantInput], tags: [TagInput] = [], isInternal: Bool = false, isEnabled: Bool = true,
        expiresAt: Instant? = nil
    ) {
        self.name = name
        self.grants = grants
        self.tags = tags
        self.isInternal = isInternal
        self.isEnabled = isEnabled
        self.expiresAt = expiresAt
    }
}

/// A key that was just created, with its value; or the one that a repeated request had created, without.
public struct CreatedAPIKey: Sendable {
    /// The key.
    public let key: APIKey
    /// Its value, shown this once; nil for a repeated request.
    public let value: Secret?
}

/// What makes a repeated request known.
public struct IdempotencyKey: Sendable {
    /// The value of the header.
    public let value: String
    /// SHA-256 of the request's body.
    public let bodyDigest: [UInt8]

    /// - Throws: `.invalid` unless the value has 1 to 255 visible ASCII characters.
    public init(_ value: String, body: [UInt8]) throws(DomainError) {
        guard (1...255).contains(value.utf8.count), value.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw .invalid("", "An Idempotency-Key has 1 to 255 visible ASCII characters.")
        }
        self.value = value
        bodyDigest = Array(SHA256.hash(data: body))
    }
}

/// A draft that was checked, with the value and everything else that a key gets before its transaction begins.
struct PreparedAPIKey: Sendable {
    let draft: APIKeyDraft
    let name: String
    let tags: [Tag]
    /// What it shall be given; checked against roles and resources in the transaction.
    var requests: [GrantRequest]
    let newKey: NewKey
    let digest: SecretDigest
    let time: Instant
}

extension Operations {
    /// Creates an API key; its value is in the result and nowhere else.
    ///
    /// - Parameter idempotencyKey: within 24 hours, the same principal with the same key and body gets the key that the
    ///   first request created, without its value.
    /// - Throws: `.invalid` naming every wrong field; `.forbidden` for a grant the principal may not give;
    ///   `.unprocessable` for another body under one idempotency key; `.conflict` when the organization has its most keys.
    public func createAPIKey(
        _ draft: APIKeyDraft, idempotencyKey: IdempotencyKey? = nil, as principal: Principal
    ) async throws -> CreatedAPIKey {
        let time = now()
        var violations = Violations()
        let prepared = try prepare(draft, at: time, &violations)
        // A repeated request gets its answer also when the expiry has passed since.
        if idempotencyKey == nil { try violations.check() }
        let found = violations
        return try await mutate("api_key.create", as: principal, within: principal.scope, target: .unmade("api_key")) {
            [keyLimit = settings.keyLimit] transaction, principal in
            if let earlier = try Self.earlierResult(idempotencyKey, principal, time, transaction) { return earlier }
            try found.check()
            let key = try Self.insert(prepared, keyLimit: keyLimit, as: principal, in: transaction)
            if let idempotencyKey, let userID = principal.userID {
                try transaction.insert(
                    IdempotencyRecord(
                        userID: userID, key: idempotencyKey.value, bodyDigest: idempotencyKey.bodyDigest,
                        apiKeyID: key.id, createdAt: time
                    )
                )
            }
            return CreatedAPIKey(key: key, value: prepared.newKey.value)
        }
    }

    /// Checks a draft and makes the key's value: all that needs no transaction.
    func prepare(
        _ draft: APIKeyDraft, at time: Instant, _ violations: inout Violations
    ) throws -> PreparedAPIKey {
        let name = try violations.collect { () throws(DomainError) in try Name.validate(draft.name) }
        let tags = try TagInput.parse(draft.tags, &violations)
        refuseValues(in: draft.name, draft.tags, &violations)
        let requests = GrantInput.parse(draft.grants, &violations)
        if let expiresAt = draft.expiresAt, expiresAt <= time {
            violations.add("/expires_at", "The expiry must lie in the future.")
        }
        return prepare(draft, name: name ?? "", tags: tags, requests: requests, at: time)
    }

    /// Whoever sees a key reads its name and tags: a key's value that was put there by mistake is not kept.
    func refuseValues(in name: String?, _ tags: [TagInput]?, _ violations: inout Violations) {
        var texts: [(pointer: String, text: String?)] = [("/name", name)]
        for (index, tag) in (tags ?? []).enumerated() { texts.append(("/tags/\(index)", "\(tag.key) \(tag.value)")) }
        settings.keyFormat.refuseKeys(in: texts, &violations)
    }

    /// Makes the value of a key whose draft was checked.
    func prepare(
        _ draft: APIKeyDraft, name: String, tags: [Tag] = [], requests: [GrantRequest] = [], at time: Instant
    ) -> PreparedAPIKey {
        let newKey = random.with { settings.keyFormat.generate(using: &$0) }
        return PreparedAPIKey(
            draft: draft, name: name, tags: tags, requests: requests, newKey: newKey,
            digest: pepper.digest(newKey.parts), time: time
        )
    }

    /// Adds a key in a transaction that may hold more.
    static func insert(
        _ prepared: PreparedAPIKey, keyLimit: Int, as principal: Principal, in transaction: any WriteTransaction
    ) throws -> APIKey {
        if principal.places(holding: .createAPIKey).isEmpty {
            throw DomainError.missing(
                .createAPIKey, at: prepared.requests.first?.nrn ?? NRN(principal.organizationID)
            )
        }
        let grants = try GrantInput.resolve(prepared.requests, for: principal, in: transaction)
        for grant in grants {
            try principal.require(.createAPIKey, at: grant.nrn)
            try principal.requireAssignment(of: grant)
        }
        let count = try transaction.organization(principal.organizationID)?.keyCount ?? 0
        guard count < keyLimit else {
            throw DomainError(
                .conflict, "This organization has \(keyLimit) API keys, the most it can have. Delete one first."
            )
        }
        let id = APIKey.ID(try transaction.allocate(.apiKey))
        let (draft, newKey, time) = (prepared.draft, prepared.newKey, prepared.time)
        let key = APIKey(
            id: id, organizationID: principal.organizationID, name: prepared.name, handle: newKey.parts.handleText,
            ending: newKey.ending, digest: prepared.digest, tags: prepared.tags,
            grants: try number(grants, of: id, in: transaction), ownerID: principal.userID ?? User.machine(of: id),
            isInternal: draft.isInternal, isEnabled: draft.isEnabled, expiresAt: draft.expiresAt, createdAt: time,
            updatedAt: time
        )
        try transaction.insert(key)
        let target = AuditEvent.Target("api_key", id.description)
        transaction.append(AuditEvent("api_key.create", target, by: principal, at: time, after: key.snapshot))
        transaction.append(Change(.apiKey, id.rawValue, in: key.organizationID))
        return key
    }

    /// What the first request with this idempotency key created.
    private static func earlierResult(
        _ idempotencyKey: IdempotencyKey?, _ principal: Principal, _ time: Instant, _ transaction: any ReadTransaction
    ) throws -> CreatedAPIKey? {
        guard let idempotencyKey, let userID = principal.userID,
            let record = try transaction.idempotencyRecord(userID, idempotencyKey.value),
            time.duration(since: record.createdAt) < IdempotencyRecord.lifetime
        else { return nil }
        guard record.bodyDigest == idempotencyKey.bodyDigest else {
            throw DomainError(.unprocessable, "This Idempotency-Key was used with another request body.")
        }
        guard let key = try transaction.apiKey(record.apiKeyID) else {
            throw DomainError(.conflict, "The API key that this Idempotency-Key created was deleted since.")
        }
        guard principal.canSee(key) else {
            throw DomainError.missing(.readAPIKey, at: key.grants.first?.nrn ?? NRN(principal.organizationID))
        }
        return CreatedAPIKey(key: key, value: nil)
    }

    /// Gives ids to grants; a fine-grained one gets a role private to the key.
    ///
    /// - Parameter taken: slugs that the key's private roles have already.
    static func number(
        _ grants: [ResolvedGrant], of key: APIKey.ID, except taken: Set<String> = [],
        in transaction: any WriteTransaction
    ) throws -> [Grant] {
        guard !grants.isEmpty else { return [] }
        let first = try transaction.allocate(.grant, count: grants.count)
        var slugs = (1...).lazy.map { "apikey:\(key):\($0)" }.filter { !taken.contains($0) }.makeIterator()
        return try grants.enumerated().map { index, grant in
            let id = Grant.ID(first + Int64(index))
            if let role = grant.role { return Grant(id: id, nrn: grant.nrn, roleID: role.id, roleSlug: role.slug) }
            let roleID = Role.ID(try transaction.allocate(.role))
            return Grant(
                id: id, nrn: grant.nrn, roleID: roleID, roleSlug: slugs.next() ?? "apikey:\(key)", custom: grant.custom
            )
        }
    }
}

extension KeyFormat {
    /// Refuses texts in which a key's value may stand: they are kept, and others read them.
    func refuseKeys(in texts: [(pointer: String, text: String?)], _ violations: inout Violations) {
        for case (let pointer, let text?) in texts where mayHoldKey(text) {
            violations.add(pointer, "This holds the value of an API key, which others would see here.")
        }
    }
}
