/// An event of the audit trail in an answer of `GET /v1/audit`.
public struct AuditEventObject: Codable, Sendable, Equatable {
    /// Who acted.
    public struct Actor: Codable, Sendable, Hashable {
        /// The user who acted; absent when there is none, as in a failed sign-in or a command.
        public var userID: Int64?
        /// `person`, `machine`, `command` or the like.
        public var type: String
        /// The API key whose machine user acted; absent for people.
        public var apiKeyID: Int64?

        /// An actor.
        public init(type: String, userID: Int64? = nil, apiKeyID: Int64? = nil) {
            self.userID = userID
            self.type = type
            self.apiKeyID = apiKeyID
        }

        private enum CodingKeys: String, CodingKey {
            case userID = "user_id"
            case type
            case apiKeyID = "api_key_id"
        }
    }

    /// What was acted on.
    public struct Target: Codable, Sendable, Hashable {
        /// The kind of thing, as in `api_key`.
        public var type: String
        /// Its id; absent when there is no such thing, as after a refused creation.
        public var id: TargetID?

        /// A target.
        public init(type: String, id: TargetID?) {
            self.type = type
            self.id = id
        }

        private enum CodingKeys: String, CodingKey {
            case type
            case id
        }
    }

    /// The id of a target: a number where the thing has one, as most have, otherwise text.
    public enum TargetID: Codable, Sendable, Hashable, CustomStringConvertible {
        case number(Int64)
        case text(String)

        /// Reads a number or text.
        public init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let number = try? container.decode(Int64.self) {
                self = .number(number)
            } else {
                self = .text(try container.decode(String.self))
            }
        }

        /// Writes a number or text.
        public func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            switch self {
            case .number(let number): try container.encode(number)
            case .text(let text): try container.encode(text)
            }
        }

        /// The id as text.
        public var description: String {
            switch self {
            case .number(let number): "\(number)"
            case .text(let text): text
            }
        }
    }

    /// The event's id.
    public var id: Int64
    /// The organization in whose chain it is.
    public var organizationID: Int64
    /// When it happened.
    public var at: String
    /// Who acted.
    public var actor: Actor
    /// What the actor showed: the public part of a key, a session, a command; nil, written as `null`, for nothing.
    public var credential: String?
    /// The network address it came from; nil, written as `null`, for none.
    public var address: String?
    /// What was done, as in `api_key:update`.
    public var action: String
    /// What was acted on.
    public var target: Target
    /// The target before, without secrets; `null` when it did not exist.
    public var before: JSONValue
    /// The target after, without secrets; `null` when it no longer exists.
    public var after: JSONValue
    /// The request it belongs to; nil, written as `null`, for none.
    public var requestID: String?
    /// `success`, or why it was refused.
    public var outcome: String
    /// This event's link in the chain; nil, written as `null`, until it is sealed.
    public var hash: String?

    /// An event.
    public init(
        id: Int64, organizationID: Int64, at: String, actor: Actor, credential: String?, address: String?,
        action: String, target: Target, before: JSONValue, after: JSONValue, requestID: String?, outcome: String,
        hash: String?
    ) {
        self.id = id
        self.organizationID = organizationID
        self.at = at
        self.actor = actor
        self.credential = credential
        self.address = address
        self.action = action
        self.target = target
        self.before = before
        self.after = after
        self.requestID = requestID
        self.outcome = outcome
        self.hash = hash
    }

    /// Writes all members.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(id, forKey: .id)
        try container.encode(organizationID, forKey: .organizationID)
        try container.encode(at, forKey: .at)
        try container.encode(actor, forKey: .actor)
        try container.encode(credential, forKey: .credential)
        try container.encode(address, forKey: .address)
        try container.encode(action, forKey: .action)
        try container.encode(target, forKey: .target)
        try container.encode(before, forKey: .before)
        try container.encode(after, forKey: .after)
        try container.encode(requestID, forKey: .requestID)
        try container.encode(outcome, forKey: .outcome)
        try container.encode(hash, forKey: .hash)
    }

    private enum CodingKeys: String, CodingKey {
        case id
        case organizationID = "organization_id"
        case at
        case actor
        case credential
        case address
        case action
        case target
        case before
        case after
        case requestID = "request_id"
        case outcome
        case hash
    }
}
