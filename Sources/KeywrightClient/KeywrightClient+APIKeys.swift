public import KeywrightWire

extension KeywrightClient {
    /// Creates an API key. The answer is the only one that ever carries the key itself.
    ///
    /// - Parameter idempotencyKey: 1 to 255 visible ASCII characters that name this creation. With them it is sent
    ///   again when the server asks for that, and a second creation within a day returns the first one's key without its
    ///   value. Without them it is sent once: after a failure of the transport the key may exist, and the list shows it.
    public func createAPIKey(
        _ key: CreateAPIKeyRequest, idempotencyKey: String? = nil
    ) async throws -> APIKeyObject {
        var request = try APIRequest(.post, "/api_key", body: key)
        if let idempotencyKey {
            request.fields.append(try Self.field("Idempotency-Key", idempotencyKey))
            request.isSafe = true
        }
        return try await send(request)
    }

    /// A part of the API keys that the caller may read.
    public func apiKeys(
        _ filter: APIKeyFilter = APIKeyFilter(), page: PageQuery = PageQuery()
    ) async throws -> ListEnvelope<APIKeyObject> {
        try await send(APIRequest(.get, "/api_key", filter.parameters + page.parameters))
    }

    /// One API key.
    public func apiKey(_ id: Int64) async throws -> APIKeyObject {
        try await send(APIRequest(.get, "/api_key/\(id)"))
    }

    /// One API key with its version, for a change that must not overwrite somebody else's.
    public func versionedAPIKey(_ id: Int64) async throws -> Versioned<APIKeyObject> {
        try await sendForVersion(APIRequest(.get, "/api_key/\(id)"))
    }

    /// Changes an API key and returns it as it is now.
    ///
    /// - Parameter ifMatch: the version that is to be changed; the server refuses with 412 when there is a newer one.
    ///   Nil changes whatever there is.
    public func updateAPIKey(
        _ id: Int64, _ changes: UpdateAPIKeyRequest, ifMatch: String? = nil
    ) async throws -> APIKeyObject {
        var request = try APIRequest(.patch, "/api_key/\(id)", body: changes)
        request.fields += try Self.condition(ifMatch)
        return try await send(request)
    }

    /// Deletes an API key; its tokens end with it.
    ///
    /// - Parameter ifMatch: as in ``updateAPIKey(_:_:ifMatch:)``.
    public func deleteAPIKey(_ id: Int64, ifMatch: String? = nil) async throws {
        var request = APIRequest(.delete, "/api_key/\(id)")
        request.fields += try Self.condition(ifMatch)
        try await send(request)
    }

    private static func condition(_ version: String?) throws(KeywrightClientError) -> [Parameter] {
        guard let version else { return [] }
        return [try field("If-Match", version)]
    }

    /// A value with other characters would be refused further down by an error that repeats it.
    private static func field(_ name: String, _ value: String) throws(KeywrightClientError) -> Parameter {
        guard (1...255).contains(value.utf8.count), value.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw .settings("The value of \(name) must have 1 to 255 visible ASCII characters.")
        }
        return Parameter(name, value)
    }
}
