public import KeywrightDomain
import KeywrightStore

/// What shall be different about a person; nil leaves a member as it is.
public struct PersonChanges: Sendable {
    /// A new address.
    public var email: String?
    /// A new given name.
    public var firstName: String?
    /// A new family name.
    public var lastName: String?
    /// A new picture's address.
    public var avatar: String?
    /// `active` or `inactive`.
    public var status: String?

    /// Nothing different.
    public init() {}
}

/// What a new person shall be.
public struct PersonDraft: Sendable {
    /// The address.
    public var email: String
    /// The given name.
    public var firstName: String
    /// The family name.
    public var lastName: String
    /// A picture's address; empty for none.
    public var avatar: String

    /// What a new person shall be.
    public init(email: String, firstName: String = "", lastName: String = "", avatar: String = "") {
        self.email = email
        self.firstName = firstName
        self.lastName = lastName
        self.avatar = avatar
    }
}

/// A person who was just invited, and the link that lets them in, shown this once.
public struct Invitation: Sendable {
    /// The person.
    public let user: User
    /// The link.
    public let url: Secret
}

extension Operations {
    /// How long an invitation works.
    static let invitationLifetime: Duration = .seconds(7 * 24 * 3600)
    /// How long a password reset works.
    static let passwordResetLifetime: Duration = .seconds(24 * 3600)

    /// A user of the principal's organization: a person or a key's machine user.
    ///
    /// - Throws: `.notFound` when absent or the principal may not read users (others than itself).
    public func user(_ id: User.ID, as principal: Principal) async throws -> User {
        try await store.read { try Self.visibleUser(id, principal, $0) }
    }

    /// A part of the users of the principal's organization.
    public func users(_ query: UserQuery, _ page: PageRequest, as principal: Principal) async throws -> Page<User> {
        try principal.require(.readUser, at: NRN(principal.organizationID))
        var query = query
        query.organizationID = principal.organizationID
        return try await store.read { [query] in try $0.users(query, page) }
    }

    /// Adds a person, who can sign in once a password reset link was used.
    ///
    /// - Throws: `.forbidden`; `.invalid`; `.conflict` with the id of the user who has the address.
    public func createPerson(_ draft: PersonDraft, as principal: Principal) async throws -> User {
        try await addPerson(draft, as: principal, action: "user.create") { _, _, _ in }
    }

    /// Adds a person with a link by which they choose a password: 7 days, once.
    ///
    /// - Parameter grants: the roles they begin with, all or none.
    /// - Throws: as ``createPerson(_:as:)``, and as ``giveGrants(_:to:as:)`` with `causeIndex` of the grant.
    public func invitePerson(
        _ draft: PersonDraft, grants: [GrantInput] = [], as principal: Principal
    ) async throws -> Invitation {
        let link = oneTimeLink("invitation")
        let expiry = now().advanced(by: Self.invitationLifetime)
        let time = now()
        let user = try await addPerson(draft, as: principal, action: "user.invite") { user, principal, transaction in
            let given = try Self.firstGrants(grants, of: user, principal, transaction)
            if !given.isEmpty {
                transaction.append(
                    AuditEvent(
                        "grant.create", .init("user", user.id.description), by: principal, at: time,
                        before: .list([]), after: .list(given.map(\.snapshot))
                    )
                )
            }
            try transaction.insert(
                OneTimeToken(digest: link.digest, purpose: .invitation, userID: user.id, expiresAt: expiry)
            )
        }
        return Invitation(user: user, url: link.url)
    }

    private func addPerson(
        _ draft: PersonDraft, as principal: Principal, action: String,
        _ more: @escaping @Sendable (User, Principal, any WriteTransaction) throws -> Void
    ) async throws -> User {
        let time = now()
        let checked = try check(draft)
        // Addresses are unique in the installation.
        return try await mutate(action, as: principal, within: .installation, target: .unmade("user")) {
            transaction, principal in
            try principal.require(.createUser, at: NRN(principal.organizationID))
            try Self.requireFreeEmail(checked.email, principal, transaction)
            let user = User(
                id: User.ID(try transaction.allocate(.person)), organizationID: principal.organizationID,
                email: checked.email, firstName: checked.firstName, lastName: checked.lastName, avatar: checked.avatar,
                createdAt: time, updatedAt: time
            )
            try transaction.insert(user)
            let target = AuditEvent.Target("user", user.id.description)
            transaction.append(AuditEvent(action, target, by: principal, at: time, after: user.snapshot))
            try more(user, principal, transaction)
            transaction.append(Change(.user, user.id.rawValue, in: principal.organizationID))
            return user
        }
    }

    /// Changes a person. Deactivating ends their sessions and leaves the keys they created alone. A new address ends the
    /// links that were passed on to the old one.
    ///
    /// - Throws: `.notFound`; `.forbidden`; `.invalid`; `.conflict` for a machine user, a taken address, and for the last
    ///   active administrator.
    public func updatePerson(_ id: User.ID, _ changes: PersonChanges, as principal: Principal) async throws -> User {
        let time = now()
        var violations = Violations()
        let email = try changes.email.flatMap { text in
            try violations.collect { () throws(DomainError) in try Email.validate(text) }
        }
        let names = check(changes.firstName, changes.lastName, changes.avatar, &violations)
        let status = changes.status.flatMap(User.Status.init(rawValue:))
        if changes.status != nil && status == nil { violations.add("/status", "The status is active or inactive.") }
        try violations.check()
        let target = AuditEvent.Target("user", id.description)
        let scope = email == nil ? principal.scope : .installation
        return try await mutate("user.update", as: principal, within: scope, target: target) { transaction, principal in
            let old = try Self.visibleUser(id, principal, transaction)
            try principal.require(.updateUser, at: NRN(principal.organizationID))
            try Self.requirePerson(old)
            var user = old
            if let email { user.email = email }
            if let name = names.first { user.firstName = name }
            if let name = names.last { user.lastName = name }
            if let avatar = names.avatar { user.avatar = avatar }
            if let status { user.status = status }
            if user == old { return old }
            if user.email != old.email || user.status != old.status {
                // Whoever controls the address or the state controls the person.
                try Self.requireOutranking(old, principal, transaction)
            }
            let isDeactivated = user.status == .inactive && old.status == .active
            if user.email != old.email { try Self.requireFreeEmail(user.email, principal, transaction) }
            if isDeactivated {
                try Self.requireAnotherAdministrator(than: id, principal.organizationID, transaction)
                try transaction.deleteSessions(of: id)
            }
            if isDeactivated || user.email != old.email {
                try transaction.deleteOneTimeTokens(.invitation, of: id)
                try transaction.deleteOneTimeTokens(.passwordReset, of: id)
            }
            user.updatedAt = time
            try transaction.update(user)
            transaction.append(
                AuditEvent("user.update", target, by: principal, at: time, before: old.snapshot, after: user.snapshot)
            )
            transaction.append(Change(.user, id.rawValue, in: principal.organizationID))
            return user
        }
    }

    /// Gives a link by which a person chooses a new password; the old one stops working at once.
    ///
    /// - Throws: `.notFound`; `.forbidden` unless the principal holds `user:update` at organization level and every action
    ///   that the person holds; `.conflict` for a machine user or an inactive person.
    public func resetPassword(of id: User.ID, as principal: Principal) async throws -> Invitation {
        let time = now()
        let link = oneTimeLink("invitation")
        let target = AuditEvent.Target("user", id.description)
        let user = try await mutate("user.password_reset", as: principal, within: principal.scope, target: target) {
            transaction, principal in
            let user = try Self.visibleUser(id, principal, transaction)
            try principal.require(.updateUser, at: NRN(principal.organizationID))
            try Self.requirePerson(user)
            try Self.requireOutranking(user, principal, transaction)
            guard user.status == .active else { throw DomainError(.conflict, "The user is not active.") }
            // Whoever has an earlier link is not let in by it any more.
            try transaction.deleteOneTimeTokens(.invitation, of: id)
            try transaction.deleteOneTimeTokens(.passwordReset, of: id)
            try transaction.insert(
                OneTimeToken(
                    digest: link.digest, purpose: .passwordReset, userID: id,
                    expiresAt: time.advanced(by: Self.passwordResetLifetime)
                )
            )
            try transaction.setPasswordDigest(nil, of: id)
            try transaction.deleteSessions(of: id)
            transaction.append(AuditEvent("user.password_reset", target, by: principal, at: time))
            transaction.append(Change(.user, id.rawValue, in: principal.organizationID))
            return user
        }
        return Invitation(user: user, url: link.url)
    }

    // MARK: Rules

    static func visibleUser(
        _ id: User.ID, _ principal: Principal, _ transaction: any ReadTransaction
    ) throws -> User {
        let user: User? =
            if let keyID = id.machineKeyID {
                try transaction.apiKey(keyID).map(User.init(machineOf:))
            } else {
                try transaction.person(id)
            }
        guard let user, user.organizationID == principal.organizationID,
            principal.userID == id || principal.holds(.readUser, at: NRN(principal.organizationID))
        else { throw DomainError.notFound("user") }
        return user
    }

    static func requirePerson(_ user: User) throws {
        guard user.kind == .person else {
            throw DomainError(.conflict, "The machine user of an API key is changed through the API key.")
        }
    }

    private static func requireFreeEmail(
        _ email: String, _ principal: Principal, _ transaction: any ReadTransaction
    ) throws {
        guard let other = try transaction.person(email: email) else { return }
        var error = DomainError(.conflict, "The user already exists")
        // Who has the address in another organization is nobody's business.
        if other.organizationID == principal.organizationID { error.conflictingID = other.id.rawValue }
        throw error
    }

    /// Refuses to act on a person who holds anything that the principal does not.
    static func requireOutranking(
        _ user: User, _ principal: Principal, _ transaction: any ReadTransaction
    ) throws {
        let catalogue = try transaction.catalogue(principal.organizationID)
        for grant in try transaction.grants(of: user.id) {
            let held = Access.actions(at: grant.nrn, grants: principal.grants)
            guard held.isSuperset(of: catalogue.effectiveActions(of: grant)) else {
                throw DomainError(.forbidden, "The user holds actions at \(grant.nrn) that you do not hold.")
            }
        }
    }

    /// The last active person with Admin at organization level stays.
    static func requireAnotherAdministrator(
        than id: User.ID, _ organization: Organization.ID, _ transaction: any ReadTransaction
    ) throws {
        let administrators = try transaction.activeAdministrators(organization)
        guard administrators.contains(id), administrators.count == 1 else { return }
        throw DomainError(.conflict, "This is the organization's last active administrator.")
    }

    private func check(_ draft: PersonDraft) throws -> PersonDraft {
        var violations = Violations()
        let email = try violations.collect { () throws(DomainError) in try Email.validate(draft.email) }
        let names = check(draft.firstName, draft.lastName, draft.avatar, &violations)
        try violations.check()
        return PersonDraft(
            email: email ?? "", firstName: names.first ?? "", lastName: names.last ?? "", avatar: names.avatar ?? ""
        )
    }

    private func check(
        _ first: String?, _ last: String?, _ avatar: String?, _ violations: inout Violations
    ) -> (first: String?, last: String?, avatar: String?) {
        func name(_ text: String?, _ pointer: String) -> String? {
            guard let text, !text.isEmpty else { return text }
            do {
                return try Name.validate(text, pointer: pointer)
            } catch {
                violations.add(error.violations)
                return nil
            }
        }
        if let avatar, !avatar.isEmpty, !Self.isAddress(avatar) {
            violations.add("/avatar", "An avatar is an https address of at most 500 bytes.")
        }
        settings.keyFormat.refuseKeys(
            in: [("/first_name", first), ("/last_name", last), ("/avatar", avatar)], &violations)
        return (name(first, "/first_name"), name(last, "/last_name"), avatar)
    }

    private static func isAddress(_ text: String) -> Bool {
        text.hasPrefix("https://") && text.utf8.count <= 500 && text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
    }
}
