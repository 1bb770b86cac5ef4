import KeywrightDomain
import KeywrightOperations

/// The question before a role is deleted, as `confirm.mustache` describes it: who holds it, and what stands in the way.
struct RoleConfirmation: Encodable {
    let confirmTitle: String
    let confirmTexts: [String]
    let confirmItems: [String]
    let hasConfirmItems: Bool
    let confirmMorePath: String?
    let confirmMoreText: String?
    let confirmProblem: String?
    let confirmAction: String
    let confirmBack: String
    let returnQuery = ""
    let confirmKeep = "Keep role"
    let confirmLabel = "Delete role"
    let isConfirmDanger = true
    let isConfirmPossible: Bool

    /// The most holders of each kind that are named.
    static let namedHolders = 20

    /// - Parameter problem: why it was refused; nil before it was tried.
    init(_ shown: ShownRole, problem: String?, in catalogue: RoleCatalogue) {
        let role = shown.role
        let path = RoleAddress.path(of: role)
        confirmTitle = "Delete the role \(role.name)?"
        confirmAction = "\(path)/delete"
        confirmBack = path
        let referring = catalogue.all.filter { $0.refers(to: role.id) }.map(\.name)
        let keys = shown.keys?.page.results.map { "\($0.name) (key)" } ?? []
        let persons = shown.persons?.results.map(\.displayName.text) ?? []
        confirmItems = keys + persons
        hasConfirmItems = !confirmItems.isEmpty
        let keyCount = shown.keys?.page.total ?? 0
        confirmMorePath = keyCount > 0 ? shown.keys?.list.address : nil
        confirmMoreText = keyCount == 1 ? "Look at this key" : "Look at these \(keyCount.grouped) keys"
        if let holders = shown.holdersText {
            confirmProblem = "\(holders). Take it from them first."
        } else if !referring.isEmpty {
            confirmProblem =
                "\(referring.listed) include\(referring.count == 1 ? "s" : "") this role or may give it. "
                + "Change that first."
        } else {
            confirmProblem = problem
        }
        isConfirmPossible = shown.holdersText == nil && referring.isEmpty
        let isUnheld = shown.keys != nil && shown.persons != nil
        confirmTexts =
            confirmProblem != nil
            ? [] : ["\(isUnheld ? "Nobody holds this role. " : "")Deleting it can't be undone."]
    }
}

extension Role {
    /// Whether it includes another role, or names it as one that its holders may give.
    fileprivate func refers(to other: Role.ID) -> Bool {
        if case .roles(let ids) = assignable, ids.contains(other) { return true }
        return inherits.contains(other)
    }
}
