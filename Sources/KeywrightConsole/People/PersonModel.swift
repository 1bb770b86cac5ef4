import KeywrightDomain
import KeywrightOperations

/// One person, as `person.mustache` describes it.
struct PersonModel: Encodable {
    let personName: String
    let personEmail: String
    let personStatus: String
    let personStatusClass: String
    let joined: TimeModel
    let seen: TimeModel?
    let sessionsText: String
    let isSelf: Bool
    let canManage: Bool
    let editPath: String?
    let resetPath: String?
    let endPath: String?
    let deactivatePath: String?
    let activatePath: String?
    var form: PersonPanelModel?
    var confirmation: PersonConfirmation?
    var once: OnceLinkModel?
    let personGrants: [PersonGrant]
    let hasPersonGrants: Bool
    let activityPath: String
    let holders: CreatedKeysModel?

    init(_ shown: ShownPerson, _ principal: Principal, format: KeyFormat, now: Instant) {
        let (user, facts) = (shown.overview.user, shown.overview.facts)
        let path = PersonAction.path(of: user.id)
        personName = user.displayName.text
        personEmail = user.email
        let status = PersonStatus(user, isInvited: facts.isInvited)
        personStatus = status.text
        personStatusClass = status.chip
        joined = TimeModel(user.createdAt, now: now)
        seen = TimeModel(facts.lastSignIn, now: now)
        let count = shown.overview.sessionCount
        sessionsText = count == 0 ? "No" : "\(count) session\(count == 1 ? "" : "s")"
        isSelf = principal.userID == user.id
        canManage = shown.rights.changeRefusal == nil
        func offered(_ action: PersonAction, _ isPossible: Bool) -> String? {
            isPossible && shown.rights.changeRefusal == nil ? "\(path)/\(action.rawValue)" : nil
        }
        let isActive = user.status == .active
        editPath = principal.changesGrants ? "\(path)/edit" : nil
        resetPath = offered(.reset, isActive && principal.userID != user.id)
        endPath = offered(.endSessions, count > 0)
        deactivatePath = offered(.deactivate, isActive)
        activatePath = offered(.activate, !isActive)
        personGrants = facts.grants.map { PersonGrant($0, shown.overview.resources, principal.catalogue) }
        hasPersonGrants = !personGrants.isEmpty
        activityPath = "/audit?actor=\(user.id)"
        holders = shown.keys.map { CreatedKeysModel($0, of: user.id, format: format, now: now) }
    }
}

/// The keys that a person created, as `holders.mustache` describes it.
struct CreatedKeysModel: Encodable {
    struct Holder: Encodable {
        let holderName: String
        let holderPath: String
        let holderMask: String
        let holderRole: String
        let holderResource: String
        let lastUsed: TimeModel?
    }

    let holdersTitle = "Keys they created"
    let holdersNote: String?
    let holdersMorePath: String?
    let holdersMoreText: String?
    let holdersEmpty = "This person created none of the keys there are."
    let hasHolders: Bool
    let holders: [Holder]

    init(_ created: CreatedKeys, of id: User.ID, format: KeyFormat, now: Instant) {
        hasHolders = !created.page.results.isEmpty
        holdersNote = hasHolders ? "They do not depend on this person: each works until it is deleted." : nil
        holdersMorePath = hasHolders ? CreatedKeys.path(of: id) : nil
        let total = created.page.total
        holdersMoreText = hasHolders ? (total == 1 ? "Show it in the list" : "All \(total.grouped) keys") : nil
        holders = created.page.results.map { key in
            let (first, names) = (key.grants.first, created.names)
            let rest = key.grants.count - 1
            let place = first.map { names.resources.name(of: $0.nrn) } ?? "nothing"
            return Holder(
                holderName: key.name, holderPath: "\(APIKeyListState.path)/\(key.id)",
                holderMask: format.mask(handle: key.handle, ending: key.ending),
                holderRole: first.map(names.roleName) ?? "No role",
                holderResource: rest > 0 ? "\(place), and \(rest) more" : place,
                lastUsed: TimeModel(key.lastUsedAt, now: now)
            )
        }
    }
}

/// Some of the keys that a person created.
struct CreatedKeys: Sendable {
    let page: Page<APIKey>
    let names: APIKeyNames

    /// The list of all of them.
    static func path(of id: User.ID) -> String {
        var state = APIKeyListState()
        state.owner = id
        return state.address
    }
}

/// What the page of a person is made from.
struct ShownPerson: Sendable {
    let overview: PersonOverview
    let rights: PersonRights
    /// Nil when the visitor reads no keys.
    let keys: CreatedKeys?
}

extension Principal {
    /// Whether the grants of people may be changed, at some place.
    var changesGrants: Bool { rights.givesGrants || rights.holdsSomewhere(.deleteGrant) }
}
