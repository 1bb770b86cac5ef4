public import KeywrightDomain
import KeywrightStore

/// Whom a one-time link lets in, and what for.
public struct PendingInvitation: Sendable {
    /// The person.
    public let user: User
    /// The name of their organization.
    public let organizationName: String
    /// An invitation or a password reset.
    public let purpose: OneTimeToken.Purpose
    /// When the link stops working.
    public let expiresAt: Instant
}

extension Operations {
    /// What a link of an invitation or a password reset is good for.
    ///
    /// - Throws: `.notFound` when it does not work (any more).
    public func invitation(_ token: Secret) async throws -> PendingInvitation {
        let (time, digest) = (now(), Self.digest(oneTimeToken: token))
        return try await store.read { try Self.pendingInvitation(digest, at: time, in: $0) }
    }

    /// Lets a person in by a one-time link: sets their password, uses the link up, ends their sessions, begins a new one.
    ///
    /// - Parameters:
    ///   - firstName: taken for an invitation only; nil or empty leaves what is known.
    ///   - lastName: as `firstName`.
    /// - Throws: `.notFound` when the link does not work; `.invalid` naming every wrong field, the link then still works.
    public func acceptInvitation(
        _ token: Secret, password: Secret, firstName: String? = nil, lastName: String? = nil,
        from origin: Principal.Origin, userAgent: String? = nil
    ) async throws -> NewSession {
        let (time, digest) = (now(), Self.digest(oneTimeToken: token))
        let pending = try await invitation(token)
        var violations = Violations()
        _ = try violations.collect { () throws(DomainError) in try Password.validate(password) }
        func name(_ text: String?, _ pointer: String) throws -> String? {
            guard pending.purpose == .invitation, let text, !text.isEmpty else { return nil }
            return try violations.collect { () throws(DomainError) in try Name.validate(text, pointer: pointer) }
        }
        let names = (first: try name(firstName, "/first_name"), last: try name(lastName, "/last_name"))
        settings.keyFormat.refuseKeys(in: [("/first_name", names.first), ("/last_name", names.last)], &violations)
        try violations.check()
        try passwords.checkRoom()
        let passwordDigest = try await passwords.digest(of: password)
        let start = sessionStart(at: time, origin, userAgent)
        let attempts = sessionKeys.digest(ofAddress: pending.user.email)
        return try await store.write(.organization(pending.user.organizationID)) { transaction in
            var user = try Self.pendingInvitation(digest, at: time, in: transaction).user
            guard try transaction.consumeOneTimeToken(digest: digest) else { throw DomainError.notFound("link") }
            let old = user
            user.firstName = names.first ?? user.firstName
            user.lastName = names.last ?? user.lastName
            if user != old {
                user.updatedAt = time
                try transaction.update(user)
            }
            try Self.setPassword(passwordDigest, of: user, attempts, in: transaction)
            let new = try start.session(of: user, in: transaction)
            let action = pending.purpose == .invitation ? "user.invitation_accept" : "user.password_set"
            let target = AuditEvent.Target("user", user.id.description)
            transaction.append(
                AuditEvent(
                    action, target, by: new.signedIn.principal, at: time, before: user == old ? nil : old.snapshot,
                    after: user == old ? nil : user.snapshot
                )
            )
            return new
        }
    }

    private static func pendingInvitation(
        _ digest: [UInt8], at time: Instant, in transaction: any ReadTransaction
    ) throws -> PendingInvitation {
        guard let link = try transaction.oneTimeToken(digest: digest), link.purpose != .setup, link.expiresAt > time,
            let user = try link.userID.flatMap({ try transaction.person($0) }), user.status == .active
        else { throw DomainError.notFound("link") }
        let organization = try transaction.resource(.organization, user.organizationID.rawValue)
        return PendingInvitation(
            user: user, organizationName: organization?.name ?? "", purpose: link.purpose, expiresAt: link.expiresAt
        )
    }
}
