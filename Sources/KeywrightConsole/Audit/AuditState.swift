import Foundation
import KeywrightDomain
import KeywrightOperations

/// What the address of the audit trail says: filters, and which part of it. Every state of it is an address.
struct AuditState: Hashable, Sendable {
    /// Whose events are shown.
    enum Actor: Hashable, Sendable {
        /// A person, or the machine user of a key.
        case user(User.ID)
        /// All actors of a kind.
        case kind(Kind)

        /// The kinds of actors that events name.
        enum Kind: String, CaseIterable, Sendable {
            case apiKey = "api_key"
            case localOperator = "operator"
            case system
            case anonymous

            var label: String {
                switch self {
                case .apiKey: "Any API key"
                case .localOperator: "Operators on the server"
                case .system: "Keywright itself"
                case .anonymous: "Whoever was not signed in"
                }
            }
        }
    }

    /// To what something was done.
    struct Target: Hashable, Sendable {
        /// As in `api_key`.
        let type: String
        /// Nil for all things of that kind.
        let id: String?

        var text: String { id.map { "\(type):\($0)" } ?? type }
    }

    static let path = "/audit"
    static let pageSizes = [25, 50, 100]

    var actor: Actor?
    /// By name, as in `api_key.create`.
    var actions: [String] = []
    var target: Target?
    /// What was refused, and what failed, alone.
    var isRefusedOnly = false
    /// The first day.
    var from: Day?
    /// The last day.
    var until: Day?
    /// From where the trail is read.
    var cursor = AuditCursor.newest
    /// The newest event when the trail was opened: what came since is offered, and does not move the page.
    var seen: AuditEvent.ID?
    var pageSize = 50

    /// The trail as it first opens.
    init() {}

    /// The trail of one thing.
    init(target type: String, _ id: some CustomStringConvertible) {
        target = Target(type: type, id: id.description)
    }

    /// The trail of one actor.
    init(actor id: User.ID) {
        actor = .user(id)
    }

    /// Reads the query of an address; what it does not know or cannot read is left out.
    init(_ fields: FormFields) {
        let text = fields["actor"]
        actor = Actor.Kind(rawValue: text).map { .kind($0) } ?? User.ID(parsing: text).map { .user($0) }
        for action in fields.all("action").prefix(40) where Self.isWord(action) && !actions.contains(action) {
            actions.append(action)
        }
        let parts = fields["target"].split(separator: ":", maxSplits: 1).map(String.init)
        if let type = parts.first, parts.allSatisfy(Self.isWord) {
            target = Target(type: type, id: parts.count == 2 ? parts[1] : nil)
        }
        isRefusedOnly = fields["refused"] == "true"
        from = Day(parsing: fields["from"])
        until = Day(parsing: fields["until"])
        if let id = AuditEvent.ID(parsing: fields["before"]) {
            cursor = .before(id)
        } else if let id = AuditEvent.ID(parsing: fields["after"]) {
            cursor = .after(id)
        }
        seen = AuditEvent.ID(parsing: fields["seen"])
        pageSize = Int(fields["per"]).flatMap { Self.pageSizes.contains($0) ? $0 : nil } ?? 50
    }

    private static func isWord(_ text: String) -> Bool {
        (1...60).contains(text.utf8.count)
            && text.utf8.allSatisfy {
                (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || "._".utf8.contains($0)
            }
    }

    /// Whether anything narrows the trail.
    var isFiltered: Bool {
        actor != nil || !actions.isEmpty || target != nil || isRefusedOnly || from != nil || until != nil
    }

    /// The query of the address, without the question mark.
    var query: String {
        var parts: [String] = []
        func add(_ name: String, _ value: String) { parts.append("\(name)=\(PercentEncoding.encode(value))") }
        switch actor {
        case .user(let id): add("actor", id.description)
        case .kind(let kind): add("actor", kind.rawValue)
        case nil: break
        }
        for action in actions { add("action", action) }
        if let target { add("target", target.text) }
        if isRefusedOnly { add("refused", "true") }
        if let from { add("from", from.zonedText) }
        if let until { add("until", until.zonedText) }
        switch cursor {
        case .newest: break
        case .before(let id): add("before", id.description)
        case .after(let id): add("after", id.description)
        }
        if let seen { add("seen", seen.description) }
        if pageSize != 50 { add("per", "\(pageSize)") }
        return parts.joined(separator: "&")
    }

    /// The trail's address.
    var address: String { address(of: Self.path) }

    /// The address of a page beside the trail, which carries its state on.
    func address(of path: String) -> String {
        let query = query
        return query.isEmpty ? path : "\(path)?\(query)"
    }

    /// The state with other filters: the newest events of them.
    func with(_ change: (inout AuditState) -> Void) -> AuditState {
        var state = self
        state.cursor = .newest
        state.seen = nil
        change(&state)
        return state
    }

    /// The same as the operation takes it.
    func query(_ organization: Organization.ID) -> AuditQuery {
        var query = AuditQuery(organizationID: organization)
        switch actor {
        case .user(let id): query.userIDs = [id]
        case .kind(let kind): query.actorType = kind.rawValue
        case nil: break
        }
        query.actions = actions.isEmpty ? nil : actions
        query.targetTypes = target.map { [$0.type] }
        query.targetIDs = target?.id.map { [$0] }
        query.outcomes = isRefusedOnly ? [.refused, .failure] : nil
        query.since = from?.start
        query.until = until?.end
        return query
    }
}
