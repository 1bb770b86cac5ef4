public import KeywrightDomain
import KeywrightStore

/// How the actors and targets of events are called.
public struct AuditNames: Sendable {
    /// Persons, and the keys behind machine users.
    public let users: [User.ID: UserName]
    /// Resources that events are about.
    public let resources: ResourceNames
    private let roles: RoleCatalogue

    init(users: [User.ID: UserName], resources: ResourceNames, roles: RoleCatalogue) {
        self.users = users
        self.resources = resources
        self.roles = roles
    }

    /// The name of what an event was done to, and whether it is still there; nil when nothing is known of it.
    public func target(of event: AuditEvent) -> (name: String, isThere: Bool)? { self.target(event.target) }

    /// The name of a thing, and whether it is still there; nil when nothing is known of it.
    public func target(_ target: AuditEvent.Target) -> (name: String, isThere: Bool)? {
        if let user = Operations.userID(of: target) { return users[user].map { ($0.text, !$0.isDeleted) } }
        if target.type == "role" {
            return Role.ID(parsing: target.id).flatMap { roles[$0] }.map { ($0.name, true) }
        }
        guard let level = NRN.Level(name: target.type), let id = Identifier<Resource>(parsing: target.id) else {
            return nil
        }
        return resources.entry(level, id.rawValue).map { ($0.name, $0.isLive) }
    }
}

extension Operations {
    /// The most events of one part.
    public static let auditPageLimit = 200

    /// A part of the trail beside an event, newest first. New events do not move it.
    ///
    /// - Parameter limit: 1 to 200.
    /// - Throws: `.forbidden` unless the principal holds `audit:read` at organization level.
    public func auditPage(
        _ query: AuditQuery, from cursor: AuditCursor, limit: Int = 50, as principal: Principal
    ) async throws -> AuditPage {
        let query = try Self.readable(query, principal)
        let limit = min(max(limit, 1), Self.auditPageLimit)
        return try await store.read { try $0.auditEvents(query, from: cursor, limit: limit) }
    }

    /// One event of the trail.
    ///
    /// - Throws: `.forbidden`; `.notFound`.
    public func auditEvent(_ id: AuditEvent.ID, as principal: Principal) async throws -> SealedAuditEvent {
        try principal.require(.readAudit, at: NRN(principal.organizationID))
        guard let event = try await store.read({ try $0.auditEvent(id, in: principal.organizationID) }) else {
            throw DomainError.notFound("event")
        }
        return event
    }

    /// How many matching events came after one; counting stops at 1,000.
    public func newAuditEvents(
        _ query: AuditQuery, after id: AuditEvent.ID, as principal: Principal
    ) async throws -> Int {
        let query = try Self.readable(query, principal)
        return try await store.read { try $0.countAuditEvents(query, after: id, limit: 1_000) }
    }

    /// Hands over the matching events in parts, newest first, for an export. Each part is read when the one before it
    /// was taken.
    public func exportAuditEvents(
        _ query: AuditQuery, as principal: Principal,
        _ take: ([SealedAuditEvent], AuditNames) async throws -> Void
    ) async throws {
        let query = try Self.readable(query, principal)
        var cursor = AuditCursor.newest
        while true {
            let part = try await store.read { [cursor] in try $0.auditEvents(query, from: cursor, limit: 500) }
            guard let last = part.events.last else { return }
            try await take(part.events, try await names(in: part.events.map(\.event), as: principal))
            guard part.hasOlder else { return }
            cursor = .before(last.id)
        }
    }

    /// How the actors and targets of events are called.
    ///
    /// - Parameters:
    ///   - users: further users of the organization.
    ///   - targets: further things of the organization.
    public func names(
        in events: [AuditEvent], users: [User.ID] = [], targets: [AuditEvent.Target] = [], as principal: Principal
    ) async throws -> AuditNames {
        let organization = principal.organizationID
        let own = events.filter { $0.organizationID == organization }
        let targets = own.map(\.target) + targets
        let users = own.compactMap(\.userID) + targets.compactMap(Self.userID) + users
        return try await store.read { transaction in
            var places: [NRN.Level: Set<Int64>] = [:]
            for target in targets {
                guard let level = NRN.Level(name: target.type), let id = Identifier<Resource>(parsing: target.id)
                else { continue }
                places[level, default: []].insert(id.rawValue)
            }
            return AuditNames(
                users: try transaction.names(of: users, in: organization),
                resources: try transaction.resourceNames(places),
                roles: try transaction.catalogue(organization)
            )
        }
    }

    /// The user that an event is about; a key stands for its machine user.
    static func userID(of target: AuditEvent.Target) -> User.ID? {
        switch target.type {
        case "user": User.ID(parsing: target.id)
        case "api_key": APIKey.ID(parsing: target.id).map(User.machine(of:))
        default: nil
        }
    }

    private static func readable(_ query: AuditQuery, _ principal: Principal) throws(DomainError) -> AuditQuery {
        try principal.require(.readAudit, at: NRN(principal.organizationID))
        var query = query
        query.organizationID = principal.organizationID
        return query
    }
}
