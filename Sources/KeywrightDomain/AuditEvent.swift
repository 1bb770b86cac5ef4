import Crypto

/// One entry of the audit trail: who did what to what, with which outcome. Never a secret.
public struct AuditEvent: Hashable, Sendable {
    /// An event's id; ids grow with time.
    public typealias ID = Identifier<AuditEvent>

    /// Whether it happened.
    public enum Outcome: String, CaseIterable, Sendable {
        case success
        case refused
        case failure
    }

    /// What was acted upon.
    public struct Target: Hashable, Sendable {
        /// The kind of thing, as in `api_key`.
        public let type: String
        /// Its id or NRN.
        public let id: String

        /// A thing by kind and id.
        public init(_ type: String, _ id: String) {
            self.type = type
            self.id = id
        }

        /// A thing that was to be made, as long as it is not.
        public static func unmade(_ type: String) -> Target { Target(type, "new") }
        /// Whether the thing was never made: a refused creation.
        public var isUnmade: Bool { id == "new" }
    }

    /// The organization whose trail it is in.
    public let organizationID: Organization.ID
    /// When it happened.
    public let at: Instant
    /// What was done, as in `api_key.create`.
    public let action: String
    /// Whether it happened.
    public let outcome: Outcome
    /// The user who did it; nil for a local operator or an unknown caller.
    public let userID: User.ID?
    /// The kind of actor: `person`, `api_key`, `operator`, `system` (the server by itself) or `anonymous`.
    public let actorType: String
    /// The handle of the key that acted, for `api_key`; for a person in a session, `session:` and its id.
    public let credential: String?
    /// The client's address.
    public let address: String?
    /// The id of the request.
    public let requestID: String?
    /// What was acted upon.
    public let target: Target
    /// The state before, without secrets; nil when there was none.
    public let before: Snapshot?
    /// The state after, without secrets; nil when there is none.
    public let after: Snapshot?

    /// An event with all its members.
    public init(
        organizationID: Organization.ID, at: Instant, action: String, outcome: Outcome = .success, userID: User.ID?,
        actorType: String, credential: String?, address: String?, requestID: String?, target: Target,
        before: Snapshot? = nil, after: Snapshot? = nil
    ) {
        self.organizationID = organizationID
        self.at = at
        self.action = action
        self.outcome = outcome
        self.userID = userID
        self.actorType = actorType
        self.credential = credential
        self.address = address
        self.requestID = requestID
        self.target = target
        self.before = before
        self.after = after
    }

    /// An event done by a principal.
    public init(
        _ action: String, _ target: Target, by principal: Principal, at: Instant, outcome: Outcome = .success,
        before: Snapshot? = nil, after: Snapshot? = nil
    ) {
        let (type, credential): (String, String?) =
            switch principal.kind {
            case .apiKey(_, let handle): ("api_key", handle)
            case .person: ("person", principal.origin.sessionID.map { "session:\($0)" })
            case .localOperator: ("operator", nil)
            }
        self.init(
            organizationID: principal.organizationID, at: at, action: action, outcome: outcome,
            userID: principal.userID, actorType: type, credential: credential, address: principal.origin.address,
            requestID: principal.origin.requestID, target: target, before: before, after: after
        )
    }

    /// The state of a thing as names and values, in the order they are to be read.
    public indirect enum Snapshot: Hashable, Sendable {
        case text(String)
        case number(Int64)
        case flag(Bool)
        case none
        case list([Snapshot])
        case members([Member])

        /// A named part of a state.
        public struct Member: Hashable, Sendable {
            /// Its name.
            public let name: String
            /// Its value.
            public let value: Snapshot

            /// A named part.
            public init(_ name: String, _ value: Snapshot) {
                self.name = name
                self.value = value
            }
        }
    }
}

/// An event as it lies in the trail: numbered and chained to the one before it in its organization.
public struct SealedAuditEvent: Hashable, Sendable {
    /// The number of the event.
    public let id: AuditEvent.ID
    /// The event itself.
    public let event: AuditEvent
    /// The state before, as the text that was hashed.
    public let beforeText: String?
    /// The state after, as the text that was hashed.
    public let afterText: String?
    /// Its own link; empty while it is not sealed yet.
    public let link: [UInt8]

    /// An event of the trail.
    public init(id: AuditEvent.ID, event: AuditEvent, beforeText: String?, afterText: String?, link: [UInt8]) {
        self.id = id
        self.event = event
        self.beforeText = beforeText
        self.afterText = afterText
        self.link = link
    }

    /// Where every chain starts.
    public static let firstLink = [UInt8](repeating: 0, count: 32)

    /// Whether its link is the one that its content and the link before it give.
    public func isIntact(after previous: [UInt8]) -> Bool {
        link == SealedAuditEvent.link(id: id, event, beforeText, afterText, after: previous)
    }

    /// SHA-256 over the link before it and every member, each with its length, so that no two events share a text.
    public static func link(
        id: AuditEvent.ID, _ event: AuditEvent, _ beforeText: String?, _ afterText: String?, after previous: [UInt8]
    ) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(640)
        func append(_ number: Int64) {
            withUnsafeBytes(of: number.bigEndian) { bytes.append(contentsOf: $0) }
        }
        func append(_ text: String?) {
            guard let text else { return append(-1) }
            append(Int64(text.utf8.count))
            bytes.append(contentsOf: text.utf8)
        }
        bytes.append(contentsOf: previous)
        append(id.rawValue)
        append(event.organizationID.rawValue)
        append(event.at.milliseconds)
        append(event.action)
        append(event.outcome.rawValue)
        append(event.userID?.rawValue ?? 0)
        append(event.actorType)
        append(event.credential)
        append(event.address)
        append(event.requestID)
        append(event.target.type)
        append(event.target.id)
        append(beforeText)
        append(afterText)
        return Array(SHA256.hash(data: bytes))
    }
}

/// Which events of the trail a list shows, newest first.
public struct AuditQuery: Hashable, Sendable {
    /// The organization.
    public var organizationID: Organization.ID
    /// One of these actions, as in `api_key.create`; nil for all.
    public var actions: [String]?
    /// Done by one of these users; nil for all.
    public var userIDs: [User.ID]?
    /// Done by this kind of actor, as in `operator`.
    public var actorType: String?
    /// Done to one of these kinds of things; nil for all.
    public var targetTypes: [String]?
    /// Done to a thing with one of these ids; nil for all.
    public var targetIDs: [String]?
    /// With one of these outcomes; nil for all.
    public var outcomes: [AuditEvent.Outcome]?
    /// At or after this moment.
    public var since: Instant?
    /// Before this moment.
    public var until: Instant?

    /// The whole trail of an organization.
    public init(organizationID: Organization.ID) {
        self.organizationID = organizationID
    }
}

/// The last event of a chain that was taken out of the trail: the next one follows its link.
public struct AuditCheckpoint: Hashable, Sendable {
    /// The number of the event.
    public let eventID: AuditEvent.ID
    /// Its link.
    public let link: [UInt8]

    /// The last event that was taken out.
    public init(eventID: AuditEvent.ID, link: [UInt8]) {
        self.eventID = eventID
        self.link = link
    }
}
