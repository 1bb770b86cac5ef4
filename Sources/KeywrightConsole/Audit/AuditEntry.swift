import KeywrightDomain
import KeywrightOperations

/// An event of the trail, with its actor, action and target in words.
struct AuditEntry {
    let sealed: SealedAuditEvent
    /// The state before; nil when there was none.
    let before: AuditEvent.Snapshot?
    /// The state after; nil when there is none.
    let after: AuditEvent.Snapshot?
    let actor: String
    /// As in "API key".
    let actorKind: String
    let action: String
    /// Whether the action says all: the target is whoever acted.
    let isOwn: Bool
    /// Empty for a thing that was never made.
    let target: String
    let isTargetGone: Bool
    /// The page of the target; nil when it is gone, or has none.
    let targetPath: String?

    /// The kind of actor that needs no saying.
    static let person = "person"

    var event: AuditEvent { sealed.event }

    init(_ sealed: SealedAuditEvent, _ names: AuditNames, _ principal: Principal) {
        let event = sealed.event
        self.sealed = sealed
        before = sealed.beforeText.flatMap(AuditEvent.Snapshot.init(parsing:))
        after = sealed.afterText.flatMap(AuditEvent.Snapshot.init(parsing:))
        (actor, actorKind) = Self.actor(of: event, names)
        let words = AuditWords(event, before: before, after: after)
        (action, isOwn) = (words.action, words.isOwn)
        let known = names.target(of: event)
        let state = after ?? before
        target = known?.name ?? Self.targetName(event.target, state, names)
        isTargetGone = known.map { !$0.isThere } ?? (event.target.type == "role" && !event.target.isUnmade)
        targetPath = isTargetGone ? nil : Self.path(to: event.target, isKnown: known != nil, state, principal)
    }

    private static func actor(of event: AuditEvent, _ names: AuditNames) -> (String, String) {
        guard let id = event.userID else {
            return switch event.actorType {
            case "operator": ("An operator", "on the server")
            case "system": ("Keywright", "by itself")
            default: ("Somebody", "not signed in")
            }
        }
        guard let name = names.users[id], !name.text.isEmpty else {
            return (event.actorType == "api_key" ? "An unknown key" : "Somebody unknown", "")
        }
        return (name.text, name.kind == .machine ? "API key" : person)
    }

    /// What is left of a thing that has no name any more.
    private static func targetName(
        _ target: AuditEvent.Target, _ state: AuditEvent.Snapshot?, _ names: AuditNames
    ) -> String {
        if target.isUnmade { return "" }
        if let name = state?["name"]?.plainText { return name }
        if target.type == "session" {
            guard case .number(let user)? = state?["user_id"], let name = names.users[User.ID(user)]?.text else {
                return "session \(target.id)"
            }
            return "session \(target.id) of \(name)"
        }
        // The action names the kind of thing.
        if target.type == "signing_key" { return target.id }
        return "\(target.type.split(separator: "_").joined(separator: " ")) \(target.id)"
    }

    private static func path(
        to target: AuditEvent.Target, isKnown: Bool, _ state: AuditEvent.Snapshot?, _ principal: Principal
    ) -> String? {
        guard isKnown else { return nil }
        switch target.type {
        case "api_key": return principal.rights.readsAPIKeys ? "\(APIKeyListState.path)/\(target.id)" : nil
        case "user":
            guard let id = User.ID(parsing: target.id) else { return nil }
            if let key = id.machineKeyID { return "\(APIKeyListState.path)/\(key)" }
            return principal.rights.readsPeople ? "\(PeopleState.path)/\(id)" : nil
        case "role":
            guard principal.rights.readsRoles else { return nil }
            return Role.ID(parsing: target.id).flatMap { principal.catalogue[$0] }.map(RoleAddress.path)
        default:
            guard let text = state?["nrn"]?.plainText, let nrn = try? NRN(parsing: text), principal.rights.reads(nrn)
            else { return nil }
            return ResourceAddress.path(of: nrn)
        }
    }
}

extension SealedAuditEvent {
    /// Whose session an event is about.
    var sessionUserID: User.ID? {
        guard event.target.type == "session", let state = beforeText.flatMap(AuditEvent.Snapshot.init(parsing:)),
            case .number(let id)? = state["user_id"]
        else { return nil }
        return User.ID(id)
    }
}

extension AuditEvent.Outcome {
    /// On the chip of an event that did not happen; nil for one that did.
    var chip: String? {
        switch self {
        case .success: nil
        case .refused: "Refused"
        case .failure: "Failed"
        }
    }
}
