public import KeywrightWire

extension KeywrightClient {
    /// Creates an API key. The answer is the only one that ever carries the key itself.
    ///
    /// It is sent once: after a failure of the transport the key may exist, and the list shows it.
    public func createAPIKey(_ key: CreateAPIKeyRequest) async throws -> APIKeyObject {
        try await send(APIRequest(.post, "/api_key", body: key))
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

    /// Changes an API key and returns it as it is now.
    public func updateAPIKey(_ id: Int64, _ changes: UpdateAPIKeyRequest) async throws -> APIKeyObject {
        try await send(APIRequest(.patch, "/api_key/\(id)", body: changes))
    }

    /// Deletes an API key; its tokens end with it.
    public func deleteAPIKey(_ id: Int64) async throws {
        try await send(APIRequest(.delete, "/api_key/\(id)"))
    }
}
