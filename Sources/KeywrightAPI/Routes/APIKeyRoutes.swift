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
        _ = try call.query([])
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
        let (query, page) = try APIKeyQuery.reading(call, principal, now: operations.now())
        let keys = try await operations.apiKeys(query, page, as: principal)
        return try .json(ListEnvelope(keys.map { object($0, principal.catalogue) }))
    }

    @Sendable private func readAPIKey(_ call: Call, _ principal: Principal) async throws -> Answer {
        _ = try call.query([])
        let key = try await operations.apiKey(call.id("API key"), as: principal)
        return try Answer.json(object(key, principal.catalogue)).with(.eTag, key.eTag)
    }

    @Sendable private func updateAPIKey(_ call: Call, _ principal: Principal) async throws -> Answer {
        _ = try call.query([])
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
        _ = try call.query([])
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

extension APIKeyQuery {
    private static let names: Set<String> = [
        "limit", "offset", "sort", "name", "q", "resource", "below", "reaches", "nrn", "role", "owner_id", "status",
        "used", "unused",
    ]

    /// Reads the filters of the list.
    ///
    /// - Throws: `.invalid` naming the parameter.
    fileprivate static func reading(
        _ call: Call, _ principal: Principal, now: Instant
    ) throws -> (APIKeyQuery, PageRequest) {
        let query = try call.query(names, repeatable: ["tag"])
        var result = APIKeyQuery(organizationID: principal.organizationID, now: now)
        result.name = query["name"]
        result.search = query["q"].flatMap { $0.isEmpty ? nil : $0 }
        if let text = result.search, text.unicodeScalars.count > Name.limit {
            throw DomainError.invalid("/q", "The search has at most \(Name.limit) characters.")
        }
        let isBelow = try query.flag("below") ?? false
        if let place = try query.nrn("resource") { result.places.append(isBelow ? .below(place) : .at(place)) }
        if isBelow && query["resource"] == nil {
            throw DomainError.invalid("/below", "The parameter below goes with resource.")
        }
        if let place = try query.nrn("nrn") { result.places.append(.below(place)) }
        if let place = try query.nrn("reaches") { result.places.append(.reaching(place)) }
        result.roleSlugs = query.list("role")
        result.ownerID = try query.id("owner_id")
        result.tags = try query.all("tag").map(tag)
        result.status = try query.value("status", "The status is active, disabled or expired.", Status.init(rawValue:))
        try readUse(query, now, &result)
        try readSort(query, &result)
        return (result, try query.page())
    }

    private static func tag(_ text: String) throws -> Tag {
        let parts = text.utf8.split(separator: UInt8(ascii: ":"), maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else {
            throw DomainError.invalid("/tag", "A tag filter reads key:value.")
        }
        return Tag(stored: String(parts[0]) ?? "", String(parts[1]) ?? "")
    }

    private static func readUse(_ query: Query, _ now: Instant, _ result: inout APIKeyQuery) throws {
        let days = { (text: String) -> Instant? in
            guard text.hasSuffix("d"), let id = Identifier<APIKey>(parsing: text.dropLast()), id.rawValue <= 36_500
            else { return nil }
            return now.advanced(by: .seconds(-86_400 * id.rawValue))
        }
        if let text = query["used"] {
            let time = days(text)
            guard text == "never" || time != nil else {
                throw DomainError.invalid("/used", "The parameter used is never or a number of days, as in 30d.")
            }
            result.use = time.map(Use.since) ?? .never
        }
        if let time = try query.value("unused", "The parameter unused is a number of days, as in 90d.", days) {
            guard result.use == nil else { throw DomainError.invalid("/unused", "Give either used or unused.") }
            result.use = .notSince(time)
        }
    }

    private static func readSort(_ query: Query, _ result: inout APIKeyQuery) throws {
        guard let text = query["sort"] else { return }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard (1...2).contains(parts.count), let order = Order(rawValue: parts[0]),
            parts.count == 1 || ["asc", "desc"].contains(parts[1])
        else {
            throw DomainError.invalid("/sort", "The sort is name, created_at or last_used_at, with :asc or :desc.")
        }
        result.order = order
        result.isDescending = parts.count == 2 && parts[1] == "desc"
    }
}
