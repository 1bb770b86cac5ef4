import HTTPTypes
import KeywrightDomain
import KeywrightOperations
import KeywrightWire

extension API {
    /// Roles of persons: `/authz/grants`, `/authz/user_role`, `/user/{id}/grant`.
    var grantRoutes: [Route] {
        [
            authenticated(.post, "/authz/grants", giveGrant),
            authenticated(.get, "/authz/grants/{id}", readGrant),
            authenticated(.delete, "/authz/grants/{id}", takeGrant),
            authenticated(.get, "/authz/user_role", listUserRoles),
            authenticated(.post, "/user/{id}/grant", giveGrants),
            authenticated(.put, "/user/{id}/grant", replaceGrants),
        ]
    }

    @Sendable private func giveGrant(_ call: Call, _ principal: Principal) async throws -> Answer {
        try call.requireNoQuery()
        let body = try UserGrantRequest.decode(try await call.json(), checks: .domain)
        let granted = try await operations.giveGrant(
            GrantInput(nrn: body.nrn, shape: .init(body.role)), to: User.ID(body.userID), as: principal
        )
        return try .json(UserGrantObject(granted.grant, granted.userID), status: .created)
    }

    @Sendable private func readGrant(_ call: Call, _ principal: Principal) async throws -> Answer {
        try call.requireNoQuery()
        let found = try await operations.userGrant(call.id("grant"), as: principal)
        return try .json(UserGrantObject(found.grant, found.userID))
    }

    @Sendable private func takeGrant(_ call: Call, _ principal: Principal) async throws -> Answer {
        try call.requireNoQuery()
        try await operations.takeGrant(call.id("grant"), as: principal)
        return .empty
    }

    @Sendable private func listUserRoles(_ call: Call, _ principal: Principal) async throws -> Answer {
        let (users, places, page) = try call.query(["user_id", "nrn", "limit", "offset"]) { query in
            (query.ids("user_id", as: User.self), query.nrns("nrn"), query.page())
        }
        let roles = try await operations.userRoles(of: users, at: places, page, as: principal)
        return try .json(roles.map(UserRolesObject.init))
    }

    @Sendable private func giveGrants(_ call: Call, _ principal: Principal) async throws -> Answer {
        let id: User.ID = try call.id("user")
        let grants = try await operations.giveGrants(try await inputs(call), to: id, as: principal)
        return try .json(grants.map { UserGrantObject($0, id) }, status: .created)
    }

    @Sendable private func replaceGrants(_ call: Call, _ principal: Principal) async throws -> Answer {
        let id: User.ID = try call.id("user")
        let grants = try await operations.replaceGrants(try await inputs(call), of: id, as: principal)
        return grants.isEmpty ? .empty : try .json(grants.map { UserGrantObject($0, id) })
    }

    private func inputs(_ call: Call) async throws -> [GrantInput] {
        try call.requireNoQuery()
        let items = try UserGrantItemRequest.decodeList(try await call.json(), checks: .domain)
        return items.map { GrantInput(nrn: $0.nrn, shape: .init($0.role)) }
    }
}

extension UserGrantObject {
    fileprivate init(_ grant: Grant, _ user: User.ID) {
        self.init(
            id: grant.id.rawValue, userID: user.rawValue, roleID: grant.roleID.rawValue, roleSlug: grant.roleSlug,
            nrn: grant.nrn.description
        )
    }
}

extension UserRolesObject {
    fileprivate init(_ roles: UserRoles) {
        self.init(
            userID: roles.userID.rawValue,
            grants: roles.grants.map { grant, role in
                Grant(
                    id: grant.id.rawValue, nrn: grant.nrn.description,
                    role: Role(
                        id: grant.roleID.rawValue, name: role?.name ?? "Actions of one API key",
                        slug: grant.roleSlug, level: role?.level?.name, description: role?.description ?? "",
                        canAssignRoles: role.map(roles.catalogue.assignableSlugs) ?? []
                    )
                )
            }
        )
    }
}
