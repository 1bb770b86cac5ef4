public import KeywrightWire

extension KeywrightClient {
    /// Users with the roles they hold, a part at a time.
    ///
    /// - Parameters:
    ///   - userIDs: only these users; all when empty.
    ///   - nrns: only grants exactly at one of these places; anywhere when empty.
    /// - Returns: by user; the list ends with an empty part.
    public func userRoles(
        userIDs: [Int64] = [], nrns: [String] = [], page: PageQuery = PageQuery()
    ) async throws -> [UserRolesObject] {
        let parameters = Parameter.list("user_id", userIDs) + Parameter.list("nrn", nrns) + page.parameters
        return try await send(APIRequest(.get, "/authz/user_role", parameters))
    }

    /// Gives a user a role at a place.
    public func createUserGrant(_ grant: UserGrantRequest) async throws -> UserGrantObject {
        try await send(APIRequest(.post, "/authz/grants", body: grant))
    }

    /// Gives a user several roles, all or none.
    public func createUserGrants(userID: Int64, _ grants: [UserGrantItemRequest]) async throws -> [UserGrantObject] {
        try await send(APIRequest(.post, "/user/\(userID)/grant", body: grants))
    }

    /// Replaces all grants of a user, all or none.
    ///
    /// - Returns: the grants as they are now.
    public func replaceUserGrants(
        userID: Int64, with grants: [UserGrantItemRequest]
    ) async throws -> [UserGrantObject] {
        try await sendForList(APIRequest(.put, "/user/\(userID)/grant", body: grants))
    }

    /// One grant of a user.
    public func userGrant(_ id: Int64) async throws -> UserGrantObject {
        try await send(APIRequest(.get, "/authz/grants/\(id)"))
    }

    /// Takes a grant from the user who holds it.
    public func deleteUserGrant(_ id: Int64) async throws {
        try await send(APIRequest(.delete, "/authz/grants/\(id)"))
    }
}
