public import KeywrightWire

extension KeywrightClient {
    /// A part of the roles that the caller's organization has, the built-in ones first.
    ///
    /// - Parameter slugs: only the roles with these slugs; all when empty.
    public func roles(slugs: [String] = [], page: PageQuery = PageQuery()) async throws -> ListEnvelope<RoleObject> {
        try await send(APIRequest(.get, "/role", Parameter.list("slug", slugs) + page.parameters))
    }

    /// One role.
    public func role(_ id: Int64) async throws -> RoleObject {
        try await send(APIRequest(.get, "/role/\(id)"))
    }

    /// Creates a role of the caller's organization.
    public func createRole(_ role: CreateRoleRequest) async throws -> RoleObject {
        try await send(APIRequest(.post, "/role", body: role))
    }

    /// Changes a role, for everybody who holds it, and returns it as it is now.
    public func updateRole(_ id: Int64, _ changes: UpdateRoleRequest) async throws -> RoleObject {
        try await send(APIRequest(.patch, "/role/\(id)", body: changes))
    }

    /// Deletes a role that nobody holds.
    public func deleteRole(_ id: Int64) async throws {
        try await send(APIRequest(.delete, "/role/\(id)"))
    }
}
