import Hummingbird
import KeywrightDomain
import KeywrightOperations

/// The people of the organization: their list, and the panel that invites somebody.
extension Console {
    var peopleRoutes: [ConsoleRoute] {
        let invite = "\(PeopleState.path)/invite"
        let person = "\(PeopleState.path)/{id}"
        return [
            page(PeopleState.path) { call, visitor in
                try await peoplePage(PeopleState(try call.query()), call, visitor)
            },
            page(invite) { call, visitor in
                let kept = try await keptForm(call, visitor).map { PersonEntries($0) }
                return try await invitePanel(kept ?? PersonEntries(), PeopleState(try call.query()), call, visitor)
            },
            form(invite, draftPath: Self.ownPage, invitePerson),
            page(person) { call, visitor in
                try await personPage(try await shownPerson(call, visitor), call, visitor)
            },
            page("\(person)/edit", grantsPage),
            form(person, draftPath: { call, _ in "\(call.request.uri.path)/edit" }, changeGrants),
        ]
            + PersonAction.allCases.flatMap { action in
                [
                    page("\(person)/\(action.rawValue)") { try await confirmationPage(action, $0, $1) },
                    form("\(person)/\(action.rawValue)") { call, visitor, _ in
                        try await perform(action, call, visitor)
                    },
                ]
            }
    }

    // MARK: The list

    /// The list, and over it what `change` puts there.
    private func peoplePage(
        _ state: PeopleState, title: String = "People", status: HTTPResponse.Status = .ok, crumb: String? = nil,
        _ call: ConsoleCall, _ visitor: Visitor, _ change: (inout PeopleModel) async throws -> Void = { _ in }
    ) async throws -> Response {
        let principal = visitor.principal
        guard principal.rights.readsPeople else { throw ErrorPage.peopleHidden(requestID: call.origin.requestID) }
        let (query, request) = state.query(in: principal.catalogue, principal.organizationID)
        let list = try await operations.people(query, request, as: principal)
        var model = PeopleModel(list, state, principal, now: operations.now())
        try await change(&model)
        let frame = PageFrame(title, in: .people, crumbs: crumb.map { [.init($0)] } ?? [], call, visitor)
        return pages.page(.people, frame, status: status, model)
    }

    // MARK: Inviting

    private func invitePanel(
        _ entries: PersonEntries, problems: PersonProblems = .init(), hits: FoundResources? = nil,
        status: HTTPResponse.Status = .ok, _ state: PeopleState, _ call: ConsoleCall, _ visitor: Visitor
    ) async throws -> Response {
        guard visitor.principal.rights.invitesPeople else {
            throw DomainError.missing(.createUser, at: visitor.organization)
        }
        let title = problems.isEmpty ? "Invite a person" : "Error: Invite a person"
        let names = await names(of: entries, beside: ResourceNames(), visitor.principal)
        return try await peoplePage(state, title: title, status: status, crumb: "Invite a person", call, visitor) {
            var form = PanelModel(inviting: entries, problems, in: state, names, visitor.principal)
            hits?.show(in: &form.grants)
            $0.form = form
        }
    }

    private func invitePerson(_ call: ConsoleCall, _ visitor: Visitor, _ form: FormFields) async throws -> Response {
        let state = PeopleState(try call.query())
        var entries = PersonEntries(form)
        if let step = FormStep(form["action"]) {
            let hits = try await take(step, &entries, visitor)
            return try await invitePanel(entries, hits: hits, state, call, visitor)
        }
        guard visitor.principal.rights.invitesPeople else {
            throw DomainError.missing(.createUser, at: visitor.organization)
        }
        let names = await names(of: entries, beside: ResourceNames(), visitor.principal)
        try await settle(&entries.rows, names, for: .givingGrants, visitor)
        var problems = PersonProblems(entries, wantsEmail: true)
        let pairs = entries.pairs
        if problems.isEmpty {
            do {
                let invitation = try await operations.invitePerson(
                    entries.draft, grants: pairs.map { GrantInput(nrn: $0.nrn, shape: .slug($0.slug)) },
                    as: visitor.principal
                )
                let title = "Copy the invitation link"
                return try await peoplePage(state, title: title, crumb: "Invite a person", call, visitor) {
                    $0.once = OnceLinkModel(inviting: invitation, back: state.address)
                }
            } catch let error as DomainError where error.isAboutInput {
                problems.add(
                    error, rows: pairs.map(\.row), entries: entries,
                    refusals: entries.rows.refusals(to: .person, held: [], names, visitor.principal)
                )
            }
        }
        return try await invitePanel(entries, problems: problems, status: .unprocessableContent, state, call, visitor)
    }

    // MARK: What both panels need

    /// What the resources of a form are called.
    func names(
        of entries: PersonEntries, beside known: ResourceNames, _ principal: Principal
    ) async -> APIKeyNames {
        var resources = known
        let places = entries.rows.compactMap { try? NRN(parsing: $0.nrn) }
        await add(places, for: .givingGrants, to: &resources, principal)
        return APIKeyNames(resources: resources, users: [:], catalogue: principal.catalogue)
    }

    /// Does what a button within the form asks for.
    func take(
        _ step: FormStep, _ entries: inout PersonEntries, _ visitor: Visitor
    ) async throws -> FoundResources? {
        var rows = APIKeyEntries()
        rows.rows = entries.rows
        let hits = try await take(step, &rows, for: .givingGrants, visitor)
        entries.rows = rows.rows
        return hits
    }
}

extension ErrorPage {
    static func peopleHidden(requestID: String?) -> ErrorPage {
        ErrorPage(
            status: .forbidden, heading: "You can't see people here",
            paragraphs: [
                "You need a role that allows reading people in this organization. Ask an administrator."
            ], requestID: requestID, section: .people
        )
    }
}
