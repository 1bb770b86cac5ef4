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
    ///
    /// - Parameter showsDeleted: whether a deleted one is found too.
    public func resource(
        _ entity: ResourceEntity, _ id: Int64, showsDeleted: Bool = false
    ) async throws -> ResourceObject {
        let parameters = Parameter.optional("show_deleted", showsDeleted ? "true" : nil)
        return try await send(APIRequest(.get, "/\(entity.rawValue)/\(id)", parameters))
    }

    /// Creates a resource: an account, namespace, application or scope.
    public func createResource(_ resource: CreateResourceRequest) async throws -> ResourceObject {
        try await send(APIRequest(.post, "/\(resource.entity.rawValue)", body: resource))
    }

    /// Changes a resource and returns it as it is now.
    public func updateResource(_ id: Int64, _ changes: UpdateResourceRequest) async throws -> ResourceObject {
        try await send(APIRequest(.patch, "/\(changes.entity.rawValue)/\(id)", body: changes))
    }

    /// Deletes a resource that has none beneath it.
    public func deleteResource(_ entity: ResourceEntity, _ id: Int64) async throws {
        try await send(APIRequest(.delete, "/\(entity.rawValue)/\(id)"))
    }
}
