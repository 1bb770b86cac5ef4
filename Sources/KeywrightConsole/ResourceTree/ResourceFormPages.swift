import Hummingbird
import KeywrightDomain
import KeywrightOperations

/// Adding, renaming and archiving resources.
extension Console {
    // MARK: Adding

    func newResourcePage(_ call: ConsoleCall, _ visitor: Visitor) async throws -> Response {
        let shown = try await liveResource(call, visitor)
        let kept = try await keptForm(call, visitor).map { ResourceEntries($0) }
        return try await newResourcePanel(beneath: shown, kept ?? ResourceEntries(), .init(), call, visitor)
    }

    /// The resource that an address names, as long as it is not archived.
    private func liveResource(
        _ call: ConsoleCall, holders limit: Int = 5, _ visitor: Visitor
    ) async throws -> ShownResource {
        let shown = try await shownResource(call, holders: limit, visitor)
        guard shown.resource.isLive else { throw ErrorPage.noSuch("resource", in: .resources) }
        return shown
    }

    private func newResourcePanel(
        beneath shown: ShownResource, _ entries: ResourceEntries, _ problems: ResourceProblems,
        status: HTTPResponse.Status = .ok, _ call: ConsoleCall, _ visitor: Visitor
    ) async throws -> Response {
        guard let level = shown.nrn.level.child else { throw ErrorPage.noSuchPage }
        guard visitor.principal.rights.addsChildren(to: shown.nrn) else {
            throw DomainError.missing(.on(level, .create), at: shown.nrn)
        }
        let form = PanelModel(adding: level, beneath: shown, entries, problems)
        let title = problems.isEmpty ? form.formTitle : "Error: \(form.formTitle)"
        return try await resourcePage(shown, title: title, status: status, call, visitor) { $0.form = form }
    }

    func createResource(_ call: ConsoleCall, _ visitor: Visitor, _ form: FormFields) async throws -> Response {
        let shown = try await liveResource(call, visitor)
        guard let level = shown.nrn.level.child else { throw ErrorPage.noSuchPage }
        let entries = ResourceEntries(form)
        var problems = ResourceProblems(entries)
        if problems.isEmpty, visitor.principal.rights.addsChildren(to: shown.nrn) {
            do {
                let resource = try await operations.createResource(
                    level, name: entries.name, slug: entries.wantedSlug, parentID: shown.nrn.id, as: visitor.principal
                )
                return redirect(to: ResourceAddress.path(of: resource.nrn), saying: "\(resource.name) added")
            } catch let error as DomainError where error.isAboutInput {
                problems.add(error)
            }
        }
        return try await newResourcePanel(
            beneath: shown, entries, problems, status: .unprocessableContent, call, visitor
        )
    }

    // MARK: Renaming

    func renameResourcePage(_ call: ConsoleCall, _ visitor: Visitor) async throws -> Response {
        let shown = try await liveResource(call, visitor)
        let kept = try await keptForm(call, visitor).map { ResourceEntries($0) }
        return try await renamePanel(shown, kept ?? ResourceEntries(shown.resource), .init(), call, visitor)
    }

    private func renamePanel(
        _ shown: ShownResource, _ entries: ResourceEntries, _ problems: ResourceProblems,
        status: HTTPResponse.Status = .ok, _ call: ConsoleCall, _ visitor: Visitor
    ) async throws -> Response {
        guard visitor.principal.rights.updates(shown.nrn) else {
            throw DomainError.missing(.on(shown.nrn.level, .update), at: shown.nrn)
        }
        let form = PanelModel(renaming: shown, entries, problems)
        let title = problems.isEmpty ? form.formTitle : "Error: \(form.formTitle)"
        return try await resourcePage(shown, title: title, status: status, call, visitor) { $0.form = form }
    }

    func renameResource(_ call: ConsoleCall, _ visitor: Visitor, _ form: FormFields) async throws -> Response {
        let shown = try await liveResource(call, visitor)
        let entries = ResourceEntries(form)
        var problems = ResourceProblems(entries)
        if problems.isEmpty, visitor.principal.rights.updates(shown.nrn) {
            var changes = ResourceChanges()
            changes.name = entries.name
            changes.slug = entries.wantedSlug
            do {
                let resource = try await operations.updateResource(
                    shown.nrn.level, shown.nrn.id, changes, as: visitor.principal
                )
                let isSame = resource == shown.resource
                return redirect(
                    to: ResourceAddress.path(of: resource.nrn),
                    saying: isSame ? "Nothing to change" : "\(resource.name) saved"
                )
            } catch let error as DomainError where error.isAboutInput {
                problems.add(error)
            }
        }
        return try await renamePanel(shown, entries, problems, status: .unprocessableContent, call, visitor)
    }

    // MARK: Archiving

    func archivePage(_ call: ConsoleCall, _ visitor: Visitor) async throws -> Response {
        let shown = try await liveResource(call, holders: Confirmation.namedItems, visitor)
        return try await archivePage(shown, call, visitor)
    }

    private func archivePage(
        _ shown: ShownResource, problem: String? = nil, status: HTTPResponse.Status = .ok, _ call: ConsoleCall,
        _ visitor: Visitor
    ) async throws -> Response {
        let principal = visitor.principal
        guard principal.rights.archives(shown.nrn) else {
            throw DomainError.missing(.on(shown.nrn.level, .delete), at: shown.nrn)
        }
        let children = try await operations.resourceChildren(
            of: shown.nrn, PageRequest(limit: Confirmation.namedItems), as: principal
        )
        let confirmation = Confirmation(archiving: shown, children, problem: problem)
        return try await resourcePage(shown, title: confirmation.confirmTitle, status: status, call, visitor) {
            $0.confirmation = confirmation
        }
    }

    func archiveResource(_ call: ConsoleCall, _ visitor: Visitor, _: FormFields) async throws -> Response {
        let shown = try await liveResource(call, holders: Confirmation.namedItems, visitor)
        let principal = visitor.principal
        guard principal.rights.archives(shown.nrn) else {
            throw DomainError.missing(.on(shown.nrn.level, .delete), at: shown.nrn)
        }
        do {
            _ = try await operations.deleteResource(shown.nrn.level, shown.nrn.id, as: principal)
        } catch let error as DomainError where error.code == .conflict {
            return try await archivePage(shown, problem: error.detail, status: .conflict, call, visitor)
        }
        let above = shown.nrn.parent.flatMap { principal.rights.reads($0) ? ResourceAddress.path(of: $0) : nil }
        return redirect(to: above ?? ResourceAddress.list, saying: "\(shown.resource.name) archived")
    }
}

/// What somebody typed about a resource, right or wrong.
struct ResourceEntries {
    var name = ""
    var slug = ""

    /// Nothing typed yet.
    init() {}

    /// The fields of the form.
    init(_ fields: FormFields) {
        name = fields["name"]
        slug = fields["slug"]
    }

    /// What a resource is now.
    init(_ resource: Resource) {
        name = resource.name
        slug = resource.slug
    }

    /// Nil when none was typed.
    var wantedSlug: String? { slug.trimmedBlanks.isEmpty ? nil : slug.trimmedBlanks }
}

/// What is wrong with the entries, in words for people, field by field.
struct ResourceProblems {
    var name: String?
    var slug: String?

    var isEmpty: Bool { all.isEmpty }

    /// In the order of the fields.
    var all: [Problem] {
        [("name", name), ("slug", slug)].compactMap { target, text in text.map { Problem(target, $0) } }
    }

    init() {}

    /// What can be said before the operation is asked.
    init(_ entries: ResourceEntries) {
        if entries.name.trimmedBlanks.isEmpty { name = "Enter a name" }
    }

    /// Takes up why the operation refused the entries.
    mutating func add(_ error: DomainError) {
        if error.code == .conflict { slug = error.detail }
        for violation in error.violations {
            if violation.pointer == "/slug" { slug = violation.message } else { name = violation.message }
        }
        if isEmpty { name = error.detail }
    }
}
