import KeywrightDomain
import KeywrightOperations

extension PanelModel {
    /// The panel that invites somebody.
    init(
        inviting entries: PersonEntries, _ problems: PersonProblems, in state: PeopleState, _ names: APIKeyNames,
        _ principal: Principal
    ) {
        self.init(
            title: "Invite a person",
            text: "They get in with a link that works once, for 7 days. No mail is sent: you pass the link on.",
            action: state.address(of: "/invite"), back: state.address,
            fields: [
                Field("email", "Email address", .email, value: entries.email, error: problems.email),
                Field(
                    "first_name", "First name", value: entries.firstName, capitals: "words", isOptional: true,
                    error: problems.firstName
                ),
                Field(
                    "last_name", "Last name", value: entries.lastName, capitals: "words", isOptional: true,
                    error: problems.lastName
                ),
            ],
            grants: principal.rights.givesGrants ? Grants(entries, problems, held: [], names, principal) : nil,
            problems.all, submit: "Invite", discard: "Discard this invitation?"
        )
    }

    /// The panel that changes what somebody may do.
    init(
        changing person: PersonOverview, _ entries: PersonEntries, version: String, _ problems: PersonProblems,
        _ names: APIKeyNames, _ principal: Principal
    ) {
        let path = "\(PeopleState.path)/\(person.user.id)"
        self.init(
            title: "Grants of \(person.user.displayName.text)",
            text: "A change counts from the next page they open and the next access token they get.",
            action: path, back: path, version: version, fields: [],
            grants: Grants(entries, problems, held: person.facts.grants, names, principal), problems.all,
            submit: "Save grants", discard: "Discard your changes?"
        )
    }
}

extension PanelModel.Grants {
    /// - Parameter held: the grants that are being changed.
    fileprivate init(
        _ entries: PersonEntries, _ problems: PersonProblems, held: [Grant], _ names: APIKeyNames,
        _ principal: Principal
    ) {
        let hint = "Each grant gives one or more roles on a resource and everything below it."
        self.hint = held.isEmpty ? hint : "\(hint) To take one away, remove its row or its roles."
        rows = entries.rows.enumerated().map { index, row in
            APIKeyGrantRow(
                "\(index + 1)", row, for: .person, held: held, names, principal,
                resourceError: problems.resources[index + 1], rolesError: problems.roles[index + 1]
            )
        }
        blank = APIKeyGrantRow("N", .init(), for: .person, held: [], names, principal)
    }
}

/// A link that is shown once, as `once_link.mustache` describes it: the answer that carries it is the only place where
/// it ever is.
struct OnceLinkModel: Encodable {
    let onceTitle: String
    let onceWarning: String
    let onceFor: String
    let onceLink: String
    let onceNote: String
    let onceBack: String

    init(inviting invitation: Invitation, back: String) {
        onceTitle = "Copy the invitation link"
        onceWarning = "Pass it on to this person alone: whoever opens it first chooses the password."
        onceFor = invitation.user.email
        onceLink = invitation.url.reveal()
        onceNote = "It works once, for 7 days."
        onceBack = back
    }

    init(resetting reset: Invitation, back: String) {
        onceTitle = "Copy the password reset link"
        onceWarning = "Pass it on to this person alone: whoever opens it first chooses the password."
        onceFor = reset.user.email
        onceLink = reset.url.reveal()
        onceNote = "It works once, for 24 hours. The old password does not work any more."
        onceBack = back
    }
}
