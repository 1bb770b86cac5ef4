public import KeywrightDomain
import KeywrightStore

/// What a custom role shall be.
public struct RoleDraft: Sendable {
    /// The name for people.
    public var name: String
    /// The short name; made from the name when nil.
    public var slug: String?
    /// What it is for.
    public var description: String
    /// Its own actions, by name.
    public var actions: [String]
    /// The slugs of the roles it inherits.
    public var inherits: [String]
    /// The slugs of the roles its holder may give.
    public var assignable: [String]
    /// The only level where it may be given, by name.
    public var level: String?
    /// The only kind of user who may hold it, by name.
    public var userType: String?

    /// What a custom role shall be.
    public init(
        name: String, slug: String? = nil, description: String = "", actions: [String] = [], inherits: [String] = [],
        assignable: [String] = [], level: String? = nil, userType: String? = nil
    ) {
        self.name = name
        self.slug = slug
        self.description = description
        self.actions = actions
        self.inherits = inherits
        self.assignable = assignable
        self.level = level
        self.userType = userType
    }

    /// The draft that would leave a role as it is.
    public init(_ role: Role, in catalogue: RoleCatalogue) {
        let assignable: [Role.ID] =
            switch role.assignable {
            case .all: catalogue.all.map(\.id)
            case .roles(let ids): ids
            }
        self.init(
            name: role.name, slug: role.slug, description: role.description, actions: role.actions.named.map(\.name),
            inherits: role.inherits.compactMap { catalogue[$0]?.slug },
            assignable: assignable.compactMap { catalogue[$0]?.slug }, level: role.level?.name,
            userType: role.userType?.rawValue
        )
    }

    /// Turns words into a role.
    ///
    /// - Throws: `.invalid` naming every wrong field.
    func role(
        id: Role.ID, in organization: Organization.ID, _ catalogue: RoleCatalogue, _ format: KeyFormat,
        createdAt: Instant, updatedAt: Instant
    ) throws(DomainError) -> Role {
        var violations = Violations()
        format.refuseKeys(in: [("/name", self.name), ("/description", description)], &violations)
        let name = try violations.collect { () throws(DomainError) in try Name.validate(self.name) }
        let slug = try violations.collect { () throws(DomainError) in
            try Slug.validate(self.slug ?? Slug.derived(from: self.name) ?? "")
        }
        if description.unicodeScalars.count > 500 {
            violations.add("/description", "A description has at most 500 characters.")
        }
        let actions = self.actions.enumerated().compactMap { index, name -> Action? in
            if let action = Action(name) { return action }
            violations.add("/actions/\(index)", "An action reads entity:verb, in lower-case letters.")
            return nil
        }
        if self.actions.count > Role.listLimit {
            violations.add("/actions", "A role names at most \(Role.listLimit) actions.")
        }
        func ids(_ slugs: [String], _ pointer: String) -> [Role.ID] {
            if slugs.count > Role.listLimit {
                violations.add(pointer, "At most \(Role.listLimit) roles can be named here.")
            }
            return slugs.enumerated().compactMap { index, slug in
                if let role = catalogue.role(slug: slug) { return role.id }
                violations.add("\(pointer)/\(index)", "There is no role with this slug.")
                return nil
            }
        }
        let inherits = ids(self.inherits, "/inherits")
        let assignable = ids(self.assignable, "/can_assign_roles")
        if self.level != nil && NRN.Level(name: self.level ?? "") == nil {
            violations.add("/level", "A level is organization, account, namespace, application or scope.")
        }
        if self.userType != nil && User.Kind(rawValue: self.userType ?? "") == nil {
            violations.add("/user_type", "A user type is person or machine.")
        }
        if actions.isEmpty && inherits.isEmpty && violations.all.isEmpty {
            violations.add("/actions", "A role needs an action or a role to inherit.")
        }
        if catalogue.inheritance(from: inherits, reaches: id) {
            violations.add("/inherits", "A role cannot inherit itself.")
        }
        if inherits.contains(where: { catalogue[$0].map { catalogue.effectiveActions(of: $0).isOpen } ?? false }) {
            violations.add("/inherits", "A role that allows everything cannot be inherited.")
        }
        try violations.check()
        return Role(
            id: id, organizationID: organization, slug: slug ?? "", name: name ?? "", description: description,
            level: level.flatMap(NRN.Level.init(name:)), userType: userType.flatMap(User.Kind.init(rawValue:)),
            actions: ActionSet(actions), inherits: inherits, assignable: .roles(assignable), createdAt: createdAt,
            updatedAt: updatedAt
        )
    }
}

extension Operations {
    /// The roles of the principal's organization, built-in ones first.
    ///
    /// - Throws: `.forbidden` when the principal reads roles nowhere.
    public func roles(as principal: Principal) async throws -> RoleCatalogue {
        guard !principal.places(holding: .readRole).isEmpty else {
            throw DomainError.missing(.readRole, at: NRN(principal.organizationID))
        }
        return try await roles(for: principal)
    }

    /// The roles of the principal's organization, for showing a role that the principal was just given.
    public func roles(for principal: Principal) async throws -> RoleCatalogue {
        try await store.read { try $0.catalogue(principal.organizationID) }
    }

    /// Makes a role.
    ///
    /// - Throws: `.forbidden` unless the principal holds `role:create` and every action of the role at organization level,
    ///   and may give each role in it there; `.invalid`; `.conflict` when the slug is taken, or the organization has its
    ///   most roles.
    public func createRole(_ draft: RoleDraft, as principal: Principal) async throws -> Role {
        let time = now()
        return try await mutate("role.create", as: principal, within: principal.scope, target: .unmade("role")) {
            [format = settings.keyFormat] transaction, principal in
            let organization = NRN(principal.organizationID)
            try principal.require(.createRole, at: organization)
            let catalogue = try transaction.catalogue(principal.organizationID)
            guard catalogue.customCount < Role.limit else {
                throw DomainError(
                    .conflict, "The organization has \(Role.limit) roles of its own, the most it may have.")
            }
            let id = Role.ID(try transaction.allocate(.role))
            let role = try draft.role(
                id: id, in: principal.organizationID, catalogue, format, createdAt: time, updatedAt: time
            )
            try Self.requireFreeSlug(role, catalogue)
            try Self.requireRights(to: role, from: nil, catalogue, principal)
            try transaction.insert(role)
            let target = AuditEvent.Target("role", id.description)
            transaction.append(AuditEvent("role.create", target, by: principal, at: time, after: role.snapshot))
            transaction.append(Change(.role, id.rawValue, in: principal.organizationID))
            return role
        }
    }

    /// Changes a custom role, and with it what all its holders may do.
    ///
    /// - Parameters:
    ///   - expected: when the role had last been changed as the caller knows it; nil to change it whatever it is now.
    ///   - change: turns the draft of the role as it is into the wanted one.
    /// - Throws: `.notFound`; `.versionMismatch` when it was changed since; `.conflict` for a built-in role or a taken slug; `.forbidden` as for ``createRole(_:as:)``, but
    ///   for roles only that come into it; `.invalid`.
    public func updateRole(
        _ id: Role.ID, ifUpdatedAt expected: Instant? = nil, as principal: Principal,
        _ change: @escaping @Sendable (inout RoleDraft) -> Void
    ) async throws -> Role {
        let time = now()
        let target = AuditEvent.Target("role", id.description)
        return try await mutate("role.update", as: principal, within: principal.scope, target: target) {
            [format = settings.keyFormat] transaction, principal in
            let organization = NRN(principal.organizationID)
            try principal.require(.updateRole, at: organization)
            let catalogue = try transaction.catalogue(principal.organizationID)
            let old = try Self.customRole(id, catalogue)
            guard expected == nil || old.updatedAt == expected else {
                throw DomainError(.versionMismatch, "The role was changed since it was read.")
            }
            var draft = RoleDraft(old, in: catalogue)
            change(&draft)
            var role = try draft.role(
                id: id, in: principal.organizationID, catalogue, format, createdAt: old.createdAt ?? time,
                updatedAt: old.updatedAt ?? time
            )
            if role == old { return old }
            role.updatedAt = time
            if role.slug != old.slug {
                guard try !transaction.isRoleInUse(id, in: principal.organizationID) else {
                    throw DomainError(.conflict, "The slug of a role that is granted cannot change.")
                }
                try Self.requireFreeSlug(role, catalogue)
            }
            try Self.requireRights(to: role, from: old, catalogue, principal)
            try transaction.update(role)
            transaction.append(
                AuditEvent("role.update", target, by: principal, at: time, before: old.snapshot, after: role.snapshot)
            )
            transaction.append(Change(.role, id.rawValue, in: principal.organizationID))
            return role
        }
    }

    /// Removes a custom role that nobody holds.
    ///
    /// - Throws: `.notFound`; `.conflict` for a built-in role, or while it is granted, inherited or assignable;
    ///   `.forbidden`.
    public func deleteRole(_ id: Role.ID, as principal: Principal) async throws {
        let time = now()
        let target = AuditEvent.Target("role", id.description)
        try await mutate("role.delete", as: principal, within: principal.scope, target: target) {
            transaction, principal in
            try principal.require(.deleteRole, at: NRN(principal.organizationID))
            let catalogue = try transaction.catalogue(principal.organizationID)
            let role = try Self.customRole(id, catalogue)
            let isReferred = catalogue.all.contains { other in
                if case .roles(let ids) = other.assignable, ids.contains(id) { return true }
                return other.inherits.contains(id)
            }
            guard try !isReferred && !transaction.isRoleInUse(id, in: principal.organizationID) else {
                throw DomainError(.conflict, "The role is granted, or another role refers to it.")
            }
            try transaction.delete(role)
            transaction.append(AuditEvent("role.delete", target, by: principal, at: time, before: role.snapshot))
            transaction.append(Change(.role, id.rawValue, in: principal.organizationID))
        }
    }

    private static func customRole(_ id: Role.ID, _ catalogue: RoleCatalogue) throws -> Role {
        guard let role = catalogue[id] else { throw DomainError.notFound("role") }
        guard !role.isBuiltIn else { throw DomainError(.conflict, "A built-in role cannot be changed.") }
        return role
    }

    private static func requireFreeSlug(_ role: Role, _ catalogue: RoleCatalogue) throws {
        if let other = catalogue.role(slug: role.slug), other.id != role.id {
            throw DomainError(.conflict, "There is a role with this slug already.")
        }
    }

    /// Changing a role raises all who hold it, so the principal must hold everything in it, and must be allowed to give
    /// each role that comes into it. Roles that stay in it need not be the principal's to give.
    private static func requireRights(
        to role: Role, from old: Role?, _ catalogue: RoleCatalogue, _ principal: Principal
    ) throws {
        let organization = NRN(principal.organizationID)
        let held = Access.actions(at: organization, grants: principal.grants)
        guard held.isSuperset(of: catalogue.effectiveActions(of: role)) else {
            throw DomainError(.forbidden, "A role cannot allow more than you hold at \(organization).")
        }
        let inherited = Set(role.inherits).subtracting(old?.inherits ?? [])
        let assignable = Set(role.assignable.ids).subtracting(old?.assignable.ids ?? [])
        for id in inherited.union(assignable).sorted() {
            let refusal = AssignmentRule.refusal(
                ofPuttingIntoRole: id, at: organization, by: principal.grants, in: catalogue
            )
            if let refusal { throw DomainError(.forbidden, refusal) }
        }
    }
}

extension Role.Assignable {
    /// The roles named; none for "every role", which no custom role has.
    fileprivate var ids: [Role.ID] {
        if case .roles(let ids) = self { return ids }
        return []
    }
}
