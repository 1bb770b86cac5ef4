import KeywrightDomain
import KeywrightOperations

extension Confirmation {
    /// The question before a role is deleted: who holds it, and what stands in the way.
    ///
    /// - Parameter problem: why it was refused; nil before it was tried.
    init(deleting shown: ShownRole, problem: String?, in catalogue: RoleCatalogue) {
        let role = shown.role
        let referring = catalogue.all.filter { $0.refers(to: role.id) }.map(\.name)
        var problem = problem
        if let holders = shown.holdersText {
            problem = "\(holders). Take it from them first."
        } else if !referring.isEmpty {
            let verb = referring.count == 1 ? "includes" : "include"
            problem = "\(referring.listed) \(verb) this role or may give it. Change that first."
        }
        let isUnheld = shown.keys != nil && shown.persons != nil
        let text = "\(isUnheld ? "Nobody holds this role. " : "")Deleting it can't be undone."
        let keys = shown.keys?.page.results.map { "\($0.name) (key)" } ?? []
        let persons = shown.persons?.results.map(\.displayName.text) ?? []
        self.init(
            "Delete the role \(role.name)?", texts: problem == nil ? [text] : [], items: keys + persons,
            keys: shown.keys, problem: problem, action: "delete", at: RoleAddress.path(of: role), keep: "Keep role",
            label: "Delete role", isPossible: shown.holdersText == nil && referring.isEmpty
        )
    }
}

extension Role {
    /// Whether it includes another role, or names it as one that its holders may give.
    fileprivate func refers(to other: Role.ID) -> Bool {
        if case .roles(let ids) = assignable, ids.contains(other) { return true }
        return inherits.contains(other)
    }
}
