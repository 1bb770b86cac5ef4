public import KeywrightDomain
import KeywrightStore

extension Operations {
    /// Changes one's own password. All sessions end, and a new one begins in place of the one in use.
    ///
    /// - Throws: `.invalid` for the new password, and for a wrong current one; `.rateLimited` as at sign-in;
    ///   `.unauthenticated` when the session has ended.
    public func changePassword(
        from current: Secret, to password: Secret, in signedIn: SignedIn, userAgent: String? = nil
    ) async throws -> NewSession {
        let (time, origin, user) = (now(), signedIn.principal.origin, signedIn.user)
        try Password.validate(password, pointer: "/password")
        let attempts = sessionKeys.digest(ofAddress: user.email)
        try signInFailures.admit(origin.address, at: time)
        defer { signInFailures.release(origin.address) }
        try await admitAttempt(attempts, at: time)
        let old = try await store.read { try $0.passwordDigest(of: user.id) }
        guard try await passwords.matches(current, old ?? passwords.decoy), let old else {
            try await note(failed: "user.password_change", of: user, attempts, origin, at: time)
            throw DomainError.invalid("/current_password", "That is not your current password.")
        }
        let new = try await passwords.digest(of: password)
        let start = sessionStart(at: time, origin, userAgent)
        return try await store.write(.organization(user.organizationID)) { transaction in
            try Self.requireSession(of: signedIn.principal, in: transaction, now: time)
            guard let user = try transaction.person(user.id), user.status == .active,
                try transaction.passwordDigest(of: user.id) == old
            else { throw DomainError(.unauthenticated, "Your session has ended. Sign in to continue.") }
            try Self.setPassword(new, of: user, attempts, in: transaction)
            let session = try start.session(of: user, in: transaction)
            let target = AuditEvent.Target("user", user.id.description)
            transaction.append(AuditEvent("user.password_change", target, by: session.signedIn.principal, at: time))
            return session
        }
    }

    /// Stores a password; what was possible with the old one is not any more.
    static func setPassword(
        _ digest: String, of user: User, _ attempts: [UInt8], in transaction: any WriteTransaction
    ) throws {
        try transaction.setPasswordDigest(digest, of: user.id)
        try transaction.deleteOneTimeTokens(.passwordReset, of: user.id)
        try transaction.deleteOneTimeTokens(.invitation, of: user.id)
        try transaction.deleteSessions(of: user.id)
        try transaction.deleteSignInAttempts(digest: attempts)
        transaction.append(Change(.user, user.id.rawValue, in: user.organizationID))
    }
}
