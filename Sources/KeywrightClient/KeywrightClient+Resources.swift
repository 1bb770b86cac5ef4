public import KeywrightWire

extension KeywrightClient {
    /// A part of the resources of one kind.
    public func resources(
        _ entity: ResourceEntity, _ filter: ResourceFilter = ResourceFilter(), page: PageQuery = PageQuery()
    ) async throws -> ListEnvelope<ResourceObject> {
        let parameters = filter.parameters(parentMember: entity.parentMember) + page.parameters
        return try await send(APIRequest(.get, "/\(entity.rawValue)", parameters))
    }

    /// One resource.
    public func resource(_ entity: ResourceEntity, _ id: Int64) async throws -> ResourceObject {
        try await send(APIRequest(.get, "/\(entity.rawValue)/\(id)"))
    }

    /// Creates a resource: an account, namespace, application or scope.
    public func createResource(_ resource: CreateResourceRequest) async throws -> ResourceObject {
        try await send(APIRequest(.post, "/\(resource.entity.rawValue)", body: resource))
    }

    /// Deletes a resource that has none beneath it.
    public func deleteResource(_ entity: ResourceEntity, _ id: Int64) async throws {
        try await send(APIRequest(.delete, "/\(entity.rawValue)/\(id)"))
    }
}
