import Foundation
import Hummingbird
import KeywrightDomain
import KeywrightOperations

/// The list of API keys, and the panels and dialogs over it. Each of them is an address.
extension Console {
    var apiKeyRoutes: [ConsoleRoute] {
        [
            page(APIKeyListState.path) { call, visitor in
                try await listPage(APIKeyListState(try call.query()), call, visitor)
            },
            page("\(APIKeyListState.path)/new", newAPIKeyPage),
            form(APIKeyListState.path, draftPath: Self.draftPath, createAPIKey),
            page("\(APIKeyListState.path)/{id}", apiKeyPage),
            form("\(APIKeyListState.path)/{id}", draftPath: Self.draftPath, updateAPIKey),
            page("\(APIKeyListState.path)/{id}/delete") { call, visitor in
                let state = APIKeyListState(try call.query())
                let key = try await shownKey(call, state, visitor)
                return try await deletionPage(key, state, call, visitor)
            },
            form("\(APIKeyListState.path)/{id}/delete", deleteAPIKey),
            page("/console/preview.json", previewAnswer),
            page("/console/resources.json", resourcesAnswer),
        ]
    }

    /// The form that takes up what was typed: its own page, with the list's state.
    private static func draftPath(_ call: ConsoleCall, _ form: FormFields) -> String {
        let state = APIKeyListState(returning: form["return"])
        guard let id = call.parameters.get("id"), Identifier<APIKey>(parsing: id) != nil else {
            return state.address(of: "/new")
        }
        return state.address(of: "/\(id)")
    }

    // MARK: The list

    /// The list, and over it what `change` puts there.
    func listPage(
        _ state: APIKeyListState, title: String = "API keys", status: HTTPResponse.Status = .ok, crumb: String? = nil,
        _ call: ConsoleCall, _ visitor: Visitor,
        _ change: (inout APIKeyListModel, APIKeyList) async throws -> Void = { _, _ in }
    ) async throws -> Response {
        var state = state
        let isWholeKey = operations.settings.keyFormat.mayHoldKey(state.search)
        if isWholeKey { state.search = "" }
        let list: APIKeyList
        do {
            list = try await apiKeyList(state, visitor)
        } catch let error as DomainError where error.code == .forbidden {
            throw ErrorPage.apiKeysHidden(requestID: call.origin.requestID)
        }
        let flash = Flash(cookie: call.cookie(ConsoleCookies.flash))
        var model = APIKeyListModel(
            list, state, filters: filterParts.part(of: list, state), changedID: flash?.changedID,
            format: operations.settings.keyFormat, now: operations.now()
        )
        if isWholeKey {
            model.searchError = "That looks like a whole key. Search by its last four characters instead."
        }
        try await change(&model, list)
        var frame = PageFrame(title, in: .apiKeys, crumbs: crumb.map { [.init($0)] } ?? [], call, visitor)
        if isWholeKey { frame.here = state.address }
        if list.rights.createsAPIKeys { frame.newKeyPath = state.address(of: "/new") }
        return pages.page(.apiKeys, frame, status: status, model)
    }

    // MARK: A new key

    private func newAPIKeyPage(_ call: ConsoleCall, _ visitor: Visitor) async throws -> Response {
        let query = try call.query()
        let state = APIKeyListState(query)
        guard visitor.principal.rights.createsAPIKeys else {
            throw DomainError.missing(.createAPIKey, at: visitor.organization)
        }
        let kept = try await keptForm(call, visitor).map { APIKeyEntries($0) }
        let entries = kept ?? APIKeyEntries(prefilledBy: query.hidingKeys(of: operations.settings.keyFormat))
        return try await newKeyPanel(entries, formID: UUID().uuidString, state, call, visitor)
    }

    private func newKeyPanel(
        _ entries: APIKeyEntries, problems: APIKeyProblems = .init(), formID: String, hits: FoundResources? = nil,
        status: HTTPResponse.Status = .ok, _ state: APIKeyListState, _ call: ConsoleCall, _ visitor: Visitor
    ) async throws -> Response {
        let title = problems.isEmpty ? "New API key" : "Error: New API key"
        let places = entries.rows.compactMap { try? NRN(parsing: $0.nrn) }
        return try await listPage(state, title: title, status: status, crumb: "New API key", call, visitor) {
            model, list in
            let names = try await names(of: [], and: places, visitor.principal)
            var form = APIKeyFormModel(
                entries, of: nil, problems, formID: formID, isEditable: true, in: state, names,
                tagKeys: list.facets.tagKeys, visitor.principal
            )
            hits?.show(in: &form.grants)
            form.keyNameNote = try await nameNote(entries.name, besides: nil, visitor)
            model.form = form
            model.creationFrame = CreatedKeyModel(in: state, publicURL: operations.publicURL)
        }
    }

    private func createAPIKey(_ call: ConsoleCall, _ visitor: Visitor, _ form: FormFields) async throws -> Response {
        let state = APIKeyListState(returning: form["return"])
        var entries = APIKeyEntries(form)
        let formID = form["form_id"]
        if let step = FormStep(form["action"]) {
            let hits = try await take(step, &entries, visitor)
            return try await newKeyPanel(entries, formID: formID, hits: hits, state, call, visitor)
        }
        try await settle(&entries, of: nil, visitor)
        var problems = APIKeyProblems(entries)
        if problems.isEmpty {
            let grants = entries.grants(of: nil, in: visitor.principal.catalogue)
            let draft = APIKeyDraft(name: entries.name, grants: grants.map(\.input), tags: entries.tagInputs)
            do {
                let new = try await operations.createAPIKey(
                    draft, idempotencyKey: try formID.isEmpty ? nil : IdempotencyKey(formID, body: Array(formID.utf8)),
                    as: visitor.principal
                )
                return try await created(new, state, call, visitor)
            } catch let error as DomainError where error.isAboutInput {
                problems.add(
                    error, rows: grants.map(\.row), entries: entries,
                    refusals: try await refusals(of: entries, of: nil, visitor)
                )
            }
        }
        if call.wantsJSON {
            return try pages.json(FormProblems(problems.all), status: .unprocessableContent)
        }
        return try await newKeyPanel(
            entries, problems: problems, formID: formID, status: .unprocessableContent, state, call, visitor
        )
    }

    /// The one answer that carries the value of a new key.
    private func created(
        _ created: CreatedAPIKey, _ state: APIKeyListState, _ call: ConsoleCall, _ visitor: Visitor
    ) async throws -> Response {
        guard let value = created.value else {
            let path = state.address(of: "/\(created.key.id)")
            if call.wantsJSON { return try pages.json(["repeated": path], status: .conflict) }
            return redirect(
                to: path, saying: "This key was already generated. Its secret was shown then and can't be shown again."
            )
        }
        if call.wantsJSON {
            let mask = operations.settings.keyFormat.mask(handle: created.key.handle, ending: created.key.ending)
            let answer = CreatedAnswer(
                id: created.key.id.rawValue, name: created.key.name, secret: value.reveal(), hint: mask
            )
            return try pages.json(answer, status: .created)
        }
        return try await listPage(state, title: "Copy your new key", call, visitor) { model, _ in
            model.creation = CreatedKeyModel(created, in: state, publicURL: operations.publicURL)
        }
    }

    // MARK: Deleting

    private func deletionPage(
        _ key: APIKey, confirmation: String = "", confirmError: String? = nil, status: HTTPResponse.Status = .ok,
        _ state: APIKeyListState, _ call: ConsoleCall, _ visitor: Visitor
    ) async throws -> Response {
        guard visitor.principal.rights.deletes(key) else {
            throw DomainError(.forbidden, "You may look at this key, but not delete it.")
        }
        let uses = try await operations.facts(of: [key], as: visitor.principal).uses
        return try await listPage(state, title: "Delete \(key.name)", status: status, crumb: key.name, call, visitor) {
            model, _ in
            model.deletion = APIKeyDeletionModel(
                key, in: state, lastAddress: uses[key.id]?.address, now: operations.now(), confirmation: confirmation,
                confirmError: confirmError
            )
        }
    }

    private func deleteAPIKey(_ call: ConsoleCall, _ visitor: Visitor, _ form: FormFields) async throws -> Response {
        let state = APIKeyListState(returning: form["return"])
        let id = try call.id(as: APIKey.self)
        let key: APIKey
        await operations.flushUsageIfPossible()
        do {
            key = try await operations.apiKey(id, as: visitor.principal)
        } catch let error as DomainError where error.code == .notFound {
            guard let gone = try? await operations.deletedAPIKey(id, as: visitor.principal) else { throw error }
            return redirect(to: state.address, saying: "\(gone.name) was already deleted")
        }
        let typed = form["confirm"].trimmedBlanks
        if APIKeyDeletionModel.mustConfirm(key, now: operations.now()), Array(typed.utf8) != Array(key.name.utf8) {
            return try await deletionPage(
                key, confirmation: form["confirm"], confirmError: "Type the name of the key to confirm",
                status: .unprocessableContent, state, call, visitor
            )
        }
        try await operations.deleteAPIKey(id, as: visitor.principal)
        return redirect(to: try await lastPage(state, visitor).address, saying: "\(key.name) deleted")
    }

    /// The same page of the list, or the last one there still is.
    private func lastPage(_ state: APIKeyListState, _ visitor: Visitor) async throws -> APIKeyListState {
        guard state.page > 1 else { return state }
        let (query, request) = state.storeQuery(visitor.principal.organizationID, now: operations.now())
        let page = try await operations.apiKeys(query, request, as: visitor.principal)
        guard page.results.isEmpty else { return state }
        return state.with { $0.page = max(1, (page.total + state.pageSize - 1) / state.pageSize) }
    }
}

/// A new key, for the script that sent the form.
private struct CreatedAnswer: Encodable {
    let id: Int64
    let name: String
    let secret: String
    let hint: String
}

/// What is wrong with a form, for the script that sent it.
struct FormProblems: Encodable {
    struct Item: Encodable {
        let field: String
        let message: String
    }

    let errors: [Item]

    init(_ problems: [Problem]) {
        errors = problems.map { Item(field: $0.problemTarget, message: $0.problemText) }
    }
}

extension DomainError {
    /// Whether the person who filled in a form can do something about it.
    var isAboutInput: Bool {
        switch code {
        case .invalid, .forbidden, .conflict, .unprocessable: true
        default: false
        }
    }
}
