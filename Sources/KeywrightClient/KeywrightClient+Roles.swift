public import KeywrightWire

extension KeywrightClient {
    /// A part of the roles that the caller's organization has, the built-in ones first.
    ///
    /// - Parameter slug: only the role with this slug.
    public func roles(slug: String? = nil, page: PageQuery = PageQuery()) async throws -> ListEnvelope<RoleObject> {
        try await send(APIRequest(.get, "/role", Parameter.optional("slug", slug) + page.parameters))
    }
}
