import HTTPTypes
import KeywrightDomain
import KeywrightOperations
import KeywrightWire

extension API {
    /// `/user`: persons and the machine users of keys.
    var userRoutes: [Route] {
        [
            authenticated(.get, "/user", listUsers),
            authenticated(.post, "/user", createUser),
            authenticated(.post, "/user/invite", inviteUser),
            authenticated(.get, "/user/{id}", readUser),
            authenticated(.patch, "/user/{id}", updateUser),
            authenticated(.put, "/user/{id}", setUserStatus),
            authenticated(.post, "/user/{id}/password_reset", resetPassword),
        ]
    }

    @Sendable private func listUsers(_ call: Call, _ principal: Principal) async throws -> Answer {
        let names: Set<String> = ["limit", "offset", "organization_id", "email", "type", "status", "id"]
        let (users, organizations, page) = try call.query(names, ignoresOthers: true) { query in
            var users = UserQuery(organizationID: principal.organizationID)
            users.kind =
                query.value("type", "A user type is person or machine.", User.Kind.init(rawValue:)) ?? .person
            users.statuses = query.list("status", "A status is active or inactive.", User.Status.init(rawValue:))
            users.emails = query.texts("email")?.map { $0.lowercased() }
            users.ids = query.ids("id")
            return (users, query.ids("organization_id", as: Organization.self), query.page())
        }
        if let organizations, !organizations.contains(principal.organizationID) {
            return try .json(ListEnvelope(Page<UserObject>(results: [], total: 0, request: page)))
        }
        return try .json(ListEnvelope(try await operations.users(users, page, as: principal).map(UserObject.init)))
    }

    @Sendable private func readUser(_ call: Call, _ principal: Principal) async throws -> Answer {
        try .json(UserObject(try await operations.user(call.id("user"), as: principal)))
    }

    @Sendable private func createUser(_ call: Call, _ principal: Principal) async throws -> Answer {
        let draft = try await personDraft(call, principal)
        return try .json(UserObject(try await operations.createPerson(draft, as: principal)), status: .created)
    }

    @Sendable private func inviteUser(_ call: Call, _ principal: Principal) async throws -> Answer {
        let draft = try await personDraft(call, principal)
        let invitation = try await operations.invitePerson(draft, as: principal)
        return try .json(
            InvitationResponse(
                user: UserObject(invitation.user), invitationURL: SensitiveText(invitation.url.reveal())
            )
        )
    }

    private func personDraft(_ call: Call, _ principal: Principal) async throws -> PersonDraft {
        let body = try CreateUserRequest.decode(try await call.json(), checks: .domain)
        if let organization = body.organizationID, organization != principal.organizationID.rawValue {
            throw DomainError.invalid("/organization_id", "There is no such organization.")
        }
        if body.type == User.Kind.machine.rawValue {
            throw DomainError.invalid("/type", "The machine user of an API key comes with the key.")
        }
        return PersonDraft(
            email: body.email, firstName: body.firstName ?? "", lastName: body.lastName ?? "",
            avatar: body.avatar ?? ""
        )
    }

    @Sendable private func updateUser(_ call: Call, _ principal: Principal) async throws -> Answer {
        let id: User.ID = try call.id("user")
        let body = try UpdateUserRequest.decode(try await call.json(), checks: .domain)
        if let organization = body.organizationID, organization != principal.organizationID.rawValue {
            throw DomainError.invalid("/organization_id", "A user stays in their organization.")
        }
        var changes = PersonChanges()
        changes.email = body.email
        changes.firstName = body.firstName
        changes.lastName = body.lastName
        if !body.avatar.isAbsent { changes.avatar = body.avatar.value ?? "" }
        changes.status = body.status
        return try .json(UserObject(try await operations.updatePerson(id, changes, as: principal)))
    }

    @Sendable private func setUserStatus(_ call: Call, _ principal: Principal) async throws -> Answer {
        let id: User.ID = try call.id("user")
        var changes = PersonChanges()
        changes.status = try SetUserStatusRequest.decode(try await call.json(), checks: .domain).status
        return try .json(UserObject(try await operations.updatePerson(id, changes, as: principal)))
    }

    @Sendable private func resetPassword(_ call: Call, _ principal: Principal) async throws -> Answer {
        let link = try await operations.resetPassword(of: call.id("user"), as: principal)
        return try .json(PasswordResetResponse(resetURL: SensitiveText(link.url.reveal())), status: .created)
    }
}

extension UserObject {
    init(_ user: User) {
        self.init(
            id: user.id.rawValue, email: user.email.isEmpty ? nil : user.email, firstName: user.firstName,
            lastName: user.lastName, avatar: user.avatar.isEmpty ? nil : user.avatar,
            organizationID: user.organizationID.rawValue, status: user.status.rawValue, type: user.kind.rawValue,
            provider: "keywright"
        )
    }
}
