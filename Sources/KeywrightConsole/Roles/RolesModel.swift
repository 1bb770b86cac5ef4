import KeywrightDomain
import KeywrightOperations

/// The list of roles and what lies over it, as `roles.mustache` describes it.
struct RolesModel: Encodable {
    struct Row: Encodable {
        let roleName: String
        let rolePath: String
        let roleSlug: String
        let roleLevels: String
        let roleKeys: RoleCountLink
        let rolePeople: RoleCountLink
        let rolePermissions: String
        let isRoleCustom: Bool
        let isForMachines: Bool
    }

    /// A table of roles, as `role_table.mustache` describes it.
    struct Table: Encodable {
        let tableID: String
        let tableTitle: String
        let roles: [Row]
    }

    let newPath = "\(RoleAddress.list)/new"
    let canManage: Bool
    let cannotManageReason: String?
    var form: RoleFormModel?
    let current: Table
    /// The level-prefixed spellings, which few need.
    let older: Table
    let olderText: String

    init(_ catalogue: RoleCatalogue, _ counts: [Role.ID: RoleHolderCount], _ rights: Rights) {
        canManage = rights.createsRoles
        cannotManageReason =
            rights.createsRoles ? nil : "You can look at roles. To make roles of your own you need the role Admin."
        let rows = { (roles: [Role]) in roles.map { Row($0, counts[$0.id], catalogue) } }
        let old = catalogue.all.filter(\.isOlderSpelling)
        current = Table(
            tableID: "roles", tableTitle: "Roles", roles: rows(catalogue.all.filter { !$0.isOlderSpelling })
        )
        older = Table(tableID: "older-roles", tableTitle: "Older spellings", roles: rows(old))
        olderText = "\(old.count) older names of these, each for one level"
    }
}

extension RolesModel.Row {
    fileprivate init(_ role: Role, _ count: RoleHolderCount?, _ catalogue: RoleCatalogue) {
        roleName = role.name
        rolePath = RoleAddress.path(of: role)
        roleSlug = role.slug
        roleLevels = role.levelsText
        roleKeys = RoleCountLink(
            count?.keys, of: "key", to: APIKeyListState(role: role).address, holding: role.name
        )
        rolePeople = RoleCountLink(
            count?.persons, of: "person", "people", to: PeopleState(role: role).address, holding: role.name
        )
        let actions = catalogue.effectiveActions(of: role)
        rolePermissions = actions.isOpen ? "All" : actions.named.count.grouped
        isRoleCustom = !role.isBuiltIn
        isForMachines = role.userType == .machine
    }
}

/// How many hold a role, with the list of them; "–" where that is not known.
struct RoleCountLink: Encodable {
    let countText: String
    let hasCountPath: Bool
    let countPath: String
    let countLabel: String

    init(_ count: Int?, of one: String, _ many: String? = nil, to path: String, holding name: String) {
        countText = count?.grouped ?? "–"
        hasCountPath = count ?? 0 > 0
        countPath = path
        countLabel = "\((count ?? 0).of(one, many)) with \(name)"
    }
}

extension Role {
    /// Whether it is one of the built-in slugs that name a level.
    var isOlderSpelling: Bool { isBuiltIn && level != nil }

    /// Where it can be given: "All levels", "Accounts only".
    var levelsText: String {
        guard let level else { return "All levels" }
        return level == .organization ? "Organization only" : "\(level.title)s only"
    }
}
