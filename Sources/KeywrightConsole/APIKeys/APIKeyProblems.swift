import KeywrightDomain
import KeywrightOperations

/// What is wrong with the entries of an API key's form, in words for people, field by field.
struct APIKeyProblems {
    var name: String?
    /// By the number of the row.
    var resources: [Int: String] = [:]
    /// By the number of the row.
    var roles: [Int: String] = [:]
    var grants: String?
    /// By the number of the field.
    var tagFields: [Int: String] = [:]
    var tags: String?
    /// What concerns no field.
    var whole: String?

    var isEmpty: Bool { all.isEmpty }

    /// In the order of the fields.
    var all: [Problem] {
        var all: [Problem] = []
        if let name { all.append(Problem("name", name)) }
        if let grants { all.append(Problem("grants", grants)) }
        for row in Set(resources.keys).union(roles.keys).sorted() {
            if let text = resources[row] { all.append(Problem("resource_\(row)", text)) }
            if let text = roles[row] { all.append(Problem("role_\(row)", text)) }
        }
        if let tags { all.append(Problem("tags", tags)) }
        for (field, text) in tagFields.sorted(by: { $0.key < $1.key }) { all.append(Problem("tag_\(field)", text)) }
        if let whole { all.append(Problem("panel-title", whole)) }
        return all
    }

    init() {}

    /// What can be said before the operation is asked: empty fields, unknown resources, repeated tags.
    init(_ entries: APIKeyEntries) {
        if entries.name.trimmedBlanks.isEmpty {
            name = "Enter a name"
        } else if entries.name.trimmedBlanks.unicodeScalars.count > Name.limit {
            name = "Name must be \(Name.limit) characters or fewer"
        }
        for (index, row) in entries.rows.enumerated() {
            let number = index + 1
            if (try? NRN(parsing: row.nrn)) == nil {
                let typed = row.text.trimmedBlanks
                resources[number] =
                    typed.isEmpty ? "Choose a resource for grant \(number)" : "No resource matches \"\(typed)\""
            }
            if row.roles.isEmpty { roles[number] = "Choose a role for grant \(number)" }
        }
        if entries.rows.reduce(0, { $0 + $1.roles.count }) > APIKey.grantLimit {
            grants = "A key can have up to \(APIKey.grantLimit) grants"
        }
        if entries.tags.count > Tag.limit { tags = "A key can have up to \(Tag.limit) tags" }
        var keys: Set<[UInt8]> = []
        for (index, input) in entries.tagInputs.enumerated() {
            if (try? Tag(key: input.key, value: input.value)) == nil {
                tagFields[index + 1] =
                    entries.tags[index].contains(":")
                    ? "Write tags as key:value; a key has letters, digits, '_', '.', '/' and '-'"
                    : "Write tags as key:value"
            } else if !keys.insert(Array(input.key.utf8)).inserted {
                tagFields[index + 1] = "The tag key \"\(input.key)\" is used twice"
            }
        }
    }

    /// Takes up why the operation refused the entries.
    ///
    /// - Parameters:
    ///   - rows: the number of the row of each grant, in the order in which the operation got them.
    ///   - refusals: what is not the person's to give, by the number of the row.
    mutating func add(_ error: DomainError, rows: [Int], entries: APIKeyEntries, refusals: [Int: String]) {
        if error.code == .forbidden, !refusals.isEmpty {
            roles.merge(refusals) { first, _ in first }
            return
        }
        for violation in error.violations {
            let parts = violation.pointer.split(separator: "/").map(String.init)
            let index = parts.count > 1 ? Int(parts[1]) : nil
            switch parts.first {
            case "name": name = name ?? violation.message
            case "grants":
                guard let index, rows.indices.contains(index) else {
                    grants = grants ?? violation.message
                    continue
                }
                let row = rows[index]
                if parts.count > 2, parts[2] == "nrn" {
                    resources[row] = resources[row] ?? "No resource matches \"\(entries.rows[row - 1].text)\""
                } else if violation.message.hasPrefix("Grant ") {
                    roles[row] = roles[row] ?? Self.repeated(violation.message, rows, row)
                } else {
                    roles[row] = roles[row] ?? violation.message
                }
            case "tags":
                if let index {
                    tagFields[index + 1] = tagFields[index + 1] ?? violation.message
                } else {
                    tags = tags ?? violation.message
                }
            default: whole = whole ?? violation.message
            }
        }
        if error.violations.isEmpty {
            if error.code == .forbidden { grants = grants ?? error.detail } else { whole = whole ?? error.detail }
        }
    }

    /// The operation counts grants, the form counts rows.
    private static func repeated(_ message: String, _ rows: [Int], _ row: Int) -> String {
        let numbers = message.split(whereSeparator: { !$0.isNumber }).compactMap { Int($0) }
        guard numbers.count == 2, rows.indices.contains(numbers[1] - 1) else { return message }
        return "Grant \(row) repeats grant \(rows[numbers[1] - 1]). Change or remove it"
    }
}
