import KeywrightDomain
import KeywrightOperations

/// One role, as `role.mustache` describes it.
struct RoleModel: Encodable {
    struct Permission: Encodable {
        let permissionType: String
        let permissionActions: String
    }

    let roleName: String
    let roleSlug: String
    let roleDescription: String
    let roleKind: String
    let roleLevels: String
    let editPath: String?
    let deletePath: String?
    /// Why neither is offered; nil when one is.
    let fixedText: String?
    var form: RoleFormModel?
    var confirmation: Confirmation?
    let allowsAll: Bool
    let permissions: [Permission]
    let assigns: [String]
    let hasAssigns: Bool
    let inherits: [String]
    let hasInherits: Bool
    let activityPath: String?
    let holders: HoldersModel?
    let persons: PersonHoldersModel?

    init(_ shown: ShownRole, _ principal: Principal, format: KeyFormat, now: Instant) {
        let (role, catalogue) = (shown.role, principal.catalogue)
        roleName = role.name
        roleSlug = role.slug
        roleDescription = role.description
        let kind = role.isBuiltIn ? "Built in" : "Custom"
        roleKind = role.userType.map { "\(kind), for \($0 == .machine ? "keys" : "people") alone" } ?? kind
        roleLevels = role.levelsText
        let path = RoleAddress.path(of: role)
        editPath = principal.rights.updates(role) ? "\(path)/edit" : nil
        deletePath = principal.rights.deletes(role) ? "\(path)/delete" : nil
        fixedText = role.fixedText(principal.rights)
        let actions = catalogue.effectiveActions(of: role)
        allowsAll = actions.isOpen
        permissions = Self.permissions(actions)
        assigns =
            switch role.assignable {
            case .all: ["Every role"]
            case .roles(let ids): ids.compactMap { catalogue[$0]?.name }
            }
        hasAssigns = !assigns.isEmpty
        inherits = role.inherits.compactMap { catalogue[$0]?.name }
        hasInherits = !inherits.isEmpty
        activityPath = principal.rights.readsAudit ? AuditState(target: "role", role.id).address : nil
        holders = shown.keys.map { keys in
            HoldersModel(
                "Keys with this role", empty: "No key holds this role.", keys, format: format, now: now
            ) { key in key.grants.filter { $0.roleSlug == role.slug } }
        }
        persons = shown.persons.map { PersonHoldersModel($0, list: PeopleState(role: role)) }
    }

    /// Line by line, what can be done with one kind of thing.
    private static func permissions(_ actions: ActionSet) -> [Permission] {
        Dictionary(grouping: actions.named, by: \.entity).map { entity, actions in
            let verbs = actions.sorted { ($0.verbRank, $0.verb) < ($1.verbRank, $1.verb) }.map(\.verbText)
            return Permission(permissionType: Action.entityText(entity), permissionActions: verbs.listed)
        }.sorted { $0.permissionType.lowercased() < $1.permissionType.lowercased() }
    }
}

/// The people who hold a role, as `person_holders.mustache` describes it.
struct PersonHoldersModel: Encodable {
    struct Person: Encodable {
        let personName: String
        let personEmail: String
        let personPath: String
    }

    let hasPersons: Bool
    let holderPersons: [Person]
    let personsMorePath: String?
    let personsMoreText: String?

    init(_ page: Page<User>, list: PeopleState) {
        hasPersons = !page.results.isEmpty
        holderPersons = page.results.map {
            Person(
                personName: $0.displayName.text, personEmail: $0.email, personPath: "\(PeopleState.path)/\($0.id)"
            )
        }
        personsMorePath = hasPersons ? list.address : nil
        personsMoreText = page.total == 1 ? "Show them in the list" : "All \(page.total.grouped) people"
    }
}

extension Role {
    /// Why a role can be neither changed nor deleted; nil when one of them can be.
    func fixedText(_ rights: Rights) -> String? {
        if isBuiltIn { return "This role comes with Keywright. It can't be changed or deleted." }
        if rights.updates(self) || rights.deletes(self) { return nil }
        return rights.holdsEverywhere(.updateRole)
            ? "It allows more than you may do yourself, so you can't change it."
            : "To change or delete it you need the role Admin."
    }
}

extension Action {
    /// What is acted on, as the name of a thing: "API key", "Runtime configuration".
    static func entityText(_ entity: String) -> String {
        let words = entity.split(separator: "_").joined(separator: " ")
        return switch entity {
        case "api_key": "API key"
        case "authz": "Authorization"
        default: words.prefix(1).uppercased() + words.dropFirst()
        }
    }

    /// What is done, in words: "read secret".
    var verbText: String { verb.split(separator: "_").joined(separator: " ") }

    /// Where what is done stands among the others.
    var verbRank: Int { ["create", "read", "update", "delete"].firstIndex(of: verb) ?? 4 }
}
