import Foundation
import KeywrightDomain

@testable import KeywrightStore

/// A call of one function of ``ReadTransaction`` or ``WriteTransaction``, with what it meets in a large database
/// (`bench/postgres/fill.sql`): organization 1 is the large one, key 50,000 one of its keys.
struct StoreCall: Sendable {
    /// The function as its protocol declares it.
    let function: String
    let run: @Sendable (SQLTransaction) throws -> Void

    init(_ function: String, _ run: @escaping @Sendable (SQLTransaction) throws -> Void) {
        self.function = function
        self.run = run
    }

    static let all = reads + lists + overviews + trail + writes + people + keys + tokens

    static let organization = Organization.ID(1)
    static let root = NRN(organization)
    static let account = NRN(slots: [1, 3, 0, 0, 0]) ?? root
    static let namespace = NRN(slots: [1, 3, 25, 0, 0]) ?? root
    static let application = NRN(slots: [1, 3, 25, 245, 0]) ?? root
    static let key = APIKey.ID(50_000)
    static let person = User.ID(41)
    static let machine = User.machine(of: key)
    static let role = Role.ID(Role.firstCustomID)
    static let page = PageRequest(limit: 50)
    /// When the database was filled, about.
    static let now = Instant(milliseconds: Int64(Date().timeIntervalSince1970) * 1_000)

    /// Calls a function with each of some queries.
    static func each<Query>(
        _ query: Query, _ changes: [(inout Query) -> Void], _ run: (Query) throws -> Void
    ) rethrows {
        for change in changes {
            var query = query
            change(&query)
            try run(query)
        }
    }

    private static let reads = [
        StoreCall("setting(_ name: String)") { _ = try $0.setting("a") },
        StoreCall("organization(_ id: Organization.ID)") { _ = try $0.organization(organization) },
        StoreCall("organizations()") { _ = try $0.organizations() },
        StoreCall("resource(_ level: NRN.Level, _ id: Int64)") { _ = try $0.resource(.account, 3) },
        StoreCall("isLive(_ nrn: NRN)") { _ = try $0.isLive(application) },
        StoreCall("resources(_ query: ResourceQuery, _ page: PageRequest)") { read in
            try each(
                ResourceQuery(level: .application, organizationID: organization),
                [
                    { _ in }, { $0.parentIDs = [25] }, { $0.slugs = ["place-4-9"] }, { $0.name = "Place 9" },
                    { $0.statuses = [.deleted] }, { $0.visibleWithin = [account, namespace] },
                ]
            ) { _ = try read.resources($0, page) }
        },
        StoreCall("resourceTree(_ organization: Organization.ID)") { _ = try $0.resourceTree(organization) },
        StoreCall("hasLiveChildren(_ nrn: NRN)") { _ = try $0.hasLiveChildren(account) },
        StoreCall("organization(named name: String)") { _ = try $0.organization(named: "Place 1") },
        StoreCall("person(_ id: User.ID)") { _ = try $0.person(person) },
        StoreCall("person(email: String)") { _ = try $0.person(email: "person41@example.org") },
        StoreCall("passwordDigest(of id: User.ID)") { _ = try $0.passwordDigest(of: person) },
        StoreCall("users(_ query: UserQuery, _ page: PageRequest)") { read in
            try each(
                UserQuery(organizationID: organization),
                [
                    { _ in }, { $0.ids = [person, User.ID(42)] }, { $0.emails = ["person41@example.org"] },
                    { $0.statuses = [.active] }, { $0.roles = [Role.member] }, { $0.search = "person 4" },
                    { $0.isByName = true }, { $0.kind = .machine },
                    {
                        $0.kind = .machine
                        $0.statuses = [.active]
                    },
                    {
                        $0.kind = .machine
                        $0.ids = [machine, User.machine(of: APIKey.ID(50_001))]
                    },
                ]
            ) { _ = try read.users($0, page) }
        },
        StoreCall("activeAdministrators(_ organization: Organization.ID)") {
            _ = try $0.activeAdministrators(organization)
        },
        StoreCall("hasPersons()") { _ = try $0.hasPersons() },
        StoreCall("customRoles(_ organization: Organization.ID)") { _ = try $0.customRoles(organization) },
        StoreCall("isRoleInUse(_ id: Role.ID, in organization: Organization.ID)") {
            _ = try ($0.isRoleInUse(role, in: organization), $0.isRoleInUse(Role.ID(2_000_000_011), in: organization))
        },
        StoreCall("grants(of user: User.ID)") { _ = try ($0.grants(of: person), $0.grants(of: machine)) },
        StoreCall("grant(_ id: Grant.ID)") { _ = try $0.grant(Grant.ID(41)) },
        StoreCall("grantHolders(_ query: GrantHolderQuery, _ page: PageRequest)") { read in
            try each(
                GrantHolderQuery(organizationID: organization),
                [
                    { $0.visibleWithin = [root] }, { $0.visibleWithin = [account, namespace] },
                    {
                        $0.visibleWithin = [account]
                        $0.reader = person
                    },
                    {
                        $0.visibleWithin = [root]
                        $0.places = [account]
                    },
                    {
                        $0.visibleWithin = [account]
                        $0.places = [account, namespace]
                        $0.reader = machine
                    },
                    {
                        $0.visibleWithin = [root]
                        $0.ids = [person, machine]
                    },
                    {
                        $0.visibleWithin = [account]
                        $0.ids = [machine]
                        $0.reader = person
                    },
                ]
            ) { _ = try (read.grantHolders($0, page), read.grantHolders($0, PageRequest(limit: 50, offset: 5_000))) }
        },
        StoreCall("apiKey(_ id: APIKey.ID)") { _ = try $0.apiKey(key) },
        StoreCall("apiKey(handle: String)") { _ = try $0.apiKey(handle: "abcdefghijkl") },
        StoreCall("deletedAPIKey(handle: String)") { _ = try $0.deletedAPIKey(handle: "abcdefghijkl") },
        StoreCall("deletedAPIKey(_ id: APIKey.ID)") { _ = try $0.deletedAPIKey(key) },
        StoreCall("keyHandles(after handle: String, limit: Int)") {
            _ = try ($0.keyHandles(after: "", limit: 1_000), $0.keyHandles(after: "M", limit: 1_000))
        },
        StoreCall("keyHandles(newerThan id: APIKey.ID, limit: Int)") {
            _ = try $0.keyHandles(newerThan: APIKey.ID(1), limit: 1_000)
            _ = try $0.keyHandles(newerThan: key, limit: 1_000)
        },
        StoreCall("newestAPIKey()") { _ = try $0.newestAPIKey() },
    ]
}
