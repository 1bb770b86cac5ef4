public import KeywrightDomain
import KeywrightStore

/// When, how often and from where a key was used.
public struct KeyUse: Hashable, Sendable {
    /// The latest use.
    public let at: Instant
    /// How many uses.
    public let count: Int64
    /// The client's address at the latest use.
    public let address: String?
}

/// What a list or a page says about keys beside the keys themselves.
public struct APIKeyFacts: Sendable {
    /// How users are called; those that are unknown are absent.
    public let users: [User.ID: UserName]
    /// How the resources of all grants are called.
    public let resources: ResourceNames
    /// The uses of keys that were used.
    public let uses: [APIKey.ID: KeyUse]
}

/// What remains of a deleted key.
public struct DeletedKeyFacts: Sendable {
    /// The name it had last.
    public let name: String
    /// When it was deleted.
    public let deletedAt: Instant
    /// Who deleted it; nil for a local operator.
    public let deletedBy: UserName?
}

/// Who changed something last.
public struct LastChange: Sendable {
    /// When.
    public let at: Instant
    /// Who; nil for a local operator.
    public let by: UserName?
}

extension Operations {
    /// Uses, creators and resources of a page of keys that the principal was shown.
    public func facts(of keys: [APIKey], as principal: Principal) async throws -> APIKeyFacts {
        let organization = principal.organizationID
        let own = keys.filter { $0.organizationID == organization }
        let pending = usage.pending(of: own.map(\.id))
        return try await store.read { transaction in
            var uses = try transaction.uses(of: own.map(\.id)).mapValues {
                KeyUse(at: $0.at, count: $0.count, address: $0.address)
            }
            for use in pending {
                let known = uses[use.id]
                let isNewer = use.at >= known?.at ?? use.at
                uses[use.id] = KeyUse(
                    at: isNewer ? use.at : known?.at ?? use.at, count: (known?.count ?? 0) + use.count,
                    address: isNewer ? use.address : known?.address
                )
            }
            return APIKeyFacts(
                users: try transaction.names(of: own.map(\.ownerID), in: organization),
                resources: try transaction.resourceNames(own.flatMap { $0.grants.map(\.nrn) }), uses: uses
            )
        }
    }

    /// What remains of a key that was deleted.
    ///
    /// - Throws: `.notFound` when there was no such key, or the principal neither reads all keys of the organization nor
    ///   deleted this one.
    public func deletedAPIKey(_ id: APIKey.ID, as principal: Principal) async throws -> DeletedKeyFacts {
        try await store.read { transaction in
            guard let key = try transaction.deletedAPIKey(id), key.organizationID == principal.organizationID,
                principal.holds(.readAPIKey, at: NRN(principal.organizationID))
                    || (key.deletedBy != nil && key.deletedBy == principal.userID)
            else { throw DomainError.notFound("API key") }
            let deletedBy = try key.deletedBy.flatMap {
                try transaction.names(of: [$0], in: principal.organizationID)[$0]
            }
            return DeletedKeyFacts(name: key.name, deletedAt: key.deletedAt, deletedBy: deletedBy)
        }
    }

    /// Who changed a key last; nil when nobody did since it was created.
    ///
    /// - Throws: `.notFound` when the principal does not see the key.
    public func lastChange(of id: APIKey.ID, as principal: Principal) async throws -> LastChange? {
        var query = AuditQuery(organizationID: principal.organizationID)
        query.targetTypes = ["api_key"]
        query.targetIDs = [id.description]
        query.actions = ["api_key.update"]
        query.outcomes = [.success]
        return try await store.read { [query] transaction in
            guard let key = try transaction.apiKey(id), principal.canSee(key) else {
                throw DomainError.notFound("API key")
            }
            guard let event = try transaction.auditEvents(query, from: .newest, limit: 1).events.first?.event else {
                return nil
            }
            let name = try event.userID.flatMap {
                try transaction.names(of: [$0], in: principal.organizationID)[$0]
            }
            return LastChange(at: event.at, by: name)
        }
    }
}
