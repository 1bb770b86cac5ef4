import KeywrightDomain
import KeywrightOperations

/// What somebody typed into a form about a person, right or wrong.
struct PersonEntries {
    var email = ""
    var firstName = ""
    var lastName = ""
    /// A form has a row at least, if only an empty one.
    var rows = [APIKeyEntries.Row()]

    /// Nothing typed yet.
    init() {}

    /// The fields of the form.
    init(_ fields: FormFields) {
        email = fields["email"]
        firstName = fields["first_name"]
        lastName = fields["last_name"]
        rows = APIKeyEntries(fields).rows
    }

    /// What somebody holds: grants on one resource share a row.
    init(_ grants: [Grant]) {
        rows = []
        for grant in grants {
            let nrn = grant.nrn.description
            if let index = rows.firstIndex(where: { $0.nrn == nrn }) {
                rows[index].roles.append(grant.roleSlug)
            } else {
                rows.append(.init(text: nrn, nrn: nrn, roles: [grant.roleSlug]))
            }
        }
        if rows.isEmpty { rows = [.init()] }
    }

    /// The rows in which anything was typed, with their numbers: people may have no grants at all.
    var filledRows: [(number: Int, row: APIKeyEntries.Row)] {
        rows.enumerated().filter { !($1.text.trimmedBlanks.isEmpty && $1.nrn.isEmpty && $1.roles.isEmpty) }
            .map { ($0 + 1, $1) }
    }

    /// Resource and role, a pair each, with the number of its row.
    var pairs: [(row: Int, nrn: String, slug: String)] {
        filledRows.flatMap { number, row in row.roles.map { (number, row.nrn, $0) } }
    }

    var draft: PersonDraft {
        PersonDraft(
            email: email.trimmedBlanks, firstName: firstName.trimmedBlanks, lastName: lastName.trimmedBlanks
        )
    }
}

/// What is wrong with the entries, in words for people, field by field.
struct PersonProblems: Encodable {
    var email: String?
    var firstName: String?
    var lastName: String?
    /// By the number of the row.
    var resources: [Int: String] = [:]
    /// By the number of the row.
    var roles: [Int: String] = [:]
    /// What concerns no field.
    var whole: String?

    var isEmpty: Bool { all.isEmpty }

    /// In the order of the fields.
    var all: [Problem] {
        var all = [("email", email), ("first_name", firstName), ("last_name", lastName)].compactMap { target, text in
            text.map { Problem(target, $0) }
        }
        for row in Set(resources.keys).union(roles.keys).sorted() {
            if let text = resources[row] { all.append(Problem("resource_\(row)", text)) }
            if let text = roles[row] { all.append(Problem("role_\(row)", text)) }
        }
        if let whole { all.append(Problem("grants", whole)) }
        return all
    }

    init() {}

    /// What can be said before the operation is asked.
    ///
    /// - Parameter held: the resources whose roles the form began with: a row that has lost them all is no mistake.
    init(_ entries: PersonEntries, wantsEmail: Bool, held: Set<String> = []) {
        if wantsEmail, entries.email.trimmedBlanks.isEmpty { email = "Enter an email address" }
        var seen: [String: Int] = [:]
        for (number, row) in entries.filledRows {
            if (try? NRN(parsing: row.nrn)) == nil {
                let typed = row.text.trimmedBlanks
                resources[number] =
                    typed.isEmpty ? "Choose a resource for grant \(number)" : "No resource matches \"\(typed)\""
            }
            if row.roles.isEmpty, !held.contains(row.nrn) { roles[number] = "Choose a role for grant \(number)" }
            for slug in row.roles {
                if let first = seen["\(row.nrn) \(slug)"] {
                    roles[number] = "Grant \(number) repeats grant \(first). Change or remove it"
                }
                seen["\(row.nrn) \(slug)"] = seen["\(row.nrn) \(slug)"] ?? number
            }
        }
        if entries.pairs.count > APIKey.grantLimit {
            whole = "A person can be given up to \(APIKey.grantLimit) grants at a time"
        }
    }

    /// Takes up why the operation refused the entries.
    ///
    /// - Parameters:
    ///   - rows: the number of the row of each grant, in the order in which the operation got them.
    ///   - refusals: what is not the visitor's to give, by the number of the row.
    mutating func add(_ error: DomainError, rows: [Int], entries: PersonEntries, refusals: [Int: String]) {
        if error.code == .forbidden, !refusals.isEmpty {
            roles.merge(refusals) { first, _ in first }
            return
        }
        if error.code == .conflict, error.detail == "The user already exists" {
            email = "There is somebody with this address already"
            return
        }
        for violation in error.violations {
            switch violation.pointer {
            case "/email": email = violation.message
            case "/first_name": firstName = violation.message
            case "/last_name": lastName = violation.message
            default:
                let index = error.causeIndex ?? -1
                guard rows.indices.contains(index) else {
                    whole = whole ?? violation.message
                    continue
                }
                let row = rows[index]
                if violation.pointer.hasSuffix("/nrn") {
                    resources[row] = "No resource matches \"\(entries.rows[row - 1].text)\""
                } else {
                    roles[row] = violation.message
                }
            }
        }
        if error.violations.isEmpty { whole = error.detail }
    }
}
