import KeywrightDomain
import KeywrightOperations

/// The panel that invites a person or changes their grants, as `panel_form.mustache` describes it. Templates see stored
/// properties alone.
struct PersonPanelModel: Encodable {
    let formTitle: String
    let formText: String?
    let formAction: String
    let formBack: String
    let isPatch: Bool
    /// The grants that the panel shows, so that those that came meanwhile stay as they are.
    let rowVersion: String
    let hasProblems: Bool
    let problems: [Problem]
    let problemNote: String? = nil
    let fields: [Field]
    let hasGrants: Bool
    var grants: [APIKeyGrantRow]
    let blankGrant: APIKeyGrantRow
    let grantsHint: String
    let submitLabel: String
    let discardText: String

    /// The panel that invites somebody.
    init(
        inviting entries: PersonEntries, _ problems: PersonProblems, in state: PeopleState, _ names: APIKeyNames,
        _ principal: Principal
    ) {
        self.init(
            title: "Invite a person",
            text: "They get in with a link that works once, for 7 days. No mail is sent: you pass the link on.",
            action: state.address(of: "/invite"), back: state.address, version: nil,
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
            ], submit: "Invite", discard: "Discard this invitation?", entries, problems, held: [], names, principal
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
            text: "A change counts from the next page they open, and for the next request of an access token.",
            action: path, back: path, version: version, fields: [], submit: "Save grants",
            discard: "Discard your changes?", entries, problems, held: person.facts.grants, names, principal
        )
    }

    private init(
        title: String, text: String, action: String, back: String, version: String?, fields: [Field], submit: String,
        discard: String, _ entries: PersonEntries, _ problems: PersonProblems, held: [Grant], _ names: APIKeyNames,
        _ principal: Principal
    ) {
        formTitle = title
        formText = text
        formAction = action
        formBack = back
        isPatch = version != nil
        rowVersion = version ?? ""
        self.fields = fields
        submitLabel = submit
        discardText = discard
        self.problems = problems.all
        hasProblems = !problems.isEmpty
        let hint = "Each grant gives one or more roles on a resource and everything below it."
        grantsHint = held.isEmpty ? hint : "\(hint) To take one away, remove its row or its roles."
        hasGrants = version != nil || principal.rights.givesGrants
        grants = entries.rows.enumerated().map { index, row in
            APIKeyGrantRow(
                "\(index + 1)", row, for: .person, held: held, names, principal,
                resourceError: problems.resources[index + 1], rolesError: problems.roles[index + 1]
            )
        }
        blankGrant = APIKeyGrantRow("N", .init(), for: .person, held: [], names, principal)
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
