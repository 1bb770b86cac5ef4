public import KeywrightDomain
import KeywrightStore

/// What shall be different about a key; nil leaves a member as it is.
public struct APIKeyChanges: Sendable {
    /// A new name.
    public var name: String?
    /// All grants anew.
    public var grants: [GrantInput]?
    /// All tags anew.
    public var tags: [TagInput]?
    /// Whether it may be used.
    public var isEnabled: Bool?
    /// A new expiry; the inner nil is "never".
    public var expiresAt: Instant??

    /// Nothing different.
    public init() {}
}

/// Which version of a thing a change is meant for (RFC 9110, section 13.1.1).
public enum ExpectedVersion: Sendable, Equatable {
    /// Whatever it is: the last writer wins.
    case any
    /// One of these.
    case oneOf([Int64])

    /// - Throws: `.versionMismatch` when the version is another one.
    func check(_ version: Int64) throws(DomainError) {
        guard case .oneOf(let versions) = self, !versions.contains(version) else { return }
        throw DomainError(.versionMismatch, "It was changed since. Read it again and repeat the change.")
    }
}

extension Operations {
    /// Changes an API key.
    ///
    /// Disabling ends its tokens at once. Enabling it, or letting it live longer, passes the assignment rule again. A key
    /// may rename and retag itself, no more.
    ///
    /// - Throws: `.notFound` when the principal does not see it; `.forbidden`; `.invalid` naming every wrong field;
    ///   `.versionMismatch`.
    public func updateAPIKey(
        _ id: APIKey.ID, _ changes: APIKeyChanges, ifVersion expected: ExpectedVersion = .any, as principal: Principal
    ) async throws -> APIKey {
        let time = now()
        var violations = Violations()
        let name = try changes.name.flatMap { text in
            try violations.collect { () throws(DomainError) in try Name.validate(text) }
        }
        let tags = try changes.tags.map { try TagInput.parse($0, &violations) }
        refuseValues(in: changes.name, changes.tags, &violations)
        let requests = changes.grants.map { GrantInput.parse($0, &violations) }
        if case .some(.some(let expiry)) = changes.expiresAt, expiry <= time {
            violations.add("/expires_at", "The expiry must lie in the future.")
        }
        try violations.check()

        let target = AuditEvent.Target("api_key", id.description)
        return try await mutate("api_key.update", as: principal, within: principal.scope, target: target) {
            transaction, principal in
            guard let old = try transaction.apiKey(id), principal.canSee(old) else {
                throw DomainError.notFound("API key")
            }
            try principal.require(.updateAPIKey, on: old)
            let rights = changes.grants != nil || changes.isEnabled != nil || changes.expiresAt != nil
            if rights && principal.apiKeyID == id {
                throw DomainError(.forbidden, "An API key may not change its own grants, state or expiry.")
            }
            try expected.check(old.version)
            var key = old
            if let name { key.name = name }
            if let tags { key.tags = tags }
            if let isEnabled = changes.isEnabled { key.isEnabled = isEnabled }
            if let expiresAt = changes.expiresAt { key.expiresAt = expiresAt }
            if let requests { key.grants = try Self.replace(old, with: requests, as: principal, in: transaction) }
            // A name in other bytes is another one, though both look alike.
            if key == old, key.name.utf8.elementsEqual(old.name.utf8) { return old }
            if (key.isEnabled && !old.isEnabled) || key.livesLonger(than: old) {
                try Self.requireAssignment(of: key, as: principal)
            }
            // Tokens that ended with the key do not come back with it.
            if (!key.isEnabled && old.isEnabled) || old.isExpired(at: time) { key.epoch += 1 }
            key.version += 1
            key.updatedAt = time
            try transaction.update(key, from: old)
            transaction.append(
                AuditEvent(
                    "api_key.update", target, by: principal, at: time, before: old.snapshot, after: key.snapshot
                )
            )
            transaction.append(Change(.apiKey, id.rawValue, in: key.organizationID))
            return key
        }
    }

    /// The new grants: those that stay keep their ids, those that come pass the assignment rule.
    private static func replace(
        _ key: APIKey, with requests: [GrantRequest], as principal: Principal, in transaction: any WriteTransaction
    ) throws -> [Grant] {
        let resolved = try GrantInput.resolve(requests, for: principal, keeping: key.grants, in: transaction)
        let added = resolved.filter { grant in !key.grants.contains { grant.matches($0) } }
        for grant in resolved { try principal.require(.updateAPIKey, at: grant.nrn) }
        for grant in added { try principal.requireAssignment(of: grant) }
        let taken = Set(key.grants.map(\.roleSlug))
        var numbered = try number(added, of: key.id, except: taken, in: transaction)[...]
        return resolved.compactMap { grant in
            key.grants.first { grant.matches($0) } ?? numbered.popFirst()
        }
    }

    private static func requireAssignment(of key: APIKey, as principal: Principal) throws {
        for grant in key.grants { try principal.requireAssignment(of: ResolvedGrant(keeping: grant)) }
    }
}

extension APIKey {
    /// Whether it stops working later than another state of it.
    func livesLonger(than other: APIKey) -> Bool {
        (expiresAt ?? .distantFuture) > (other.expiresAt ?? .distantFuture)
    }
}
