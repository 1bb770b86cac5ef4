import Foundation
import KeywrightDomain
import KeywrightOperations

/// The panel of one API key, as `api_key_form.mustache` describes it.
struct APIKeyFormModel: Encodable {
    struct TagInputModel: Encodable {
        let tagNumber: String
        let tagInputValue: String?
        let tagInputError: String?
    }

    struct KnownTagKey: Encodable {
        let knownTagKey: String
    }

    let formTitle: String
    let formBack: String
    let isNewKey: Bool
    let isEditable: Bool
    let formAction: String
    let returnQuery: String
    let formToken: String
    var keyVersion = ""
    var facts: APIKeyFactsModel?
    let hasProblems: Bool
    let problems: [Problem]
    let problemNote: String? = nil
    let keyNameValue: String
    let keyNameError: String?
    var keyNameNote: String?
    let keyNameDescribedBy: String
    var grants: [APIKeyGrantRow]
    let blankGrant: APIKeyGrantRow
    let grantsError: String?
    let tagInputs: [TagInputModel]
    let tagsError: String?
    let shownTags: [String]
    let knownTagKeys: [KnownTagKey]
    /// Where our script asks what the key will be able to do.
    let previewPath: String
    let previewSentences: [String]
    let previewWarnings: [String]
    var changeLines: [ChangeLine] = []
    let noChangesText: String?
    let submitLabel: String
    let discardText: String

    /// - Parameters:
    ///   - key: the key that is looked at or changed; nil for a new one.
    ///   - formID: one key at most is made from it, and by it entries are kept when the session ends.
    init(
        _ entries: APIKeyEntries, of key: APIKey?, _ problems: APIKeyProblems = APIKeyProblems(),
        formID: String = UUID().uuidString,
        isEditable: Bool, in state: APIKeyListState, _ names: APIKeyNames, tagKeys: [String], _ principal: Principal
    ) {
        formTitle = key?.name ?? "New API key"
        formBack = state.address
        isNewKey = key == nil
        self.isEditable = isEditable
        formAction = key.map { "\(APIKeyListState.path)/\($0.id)" } ?? APIKeyListState.path
        returnQuery = state.query
        formToken = formID
        keyVersion = key.map { "\($0.version)" } ?? ""
        self.problems = problems.all
        hasProblems = !problems.isEmpty
        keyNameValue = entries.name
        keyNameError = problems.name
        keyNameDescribedBy = problems.name == nil ? "name-hint name-note" : "name-error name-hint name-note"
        grants = entries.rows.enumerated().map { index, row in
            APIKeyGrantRow(
                "\(index + 1)", row, held: key?.grants ?? [], names, principal,
                resourceError: problems.resources[index + 1],
                rolesError: problems.roles[index + 1]
            )
        }
        blankGrant = APIKeyGrantRow("N", .init(), held: [], names, principal)
        grantsError = problems.grants
        tagInputs = (0..<max(Tag.limit, entries.tags.count)).map { index in
            TagInputModel(
                tagNumber: "\(index + 1)", tagInputValue: index < entries.tags.count ? entries.tags[index] : nil,
                tagInputError: problems.tagFields[index + 1]
            )
        }
        tagsError = problems.tags
        shownTags = entries.tags
        knownTagKeys = tagKeys.map(KnownTagKey.init)
        previewPath = key.map { "/console/preview.json?key=\($0.id)" } ?? "/console/preview.json"
        let preview = APIKeyPreview(entries, of: key, names)
        previewSentences = preview.sentences
        previewWarnings = preview.warnings
        changeLines = key.map { ChangeLine.lines(from: $0, to: entries, names) } ?? []
        noChangesText = changeLines.isEmpty ? "No changes yet" : nil
        submitLabel = key == nil ? "Generate API key" : "Update API key"
        discardText = key == nil ? "Discard this key?" : "Discard your changes?"
    }
}

/// What cannot be changed about a key, as `api_key_facts.mustache` describes it.
struct APIKeyFactsModel: Encodable {
    let factMask: String
    let factID: String
    let factCreated: TimeModel
    let factCreatedBy: String
    let factUsed: TimeModel?
    let factUsedFrom: String?
    let factExpires: TimeModel?
    /// "Expires", or "Expired".
    let factExpiresLabel: String
    /// Nil for whoever may not read the audit trail.
    let activityPath: String?
    let factLost: String

    init(
        _ key: APIKey, _ names: APIKeyNames, lastAddress: String?, _ rights: Rights, format: KeyFormat, now: Instant
    ) {
        factMask = format.mask(handle: key.handle, ending: key.ending)
        factID = key.id.description
        factCreated = TimeModel(key.createdAt, now: now)
        factCreatedBy = names.ownerName(key.ownerID)
        factUsed = TimeModel(key.lastUsedAt, now: now)
        factUsedFrom = key.lastUsedAt == nil ? nil : lastAddress
        factExpires = TimeModel(key.expiresAt, now: now)
        factExpiresLabel = key.isExpired(at: now) ? "Expired" : "Expires"
        activityPath = rights.readsAudit ? AuditState(target: "api_key", key.id).address : nil
        let way = rights.deletes(key) ? "Delete this key and create another." : "Ask an administrator for a new key."
        factLost = "The secret can't be shown again. Lost it? \(way)"
    }
}

/// One difference between a key and what was typed, in words: for the template and for our script.
struct ChangeLine: Encodable {
    let changeText: String
    let isRemoval: Bool

    static func lines(from key: APIKey, to entries: APIKeyEntries, _ names: APIKeyNames) -> [ChangeLine] {
        var lines: [ChangeLine] = []
        let name = entries.name.trimmedBlanks
        if Array(name.utf8) != Array(key.name.utf8) {
            lines.append(ChangeLine(changeText: "Rename to \"\(name)\"", isRemoval: false))
        }
        let old = APIKeyEntries(key)
        func access(_ entries: APIKeyEntries) -> [(key: String, text: String)] {
            entries.rows.flatMap { row -> [(String, String)] in
                guard let nrn = try? NRN(parsing: row.nrn) else { return [] }
                return row.roles.map { slug in
                    let kept = key.grants.first { APIKeyEntries.kept($0) == slug }
                    let role = kept.map(names.roleName) ?? names.catalogue.role(slug: slug)?.name ?? slug
                    return ("\(nrn) \(slug)", "\(role) on \(names.resources.name(of: nrn))")
                }
            }
        }
        let (before, after) = (access(old), access(entries))
        lines += after.filter { new in !before.contains { $0.key == new.key } }
            .map { ChangeLine(changeText: "Add \($0.text)", isRemoval: false) }
        lines += before.filter { old in !after.contains { $0.key == old.key } }
            .map { ChangeLine(changeText: "Remove \($0.text)", isRemoval: true) }
        func has(_ tags: [String], _ tag: String) -> Bool { tags.contains { Array($0.utf8) == Array(tag.utf8) } }
        lines += entries.tags.filter { !has(old.tags, $0) }
            .map { ChangeLine(changeText: "Add the tag \($0)", isRemoval: false) }
        lines += old.tags.filter { !has(entries.tags, $0) }
            .map { ChangeLine(changeText: "Remove the tag \($0)", isRemoval: true) }
        return lines
    }
}
