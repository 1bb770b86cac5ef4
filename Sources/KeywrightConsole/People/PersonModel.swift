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
    var form: PanelModel?
    var confirmation: Confirmation?
    var once: OnceLinkModel?
    let personGrants: [PersonGrant]
    let hasPersonGrants: Bool
    /// Nil for whoever may not read the audit trail.
    let activityPath: String?
    let holders: HoldersModel?

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
        activityPath = principal.rights.readsAudit ? AuditState(actor: user.id).address : nil
        holders = shown.keys.map {
            HoldersModel(
                "Keys they created", note: "They do not depend on this person: each works until it is deleted.",
                empty: "This person created none of the keys there are.", $0, format: format, now: now
            )
        }
    }
}

extension APIKeyListState {
    /// The list of the keys that a person created.
    init(createdBy id: User.ID) {
        self.init()
        owner = id
    }
}

/// What the page of a person is made from.
struct ShownPerson: Sendable {
    let overview: PersonOverview
    let rights: PersonRights
    /// Nil when the visitor reads no keys.
    let keys: SomeKeys?
}

extension Principal {
    /// Whether the grants of people may be changed, at some place.
    var changesGrants: Bool { rights.givesGrants || rights.holdsSomewhere(.deleteGrant) }
}
