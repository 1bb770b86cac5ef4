public import KeywrightDomain
import KeywrightStore

extension Operations {
    /// Signs a person in.
    ///
    /// An unknown address, a wrong password, an inactive person and one without password take the same work and get the
    /// same answer. Five failures under one address within 15 minutes are free, then waits grow.
    ///
    /// - Throws: `.unauthenticated`; `.rateLimited` with the time to wait; `.unavailable` when too many passwords wait to
    ///   be checked.
    public func signIn(
        email: String, password: Secret, from origin: Principal.Origin, userAgent: String? = nil
    ) async throws -> NewSession {
        let time = now()
        let address = try? Email.validate(email)
        let attempts = sessionKeys.digest(ofAddress: address ?? email)
        try signInFailures.admit(origin.address, at: time)
        defer { signInFailures.release(origin.address) }
        try await admitAttempt(attempts, at: time)
        let known = try await store.read { transaction -> (user: User, digest: String?)? in
            guard let address, let user = try transaction.person(email: address) else { return nil }
            return (user, try transaction.passwordDigest(of: user.id))
        }
        let isRight = try await passwords.matches(password, known?.digest ?? passwords.decoy)
        guard isRight, let user = known?.user, let digest = known?.digest, user.status == .active else {
            try await note(failed: "user.sign_in", of: known?.user, attempts, origin, at: time)
            throw Self.wrongPair
        }
        let start = sessionStart(at: time, origin, userAgent)
        return try await store.write(.organization(user.organizationID)) { transaction in
            guard let user = try transaction.person(user.id), user.status == .active,
                try transaction.passwordDigest(of: user.id) == digest
            else { throw Self.wrongPair }
            try transaction.deleteSignInAttempts(digest: attempts)
            let new = try start.session(of: user, in: transaction)
            let target = AuditEvent.Target("user", user.id.description)
            transaction.append(AuditEvent("user.sign_in", target, by: new.signedIn.principal, at: time))
            return new
        }
    }

    static let wrongPair = DomainError(.unauthenticated, "That email and password don't match. Try again.")

    /// Counts an attempt as failed before its password is looked at, so that attempts at once gain nothing; one that
    /// succeeds clears the count.
    func admitAttempt(_ digest: [UInt8], at time: Instant) async throws {
        try passwords.checkRoom()
        try await store.write(.digest(digest)) { transaction in
            let known = try transaction.signInAttempts(digest: digest)
            if let known, known.blockedUntil > time {
                throw Self.tooManyAttempts(until: known.blockedUntil, at: time)
            }
            try transaction.set(SignInAttempts.adding(to: known, digest: digest, at: time))
        }
    }

    private static func tooManyAttempts(until: Instant, at time: Instant) -> DomainError {
        let wait = until.duration(since: time)
        let minutes = (wait.components.seconds + 59) / 60
        let words = minutes <= 1 ? "a minute" : "\(minutes) minutes"
        var error = DomainError(.rateLimited, "Too many attempts. Try again in \(words).")
        error.retryAfter = wait
        return error
    }

    /// Puts a failure on record, merged per person, address and minute. Who is unknown has no trail to be in, but takes a
    /// write as well: how long the answer takes must not tell the two apart.
    ///
    /// - Parameter attempts: what stands for the address that was tried.
    func note(
        failed action: String, of user: User?, _ attempts: [UInt8], _ origin: Principal.Origin, at time: Instant
    ) async throws {
        signInFailures.note(origin.address, at: time)
        let unknownID = User.ID(attempts.prefix(8).reduce(Int64(0)) { ($0 << 8) | Int64($1) } | .min)
        guard refusals.isNew(action: action, userID: user?.id ?? unknownID, address: origin.address, at: time) else {
            return
        }
        guard let user else {
            return try await store.write(.digest(attempts)) { transaction in
                if let known = try transaction.signInAttempts(digest: attempts) { try transaction.set(known) }
            }
        }
        let event = AuditEvent(
            organizationID: user.organizationID, at: time, action: action, outcome: .failure, userID: nil,
            actorType: "anonymous", credential: nil, address: origin.address, requestID: origin.requestID,
            target: .init("user", user.id.description)
        )
        try await store.write(.digest(attempts)) { $0.append(event) }
    }
}
