public import KeywrightWire

extension KeywrightClient {
    /// A part of the users of the caller's organization.
    public func users(
        _ filter: UserFilter = UserFilter(), page: PageQuery = PageQuery()
    ) async throws -> ListEnvelope<UserObject> {
        try await send(APIRequest(.get, "/user", filter.parameters + page.parameters))
    }

    /// One user.
    public func user(_ id: Int64) async throws -> UserObject {
        try await send(APIRequest(.get, "/user/\(id)"))
    }

    /// Adds a person who cannot sign in before a link to choose a password is made for them.
    public func createUser(_ user: CreateUserRequest) async throws -> UserObject {
        try await send(APIRequest(.post, "/user", body: user))
    }

    /// Changes a person and returns them as they are now.
    public func updateUser(_ id: Int64, _ changes: UpdateUserRequest) async throws -> UserObject {
        try await send(APIRequest(.patch, "/user/\(id)", body: changes))
    }

    /// Ends a person's sessions and returns, this once, the link by which they choose another password.
    public func resetPassword(ofUser id: Int64) async throws -> PasswordResetResponse {
        try await send(APIRequest(.post, "/user/\(id)/password_reset"))
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
