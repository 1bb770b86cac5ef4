import KeywrightDomain

@testable import KeywrightStore

extension StoreCall {
    static let lists = [
        StoreCall("apiKeys(_ query: APIKeyQuery, _ page: PageRequest)") { read in
            let far = PageRequest(limit: 50, offset: 300)
            for query in queries { _ = try (read.apiKeys(query, page), read.apiKeys(query, far)) }
            // Every way of reading, also those that the default limits leave to larger organizations.
            for query in queries {
                for limits in [
                    APIKeyListing.Limits(fewCandidates: 0, sortedMatches: 0, walkedRows: 2_000, count: 100),
                    APIKeyListing.Limits(manyCandidates: 0, triedRows: 0, candidatesPerMatch: 1_000, count: 100),
                ] {
                    _ = try APIKeyListing(query, in: read, limits: limits)?.page(page)
                }
            }
        }
    ]

    /// Each filter with values that many keys match, that few match and that none matches, in each order.
    private static var queries: [APIKeyQuery] {
        let filters: [(inout APIKeyQuery) -> Void] = [
            { _ in },
            { $0.name = "service-0042-eu" }, { $0.name = "absent" },
            { $0.search = "service" }, { $0.search = "service-0042" }, { $0.search = "absent" }, { $0.search = "se" },
            { $0.search = "0042" }, { $0.search = "abcdefghijkl" },
            { $0.places = [.at(account)] }, { $0.places = [.below(account)] }, { $0.places = [.reaching(application)] },
            { $0.roleSlugs = ["member"] }, { $0.roleSlugs = ["role-1", "absent"] },
            { $0.tags = [Tag(stored: "team", "t5")] },
            { $0.tags = [Tag(stored: "team", "t5"), Tag(stored: "region", "eu")] },
            { $0.ownerID = User.ID(41) },
            { $0.status = .active }, { $0.status = .disabled }, { $0.status = .expired },
            { $0.use = .since(now.advanced(by: .seconds(-86_400))) },
            { $0.use = .notSince(now.advanced(by: .seconds(-80 * 86_400))) },
            { $0.use = .never },
            { $0.visibleWithin = [account] }, { $0.visibleWithin = [account, namespace, application] },
            {
                $0.search = "service-00"
                $0.tags = [Tag(stored: "region", "eu")]
                $0.use = .notSince(now.advanced(by: .seconds(-40 * 86_400)))
            },
        ]
        return filters.enumerated().flatMap { index, filter in
            APIKeyQuery.Order.allCases.map { order in
                var query = APIKeyQuery(organizationID: organization, now: now)
                filter(&query)
                query.order = order
                query.isDescending = index % 2 == 0
                return query
            }
        }
    }

    static let overviews = [
        StoreCall("uses(of keys: [APIKey.ID])") { _ = try $0.uses(of: someKeys) },
        StoreCall("organizations(of keys: [APIKey.ID])") { _ = try $0.organizations(of: someKeys) },
        StoreCall("names(of users: [User.ID], in organization: Organization.ID)") {
            _ = try $0.names(of: somePersons + someKeys.map(User.machine(of:)), in: organization)
        },
        StoreCall("grants(of persons: [User.ID])") { _ = try $0.grants(of: somePersons) },
        StoreCall("lastSignIns(of persons: [User.ID], in organization: Organization.ID)") {
            _ = try $0.lastSignIns(of: [person, User.ID(42)], in: organization)
        },
        StoreCall("havingPassword(_ persons: [User.ID])") { _ = try $0.havingPassword(somePersons) },
        StoreCall("resourceNames(_ ids: [NRN.Level: Set<Int64>])") {
            _ = try $0.resourceNames([.account: [1, 2], .application: Set(1...50)])
        },
        StoreCall("parents(among places: [NRN])") { _ = try $0.parents(among: [root, account, namespace]) },
        StoreCall("resources(_ search: ResourceSearch, limit: Int)") { read in
            let places = ResourceSearch(
                organizationID: organization, places: [.account: [root], .application: [account, namespace]])
            try each(
                places, [{ _ in }, { $0.name = "place 24" }, { $0.ids = [.account: 3] }, { $0.level = .application }]
            ) { _ = try read.resources($0, limit: 50) }
        },
        StoreCall("tagCounts(_ scope: CountScope, now: Instant, limit: Int)") {
            for scope in scopes { _ = try $0.tagCounts(scope, now: now, limit: 50) }
        },
        StoreCall("roleCounts(_ scope: CountScope, now: Instant, limit: Int)") {
            for scope in scopes { _ = try $0.roleCounts(scope, now: now, limit: 50) }
        },
        StoreCall("keyReach(of places: [NRN], in scope: CountScope, now: Instant)") {
            for scope in scopes { _ = try $0.keyReach(of: [root, account, application], in: scope, now: now) }
        },
        StoreCall("personCounts(_ organization: Organization.ID)") { _ = try $0.personCounts(organization) },
        StoreCall("persons(holding role: Role.ID, in organization: Organization.ID, _ page: PageRequest)") {
            _ = try $0.persons(holding: Role.member, in: organization, page)
            _ = try $0.persons(holding: role, in: organization, page)
        },
    ]

    private static let someKeys = (50_000..<50_050).map { APIKey.ID($0) }
    private static let somePersons = (40..<90).map { User.ID($0) }
    private static let scopes = [
        CountScope(organizationID: organization, visibleWithin: nil),
        CountScope(organizationID: organization, visibleWithin: [account]),
    ]

    static let trail = [
        StoreCall("auditEvents(_ query: AuditQuery, _ page: PageRequest)") { read in
            try eachAuditQuery { _ = try read.auditEvents($0, page) }
        },
        StoreCall("auditChain(_ organization: Organization.ID, after id: AuditEvent.ID, limit: Int)") {
            _ = try $0.auditChain(organization, after: AuditEvent.ID(500_000), limit: 1_000)
        },
        StoreCall("auditCheckpoint(_ organization: Organization.ID)") { _ = try $0.auditCheckpoint(organization) },
        StoreCall("auditHead(_ organization: Organization.ID)") { _ = try $0.auditHead(organization) },
        StoreCall("auditEvent(_ id: AuditEvent.ID, in organization: Organization.ID)") {
            _ = try $0.auditEvent(AuditEvent.ID(500_001), in: organization)
        },
        StoreCall("auditEvents(_ query: AuditQuery, from cursor: AuditCursor, limit: Int)") { read in
            let id = AuditEvent.ID(500_001)
            try eachAuditQuery { query in
                for cursor in [AuditCursor.newest, .before(id), .after(id)] {
                    _ = try read.auditEvents(query, from: cursor, limit: 50)
                }
            }
        },
        StoreCall("countAuditEvents(_ query: AuditQuery, after id: AuditEvent.ID, limit: Int)") { read in
            try eachAuditQuery { _ = try read.countAuditEvents($0, after: AuditEvent.ID(990_000), limit: 1_000) }
        },
        StoreCall("changes(after sequence: Int64, limit: Int)") {
            _ = try ($0.changes(after: 0, limit: 1_000), $0.changes(after: 99_990, limit: 1_000))
        },
        StoreCall("changes(after sequence: Int64, concerning organization: Organization.ID, limit: Int)") { read in
            for sequence in [0, 99_990] as [Int64] {
                _ = try read.changes(after: sequence, concerning: organization, limit: 1_000)
                _ = try read.changes(after: sequence, concerning: Organization.ID(7), limit: 1_000)
            }
        },
        StoreCall("changeLogBounds()") { _ = try $0.changeLogBounds() },
    ]

    private static func eachAuditQuery(_ run: (AuditQuery) throws -> Void) rethrows {
        let changes: [(inout AuditQuery) -> Void] = [
            { _ in }, { $0.actions = ["api_key.create"] }, { $0.actions = ["api_key.create", "grant.create"] },
            { $0.actions = ["absent"] }, { $0.userIDs = [person] }, { $0.userIDs = [person, machine] },
            { $0.actorType = "api_key" }, { $0.actorType = "person" }, { $0.actorType = "operator" },
            { $0.targetTypes = ["user"] }, { $0.targetIDs = ["41"] },
            {
                $0.targetTypes = ["api_key"]
                $0.targetIDs = ["50000"]
            },
            { $0.outcomes = [.refused] }, { $0.outcomes = [.refused, .failure] }, { $0.outcomes = [.success] },
            { $0.targetIDs = ["absent"] }, { $0.userIDs = [User.ID(999_999)] },
            { $0.since = now.advanced(by: .seconds(-86_400)) },
            { $0.until = now.advanced(by: .seconds(-120 * 86_400)) },
            {
                $0.since = now.advanced(by: .seconds(-40 * 86_400))
                $0.until = now.advanced(by: .seconds(-39 * 86_400))
                $0.actions = ["user.sign_in"]
                $0.userIDs = [person]
                $0.outcomes = [.success]
            },
        ]
        for id in [organization, Organization.ID(7)] { try each(AuditQuery(organizationID: id), changes, run) }
    }
}
