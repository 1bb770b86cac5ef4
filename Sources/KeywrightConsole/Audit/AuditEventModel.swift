import KeywrightDomain
import KeywrightOperations

/// One event, as `audit_event.mustache` describes it.
struct AuditEventModel: Encodable {
    let eventHeading: String
    let eventISO: String
    let eventTitle: String
    let eventActor: String
    let eventActorKind: String
    let actorTrail: String?
    let eventChip: String?
    let eventCredential: String?
    let eventAddress: String
    let eventTarget: String
    let hasTarget: Bool
    let targetPath: String?
    let targetTrail: String?
    let isTargetGone: Bool
    let requestID: String?
    let changes: [AuditChange]
    let hasChanges: Bool
    let eventBack: String

    /// - Parameters:
    ///   - resources: what the resources of grants are called.
    ///   - back: the trail from which the event was opened.
    init(
        _ entry: AuditEntry, _ names: AuditNames, _ resources: ResourceNames, _ catalogue: RoleCatalogue, back: String
    ) {
        let (event, time) = (entry.event, CivilTime(entry.event.at))
        let hasObject = !entry.target.isEmpty && !entry.isOwn
        eventHeading = "\(entry.actor) \(entry.action)\(hasObject ? " \(entry.target)" : "")"
        eventISO = time.rfc3339
        eventTitle = "\(time.exact) UTC"
        eventActor = entry.actor
        eventActorKind = entry.actorKind
        actorTrail = event.userID.map { AuditState(actor: $0).address }
        eventChip = event.outcome.chip
        eventCredential = event.credential.map { text in
            text.hasPrefix("session:") ? "Session \(text.dropFirst("session:".count))" : "API key \(text)"
        }
        eventAddress = event.address ?? "–"
        eventTarget = entry.target
        hasTarget = !entry.target.isEmpty
        targetPath = entry.targetPath
        targetTrail = hasTarget ? AuditState(target: event.target.type, event.target.id).address : nil
        isTargetGone = entry.isTargetGone
        requestID = event.requestID
        changes = AuditChanges(entry, names, resources, catalogue).all
        hasChanges = !changes.isEmpty
        eventBack = back
    }
}
