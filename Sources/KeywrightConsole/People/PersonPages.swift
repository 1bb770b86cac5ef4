import Hummingbird
import KeywrightDomain
import KeywrightOperations

/// One person: what they may do, and what can be done with them.
extension Console {
    /// The person that an address names.
    ///
    /// - Throws: `.notFound` for whom the visitor does not see, and for machine users.
    func shownPerson(_ call: ConsoleCall, keys limit: Int = 5, _ visitor: Visitor) async throws -> ShownPerson {
        let id = try call.id(as: User.self)
        return try await shownPerson(id, keys: limit, visitor.principal)
    }

    private func shownPerson(_ id: User.ID, keys limit: Int = 5, _ principal: Principal) async throws -> ShownPerson {
        let overview = try await operations.person(id, as: principal)
        return ShownPerson(
            overview: overview, rights: try await operations.rights(over: id, as: principal),
            keys: try await someKeys(APIKeyListState(createdBy: id), limit: limit, principal)
        )
    }

    /// The page of a person, and over it what `change` puts there.
    func personPage(
        _ shown: ShownPerson, title: String? = nil, status: HTTPResponse.Status = .ok, _ call: ConsoleCall,
        _ visitor: Visitor, _ change: (inout PersonModel) async throws -> Void = { _ in }
    ) async throws -> Response {
        var model = PersonModel(
            shown, visitor.principal, format: operations.settings.keyFormat, now: operations.now()
        )
        try await change(&model)
        let frame = PageFrame(
            title ?? model.personName, in: .people, crumbs: [.init(model.personName)], call, visitor
        )
        return pages.page(.person, frame, status: status, model)
    }

    // MARK: Grants

    func grantsPage(_ call: ConsoleCall, _ visitor: Visitor) async throws -> Response {
        let shown = try await shownPerson(call, visitor)
        if let kept = try await keptForm(call, visitor) {
            return try await grantsPanel(shown, PersonEntries(kept), version: kept["version"], call, visitor)
        }
        let grants = shown.overview.facts.grants
        return try await grantsPanel(shown, PersonEntries(grants), version: Self.version(grants), call, visitor)
    }

    /// Which grants a panel shows: their ids.
    private static func version(_ grants: [Grant]) -> String { grants.map(\.id.description).joined(separator: ".") }

    private func grantsPanel(
        _ shown: ShownPerson, _ entries: PersonEntries, version: String, problems: PersonProblems = .init(),
        hits: FoundResources? = nil, status: HTTPResponse.Status = .ok, _ call: ConsoleCall, _ visitor: Visitor
    ) async throws -> Response {
        guard visitor.principal.changesGrants else {
            throw DomainError.missing(.createGrant, at: visitor.organization)
        }
        let names = await names(of: entries, beside: shown.overview.resources, visitor.principal)
        var form = PanelModel(
            changing: shown.overview, entries, version: version, problems, names, visitor.principal
        )
        hits?.show(in: &form.grants)
        let title = problems.isEmpty ? form.formTitle : "Error: \(form.formTitle)"
        return try await personPage(shown, title: title, status: status, call, visitor) { $0.form = form }
    }

    /// Changes what the panel showed, and leaves alone what it did not: grants that came meanwhile, and those that the
    /// visitor does not see.
    func changeGrants(_ call: ConsoleCall, _ visitor: Visitor, _ form: FormFields) async throws -> Response {
        let shown = try await shownPerson(call, visitor)
        let (id, version) = (shown.overview.user.id, form["version"])
        var entries = PersonEntries(form)
        if let step = FormStep(form["action"]) {
            let hits = try await take(step, &entries, visitor)
            return try await grantsPanel(shown, entries, version: version, hits: hits, call, visitor)
        }
        guard visitor.principal.changesGrants else {
            throw DomainError.missing(.createGrant, at: visitor.organization)
        }
        let names = await names(of: entries, beside: shown.overview.resources, visitor.principal)
        try await settle(&entries.rows, names, for: .givingGrants, visitor)
        let ids = Set(version.split(separator: ".").prefix(1_000).compactMap { Grant.ID(parsing: $0) })
        let old = shown.overview.facts.grants.filter { ids.contains($0.id) }
        var kept: Set<Grant.ID> = []
        var given: [(row: Int, input: GrantInput)] = []
        for (row, nrn, slug) in entries.pairs {
            if let grant = old.first(where: { $0.nrn.description == nrn && $0.roleSlug == slug }) {
                kept.insert(grant.id)
            } else {
                given.append((row, GrantInput(nrn: nrn, shape: .slug(slug))))
            }
        }
        let taken = Set(old.map(\.id)).subtracting(kept)
        var problems = PersonProblems(
            entries, wantsEmail: false, held: Set(old.map(\.nrn.description))
        )
        var status = HTTPResponse.Status.unprocessableContent
        if problems.isEmpty {
            let path = PersonAction.path(of: id)
            if given.isEmpty && taken.isEmpty { return redirect(to: path, saying: "Nothing to change") }
            do {
                _ = try await operations.changeGrants(
                    of: id, giving: given.map(\.input), taking: taken, as: visitor.principal
                )
                return redirect(to: path, saying: "Grants of \(shown.overview.user.displayName.text) changed")
            } catch let error as DomainError where error.isAboutInput {
                if error.code == .conflict { status = .conflict }
                problems.add(
                    error, rows: given.map(\.row), entries: entries,
                    refusals: entries.rows.refusals(to: .person, held: old, names, visitor.principal)
                )
            }
        }
        return try await grantsPanel(
            shown, entries, version: version, problems: problems, status: status, call, visitor)
    }

    // MARK: What asks first

    func confirmationPage(
        _ action: PersonAction, _ call: ConsoleCall, _ visitor: Visitor
    ) async throws -> Response {
        let shown = try await shownPerson(call, keys: Confirmation.namedItems, visitor)
        if let refusal = shown.rights.changeRefusal { throw DomainError(.forbidden, refusal) }
        return try await confirmationPage(action, shown, problem: Self.obstacle(to: action, shown), call, visitor)
    }

    private func confirmationPage(
        _ action: PersonAction, _ shown: ShownPerson, problem: String?, status: HTTPResponse.Status = .ok,
        _ call: ConsoleCall, _ visitor: Visitor
    ) async throws -> Response {
        let isSelf = visitor.principal.userID == shown.overview.user.id
        let confirmation = Confirmation(action, shown, isSelf: isSelf, problem: problem)
        return try await personPage(shown, title: confirmation.confirmTitle, status: status, call, visitor) {
            $0.confirmation = confirmation
        }
    }

    /// What stands in the way of an action that the visitor may take.
    private static func obstacle(to action: PersonAction, _ shown: ShownPerson) -> String? {
        let isActive = shown.overview.user.status == .active
        let last = shown.rights.deactivationRefusal.map { "\($0) Make somebody else administrator first." }
        return switch action {
        case .reset: isActive ? nil : "This person is not active. Activate them first."
        case .deactivate: isActive ? last : nil
        case .endSessions, .activate: nil
        }
    }

    func perform(_ action: PersonAction, _ call: ConsoleCall, _ visitor: Visitor) async throws -> Response {
        let shown = try await shownPerson(call, keys: Confirmation.namedItems, visitor)
        let (user, principal) = (shown.overview.user, visitor.principal)
        let (path, name) = (PersonAction.path(of: user.id), user.displayName.text)
        if let refusal = shown.rights.changeRefusal { throw DomainError(.forbidden, refusal) }
        var changes = PersonChanges()
        do {
            switch action {
            case .reset:
                let reset = try await operations.resetPassword(of: user.id, as: principal)
                let after = try await shownPerson(user.id, principal)
                return try await personPage(after, title: "Copy the password reset link", call, visitor) {
                    $0.once = OnceLinkModel(resetting: reset, back: path)
                }
            case .endSessions:
                let count = try await operations.endSessions(of: user.id, as: principal)
                return redirect(to: path, saying: "\(count) session\(count == 1 ? "" : "s") of \(name) ended")
            case .deactivate:
                changes.status = User.Status.inactive.rawValue
                _ = try await operations.updatePerson(user.id, changes, as: principal)
                return redirect(to: path, saying: "\(name) deactivated")
            case .activate:
                changes.status = User.Status.active.rawValue
                _ = try await operations.updatePerson(user.id, changes, as: principal)
                return redirect(to: path, saying: "\(name) activated")
            }
        } catch let error as DomainError where error.code == .conflict {
            let problem = Self.obstacle(to: action, shown) ?? error.detail
            return try await confirmationPage(action, shown, problem: problem, status: .conflict, call, visitor)
        }
    }
}
