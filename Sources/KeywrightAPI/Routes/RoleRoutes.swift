import HTTPTypes
import KeywrightDomain
import KeywrightOperations
import KeywrightWire

extension API {
    /// `/role`: the catalogue and the organization's own roles.
    var roleRoutes: [Route] {
        [
            authenticated(.get, "/role", listRoles),
            authenticated(.post, "/role", createRole),
            authenticated(.get, "/role/{id}", readRole),
            authenticated(.patch, "/role/{id}", updateRole),
            authenticated(.delete, "/role/{id}", deleteRole),
        ]
    }

    @Sendable private func listRoles(_ call: Call, _ principal: Principal) async throws -> Answer {
        let (slugs, page) = try call.query(["limit", "offset", "slug"]) { ($0.texts("slug"), $0.page()) }
        let catalogue = try await operations.roles(as: principal)
        let roles = catalogue.all.filter { slugs == nil || slugs?.contains($0.slug) == true }
        let results = roles.dropFirst(page.offset).prefix(page.limit).map { RoleObject($0, catalogue) }
        return try .json(ListEnvelope(Page(results: results, total: roles.count, request: page)))
    }

    @Sendable private func readRole(_ call: Call, _ principal: Principal) async throws -> Answer {
        try call.requireNoQuery()
        let id: Role.ID = try call.id("role")
        let catalogue = try await operations.roles(as: principal)
        guard let role = catalogue[id] else { throw DomainError.notFound("role") }
        return try .json(RoleObject(role, catalogue))
    }

    @Sendable private func createRole(_ call: Call, _ principal: Principal) async throws -> Answer {
        try call.requireNoQuery()
        let body = try CreateRoleRequest.decode(try await call.json(), checks: .domain)
        let role = try await operations.createRole(
            RoleDraft(
                name: body.name, slug: body.slug, description: body.description ?? "", actions: body.actions,
                inherits: body.inherits, assignable: body.canAssignRoles, level: body.level, userType: body.userType
            ),
            as: principal
        )
        return try .json(RoleObject(role, try await operations.roles(for: principal)), status: .created)
    }

    @Sendable private func updateRole(_ call: Call, _ principal: Principal) async throws -> Answer {
        try call.requireNoQuery()
        let id: Role.ID = try call.id("role")
        let body = try UpdateRoleRequest.decode(try await call.json(), checks: .domain)
        let role = try await operations.updateRole(id, as: principal) { draft in
            if let name = body.name { draft.name = name }
            if let slug = body.slug { draft.slug = slug }
            if let actions = body.actions { draft.actions = actions }
            if let inherits = body.inherits { draft.inherits = inherits }
            if let assignable = body.canAssignRoles { draft.assignable = assignable }
            if !body.description.isAbsent { draft.description = body.description.value ?? "" }
            if !body.level.isAbsent { draft.level = body.level.value }
            if !body.userType.isAbsent { draft.userType = body.userType.value }
        }
        return try .json(RoleObject(role, try await operations.roles(for: principal)))
    }

    @Sendable private func deleteRole(_ call: Call, _ principal: Principal) async throws -> Answer {
        try call.requireNoQuery()
        try await operations.deleteRole(call.id("role"), as: principal)
        return .empty
    }
}

extension RoleObject {
    init(_ role: Role, _ catalogue: RoleCatalogue) {
        self.init(
            id: role.id.rawValue, name: role.name, slug: role.slug, description: role.description,
            level: role.level?.name, userType: role.userType?.rawValue, actions: role.actions.named.map(\.name),
            inherits: role.inherits.compactMap { catalogue[$0]?.slug }, canAssignRoles: catalogue.assignableSlugs(role),
            hasAllActions: role.actions.isOpen, organizationID: role.organizationID?.rawValue,
            createdAt: role.createdAt?.text, updatedAt: role.updatedAt?.text
        )
    }
}
