import KeywrightDomain
import Testing

/// The NRN of that text, which must be one.
func nrn(_ text: String) throws -> NRN {
    try NRN(parsing: text)
}

/// The action of that name, which must be one.
func action(_ name: String) throws -> Action {
    try #require(Action(name), "\(name) is no action")
}

/// The actions of these names, which must be ones.
func actions(_ names: [String]) throws -> [Action] {
    try names.map(action)
}

extension RoleCatalogue {
    /// A grant of the role with that slug, as a principal holds it.
    func held(_ slug: String, at place: String, id: Int64 = 1) throws -> EffectiveGrant {
        let found = role(slug: slug)
        let role = try #require(found, "there is no role \(slug)")
        return EffectiveGrant(Grant(id: .init(id), nrn: try nrn(place), roleID: role.id, roleSlug: slug), in: self)
    }
}

extension Principal {
    /// A person of organization 1 with these roles at these places.
    static func holding(
        _ grants: [(slug: String, place: String)], in catalogue: RoleCatalogue = RoleCatalogue()
    ) throws -> Principal {
        Principal(
            kind: .person, userID: User.ID(7), organizationID: Organization.ID(1),
            grants: try grants.enumerated().map {
                try catalogue.held($0.element.slug, at: $0.element.place, id: Int64($0.offset + 1))
            },
            catalogue: catalogue, origin: Principal.Origin(address: "192.0.2.1", requestID: "request-1")
        )
    }
}

extension APIKey {
    /// A key of an organization with the role `member` at each of these places.
    static func sample(
        id: Int64 = 5, organization: Int64 = 1, places: [String] = ["organization=1:account=2"],
        isInternal: Bool = false, isEnabled: Bool = true, expiresAt: Instant? = nil
    ) throws -> APIKey {
        APIKey(
            id: APIKey.ID(id), organizationID: Organization.ID(organization), name: "ci-main", handle: "0123456789AB",
            ending: "wxyz", digest: SecretDigest(bytes: [UInt8](repeating: 1, count: 32), pepperVersion: 1), tags: [],
            grants: try places.enumerated().map {
                let place = try nrn($0.element)
                return Grant(id: .init(Int64($0.offset + 1)), nrn: place, roleID: Role.member, roleSlug: "member")
            },
            ownerID: User.ID(7), isInternal: isInternal, isEnabled: isEnabled, expiresAt: expiresAt,
            createdAt: Instant(milliseconds: 1_000), updatedAt: Instant(milliseconds: 2_000)
        )
    }
}

/// The error that an operation throws; a test fails when it throws none.
func refusal<Value>(
    _ comment: Comment? = nil, sourceLocation: SourceLocation = #_sourceLocation, of body: () throws -> Value
) throws -> DomainError {
    let error = #expect(throws: DomainError.self, comment, sourceLocation: sourceLocation) { _ = try body() }
    return try #require(error, sourceLocation: sourceLocation)
}
