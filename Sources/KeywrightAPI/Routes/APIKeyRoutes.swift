import HTTPTypes
import HummingbirdCore
import KeywrightDomain
import KeywrightOperations
import KeywrightWire

extension API {
    /// `/api_key` and, identically, `/api-key`.
    var apiKeyRoutes: [Route] {
        ["/api_key", "/api-key"].flatMap { path in
            [
                authenticated(.post, path, createAPIKey),
                authenticated(.get, path, listAPIKeys),
                authenticated(.get, "\(path)/{id}", readAPIKey),
                authenticated(.patch, "\(path)/{id}", updateAPIKey),
                authenticated(.delete, "\(path)/{id}", deleteAPIKey),
            ]
        }
    }

    @Sendable private func createAPIKey(_ call: Call, _ principal: Principal) async throws -> Answer {
        try call.requireNoQuery()
        let (json, bytes) = try await call.jsonWithBytes()
        let body = try CreateAPIKeyRequest.decode(json, checks: .domain)
        let created = try await operations.createAPIKey(
            APIKeyDraft(
                name: body.name, grants: body.grants.map(GrantInput.init),
                tags: body.tags.map { TagInput(key: $0.key, value: $0.value) }, isInternal: body.isInternal,
                isEnabled: body.isEnabled, expiresAt: body.expiresAt.map { Instant(milliseconds: $0) }
            ),
            idempotencyKey: try call.idempotencyKey(bytes), as: principal
        )
        var object = object(created.key, principal.catalogue)
        guard let value = created.value else {
            return try Answer.json(object).with(.eTag, created.key.eTag).with(.idempotencyReplayed, "true")
        }
        object.apiKey = SensitiveText(value.reveal())
        return try Answer.json(object, status: .created).with(.eTag, created.key.eTag)
    }

    @Sendable private func listAPIKeys(_ call: Call, _ principal: Principal) async throws -> Answer {
        let base = APIKeyQuery(organizationID: principal.organizationID, now: operations.now())
        let (query, page) = try call.query(APIKeyQuery.names, repeatable: ["tag"]) { query in
            (base.reading(&query, operations.settings.keyFormat), query.page())
        }
        let keys = try await operations.apiKeys(query, page, as: principal)
        return try .json(ListEnvelope(keys.map { object($0, principal.catalogue) }))
    }

    @Sendable private func readAPIKey(_ call: Call, _ principal: Principal) async throws -> Answer {
        try call.requireNoQuery()
        let key = try await operations.apiKey(call.id("API key"), as: principal)
        return try Answer.json(object(key, principal.catalogue)).with(.eTag, key.eTag)
    }

    @Sendable private func updateAPIKey(_ call: Call, _ principal: Principal) async throws -> Answer {
        try call.requireNoQuery()
        let id: APIKey.ID = try call.id("API key")
        let body = try UpdateAPIKeyRequest.decode(try await call.json(), checks: .domain)
        var changes = APIKeyChanges()
        changes.name = body.name
        changes.grants = body.grants?.map(GrantInput.init)
        changes.tags = body.tags?.map { TagInput(key: $0.key, value: $0.value) }
        changes.isEnabled = body.isEnabled
        switch body.expiresAt {
        case .absent: break
        case .null: changes.expiresAt = .some(nil)
        case .value(let time): changes.expiresAt = Instant(milliseconds: time)
        }
        let key = try await operations.updateAPIKey(
            id, changes, ifVersion: call.expectedVersion(), as: principal
        )
        return try Answer.json(object(key, principal.catalogue)).with(.eTag, key.eTag)
    }

    @Sendable private func deleteAPIKey(_ call: Call, _ principal: Principal) async throws -> Answer {
        try call.requireNoQuery()
        try await operations.deleteAPIKey(
            call.id("API key"), ifVersion: call.expectedVersion(), as: principal
        )
        return .empty
    }

    private func object(_ key: APIKey, _ catalogue: RoleCatalogue) -> APIKeyObject {
        APIKeyObject(
            id: key.id.rawValue, name: key.name,
            maskedAPIKey: operations.settings.keyFormat.mask(handle: key.handle, ending: key.ending),
            tags: key.tags.map { TagObject(key: $0.key, value: $0.value) },
            grants: key.grants.map { GrantObject($0, catalogue) }, ownerID: key.ownerID.rawValue,
            userID: key.userID.rawValue, isEnabled: key.isEnabled, expiresAt: key.expiresAt?.text,
            lastUsedAt: key.lastUsedAt?.text, createdAt: key.createdAt.text, updatedAt: key.updatedAt.text
        )
    }
}

extension APIKey {
    /// The strong entity tag of its version.
    fileprivate var eTag: String { "\"\(version)\"" }
}

extension Call {
    fileprivate func idempotencyKey(_ body: [UInt8]) throws -> IdempotencyKey? {
        let values = request.headers[values: .idempotencyKey]
        guard let value = values.first else { return nil }
        guard values.count == 1 else { throw DomainError.invalid("", "An Idempotency-Key may be given once.") }
        return try IdempotencyKey(value, body: body)
    }
}
