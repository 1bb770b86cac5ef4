import KeywrightDomain

/// What somebody else changed about a key meanwhile, as `api_key_conflict.mustache` describes it. Templates see stored
/// properties alone.
struct APIKeyConflictModel: Encodable {
    struct Carried: Encodable {
        let carriedName: String
        let carriedValue: String
    }

    struct Difference: Encodable {
        let diffName: String
        let diffLabel: String
        let diffTheirs: [String]
        let diffMine: [String]
    }

    let conflictTitle: String
    let conflictText: String
    let conflictAction: String
    let conflictBack: String
    let conflictDiscard: String
    let returnQuery: String
    let keyVersion: String
    let carriedFields: [Carried]
    let differences: [Difference]

    /// - Parameters:
    ///   - mine: what was typed.
    ///   - key: the key as somebody else left it.
    ///   - who: as in "Ivo K.".
    init(
        _ mine: APIKeyEntries, against key: APIKey, changedBy who: String, in state: APIKeyListState,
        _ names: APIKeyNames, now: Instant
    ) {
        conflictTitle = key.name
        conflictText = "\(who) changed this key \(key.updatedAt.ago(now: now)). Review before saving."
        conflictAction = "\(APIKeyListState.path)/\(key.id)"
        conflictBack = state.address
        conflictDiscard = state.address(of: "/\(key.id)")
        returnQuery = state.query
        keyVersion = "\(key.version)"
        carriedFields = mine.fields.map { Carried(carriedName: $0.name, carriedValue: $0.value) }
        let theirs = APIKeyEntries(key)
        func access(_ entries: APIKeyEntries) -> [String] {
            entries.rows.flatMap { row -> [String] in
                guard let nrn = try? NRN(parsing: row.nrn) else { return [] }
                return row.roles.map { slug in
                    let kept = key.grants.first { APIKeyEntries.kept($0) == slug }
                    let role = kept.map(names.roleName) ?? names.catalogue.role(slug: slug)?.name ?? slug
                    return "\(role) on \(names.resources.name(of: nrn))"
                }
            }
        }
        var differences: [Difference] = []
        if Array(mine.name.trimmedBlanks.utf8) != Array(theirs.name.utf8) {
            differences.append(
                Difference(diffName: "name", diffLabel: "Name", diffTheirs: [theirs.name], diffMine: [mine.name])
            )
        }
        if Set(mine.pairs) != Set(theirs.pairs) {
            differences.append(
                Difference(
                    diffName: "grants", diffLabel: "Grants", diffTheirs: access(theirs), diffMine: access(mine)
                )
            )
        }
        if mine.tags.map({ Array($0.utf8) }) != theirs.tags.map({ Array($0.utf8) }) {
            differences.append(
                Difference(diffName: "tags", diffLabel: "Tags", diffTheirs: theirs.tags, diffMine: mine.tags)
            )
        }
        self.differences = differences
    }
}

extension APIKeyEntries {
    /// Resource and role, a pair each.
    var pairs: [[String]] { rows.flatMap { row in row.roles.map { [row.nrn, $0] } } }

    /// The entries as fields of a form again.
    var fields: [(name: String, value: String)] {
        var fields = [(name: "name", value: name)]
        for (index, row) in rows.enumerated() {
            fields.append((name: "resource_\(index + 1)", value: row.text))
            fields.append((name: "nrn_\(index + 1)", value: row.nrn))
            fields += row.roles.map { (name: "role_\(index + 1)", value: $0) }
        }
        return fields + tags.map { (name: "tag", value: $0) }
    }

    /// Takes from a key what the form chose as theirs.
    mutating func choose(_ form: FormFields, theirs key: APIKey) {
        let theirs = APIKeyEntries(key)
        if form["choice_name"] == "theirs" { name = theirs.name }
        if form["choice_grants"] == "theirs" { rows = theirs.rows }
        if form["choice_tags"] == "theirs" { tags = theirs.tags }
    }
}
