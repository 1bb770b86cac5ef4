public import KeywrightWire

extension KeywrightClient {
    /// A part of the roles that the caller's organization has, the built-in ones first.
    ///
    /// - Parameter slugs: only the roles with these slugs; all when empty.
    public func roles(slugs: [String] = [], page: PageQuery = PageQuery()) async throws -> ListEnvelope<RoleObject> {
        try await send(APIRequest(.get, "/role", Parameter.list("slug", slugs) + page.parameters))
    }
}
