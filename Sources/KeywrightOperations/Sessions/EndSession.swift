public import KeywrightDomain
import KeywrightStore

extension Operations {
    /// Ends the session in which a person acts.
    public func signOut(_ signedIn: SignedIn) async throws {
        let (time, id) = (now(), signedIn.session.id)
        try await store.write(.nothing) { transaction in
            guard try transaction.deleteSession(id) else { return }
            transaction.append(Self.ended(signedIn.session, "user.sign_out", by: signedIn.principal, at: time))
        }
    }

    /// The live sessions of a person, newest first: one's own, or for whoever may change people.
    ///
    /// - Throws: `.notFound`; `.forbidden`.
    public func sessions(of id: User.ID, as principal: Principal) async throws -> [Session] {
        let time = now()
        return try await store.read { transaction in
            try Self.requireSessionRights(over: id, principal, transaction)
            return try transaction.sessions(of: id).filter { $0.isLive(at: time) }
        }
    }

    /// Ends one of a person's own sessions.
    ///
    /// - Throws: `.notFound` when the person has no such session.
    public func endSession(_ id: Session.ID, as principal: Principal) async throws {
        let time = now()
        try await mutate(
            "session.end", as: principal, within: principal.scope, target: .init("session", id.description)
        ) {
            transaction, principal in
            guard let session = try transaction.session(id), session.userID == principal.userID,
                try transaction.deleteSession(id)
            else { throw DomainError.notFound("session") }
            transaction.append(Self.ended(session, "session.end", by: principal, at: time))
        }
    }

    /// Ends all sessions of a person; of one's own, the one in use goes too.
    ///
    /// - Returns: how many live ones ended.
    /// - Throws: `.notFound`; `.forbidden` unless it is oneself or the principal may change the person.
    @discardableResult
    public func endSessions(of id: User.ID, as principal: Principal) async throws -> Int {
        let time = now()
        let target = AuditEvent.Target("user", id.description)
        return try await mutate("session.end_all", as: principal, within: principal.scope, target: target) {
            transaction, principal in
            try Self.requireSessionRights(over: id, principal, transaction)
            let count = try transaction.sessions(of: id).filter { $0.isLive(at: time) }.count
            try transaction.deleteSessions(of: id)
            if count > 0 {
                let before = AuditEvent.Snapshot.members([.init("sessions", .number(Int64(count)))])
                transaction.append(AuditEvent("session.end_all", target, by: principal, at: time, before: before))
            }
            return count
        }
    }

    private static func ended(
        _ session: Session, _ action: String, by principal: Principal, at time: Instant
    ) -> AuditEvent {
        AuditEvent(
            action, .init("session", session.id.description), by: principal, at: time,
            before: .members([
                .init("user_id", .number(session.userID.rawValue)), .init("created_at", .time(session.createdAt)),
                .init("user_agent", .text(session.userAgent)),
            ])
        )
    }

    private static func requireSessionRights(
        over id: User.ID, _ principal: Principal, _ transaction: any ReadTransaction
    ) throws {
        let user = try visibleUser(id, principal, transaction)
        if id == principal.userID { return }
        try principal.require(.updateUser, at: NRN(principal.organizationID))
        try requirePerson(user)
        try requireOutranking(user, principal, transaction)
    }
}
