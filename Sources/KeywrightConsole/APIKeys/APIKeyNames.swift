import KeywrightDomain
import KeywrightOperations

/// What rows and panels call the things that keys refer to.
struct APIKeyNames: Sendable {
    var resources: ResourceNames
    var users: [User.ID: UserName]
    let catalogue: RoleCatalogue

    /// What a grant gives, in a word or two.
    func roleName(_ grant: Grant) -> String {
        guard let custom = grant.custom else { return catalogue[grant.roleID]?.name ?? grant.roleSlug }
        if let actions = custom.actions { return actions.count == 1 ? "1 action" : "\(actions.count) actions" }
        return "\(custom.inherits.compactMap { catalogue[$0]?.name }.listed), adapted"
    }

    /// A resource as people see it in lists: "account - main".
    func label(of nrn: NRN) -> String { "\(nrn.level.name) - \(resources.name(of: nrn))" }

    /// Who created a key.
    func ownerName(_ id: User.ID) -> String {
        guard let user = users[id], !user.text.isEmpty else { return "somebody unknown" }
        return user.kind == .machine ? "the key \(user.text)" : user.text
    }
}
