import Hummingbird
import KeywrightDomain
import KeywrightOperations

/// What a button within the form asks for, beside sending it. Scripts do the same without the server.
enum FormStep {
    case addGrant
    case removeGrant(Int)
    case find(Int)

    /// - Parameter action: the button's value; nil for the one that sends the form.
    init?(_ action: String) {
        func number(after prefix: String) -> Int? {
            guard action.hasPrefix(prefix), let number = Int(action.dropFirst(prefix.count)),
                (1...APIKeyEntries.rowLimit).contains(number)
            else { return nil }
            return number
        }
        if action == "add-grant" {
            self = .addGrant
        } else if let row = number(after: "remove-grant-") {
            self = .removeGrant(row)
        } else if let row = number(after: "find-") {
            self = .find(row)
        } else {
            return nil
        }
    }
}

/// What a search from within the form found, for one of its rows.
struct FoundResources {
    let row: Int
    let hits: [ResourceHit]

    /// Puts the hits below the row's field.
    func show(in grants: inout [APIKeyGrantRow]) {
        guard grants.indices.contains(row - 1) else { return }
        grants[row - 1].grantHits = hits.enumerated().map { index, hit in
            APIKeyGrantRow.Hit(
                hitNRN: hit.resource.nrn.description, hitName: hit.label, hitPath: hit.path.way,
                isHitOn: index == 0 && hits.count == 1
            )
        }
        let count = hits.count
        grants[row - 1].hitsText =
            count == 0 ? "No resource matches" : "\(count) resource\(count == 1 ? " matches" : "s match")"
    }
}

extension ResourceHit {
    /// As people see it in lists: "account - main".
    var label: String { "\(resource.nrn.level.name) - \(resource.name)" }
}

extension Console {
    /// Does what a button within the form asks for.
    func take(
        _ step: FormStep, _ entries: inout APIKeyEntries, for purpose: ResourceSearchPurpose = .creatingAPIKeys,
        _ visitor: Visitor
    ) async throws -> FoundResources? {
        switch step {
        case .addGrant:
            if entries.rows.count < APIKeyEntries.rowLimit { entries.rows.append(.init()) }
        case .removeGrant(let row):
            if entries.rows.count > 1, entries.rows.indices.contains(row - 1) { entries.rows.remove(at: row - 1) }
        case .find(let row):
            guard entries.rows.indices.contains(row - 1) else { return nil }
            let text = entries.rows[row - 1].text.trimmedBlanks
            let hits = try await operations.searchResources(text, for: purpose, as: visitor.principal)
            return FoundResources(row: row, hits: hits)
        }
        return nil
    }

    /// Makes out which resource each row means: what was chosen, unless something else was typed since.
    ///
    /// Scripts take the choice back as soon as somebody types; without them, the field and the choice may disagree.
    func settle(_ entries: inout APIKeyEntries, of key: APIKey?, _ visitor: Visitor) async throws {
        let chosen = entries.rows.compactMap { try? NRN(parsing: $0.nrn) }
        let names = try await names(of: key.map { [$0] } ?? [], and: chosen, visitor.principal)
        try await settle(&entries.rows, names, for: .creatingAPIKeys, visitor)
    }

    /// The same for the rows of any form.
    ///
    /// - Parameter names: those of the resources that were chosen.
    func settle(
        _ rows: inout [APIKeyEntries.Row], _ names: APIKeyNames, for purpose: ResourceSearchPurpose, _ visitor: Visitor
    ) async throws {
        for index in rows.indices {
            let text = rows[index].text.trimmedBlanks
            if text.isEmpty { continue }
            if let nrn = try? NRN(parsing: rows[index].nrn), names.resources[nrn] != nil,
                [nrn.description, names.label(of: nrn)].contains(where: { Array($0.utf8) == Array(text.utf8) })
            {
                continue
            }
            let hits = try await operations.searchResources(text, for: purpose, as: visitor.principal)
            rows[index].nrn = hits.count == 1 ? hits[0].resource.nrn.description : ""
        }
    }

    // MARK: For scripts

    /// What the grants of the form would allow, in words.
    func previewAnswer(_ call: ConsoleCall, _ visitor: Visitor) async throws -> Response {
        let query = try call.query()
        let entries = APIKeyEntries(query)
        var key: APIKey?
        if query.contains("key"), let id = Identifier<APIKey>(parsing: query["key"]) {
            key = try await operations.apiKey(id, as: visitor.principal)
        }
        let places = entries.rows.compactMap { try? NRN(parsing: $0.nrn) }
        let names = try await names(of: key.map { [$0] } ?? [], and: places, visitor.principal)
        let preview = APIKeyPreview(entries, of: key, names)
        let changes = key.map { ChangeLine.lines(from: $0, to: entries, names) }
        let note = try await nameNote(entries.name, besides: key, visitor)
        return try pages.json(
            PreviewAnswer(sentences: preview.sentences, warnings: preview.warnings, note: note, changes: changes)
        )
    }

    /// What to note about a name that another key has already: that is allowed.
    func nameNote(_ name: String, besides key: APIKey?, _ visitor: Visitor) async throws -> String? {
        let name = name.trimmedBlanks
        guard !name.isEmpty, visitor.principal.rights.readsAPIKeys else { return nil }
        var query = APIKeyQuery(organizationID: visitor.principal.organizationID, now: operations.now())
        query.name = name
        let page = try await operations.apiKeys(query, PageRequest(limit: 2), as: visitor.principal)
        return page.results.contains { $0.id != key?.id } ? "Another key has this name" : nil
    }

    /// What of the entries is not the visitor's to give, in words, by the number of the row.
    func refusals(of entries: APIKeyEntries, of key: APIKey?, _ visitor: Visitor) async throws -> [Int: String] {
        let places = entries.rows.compactMap { try? NRN(parsing: $0.nrn) }
        let names = try await names(of: key.map { [$0] } ?? [], and: places, visitor.principal)
        return entries.rows.refusals(to: .machine, held: key?.grants ?? [], names, visitor.principal)
    }

    /// The resources on which a key, or with `for=people` a person, can be given a role, by what was typed.
    func resourcesAnswer(_ call: ConsoleCall, _ visitor: Visitor) async throws -> Response {
        let query = try call.query()
        let isForPeople = query["for"] == "people"
        let hits = try await operations.searchResources(
            query["q"], for: isForPeople ? .givingGrants : .creatingAPIKeys, as: visitor.principal
        )
        let results = hits.map { hit in
            ResourcesAnswer.Hit(
                nrn: hit.resource.nrn.description, level: hit.resource.nrn.level.name, name: hit.resource.name,
                path: hit.path.way,
                roles: operations.roleChoices(
                    at: hit.resource.nrn, for: isForPeople ? .person : .machine, showsOlderSpellings: true,
                    as: visitor.principal
                ).filter(\.isAllowed).map(\.role.slug)
            )
        }
        return try pages.json(ResourcesAnswer(results: results, more: hits.count >= Operations.searchLimit))
    }
}

/// What the panel says below the form.
private struct PreviewAnswer: Encodable {
    let sentences: [String]
    let warnings: [String]
    /// About the name.
    let note: String?
    let changes: [ChangeLine]?
}

/// What the field of a resource offers.
private struct ResourcesAnswer: Encodable {
    struct Hit: Encodable {
        let nrn: String
        let level: String
        let name: String
        let path: String
        /// Those that may be given there, by slug.
        let roles: [String]
    }

    let results: [Hit]
    let more: Bool
}
