public import KeywrightDomain
import KeywrightStore

/// What a page says about a person beside the person.
public struct PersonFacts: Sendable {
    /// The grants that the principal may read, by id.
    public let grants: [Grant]
    /// Whether they have not yet come in: they neither have a password nor ever signed in.
    public let isInvited: Bool
    /// When they signed in last; nil for never.
    public let lastSignIn: Instant?
    /// How many listed keys that the principal sees they created; nil when it reads no keys.
    public let keyCount: Int?
}

/// A part of the people of an organization with all that their list says.
public struct PeopleList: Sendable {
    /// The persons.
    public let page: Page<User>
    /// What is known of each.
    public let facts: [User.ID: PersonFacts]
    /// How the resources of their grants are called.
    public let resources: ResourceNames
}

/// A person with all that their page says.
public struct PersonOverview: Sendable {
    /// The person.
    public let user: User
    /// What is known of them.
    public let facts: PersonFacts
    /// How the resources of their grants are called.
    public let resources: ResourceNames
    /// How many live sessions they have.
    public let sessionCount: Int
}

extension Operations {
    /// A part of the people of the principal's organization, with their access.
    ///
    /// - Throws: `.forbidden` unless the principal reads users at organization level.
    public func people(
        _ query: UserQuery, _ page: PageRequest, as principal: Principal
    ) async throws -> PeopleList {
        try principal.require(.readUser, at: NRN(principal.organizationID))
        var query = query
        query.organizationID = principal.organizationID
        query.kind = .person
        let time = now()
        return try await store.read { [query] transaction in
            let page = try transaction.users(query, page)
            let (facts, resources) = try Self.facts(of: page.results, principal, at: time, transaction)
            return PeopleList(page: page, facts: facts, resources: resources)
        }
    }

    /// A person of the principal's organization, or oneself.
    ///
    /// - Throws: `.notFound` for whom the principal does not see, and for machine users.
    public func person(_ id: User.ID, as principal: Principal) async throws -> PersonOverview {
        let time = now()
        return try await store.read { transaction in
            let user = try Self.visibleUser(id, principal, transaction)
            guard user.kind == .person else { throw DomainError.notFound("user") }
            let (facts, resources) = try Self.facts(of: [user], principal, at: time, transaction)
            guard let facts = facts[id] else { throw DomainError.notFound("user") }
            let sessions = try transaction.sessions(of: id).filter { $0.isLive(at: time) }
            return PersonOverview(user: user, facts: facts, resources: resources, sessionCount: sessions.count)
        }
    }

    private static func facts(
        of users: [User], _ principal: Principal, at time: Instant, _ transaction: any ReadTransaction
    ) throws -> ([User.ID: PersonFacts], ResourceNames) {
        let ids = users.map(\.id)
        let grants = try transaction.grants(of: ids).mapValues { all in
            all.filter { $0.nrn.organizationID == principal.organizationID }
        }
        let signIns = try transaction.lastSignIns(of: ids, in: principal.organizationID)
        let known = try transaction.havingPassword(ids)
        var facts: [User.ID: PersonFacts] = [:]
        for id in ids {
            let readable = (grants[id] ?? []).filter {
                id == principal.userID || principal.holds(.readGrant, at: $0.nrn)
            }
            facts[id] = PersonFacts(
                grants: readable, isInvited: !known.contains(id) && signIns[id] == nil, lastSignIn: signIns[id],
                keyCount: try keyCount(of: id, principal, at: time, transaction)
            )
        }
        return (facts, try transaction.resourceNames(facts.values.flatMap { $0.grants.map(\.nrn) }))
    }

    /// Answered from a set of their keys, which the store keeps.
    private static func keyCount(
        of id: User.ID, _ principal: Principal, at time: Instant, _ transaction: any ReadTransaction
    ) throws -> Int? {
        let places = principal.places(holding: .readAPIKey)
        guard !places.isEmpty else { return nil }
        var query = APIKeyQuery(organizationID: principal.organizationID, now: time)
        query.ownerID = id
        query.visibleWithin = places.contains(NRN(principal.organizationID)) ? nil : places
        return try transaction.apiKeys(query, PageRequest(limit: 1)).total
    }
}
