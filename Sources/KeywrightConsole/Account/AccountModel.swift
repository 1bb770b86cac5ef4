import KeywrightDomain
import KeywrightOperations

/// One's own account, as `account.mustache` describes it.
struct AccountModel: Encodable {
    /// A session in a list.
    struct SessionRow: Encodable {
        let sessionLabel: String
        let sessionAddress: String
        let started: TimeModel
        let active: TimeModel
        let isSessionHere: Bool
        let sessionEnd: String
    }

    let joined: TimeModel
    let accountGrants: [PersonGrant]
    let hasAccountGrants: Bool
    let passwordFields: [Field]
    let hasProblems: Bool
    let problems: [Problem]
    let problemNote: String?
    let ownSessions: [SessionRow]

    /// - Parameter here: the session in which the page is asked for.
    init(
        _ person: PersonOverview, catalogue: RoleCatalogue, sessions: [Session], here: Session.ID,
        _ form: PasswordForm, now: Instant
    ) {
        joined = TimeModel(person.user.createdAt, now: now)
        accountGrants = person.facts.grants.map { PersonGrant($0, person.resources, catalogue) }
        hasAccountGrants = !accountGrants.isEmpty
        passwordFields = form.fields
        problems = form.problems
        hasProblems = form.hasProblems
        problemNote = form.problemNote
        ownSessions = sessions.map { session in
            SessionRow(
                sessionLabel: session.userAgent.isEmpty ? "Unknown browser" : session.userAgent,
                sessionAddress: session.address ?? "unknown", started: TimeModel(session.createdAt, now: now),
                active: TimeModel(session.lastSeenAt, now: now), isSessionHere: session.id == here,
                sessionEnd: "\(Console.accountPath)/sessions/\(session.id)/end"
            )
        }
    }
}

/// The form for a new password of one's own. Neither password is ever part of it.
struct PasswordForm: Encodable {
    let fields: [Field]
    let problems: [Problem]
    /// Both passwords have to be typed again.
    let problemNote: String?

    var hasProblems: Bool { !problems.isEmpty }

    init(new: Secret = Secret(""), _ violations: [Violation] = []) {
        func message(_ pointer: String) -> String? { violations.first { $0.pointer == pointer }?.message }
        fields = [
            Field(
                "current_password", "Current password", .password, autocomplete: "current-password",
                error: message("/current_password")
            ),
            PasswordWords.field(
                "new_password", "New password",
                error: message("/password").map { PasswordWords.message($0, for: new) }
            ),
        ]
        problems = fields.compactMap(\.problem)
        problemNote = problems.isEmpty ? nil : "Type both passwords again: they were not kept."
    }
}

/// A grant of a person, as lists of access show it.
struct PersonGrant: Encodable {
    let accessRole: String
    let accessResource: String
    let accessPath: String

    init(_ grant: Grant, _ resources: ResourceNames, _ catalogue: RoleCatalogue) {
        accessRole = catalogue[grant.roleID]?.name ?? grant.roleSlug
        accessResource = resources.name(of: grant.nrn)
        accessPath = resources.path(to: grant.nrn).way
    }
}
