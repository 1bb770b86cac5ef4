import Hummingbird
import KeywrightDomain
import KeywrightOperations

/// The panel of an existing API key: looking at it and changing it.
extension Console {
    /// The key that an address names, with its use up to now.
    ///
    /// - Throws: the page that says who deleted it, or that there is none.
    func shownKey(_ call: ConsoleCall, _ state: APIKeyListState, _ visitor: Visitor) async throws -> APIKey {
        let id = try call.id(as: APIKey.self)
        await operations.flushUsageIfPossible()
        do {
            return try await operations.apiKey(id, as: visitor.principal)
        } catch let error as DomainError where error.code == .notFound {
            guard let gone = try? await operations.deletedAPIKey(id, as: visitor.principal) else { throw error }
            throw GoneKey(id: id, facts: gone, back: state.address)
        }
    }

    func apiKeyPage(_ call: ConsoleCall, _ visitor: Visitor) async throws -> Response {
        let state = APIKeyListState(try call.query())
        do {
            let key = try await shownKey(call, state, visitor)
            guard let kept = try await keptForm(call, visitor) else {
                return try await panel(of: key, APIKeyEntries(key), state, call, visitor)
            }
            return try await panel(of: key, APIKeyEntries(kept), version: kept["version"], state, call, visitor)
        } catch let gone as GoneKey {
            return goneKeyPage(gone, call, visitor)
        }
    }

    /// - Parameter version: the one that the entries began from; nil for the key as it is now.
    private func panel(
        of key: APIKey, _ entries: APIKeyEntries, version: String? = nil, problems: APIKeyProblems = .init(),
        hits: FoundResources? = nil, status: HTTPResponse.Status = .ok, _ state: APIKeyListState, _ call: ConsoleCall,
        _ visitor: Visitor
    ) async throws -> Response {
        let title = problems.isEmpty ? key.name : "Error: \(key.name)"
        let places = entries.rows.compactMap { try? NRN(parsing: $0.nrn) }
        let uses = try await operations.facts(of: [key], as: visitor.principal).uses
        return try await listPage(state, title: title, status: status, crumb: key.name, call, visitor) { model, list in
            let names = try await names(of: [key], and: places, visitor.principal)
            var form = APIKeyFormModel(
                entries, of: key, problems, isEditable: visitor.principal.rights.updates(key), in: state, names,
                tagKeys: list.facets.tagKeys, visitor.principal
            )
            if let version { form.keyVersion = version }
            form.keyNameNote = try await nameNote(entries.name, besides: key, visitor)
            form.facts = APIKeyFactsModel(
                key, names, lastAddress: uses[key.id]?.address, visitor.principal.rights,
                format: operations.settings.keyFormat, now: operations.now()
            )
            hits?.show(in: &form.grants)
            model.form = form
        }
    }

    func updateAPIKey(_ call: ConsoleCall, _ visitor: Visitor, _ form: FormFields) async throws -> Response {
        let state = APIKeyListState(returning: form["return"])
        let key: APIKey
        do {
            key = try await shownKey(call, state, visitor)
        } catch let gone as GoneKey {
            return goneKeyPage(gone, call, visitor)
        }
        var entries = APIKeyEntries(form)
        let seen = form["version"]
        if let step = FormStep(form["action"]) {
            let hits = try await take(step, &entries, visitor)
            return try await panel(of: key, entries, version: seen, hits: hits, state, call, visitor)
        }
        try await settle(&entries, of: key, visitor)
        entries.choose(form, theirs: key)
        var problems = APIKeyProblems(entries)
        guard problems.isEmpty else {
            return try await panel(
                of: key, entries, version: seen, problems: problems, status: .unprocessableContent, state, call, visitor
            )
        }
        let grants = entries.grants(of: key, in: visitor.principal.catalogue)
        do {
            let version = Identifier<APIKey>(parsing: seen)?.rawValue ?? 0
            let changed = try await operations.updateAPIKey(
                key.id, entries.changes(from: key, grants.map(\.input)), ifVersion: .oneOf([version]),
                as: visitor.principal
            )
            let isSame = changed.version == version
            return redirect(
                to: state.address, saying: isSame ? "Nothing to update" : "\(changed.name) updated",
                changed: isSame ? nil : changed.id.description
            )
        } catch let error as DomainError where error.code == .versionMismatch {
            return try await conflictPage(entries, with: key, state, call, visitor)
        } catch let error as DomainError where error.isAboutInput {
            problems.add(
                error, rows: grants.map(\.row), entries: entries,
                refusals: try await refusals(of: entries, of: key, visitor)
            )
            return try await panel(
                of: key, entries, version: seen, problems: problems, status: .unprocessableContent, state, call, visitor
            )
        }
    }

    private func conflictPage(
        _ entries: APIKeyEntries, with key: APIKey, _ state: APIKeyListState, _ call: ConsoleCall, _ visitor: Visitor
    ) async throws -> Response {
        let who = try await operations.lastChange(of: key.id, as: visitor.principal)?.by?.text ?? "Somebody else"
        let places = entries.rows.compactMap { try? NRN(parsing: $0.nrn) }
        let names = try await names(of: [key], and: places, visitor.principal)
        return try await listPage(
            state, title: "Error: \(key.name)", status: .conflict, crumb: key.name, call, visitor
        ) { model, _ in
            model.conflict = APIKeyConflictModel(
                entries, against: key, changedBy: who, in: state, names, now: operations.now()
            )
        }
    }

    private func goneKeyPage(_ gone: GoneKey, _ call: ConsoleCall, _ visitor: Visitor) -> Response {
        let frame = PageFrame("This key is gone", in: .apiKeys, crumbs: [.init(gone.facts.name)], call, visitor)
        return pages.page(.apiKeyGone, frame, status: .notFound, GoneKeyModel(gone, now: operations.now()))
    }
}

/// A key that was deleted meanwhile.
struct GoneKey: Error {
    let id: APIKey.ID
    let facts: DeletedKeyFacts
    let back: String
}

/// The page of a key that was deleted meanwhile, as `api_key_gone.mustache` describes it.
struct GoneKeyModel: Encodable {
    let goneText: String
    let goneBack: String

    init(_ gone: GoneKey, now: Instant) {
        let civil = CivilTime(gone.facts.deletedAt)
        let isToday = now.duration(since: gone.facts.deletedAt) < .seconds(86_400)
        let when = isToday ? "at \(civil.clock) UTC" : "on \(civil.dayText)"
        goneText = "\(gone.facts.name) was deleted by \(gone.facts.deletedBy?.text ?? "an operator") \(when)."
        goneBack = gone.back
    }
}

extension APIKeyEntries {
    /// What is different from a key: grants that are as they were are not sent, so that nobody needs the right to give
    /// them again.
    func changes(from key: APIKey, _ grants: [GrantInput]) -> APIKeyChanges {
        let old = APIKeyEntries(key)
        var changes = APIKeyChanges()
        changes.name = name
        changes.tags = tagInputs
        if Set(pairs) != Set(old.pairs) || pairs.count != old.pairs.count { changes.grants = grants }
        return changes
    }
}
