import KeywrightDomain
import KeywrightStore
import Testing

@testable import KeywrightOperations

/// What tests of sessions do with an installation.
extension OperationsInstallation {
    static let password = Secret("correct horse battery staple")
    static let origin = Principal.Origin(address: "192.0.2.1", requestID: "request-1")
    static let firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"

    /// Signs somebody in; the first administrator unless told otherwise.
    func signIn(
        _ email: String = "admin@example.test", _ password: Secret = Self.password,
        from origin: Principal.Origin = Self.origin
    ) async throws -> NewSession {
        try await operations.signIn(email: email, password: password, from: origin, userAgent: Self.firefox)
    }

    /// The code of the error that signing in ends with; nil when it succeeds.
    func refusal(_ email: String, _ password: String, from origin: Principal.Origin = Self.origin) async throws
        -> DomainError?
    {
        do {
            _ = try await signIn(email, Secret(password), from: origin)
            return nil
        } catch let error as DomainError {
            return error
        }
    }

    /// Who is in the session with that value; nil when it has ended.
    func signedIn(_ session: NewSession) async throws -> SignedIn? {
        guard case .signedIn(let known) = try await check(session) else { return nil }
        return known
    }

    func check(_ session: NewSession) async throws -> SessionCheck {
        try await operations.session(session.value, from: Self.origin)
    }

    /// A further person with a password and, if wanted, a role at a place.
    func makePerson(_ email: String, role: String? = nil, at nrn: String = "organization=1") async throws -> User {
        let admin = try await principal()
        let user = try await operations.createPerson(
            PersonDraft(email: email, firstName: "Ada", lastName: "Lovelace"), as: admin
        )
        if let role {
            _ = try await operations.giveGrant(GrantInput(nrn: nrn, shape: .slug(role)), to: user.id, as: admin)
        }
        _ = try await operations.resetAdministratorPassword(email: email, to: Self.password)
        return user
    }

    /// The newest events of the trail with that action.
    func events(_ action: String) async throws -> [AuditEvent] {
        var query = AuditQuery(organizationID: Organization.ID(1))
        query.actions = [action]
        return try await store.read { [query] in try $0.auditEvents(query, PageRequest(limit: 200)) }.results
            .map(\.event)
    }
}

/// Runs a body and gives the error it ends with.
func refusal(_ body: () async throws -> Void) async throws -> DomainError? {
    do {
        try await body()
        return nil
    } catch let error as DomainError {
        return error
    }
}
