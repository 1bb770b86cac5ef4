import KeywrightDomain
import KeywrightOperations

/// The audit trail, as `audit.mustache` describes it.
struct AuditModel: Encodable {
    struct Event: Encodable {
        let eventPath: String
        let eventISO: String
        let eventTime: String
        let eventTitle: String
        let eventActor: String
        let eventActorNote: String?
        let eventAction: String
        let eventChip: String?
        let eventTarget: String
        let targetPath: String?
        let isTargetGone: Bool
        let eventAddress: String
    }

    /// A look at the same thing from the other side.
    struct Cross: Encodable {
        let crossPath: String
        let crossText: String
    }

    let filters: [FilterModel]
    let fromDate: String
    let untilDate: String
    let carriedSize: String?
    let hasActiveFilters: Bool
    let activeFilters: [ActiveFilter]
    let clearPath = AuditState.path
    let exportPath: String
    let cross: Cross?
    let newerText: String?
    let newerLink: String
    /// Where scripts ask whether there are new events.
    let newerQuery: String
    let events: [Event]
    let hasEvents: Bool
    let isFiltered: Bool
    let pager: PagerModel?
    let isEnd: Bool

    init(_ trail: ShownTrail, _ state: AuditState, _ principal: Principal) {
        filters = state.filters(trail.people, trail.names)
        fromDate = state.from?.text ?? ""
        untilDate = state.until?.text ?? ""
        carriedSize = state.pageSize == 50 ? nil : "\(state.pageSize)"
        activeFilters = state.activeFilters(trail.names)
        hasActiveFilters = !activeFilters.isEmpty
        let newest = state.with { _ in }
        exportPath = newest.address(of: "/audit.csv")
        cross = Cross(state)
        newerText = NewEvents.text(trail.newCount)
        newerLink = newest.address
        var seen = newest
        seen.seen = trail.seen
        newerQuery = seen.address(of: NewEvents.path)
        var here = state
        here.seen = state.cursor == .newest ? nil : trail.seen
        let entries = trail.page.events.map { AuditEntry($0, trail.names, principal) }
        events = entries.map { Event($0, in: here) }
        hasEvents = !events.isEmpty
        isFiltered = state.isFiltered
        pager = hasEvents ? PagerModel(trail.page, state, seen: trail.seen) : nil
        isEnd = !trail.page.hasOlder
    }
}

extension AuditModel.Event {
    fileprivate init(_ entry: AuditEntry, in state: AuditState) {
        let time = CivilTime(entry.event.at)
        eventPath = state.address(of: "\(AuditState.path)/\(entry.sealed.id)")
        eventISO = time.rfc3339
        eventTime = time.exact
        eventTitle = "\(time.exact) UTC"
        eventActor = entry.actor
        eventActorNote = entry.actorKind == AuditEntry.person ? nil : entry.actorKind
        eventAction = entry.action
        eventChip = entry.event.outcome.chip
        eventTarget = entry.target
        targetPath = entry.targetPath
        isTargetGone = entry.isTargetGone
        eventAddress = entry.event.address ?? "–"
    }
}

extension AuditModel.Cross {
    /// From what was done to a key to what it did, and back.
    fileprivate init?(_ state: AuditState) {
        if state.target?.type == "api_key", let id = state.target?.id.flatMap({ APIKey.ID(parsing: $0) }) {
            crossPath = AuditState(actor: User.machine(of: id)).address
            crossText = "See what this key did"
        } else if case .user(let user) = state.actor, let id = user.machineKeyID {
            crossPath = AuditState(target: "api_key", id).address
            crossText = "See what was done to this key"
        } else {
            return nil
        }
    }
}

extension PagerModel {
    /// - Parameter seen: the newest event when the trail was opened.
    fileprivate init(_ page: AuditPage, _ state: AuditState, seen: AuditEvent.ID) {
        func moved(to cursor: AuditCursor) -> String {
            var state = state
            state.cursor = cursor
            state.seen = seen
            return state.address
        }
        let days = [page.events.last, page.events.first].compactMap { $0.map { CivilTime($0.event.at).dayText } }
        self.init(
            rangeText: days.first == days.last ? days.first ?? "" : days.joined(separator: " – "),
            perLinks: AuditState.pageSizes.map { size in
                PerLink(
                    perNumber: "\(size)", perPath: state.with { $0.pageSize = size }.address,
                    isPerHere: size == state.pageSize
                )
            },
            previousPath: page.hasNewer ? page.events.first.map { moved(to: .after($0.id)) } : nil,
            nextPath: page.hasOlder ? page.events.last.map { moved(to: .before($0.id)) } : nil,
            previousLabel: "Newer", nextLabel: "Older"
        )
    }
}

/// What is said about events that came since the trail was opened.
struct NewEvents: Encodable {
    static let path = "/console/new-events.json"

    /// Nil when there are none.
    let text: String?
    /// The trail with them.
    let link: String

    /// - Parameter count: counting stops at 1,000.
    static func text(_ count: Int) -> String? {
        switch count {
        case 0: nil
        case 1_000...: "More than 1,000 new events."
        default: "\(count.of("new event"))."
        }
    }
}

extension CivilTime {
    /// As in "24 Nov 2026, 14:02:05".
    var exact: String { "\(dayText), \(rfc3339.dropFirst(11).prefix(8))" }
}
