import KeywrightDomain
import KeywrightStore

/// Bytes that look like a digest, different for each number.
func digest(_ number: Int64) -> [UInt8] {
    (0..<32).map { UInt8(truncatingIfNeeded: number &* 31 &+ $0 &* 7) }
}

extension WriteTransaction {
    /// Adds an organization; its slug is its name lower-cased.
    func makeOrganization(_ name: String = "Acme") throws -> NRN {
        let nrn = NRN(organization: try allocate(.resource(.organization)))
        try insert(
            organization: Resource(nrn: nrn, name: name, slug: name.lowercased(), createdAt: .start, updatedAt: .start))
        return nrn
    }

    /// Adds a resource beneath another.
    func makeChild(of parent: NRN, _ name: String = "Child", slug: String? = nil) throws -> NRN {
        guard let level = parent.level.child else { throw SampleError() }
        let id = try allocate(.resource(level))
        guard let nrn = parent.child(id) else { throw SampleError() }
        try insert(
            Resource(
                nrn: nrn, name: name, slug: slug ?? "\(name.lowercased())-\(id)", createdAt: .start,
                updatedAt: .after(1))
        )
        return nrn
    }

    /// Adds a person.
    func makePerson(in organization: NRN, _ email: String, status: User.Status = .active) throws -> User {
        let person = User(
            id: User.ID(try allocate(.person)), organizationID: organization.organizationID, email: email,
            firstName: "Ada", lastName: "Lovelace", status: status, createdAt: .start, updatedAt: .start
        )
        try insert(person)
        return person
    }

    /// A grant of a built-in role with a new id; not stored yet.
    func makeGrant(_ slug: String, at nrn: NRN) throws -> Grant {
        guard let role = RoleCatalogue().role(slug: slug) else { throw SampleError() }
        return Grant(id: Grant.ID(try allocate(.grant)), nrn: nrn, roleID: role.id, roleSlug: slug)
    }

    /// Gives a person a built-in role.
    @discardableResult
    func give(_ slug: String, at nrn: NRN, to user: User) throws -> Grant {
        let grant = try makeGrant(slug, at: nrn)
        try insert(grant, to: user.id, in: user.organizationID)
        return grant
    }

    /// Adds a custom role.
    func makeRole(
        in organization: NRN, slug: String, actions: [Action] = [.readAPIKey], inherits: [Role.ID] = [],
        assignable: Role.Assignable = .roles([])
    ) throws -> Role {
        let role = Role(
            id: Role.ID(try allocate(.role)), organizationID: organization.organizationID, slug: slug,
            name: "Role \(slug)",
            actions: ActionSet(actions), inherits: inherits, assignable: assignable, createdAt: .start,
            updatedAt: .start
        )
        try insert(role)
        return role
    }

    /// Adds a key; with the role `member` at the organization unless grants are given.
    @discardableResult
    func makeKey(
        in organization: NRN, name: String = "ci-main", handle: String? = nil, ending: String = "wxyz",
        tags: [Tag] = [], grants: [Grant]? = nil, owner: Int64 = 7, isInternal: Bool = false, isEnabled: Bool = true,
        expiresAt: Instant? = nil, lastUsedAt: Instant? = nil, createdAt: Instant = .start
    ) throws -> APIKey {
        let id = try allocate(.apiKey)
        let number = String(id)
        let key = APIKey(
            id: APIKey.ID(id), organizationID: organization.organizationID, name: name,
            handle: handle ?? "H" + String(repeating: "0", count: 11 - number.utf8.count) + number, ending: ending,
            digest: SecretDigest(bytes: digest(id), pepperVersion: 3), tags: tags,
            grants: try grants ?? [makeGrant("member", at: organization)], ownerID: User.ID(owner),
            isInternal: isInternal, isEnabled: isEnabled, expiresAt: expiresAt, lastUsedAt: lastUsedAt,
            createdAt: createdAt, updatedAt: createdAt
        )
        try insert(key)
        return key
    }

    /// Removes a key as the operation does.
    func remove(_ key: APIKey, by user: Int64? = 7) throws {
        try delete(
            key,
            leaving: DeletedAPIKey(
                id: key.id, organizationID: key.organizationID, name: key.name, handle: key.handle, digest: key.digest,
                deletedAt: .after(9), deletedBy: user.map { User.ID($0) }
            )
        )
    }
}

/// A sample that cannot be made.
struct SampleError: Error {}

/// What a body throws to have its transaction undone.
struct Interrupted: Error {}

extension AuditEvent {
    /// An event about a thing of an organization.
    static func sample(
        _ organization: NRN, _ action: String = "api_key.create", target: String = "1", user: Int64? = 7,
        outcome: Outcome = .success, at: Instant = .start, before: Snapshot? = nil, after: Snapshot? = nil
    ) -> AuditEvent {
        AuditEvent(
            organizationID: organization.organizationID, at: at, action: action, outcome: outcome,
            userID: user.map { User.ID($0) }, actorType: user == nil ? "operator" : "person", credential: nil,
            address: "192.0.2.1", requestID: "request-1", target: .init("api_key", target), before: before, after: after
        )
    }
}

extension Store {
    /// A new organization.
    func makeOrganization(_ name: String = "Acme") async throws -> NRN {
        try await write { try $0.makeOrganization(name) }
    }

    /// The error a write ends with; nil when it succeeds.
    func refusal(_ body: @escaping @Sendable (any WriteTransaction) throws -> Void) async throws -> DomainError.Code? {
        do {
            try await write(body)
            return nil
        } catch let error as DomainError {
            return error.code
        }
    }
}
