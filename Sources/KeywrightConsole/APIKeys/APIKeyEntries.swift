import KeywrightDomain
import KeywrightOperations

/// What somebody typed into the form of an API key, right or wrong; `api_key_form.mustache` names the fields.
struct APIKeyEntries: Hashable, Sendable {
    /// One row: a resource, and the roles on it.
    struct Row: Hashable, Sendable {
        /// What was typed into the resource's field.
        var text = ""
        /// The NRN that was chosen; empty when none was.
        var nrn = ""
        /// The chosen roles by slug; `keep:` with a grant's id stands for a grant that is no role.
        var roles: [String] = []
    }

    var name = ""
    var rows = [Row()]
    /// As they were typed, `key:value`; empty ones left out.
    var tags: [String] = []

    /// Nothing typed yet.
    init() {}

    /// The fields of the form.
    init(_ fields: FormFields) {
        name = fields["name"]
        rows = []
        var number = 1
        // Rows may have been taken out in between: those that follow close up.
        while number <= Self.rowLimit {
            if ["nrn_\(number)", "resource_\(number)", "role_\(number)"].contains(where: fields.contains) {
                let chosen = fields["hit_\(number)"]
                rows.append(
                    Row(
                        text: chosen.isEmpty ? fields["resource_\(number)"] : chosen,
                        nrn: chosen.isEmpty ? fields["nrn_\(number)"] : chosen,
                        roles: fields.all("role_\(number)").filter { !$0.isEmpty }
                    )
                )
            }
            number += 1
        }
        if rows.isEmpty { rows = [Row()] }
        tags = fields.all("tag").map(\.trimmedBlanks).filter { !$0.isEmpty }
    }

    /// What the address of the form carries to begin with: `name`, `grant` as `NRN=role`, `tag` as `key:value`.
    init(prefilledBy query: FormFields) {
        name = query["name"]
        let grants = query.all("grant").prefix(Self.rowLimit).map { text -> Row in
            // An NRN holds equals signs itself; a slug does not.
            let mark = text.lastIndex(of: "=").flatMap { (try? NRN(parsing: text)) == nil ? $0 : nil }
            guard let mark else { return Row(text: text, nrn: text) }
            let nrn = String(text[..<mark])
            return Row(text: nrn, nrn: nrn, roles: [String(text[text.index(after: mark)...])])
        }
        rows = grants.isEmpty ? [Row()] : grants
        tags = Array(query.all("with-tag").prefix(Tag.limit))
    }

    /// What an existing key has: grants on one resource share a row.
    init(_ key: APIKey) {
        name = key.name
        rows = []
        for grant in key.grants {
            let nrn = grant.nrn.description
            let role = grant.custom == nil ? grant.roleSlug : Self.kept(grant)
            if let index = rows.firstIndex(where: { $0.nrn == nrn }) {
                rows[index].roles.append(role)
            } else {
                rows.append(Row(text: nrn, nrn: nrn, roles: [role]))
            }
        }
        tags = key.tags.map { "\($0.key):\($0.value)" }
    }

    static let rowLimit = APIKey.grantLimit

    /// What stands for a grant that is no role: it can be kept or left out.
    static func kept(_ grant: Grant) -> String { "keep:\(grant.id)" }

    /// The grants in the order of the form, each with the number of its row, from 1.
    ///
    /// - Parameter key: the key that is being changed: its grants that are no roles may be kept.
    func grants(of key: APIKey?, in catalogue: RoleCatalogue) -> [(row: Int, input: GrantInput)] {
        rows.enumerated().flatMap { index, row in
            row.roles.map { role -> (Int, GrantInput) in
                let kept = key?.grants.first { Self.kept($0) == role && $0.nrn.description == row.nrn }?.custom
                return (index + 1, GrantInput(nrn: row.nrn, shape: kept?.shape(in: catalogue) ?? .slug(role)))
            }
        }
    }

    /// The tags; one without a colon has an empty value, which is refused.
    var tagInputs: [TagInput] {
        tags.map { text in
            let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            return TagInput(key: parts[0].trimmedBlanks, value: parts.count == 2 ? parts[1].trimmedBlanks : "")
        }
    }
}

extension CustomActions {
    /// How the same set is asked for again.
    fileprivate func shape(in catalogue: RoleCatalogue) -> GrantInput.Shape {
        if let actions { return .actions(actions.map(\.name)) }
        return .inherits(
            inherits.compactMap { catalogue[$0]?.slug }, add: added.map(\.name), remove: removed.map(\.name)
        )
    }
}

extension StringProtocol {
    /// The text without white space around it.
    var trimmedBlanks: String {
        var scalars = unicodeScalars[...]
        while let first = scalars.first, first.properties.isWhitespace { scalars.removeFirst() }
        while let last = scalars.last, last.properties.isWhitespace { scalars.removeLast() }
        return String(String.UnicodeScalarView(scalars))
    }
}
