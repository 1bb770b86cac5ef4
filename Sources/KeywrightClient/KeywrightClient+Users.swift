public import KeywrightWire

extension KeywrightClient {
    /// A part of the users of the caller's organization.
    public func users(
        _ filter: UserFilter = UserFilter(), page: PageQuery = PageQuery()
    ) async throws -> ListEnvelope<UserObject> {
        try await send(APIRequest(.get, "/user", filter.parameters + page.parameters))
    }

    /// Adds a person and returns, this once, the link by which they choose a password.
    public func inviteUser(_ user: CreateUserRequest) async throws -> InvitationResponse {
        try await send(APIRequest(.post, "/user/invite", body: user))
    }

    /// Makes a person active or inactive.
    ///
    /// - Parameter status: `active` or `inactive`.
    public func setUserStatus(_ id: Int64, _ status: String) async throws -> UserObject {
        try await send(APIRequest(.put, "/user/\(id)", body: SetUserStatusRequest(status: status)))
    }
}
