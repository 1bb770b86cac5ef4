public import KeywrightDomain
import KeywrightStore
import Logging

/// Somebody in a session: who they are, what they may do now, and how long the session lasts.
public struct SignedIn: Sendable {
    /// The person.
    public let user: User
    /// The name of their organization.
    public let organizationName: String
    /// What they may do now.
    public let principal: Principal
    /// The session.
    public let session: Session
    /// What each form of the session must carry.
    public let formToken: String

    /// When the session ends unless it is used before; the page warns two minutes earlier.
    public var endsAt: Instant { session.endsAt }

    /// Whether a form carries the token of this session.
    public func accepts(formToken: String) -> Bool {
        ConstantTime.equal(Array(formToken.utf8), Array(self.formToken.utf8))
    }
}

/// A session that just began, with its value for the cookie.
public struct NewSession: Sendable {
    /// What the cookie carries; it is stored nowhere.
    public let value: Secret
    /// Who is signed in.
    public let signedIn: SignedIn
}

/// Why a session's value lets nobody in.
public enum SessionEnd: Hashable, Sendable {
    /// It was not used for 30 minutes.
    case idle
    /// It lasted 8 hours.
    case overdue
    /// It was ended, or there never was such a session.
    case unknown

    /// What to tell its holder; nil when there is nothing to tell.
    public var message: String? {
        switch self {
        case .idle: "You were signed out after 30 minutes without activity."
        case .overdue: "You were signed out after 8 hours. Sign in again to continue."
        case .unknown: nil
        }
    }
}

/// What a session's value turned out to be.
public enum SessionCheck: Sendable {
    /// It lets this person in.
    case signedIn(SignedIn)
    /// It lets nobody in.
    case ended(SessionEnd)
}

extension Operations {
    /// The person whose session has that value, with the rights they hold now.
    ///
    /// - Parameter countsAsUse: whether it keeps the session alive; false for what a page asks by itself.
    public func session(
        _ value: Secret, from origin: Principal.Origin, countsAsUse: Bool = true
    ) async throws -> SessionCheck {
        try await checkSession(value, origin, noteAfter: countsAsUse ? Session.noteInterval : nil)
    }

    /// Keeps a session from ending for want of use; its absolute end stays.
    public func extendSession(_ value: Secret, from origin: Principal.Origin) async throws -> SessionCheck {
        try await checkSession(value, origin, noteAfter: .zero)
    }

    /// What a form must carry that belongs to a secret other than a session, as a one-time link.
    public func formToken(for value: Secret) -> String { sessionKeys.formToken(for: value) }

    private func checkSession(
        _ value: Secret, _ origin: Principal.Origin, noteAfter interval: Duration?
    ) async throws -> SessionCheck {
        guard value.bytes.count == Self.sessionValueLength else { return .ended(.unknown) }
        let time = now()
        let digest = sessionKeys.digest(ofValue: value)
        let formToken = sessionKeys.formToken(for: value)
        let check = try await store.read { transaction -> SessionCheck in
            guard let session = try transaction.session(digest: digest),
                let user = try transaction.person(session.userID), user.status == .active
            else { return .ended(.unknown) }
            guard time < session.expiresAt else { return .ended(.overdue) }
            guard session.isLive(at: time) else { return .ended(.idle) }
            let principal = try Principal(of: user, in: session, from: origin, transaction)
            return .signedIn(
                SignedIn(
                    user: user, organizationName: try Self.organizationName(of: user, transaction),
                    principal: principal, session: session, formToken: formToken
                )
            )
        }
        guard case .signedIn(let known) = check, let interval,
            time.duration(since: known.session.lastSeenAt) >= interval
        else { return check }
        return .signedIn(await noteUse(of: known, at: time, origin))
    }

    static func organizationName(of user: User, _ transaction: any ReadTransaction) throws -> String {
        try transaction.resource(.organization, user.organizationID.rawValue)?.name ?? ""
    }

    /// A full disk signs nobody out before their time.
    private func noteUse(of known: SignedIn, at time: Instant, _ origin: Principal.Origin) async -> SignedIn {
        do {
            let session = try await store.write(.nothing) { transaction in
                try transaction.noteUse(of: known.session.id, at: time, from: origin.address)
                return try transaction.session(known.session.id)
            }
            return SignedIn(
                user: known.user, organizationName: known.organizationName, principal: known.principal,
                session: session ?? known.session, formToken: known.formToken
            )
        } catch {
            logger.warning("The use of a session could not be written.", metadata: ["error": "\(error)"])
            return known
        }
    }

    /// Refuses when the session in which a person acts has ended since it was looked up.
    static func requireSession(
        of principal: Principal, in transaction: any ReadTransaction, now: Instant
    ) throws {
        guard let id = principal.origin.sessionID else { return }
        guard let session = try transaction.session(id), session.userID == principal.userID, session.isLive(at: now)
        else { throw DomainError(.unauthenticated, "Your session has ended. Sign in to continue.") }
    }
}

extension Principal {
    /// A person with the grants they hold now, acting in a session.
    init(
        of user: User, in session: Session, from origin: Origin, _ transaction: any ReadTransaction
    ) throws {
        let origin = Origin(address: origin.address, requestID: origin.requestID, sessionID: session.id)
        self = try Authenticator.person(user.id, origin, in: transaction)
    }
}
