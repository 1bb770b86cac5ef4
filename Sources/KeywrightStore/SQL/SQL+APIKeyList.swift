import KeywrightDomain

extension SQLTransaction {
    func apiKeys(_ query: APIKeyQuery, _ page: PageRequest) throws -> Page<APIKey> {
        guard let listing = try APIKeyListing(query, in: self) else {
            return Page(results: [], total: 0, request: page)
        }
        return try listing.page(page)
    }
}
