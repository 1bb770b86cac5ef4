public import KeywrightDomain
import KeywrightStore

/// Who shall administer an organization.
public struct AdministratorDraft: Sendable {
    /// The organization's name; made when there is none of this name.
    public var organization: String
    /// The person's address.
    public var email: String
    /// The person's password.
    public var password: Secret
    /// The name of a first Admin key; nil for none.
    public var keyName: String?

    /// Who shall administer an organization.
    public init(organization: String, email: String, password: Secret, keyName: String?) {
        self.organization = organization
        self.email = email
        self.password = password
        self.keyName = keyName
    }
}

/// What was set up.
public struct NewAdministrator: Sendable {
    /// The organization.
    public let organization: Resource
    /// The person.
    public let user: User
    /// The first key, when one was wanted.
    public let key: CreatedAPIKey?
}

extension Operations {
    /// How long a set-up link works.
    static let setupLifetime: Duration = .seconds(15 * 60)

    /// A new set-up link.
    ///
    /// - Parameters:
    ///   - base: the address in the link; the public URL when nil.
    ///   - endsOthers: whether earlier ones stop working.
    /// - Throws: `.conflict` once somebody administers the installation.
    public func makeSetupLink(base: String? = nil, endsOthers: Bool = true) async throws -> Secret {
        let link = oneTimeLink("setup", base: base)
        let expiry = now().advanced(by: Self.setupLifetime)
        try await store.write { transaction in
            guard try !transaction.hasPersons() else {
                throw DomainError(.conflict, "The installation is set up already.")
            }
            if endsOthers { try transaction.deleteOneTimeTokens(.setup, of: nil) }
            try transaction.insert(
                OneTimeToken(digest: link.digest, purpose: .setup, userID: nil, expiresAt: expiry)
            )
        }
        return link.url
    }

    /// Whether a set-up link works now.
    public func isSetupLinkValid(_ token: Secret) async throws -> Bool {
        let time = now()
        let digest = Self.digest(oneTimeToken: token)
        return try await store.read { transaction in
            guard try !transaction.hasPersons(), let link = try transaction.oneTimeToken(digest: digest) else {
                return false
            }
            return link.purpose == .setup && link.expiresAt > time
        }
    }

    /// Makes the first administrator by a set-up link, which is used up with it.
    ///
    /// - Throws: `.notFound` when the link does not work; `.invalid` naming every wrong field, the link then still works.
    public func setUp(
        _ draft: AdministratorDraft, token: Secret, from origin: Principal.Origin
    ) async throws -> NewAdministrator {
        guard try await isSetupLinkValid(token) else { throw DomainError.notFound("set-up link") }
        let digest = Self.digest(oneTimeToken: token)
        return try await makeAdministrator(draft, origin) { transaction in
            guard try !transaction.hasPersons(), try transaction.consumeOneTimeToken(digest: digest) else {
                throw DomainError.notFound("set-up link")
            }
        }
    }

    /// Makes an administrator from the machine itself: a new organization, or another administrator of one.
    ///
    /// - Throws: `.invalid` naming every wrong field; `.conflict` when the address is taken.
    public func createAdministrator(_ draft: AdministratorDraft) async throws -> NewAdministrator {
        try await makeAdministrator(draft, .init()) { _ in }
    }

    private func makeAdministrator(
        _ draft: AdministratorDraft, _ origin: Principal.Origin,
        _ admit: @escaping @Sendable (any WriteTransaction) throws -> Void
    ) async throws -> NewAdministrator {
        let time = now()
        var violations = Violations()
        let name = try violations.collect { () throws(DomainError) in
            try Name.validate(draft.organization, pointer: "/organization", limit: Name.resourceLimit)
        }
        let email = try violations.collect { () throws(DomainError) in try Email.validate(draft.email) }
        _ = try violations.collect { () throws(DomainError) in try Password.validate(draft.password) }
        let keyName = try draft.keyName.flatMap { text in
            try violations.collect { () throws(DomainError) in try Name.validate(text, pointer: "/key_name") }
        }
        try violations.check()
        let passwordDigest = try await passwords.digest(of: draft.password)
        // The key's place is known only within the transaction, when the organization is made there.
        let prepared = keyName.map { prepare(APIKeyDraft(name: $0, grants: []), name: $0, at: time) }
        return try await store.write { [keyLimit = settings.keyLimit] transaction in
            try admit(transaction)
            guard try transaction.person(email: email ?? "") == nil else {
                throw DomainError(.conflict, "The user already exists")
            }
            let organization = try Self.organization(named: name ?? "", at: time, origin, in: transaction)
            let user = User(
                id: User.ID(try transaction.allocate(.person)), organizationID: organization.nrn.organizationID,
                email: email ?? "", firstName: "", lastName: "", createdAt: time, updatedAt: time
            )
            try transaction.insert(user)
            try transaction.setPasswordDigest(passwordDigest, of: user.id)
            let grant = Grant(
                id: Grant.ID(try transaction.allocate(.grant)), nrn: organization.nrn, roleID: Role.admin,
                roleSlug: "admin"
            )
            try transaction.insert(grant, to: user.id, in: user.organizationID)
            let target = AuditEvent.Target("user", user.id.description)
            transaction.append(
                .byOperator("administrator.create", target, user.organizationID, time, origin, after: user.snapshot)
            )
            transaction.append(Change(.user, user.id.rawValue, in: user.organizationID))
            // The promised key comes with the administrator or not at all.
            let key = try prepared.map { prepared in
                var prepared = prepared
                prepared.requests = [GrantRequest(nrn: organization.nrn, shape: .slug("admin"))]
                let principal = try Authenticator.person(user.id, origin, in: transaction)
                let key = try Self.insert(prepared, keyLimit: keyLimit, as: principal, in: transaction)
                return CreatedAPIKey(key: key, value: prepared.newKey.value)
            }
            return NewAdministrator(organization: organization, user: user, key: key)
        }
    }

    /// The live organization of that name; made when there is none.
    private static func organization(
        named name: String, at time: Instant, _ origin: Principal.Origin, in transaction: any WriteTransaction
    ) throws -> Resource {
        if let known = try transaction.organization(named: name) { return known }
        let id = try transaction.allocate(.resource(.organization))
        let base = Slug.derived(from: name) ?? "organization"
        let isTaken = try transaction.organizations().contains { other in
            try transaction.resource(.organization, other.id.rawValue)?.slug == base
        }
        let slug = isTaken ? "\(base.prefix(50))-\(id)" : base
        let resource = Resource(
            nrn: NRN(organization: id), name: name, slug: slug, createdAt: time, updatedAt: time
        )
        try transaction.insert(organization: resource)
        let target = AuditEvent.Target("organization", "\(id)")
        transaction.append(
            .byOperator(
                "organization.create", target, Organization.ID(id), time, origin, after: resource.snapshot
            )
        )
        transaction.append(Change(.resource, id, in: Organization.ID(id)))
        return resource
    }

    /// A person as principal.
    func principal(of user: User, from origin: Principal.Origin) async throws -> Principal {
        try await store.read { try Authenticator.person(user.id, origin, in: $0) }
    }

    /// Sets a person's password from the machine itself and ends their sessions and one-time links.
    ///
    /// - Throws: `.notFound` when nobody has the address; `.invalid` for the password.
    public func resetAdministratorPassword(email: String, to password: Secret) async throws -> User {
        let time = now()
        try Password.validate(password)
        let email = try Email.validate(email)
        let digest = try await passwords.digest(of: password)
        let attempts = sessionKeys.digest(ofAddress: email)
        return try await store.write { transaction in
            guard let user = try transaction.person(email: email) else { throw DomainError.notFound("user") }
            try Self.setPassword(digest, of: user, attempts, in: transaction)
            let target = AuditEvent.Target("user", user.id.description)
            transaction.append(
                .byOperator("user.password_set", target, user.organizationID, time, .init(), after: nil)
            )
            return user
        }
    }

    /// After a backup was put back: ends all tokens, sessions and one-time links, and says so in every trail.
    ///
    /// A link that was used since the backup would let its holder in once more.
    public func noteRestore() async throws {
        let time = now()
        try await store.write { [random] transaction in
            try ChangeCursor.beginHistory(random, in: transaction)
            try transaction.raiseAllEpochs(at: time)
            try transaction.deleteSessions(of: nil)
            for purpose in OneTimeToken.Purpose.allCases {
                try transaction.deleteOneTimeTokens(purpose, of: nil)
            }
            for organization in try transaction.organizations() {
                let target = AuditEvent.Target("organization", organization.id.description)
                transaction.append(
                    .byOperator("installation.restore", target, organization.id, time, .init(), after: nil))
                transaction.append(Change(.organization, organization.id.rawValue, in: organization.id))
            }
        }
    }
}

extension AuditEvent {
    /// An event done at the machine itself.
    static func byOperator(
        _ action: String, _ target: Target, _ organization: Organization.ID, _ time: Instant,
        _ origin: Principal.Origin, after: Snapshot?
    ) -> AuditEvent {
        AuditEvent(
            organizationID: organization, at: time, action: action, userID: nil, actorType: "operator",
            credential: nil, address: origin.address, requestID: origin.requestID, target: target, after: after
        )
    }
}

extension Optional {
    /// The value turned into another one, with waiting.
    func mapAsync<Other>(_ transform: (Wrapped) async throws -> Other) async throws -> Other? {
        guard let self else { return nil }
        return try await transform(self)
    }
}
