import KeywrightDomain

/// The filters of a list that only a key's row can answer: its name, a search, its last use.
struct APIKeyRowFilter {
    private var name: String?
    private var beginning: String?
    private var part: Part?
    private var use: APIKeyQuery.Use?
    private let organizationID: Organization.ID
    private let session: any SQLSession
    /// See ``APIKeyListing/Limits``.
    var idsPerCandidate: Int

    init(_ query: APIKeyQuery, idsPerCandidate: Int, in session: any SQLSession) throws {
        organizationID = query.organizationID
        self.idsPerCandidate = idsPerCandidate
        self.session = session
        name = query.name
        // What was never used is a stored set.
        use = query.use == .never ? nil : query.use
        guard let search = query.search else { return }
        let folded = Name.foldedKey(search)
        if folded.unicodeScalars.count >= 3 {
            part = try part(search, folded)
        } else if !folded.isEmpty {
            beginning = folded
        }
    }

    /// A search of three characters or more: a part of the name, or all of a handle or of the end of a value.
    private struct Part {
        let text: String
        let folded: String
        /// The column that may be the text; nil when none can.
        var column: String?
        /// The keys of which it is.
        var others: [Int64] = []
    }

    private func part(_ text: String, _ folded: String) throws -> Part {
        var part = Part(text: text, folded: folded)
        switch text.utf8.count {
        case KeyFormat.handleLength: part.column = "handle"
        case 4: part.column = "ending"
        default: break
        }
        guard let column = part.column else { return part }
        part.others = try session.rows(
            "SELECT id FROM api_keys WHERE organization_id = $1 AND \(column) = $2 ORDER BY id",
            [SQLValue(organizationID), .text(text)]
        ) { $0.integer(0) }
        return part
    }

    /// Keys that match the search although their names may not.
    var others: [Int64] { part?.others ?? [] }

    /// A search that stored sets answer, but for what else the names must be compared with.
    struct SetSearch {
        let trigrams: [String]
        let others: [Int64]
    }

    /// The search, where no index finds parts of names.
    var setSearch: SetSearch? {
        guard let part, !session.hasSearchIndex else { return nil }
        return SetSearch(trigrams: Trigrams.some(of: part.folded), others: part.others)
    }

    /// Whether a part of the name is looked for, rather than the name.
    var isSearch: Bool { part != nil && name == nil }

    /// Whether rows must be looked at.
    var needsCheck: Bool { name != nil || beginning != nil || part != nil || use != nil }

    // MARK: Checks

    /// Adds the conditions on a row `k` found by its id. None of them invites the planner to another index.
    func addChecks(to conditions: inout SQLConditions) {
        if let name { conditions.add("k.name =", .text(name)) }
        if let beginning {
            conditions.add("substr(k.name_key, 1, \(beginning.unicodeScalars.count)) =", .text(beginning))
        }
        if let part {
            let isPart = isPart(part, &conditions)
            if part.others.isEmpty {
                conditions.add(isPart)
            } else {
                let isWhole = "k.\(part.column ?? "handle") = \(conditions.bind(.text(part.text)))"
                conditions.add("(\(isPart) OR \(isWhole))")
            }
        }
        switch use {
        case .since(let time): conditions.add("k.last_used_at + 0 >=", SQLValue(time))
        case .notSince(let time): conditions.add("coalesce(k.last_used_at, k.created_at) <", SQLValue(time))
        case .never, nil: break
        }
    }

    private func isPart(_ part: Part, _ conditions: inout SQLConditions) -> String {
        "\(session.positionFunction)(k.name_key, \(conditions.bind(.text(part.folded)))) > 0"
    }

    // MARK: Paths

    /// An index along which ids are read.
    enum Path {
        case name
        case use
        case search
        /// The rows themselves: a search that most of them match is answered sooner without its index.
        case rows
    }

    /// A statement that gives ids.
    struct Statement {
        let text: String
        let arguments: [SQLValue]
        /// Whether filters are left to be checked on the rows.
        let needsCheck: Bool
        /// What a step costs, in steps that read nothing but an index.
        var stepCost = 1
    }

    /// The path on which the fewest other keys lie; nil when there is nothing to check, or no path to it.
    var path: Path? {
        if name != nil { return .name }
        if part != nil, session.hasSearchIndex { return .search }
        if beginning != nil { return .name }
        return use == nil ? nil : .use
    }

    /// The statements that give, one after the other, the organization's ids along a path: of the keys that may match,
    /// or of all. A search, and the rows, give those of every organization, in the order of ids.
    ///
    /// - Parameters:
    ///   - order: `ASC` or `DESC`; nil when the order does not matter.
    ///   - set: only these ids will be used.
    func statements(along path: Path, _ order: String?, isFiltered: Bool, within set: KeySet) -> [Statement] {
        switch path {
        case .name: nameStatements(order ?? "ASC", isFiltered)
        case .use: useStatements(order, isFiltered)
        case .search: searchStatements(order ?? "ASC", within: set)
        case .rows: rowStatements(order ?? "ASC", within: set)
        }
    }

    private func nameStatements(_ order: String, _ isFiltered: Bool) -> [Statement] {
        var conditions = SQLConditions()
        conditions.add("k.organization_id =", SQLValue(organizationID))
        if isFiltered {
            if let name { conditions.add("k.name_key =", .text(Name.foldedKey(name))) }
            if let beginning {
                conditions.add("k.name_key >=", .text(beginning))
                if let end = Self.end(of: beginning) { conditions.add("k.name_key <", .text(end)) }
            }
            if let part, part.others.isEmpty { conditions.add(isPart(part, &conditions)) }
        }
        return [
            Statement(
                text: "SELECT k.id FROM api_keys k \(conditions.clause) ORDER BY k.name_key \(order), k.id \(order)",
                arguments: conditions.arguments,
                needsCheck: isFiltered && (name != nil || use != nil || !others.isEmpty)
            )
        ]
    }

    /// The first text behind all that begin so; nil when there is none.
    private static func end(of beginning: String) -> String? {
        var scalars = beginning.unicodeScalars
        while let last = scalars.popLast() {
            guard let next = Unicode.Scalar(last.value == 0xD7FF ? 0xE000 : last.value + 1) else { continue }
            scalars.append(next)
            return String(scalars)
        }
        return nil
    }

    /// First what was used, then what never was: nulls are last in both directions.
    private func useStatements(_ order: String?, _ isFiltered: Bool) -> [Statement] {
        let use = isFiltered ? self.use : nil
        let hasOthers = isFiltered && (name != nil || beginning != nil || part != nil)
        var used = SQLConditions()
        used.add("k.organization_id =", SQLValue(organizationID))
        var unused = used
        unused.add("k.last_used_at IS NULL")
        var needsCheck = hasOthers
        switch use {
        case .since(let time): used.add("k.last_used_at >=", SQLValue(time))
        case .notSince(let time):
            used.add("k.last_used_at <", SQLValue(time))
            // One index has the unused keys by creation, another in the order of lists.
            if order == nil { unused.add("k.created_at <", SQLValue(time)) } else { needsCheck = true }
        case .never, nil: used.add("k.last_used_at IS NOT NULL")
        }
        let direction = order ?? "ASC"
        let first = Statement(
            text: "SELECT k.id FROM api_keys k \(used.clause) ORDER BY k.last_used_at \(direction), k.id \(direction)",
            arguments: used.arguments, needsCheck: hasOthers
        )
        if case .since = use { return [first] }
        // The order of the index leads the planner to it.
        let lastOrder = order.map { "k.id \($0)" } ?? "k.created_at"
        let last = Statement(
            text: "SELECT k.id FROM api_keys k \(unused.clause) ORDER BY \(lastOrder)",
            arguments: unused.arguments, needsCheck: needsCheck
        )
        return [first, last]
    }

    /// Where the ids lie close together their rows are read along; where they do not, only theirs.
    private func searchStatements(_ order: String, within set: KeySet) -> [Statement] {
        guard let part else { return [] }
        let isDense = set.isDense(idsPerMember: idsPerCandidate)
        var conditions = SQLConditions()
        let source = session.searchSource(part.folded, joinsRows: isDense, &conditions)
        return statement(source.from, id: source.id, conditions, order, within: set, isChecked: isDense)
    }

    private func rowStatements(_ order: String, within set: KeySet) -> [Statement] {
        statement("api_keys k", id: "k.id", SQLConditions(), order, within: set, isChecked: true)
    }

    /// The ids of a source that lie between the first and the last of a set.
    private func statement(
        _ source: String, id: String, _ conditions: SQLConditions, _ order: String, within set: KeySet, isChecked: Bool
    ) -> [Statement] {
        guard let first = set.blocks.first, let last = set.blocks.last else { return [] }
        var conditions = conditions
        conditions.add("\(id) >=", .integer(first * KeySet.span))
        conditions.add("\(id) <", .integer((last + 1) * KeySet.span))
        if isChecked { addChecks(to: &conditions) }
        return [
            Statement(
                text: "SELECT \(id) FROM \(source) \(conditions.clause) ORDER BY \(id) \(order)",
                arguments: conditions.arguments, needsCheck: !isChecked, stepCost: isChecked ? 4 : 1
            )
        ]
    }
}
