import KeywrightDomain
import KeywrightStore

/// Makes the demonstration, oldest things first.
struct DemonstrationBuilder {
    /// The operations on the demonstration's clock.
    let operations: Operations
    let clock: DemonstrationClock
    /// The real moment: everything lies before it, but what expires soon.
    let end: Instant

    /// An address for documentation (RFC 5737).
    private static let origin = Principal.Origin(address: "192.0.2.10")

    func build() async throws -> DemonstrationData {
        clock.set(daysAgo(182))
        let password = operations.random.password()
        let administrator = try await operations.createAdministrator(
            AdministratorDraft(
                organization: DemonstrationData.organizationName, email: "admin@example.com", password: password,
                keyName: "first-admin-key"
            )
        )
        let organization = administrator.organization.nrn
        let places = try await makeResources(beneath: organization, as: principal(administrator.user))
        _ = try await operations.createRole(DemonstrationPlan.role, as: principal(administrator.user))
        // Read again: the new role is part of what they may give.
        let admin = try await principal(administrator.user)
        let others = try await makePersons(at: places, as: admin)
        let ops = try await others.first { $0.roleSlug == "ops" }.mapAsync { try await principal($0.user) }
        try await makeKeys(at: places, as: admin, ops ?? admin)
        guard let adminKey = administrator.key?.value else { throw DomainError.notFound("API key") }
        let first = DemonstrationData.Person(
            user: administrator.user, roleSlug: "admin", nrn: organization, password: password
        )
        return DemonstrationData(
            organization: administrator.organization, persons: [first] + others, adminKey: adminKey
        )
    }

    private func daysAgo(_ days: Double) -> Instant {
        end.advanced(by: .milliseconds(-Int64(days * 86_400_000)))
    }

    private func principal(_ user: User) async throws -> Principal {
        try await operations.principal(of: user, from: Self.origin)
    }

    /// The resources of the plan, by path; the organization has the empty one.
    private func makeResources(beneath organization: NRN, as admin: Principal) async throws -> [String: NRN] {
        var places = ["": organization]
        for resource in DemonstrationPlan.resources {
            let parent = try Self.place(resource.parentPath, in: places)
            guard let level = parent.level.child else { throw DomainError.notFound("resource") }
            places[resource.path] = try await operations.createResource(
                level, name: resource.name, slug: resource.slug, parentID: parent.id, as: admin
            ).nrn
        }
        return places
    }

    private func makePersons(at places: [String: NRN], as admin: Principal) async throws -> [DemonstrationData.Person] {
        var persons: [DemonstrationData.Person] = []
        for person in DemonstrationPlan.persons {
            let nrn = try Self.place(person.path, in: places)
            let email = "\(person.roleSlug)@example.com"
            let user = try await operations.createPerson(
                PersonDraft(email: email, firstName: person.firstName, lastName: person.lastName), as: admin
            )
            let grant = GrantInput(nrn: nrn.description, shape: .slug(person.roleSlug))
            _ = try await operations.giveGrant(grant, to: user.id, as: admin)
            let password = operations.random.password()
            _ = try await operations.resetAdministratorPassword(email: email, to: password)
            persons.append(.init(user: user, roleSlug: person.roleSlug, nrn: nrn, password: password))
        }
        return persons
    }

    private func makeKeys(at places: [String: NRN], as admin: Principal, _ ops: Principal) async throws {
        let plan = DemonstrationPlan.keys
        var created: [(key: APIKey, plan: DemonstrationPlan.Key)] = []
        for (index, item) in plan.enumerated() {
            clock.set(daysAgo(180 - 177 * Double(index) / Double(plan.count)))
            let draft = APIKeyDraft(
                name: item.name,
                grants: try item.grants.map {
                    GrantInput(nrn: try Self.place($0.path, in: places).description, shape: $0.shape)
                },
                tags: item.tags, isInternal: item.state == .hidden, expiresAt: expiry(of: item)
            )
            let principal = item.isMadeByOps ? ops : admin
            created.append((try await operations.createAPIKey(draft, as: principal).key, item))
        }
        let uses = created.enumerated().compactMap { use(of: $1.key, $1.plan.state, $0) }
        try await operations.store.write { try $0.record(uses) }
        clock.set(daysAgo(2))
        for (key, item) in created where item.state == .disabled {
            var changes = APIKeyChanges()
            changes.isEnabled = false
            _ = try await operations.updateAPIKey(key.id, changes, as: admin)
        }
        clock.set(daysAgo(1))
        for (key, item) in created where item.state == .deleted {
            try await operations.deleteAPIKey(key.id, as: admin)
        }
    }

    private func expiry(of key: DemonstrationPlan.Key) -> Instant? {
        switch key.state {
        case .expiring(let days): daysAgo(-Double(days))
        case .expired: daysAgo(3)
        default: nil
        }
    }

    /// When and how often a key was used: some never, some just now, some long ago, none before it was made.
    private func use(of key: APIKey, _ state: DemonstrationPlan.State, _ index: Int) -> APIKeyUse? {
        let age: Double
        switch state {
        case .disabled, .expired, .deleted: age = 4 + Double(index % 40)
        default:
            let ages: [Double?] = [0.0015, 0.1, 1.6, nil, 9, 40, 0.02, nil, 120, 0.6]
            guard let chosen = ages[index % ages.count] else { return nil }
            age = chosen
        }
        return APIKeyUse(
            id: key.id, at: max(key.createdAt, daysAgo(age)), count: Int64(1 + index * 37),
            address: "198.51.100.\(1 + index % 250)"
        )
    }

    private static func place(_ path: String, in places: [String: NRN]) throws -> NRN {
        guard let nrn = places[path] else { throw DomainError.notFound("resource") }
        return nrn
    }
}
