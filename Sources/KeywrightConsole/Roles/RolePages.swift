import Hummingbird
import KeywrightDomain
import KeywrightOperations

/// The roles of the organization: their list, and one role with what it allows and who holds it.
extension Console {
    var roleRoutes: [ConsoleRoute] {
        let role = "\(RoleAddress.list)/{slug}"
        return [
            page(RoleAddress.list) { call, visitor in try await rolesPage(call, visitor) },
            page("\(RoleAddress.list)/new", newRolePage),
            form("\(RoleAddress.list)/new", draftPath: Self.ownPage, createRole),
            page(role) { call, visitor in try await rolePage(try await shownRole(call, visitor), call, visitor) },
            page("\(role)/edit", editRolePage),
            form("\(role)/edit", draftPath: Self.ownPage, updateRole),
            page("\(role)/delete", roleDeletionPage),
            form("\(role)/delete", deleteRole),
        ]
    }

    /// The list, and over it what `change` puts there.
    func rolesPage(
        title: String = "Roles", status: HTTPResponse.Status = .ok, crumb: String? = nil, _ call: ConsoleCall,
        _ visitor: Visitor, _ change: (inout RolesModel) async throws -> Void = { _ in }
    ) async throws -> Response {
        let principal = visitor.principal
        guard principal.rights.readsRoles else { throw ErrorPage.rolesHidden(requestID: call.origin.requestID) }
        let counts = try await operations.roleHolderCounts(as: principal)
        var model = RolesModel(principal.catalogue, counts, principal.rights)
        try await change(&model)
        let frame = PageFrame(title, in: .roles, crumbs: crumb.map { [.init($0)] } ?? [], call, visitor)
        return pages.page(.roles, frame, status: status, model)
    }

    // MARK: One role

    /// The role that an address names.
    ///
    /// - Throws: the page that says that there is none.
    func shownRole(_ call: ConsoleCall, holders limit: Int = 5, _ visitor: Visitor) async throws -> ShownRole {
        let principal = visitor.principal
        guard principal.rights.readsRoles else { throw ErrorPage.rolesHidden(requestID: call.origin.requestID) }
        guard let role = RoleAddress.role(try call.parameter("slug"), in: principal.catalogue) else {
            throw ErrorPage.noSuch("role", in: .roles)
        }
        let mayReadPersons = principal.rights.readsPeople && principal.rights.holdsEverywhere(.readGrant)
        return ShownRole(
            role: role,
            keys: try await someKeys(APIKeyListState(role: role), limit: limit, principal),
            persons: mayReadPersons
                ? try await operations.persons(holding: role.id, PageRequest(limit: limit), as: principal) : nil
        )
    }

    /// The page of a role, and over it what `change` puts there.
    func rolePage(
        _ shown: ShownRole, title: String? = nil, status: HTTPResponse.Status = .ok, _ call: ConsoleCall,
        _ visitor: Visitor, _ change: (inout RoleModel) async throws -> Void = { _ in }
    ) async throws -> Response {
        var model = RoleModel(shown, visitor.principal, format: operations.settings.keyFormat, now: operations.now())
        try await change(&model)
        let frame = PageFrame(title ?? shown.role.name, in: .roles, crumbs: [.init(shown.role.name)], call, visitor)
        return pages.page(.role, frame, status: status, model)
    }
}

/// What the page of a role is made from.
struct ShownRole: Sendable {
    let role: Role
    /// Some of the keys that hold it; nil when the visitor reads none.
    let keys: SomeKeys?
    /// Some of the people who hold it; nil when the visitor does not see them.
    let persons: Page<User>?
}

/// Where roles have their pages.
enum RoleAddress {
    static let list = "/settings/roles"

    /// A role goes by its slug; one that is called like a page of its own, by its id.
    static func path(of role: Role) -> String {
        "\(list)/\(role.slug == "new" ? role.id.description : PercentEncoding.encode(role.slug))"
    }

    /// The role that a part of a path means.
    static func role(_ text: String, in catalogue: RoleCatalogue) -> Role? {
        catalogue.role(slug: text) ?? Role.ID(parsing: text).flatMap { catalogue[$0] }
    }
}

extension APIKeyListState {
    /// The list of the keys that hold a role.
    init(role: Role) {
        self.init()
        roleSlugs = [role.slug]
    }
}

extension PeopleState {
    /// The list of the people who hold a role.
    init(role: Role) {
        self.init()
        roleSlugs = [role.slug]
    }
}

extension ErrorPage {
    static func rolesHidden(requestID: String?) -> ErrorPage {
        ErrorPage(
            status: .forbidden, heading: "You can't see roles here",
            paragraphs: ["You need a role that allows reading roles in this organization. Ask an administrator."],
            requestID: requestID, section: .roles
        )
    }
}
