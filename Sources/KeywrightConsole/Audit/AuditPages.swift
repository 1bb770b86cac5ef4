import Hummingbird
import KeywrightDomain
import KeywrightOperations

/// The audit trail, one event of it, and its export.
extension Console {
    var auditRoutes: [ConsoleRoute] {
        [
            page(AuditState.path, auditPage),
            page("\(AuditState.path)/{event}", auditEventPage),
            page("/audit.csv", exportTrail),
            quietPage(NewEvents.path, newEventsAnswer),
        ]
    }

    private func requireAuditReader(_ call: ConsoleCall, _ visitor: Visitor) throws {
        guard visitor.principal.rights.readsAudit else {
            throw ErrorPage.auditHidden(requestID: call.origin.requestID)
        }
    }

    // MARK: The trail

    private func auditPage(_ call: ConsoleCall, _ visitor: Visitor) async throws -> Response {
        try requireAuditReader(call, visitor)
        let state = AuditState(try call.query())
        let model = AuditModel(try await shownTrail(state, visitor.principal), state, visitor.principal)
        return pages.page(.audit, PageFrame("Audit trail", in: .audit, call, visitor), model)
    }

    private func shownTrail(_ state: AuditState, _ principal: Principal) async throws -> ShownTrail {
        let query = state.query(principal.organizationID)
        func read(_ cursor: AuditCursor) async throws -> AuditPage {
            try await operations.auditPage(query, from: cursor, limit: state.pageSize, as: principal)
        }
        var page = try await read(state.cursor)
        // Who goes back to the newest ones sees a whole page of them.
        if case .after = state.cursor, !page.hasNewer { page = try await read(.newest) }
        var seen = page.events.first?.id ?? AuditEvent.ID(0)
        var newCount = 0
        if page.hasNewer, let known = state.seen {
            seen = known
            newCount = try await operations.newAuditEvents(query, after: known, as: principal)
        } else if page.hasNewer {
            seen =
                try await operations.auditPage(query, from: .newest, limit: 1, as: principal).events.first?.id ?? seen
        }
        var people: Page<User>?
        if principal.rights.readsPeople {
            var persons = UserQuery(organizationID: principal.organizationID)
            persons.isByName = true
            let request = PageRequest(limit: AuditState.offeredPeople)
            people = try await operations.people(persons, request, as: principal).page
        }
        let names = try await operations.names(
            in: page.events.map(\.event),
            users: page.events.compactMap(\.sessionUserID) + (state.actor?.userID.map { [$0] } ?? []),
            targets: state.target?.eventTarget.map { [$0] } ?? [], as: principal
        )
        return ShownTrail(page: page, names: names, people: people, seen: seen, newCount: newCount)
    }

    /// Whether events came since the trail was opened, for scripts that ask again and again.
    private func newEventsAnswer(_ call: ConsoleCall, _ visitor: Visitor) async throws -> Response {
        try requireAuditReader(call, visitor)
        let state = AuditState(try call.query())
        let query = state.query(visitor.principal.organizationID)
        let count = try await operations.newAuditEvents(
            query, after: state.seen ?? AuditEvent.ID(0), as: visitor.principal
        )
        return try pages.json(NewEvents(text: NewEvents.text(count), link: state.with { _ in }.address))
    }

    // MARK: One event

    private func auditEventPage(_ call: ConsoleCall, _ visitor: Visitor) async throws -> Response {
        try requireAuditReader(call, visitor)
        let (state, principal) = (AuditState(try call.query()), visitor.principal)
        let sealed: SealedAuditEvent
        do {
            guard let id = AuditEvent.ID(parsing: try call.parameter("event")) else {
                throw DomainError.notFound("event")
            }
            sealed = try await operations.auditEvent(id, as: principal)
        } catch let error as DomainError where error.code == .notFound {
            throw ErrorPage.noSuch("event", in: .audit)
        }
        let users = sealed.sessionUserID.map { [$0] } ?? []
        let names = try await operations.names(in: [sealed.event], users: users, as: principal)
        let entry = AuditEntry(sealed, names, principal)
        var resources = ResourceNames()
        await add(AuditChanges.places(entry), for: .reading, to: &resources, principal)
        let model = AuditEventModel(entry, names, resources, principal.catalogue, back: state.address)
        let frame = PageFrame(model.eventHeading, in: .audit, crumbs: [.init("Event \(sealed.id)")], call, visitor)
        return pages.page(.auditEvent, frame, model)
    }

    // MARK: Export

    /// All events that match, as they are read: none of them waits in memory.
    private func exportTrail(_ call: ConsoleCall, _ visitor: Visitor) async throws -> Response {
        try requireAuditReader(call, visitor)
        let (query, principal) = (
            AuditState(try call.query()).query(visitor.principal.organizationID), visitor.principal
        )
        let body = ResponseBody { [operations] writer in
            try await writer.write(ByteBuffer(string: AuditExport.head))
            try await operations.exportAuditEvents(query, as: principal) { events, names in
                let lines = events.map { AuditExport.line(AuditEntry($0, names, principal)) }
                try await writer.write(ByteBuffer(string: lines.joined()))
            }
            try await writer.finish(nil)
        }
        return pages.file("audit-\(Day(operations.now()).text).csv", type: "text/csv; charset=utf-8", body)
    }
}

/// A part of the trail with everything that its page says.
struct ShownTrail: Sendable {
    let page: AuditPage
    let names: AuditNames
    /// The first of those whose events can be asked for; nil when the visitor sees no people.
    let people: Page<User>?
    /// The newest event when the trail was opened.
    let seen: AuditEvent.ID
    /// How many came since.
    let newCount: Int
}

extension AuditState.Actor {
    fileprivate var userID: User.ID? {
        if case .user(let id) = self { return id }
        return nil
    }
}

extension AuditState.Target {
    fileprivate var eventTarget: AuditEvent.Target? { id.map { AuditEvent.Target(type, $0) } }
}

extension ErrorPage {
    static func auditHidden(requestID: String?) -> ErrorPage {
        ErrorPage(
            status: .forbidden, heading: "You can't see the audit trail",
            paragraphs: [
                "You need a role that allows reading it on the whole organization: Admin or SecOps. "
                    + "Ask an administrator."
            ], requestID: requestID, section: .audit
        )
    }
}
