/// What a verification found, in one word.
public enum VerifyCode: String, Codable, Sendable, CaseIterable {
    /// The credential is good, and what was asked is allowed.
    case valid = "VALID"
    /// The credential is not one of this organization's: unknown, malformed, or with a wrong secret.
    case notFound = "NOT_FOUND"
    /// The key is switched off.
    case disabled = "DISABLED"
    /// The key or the token has expired.
    case expired = "EXPIRED"
    /// The key was deleted.
    case deleted = "DELETED"
    /// The credential is good, but what was asked is not allowed, or the key lacks a tag.
    case forbidden = "FORBIDDEN"
}

/// The answer of `POST /v1/verify`.
///
/// With `NOT_FOUND` it says nothing else: whatever the reason, the bytes are the same.
public struct VerifyResponse: Codable, Sendable, Equatable {
    /// The epochs that a token must carry to be good.
    public struct Epochs: Codable, Sendable, Equatable {
        /// That of the key.
        public var key: Int64
        /// That of the organization.
        public var organization: Int64

        /// The epochs of a key and its organization.
        public init(key: Int64, organization: Int64) {
            self.key = key
            self.organization = organization
        }

        private enum CodingKeys: String, CodingKey {
            case key
            case organization
        }
    }

    /// Whether the credential itself is good; also when it may not do what was asked.
    public var isValid: Bool
    /// What was found.
    public var code: VerifyCode
    /// Whether the action is allowed; nil, written as `null`, when none was asked.
    public var isAllowed: Bool?
    /// The key's id.
    public var keyID: Int64?
    /// The public part of the key.
    public var handle: String?
    /// The key's name.
    public var name: String?
    /// The key's organization.
    public var organizationID: Int64?
    /// The key's own machine user.
    public var userID: Int64?
    /// When the credential stops working; nil, written as `null`, for never.
    public var expiresAt: String?
    /// The key's labels; always an array.
    public var tags: [TagObject]
    /// What the key may do, on live resources; when asked for, and only for a good credential.
    public var grants: [VerifiedGrantObject]?
    /// The current epochs; with ``grants``.
    public var epochs: Epochs?
    /// Until when the answer may be used without asking again, unless the change feed says otherwise; with ``grants``.
    public var cacheUntil: String?
    /// Why the decision fell as it did; when asked for, and only for a good credential.
    public var explanation: ExplanationObject?

    /// What was found, without details.
    public init(isValid: Bool, code: VerifyCode, isAllowed: Bool?) {
        self.isValid = isValid
        self.code = code
        self.isAllowed = isAllowed
        tags = []
    }

    /// The one answer for a credential that is not this organization's.
    ///
    /// - Parameter isAsked: whether an action was asked, which then is not allowed.
    public static func notFound(isAsked: Bool) -> VerifyResponse {
        VerifyResponse(isValid: false, code: .notFound, isAllowed: isAsked ? false : nil)
    }

    /// Writes all members, those that must be asked for only when there are any.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(isValid, forKey: .isValid)
        try container.encode(code, forKey: .code)
        try container.encode(isAllowed, forKey: .isAllowed)
        try container.encode(keyID, forKey: .keyID)
        try container.encode(handle, forKey: .handle)
        try container.encode(name, forKey: .name)
        try container.encode(organizationID, forKey: .organizationID)
        try container.encode(userID, forKey: .userID)
        try container.encode(expiresAt, forKey: .expiresAt)
        try container.encode(tags, forKey: .tags)
        try container.encodeIfPresent(grants, forKey: .grants)
        try container.encodeIfPresent(epochs, forKey: .epochs)
        try container.encodeIfPresent(cacheUntil, forKey: .cacheUntil)
        try container.encodeIfPresent(explanation, forKey: .explanation)
    }

    private enum CodingKeys: String, CodingKey {
        case isValid = "valid"
        case code
        case isAllowed = "allowed"
        case keyID = "key_id"
        case handle
        case name
        case organizationID = "organization_id"
        case userID = "user_id"
        case expiresAt = "expires_at"
        case tags
        case grants
        case epochs
        case cacheUntil = "cache_until"
        case explanation
    }
}

/// The answer of `POST /v1/verify/batch`.
public struct VerifyBatchResponse: Codable, Sendable, Equatable {
    /// What was found, in the order of the request.
    public var results: [VerifyResponse]

    /// Several answers.
    public init(results: [VerifyResponse]) {
        self.results = results
    }

    private enum CodingKeys: String, CodingKey {
        case results
    }
}

/// A grant as a verifier needs it: a place, and the actions that hold there and below.
public struct VerifiedGrantObject: Codable, Sendable, Hashable {
    /// Where it holds.
    public var nrn: String
    /// The actions by name; `*` alone stands for every action there is or will be.
    public var actions: [String]
    /// What `*` leaves out; absent when that is nothing, and with named actions.
    public var except: [String]?

    /// A grant.
    public init(nrn: String, actions: [String], except: [String]? = nil) {
        self.nrn = nrn
        self.actions = actions
        self.except = except
    }

    private enum CodingKeys: String, CodingKey {
        case nrn
        case actions
        case except
    }
}

/// Why an action is allowed or not.
public struct ExplanationObject: Codable, Sendable, Equatable {
    /// The reason in one word.
    public enum Reason: String, Codable, Sendable, CaseIterable {
        /// A grant allows it.
        case granted
        /// A grant allows it, but the key does not carry every tag that was asked for.
        case missingTags = "missing_tags"
        /// No grant allows it.
        case noGrant = "no_grant"
        /// The resource does not exist, is deleted, or its ids do not belong together.
        case unknownResource = "unknown_resource"
    }

    /// The grant that allows it.
    public struct Match: Codable, Sendable, Equatable {
        /// The grant's id.
        public var id: Int64
        /// The grant's resource: the asked one or an ancestor.
        public var nrn: String
        /// The role, as it was written.
        public var roleSlug: String

        /// A grant that matched.
        public init(id: Int64, nrn: String, roleSlug: String) {
            self.id = id
            self.nrn = nrn
            self.roleSlug = roleSlug
        }

        private enum CodingKeys: String, CodingKey {
            case id
            case nrn
            case roleSlug = "role_slug"
        }
    }

    /// The reason in one word.
    public var reason: Reason
    /// The grant that allows it; nil, written as `null`, when none does.
    public var grant: Match?
    /// One grant that would have allowed it, in the shape in which it can be given; nil, written as `null`, unless
    /// no grant allows it.
    public var sufficient: SufficientGrant?

    /// An explanation.
    public init(_ reason: Reason, grant: Match? = nil, sufficient: SufficientGrant? = nil) {
        self.reason = reason
        self.grant = grant
        self.sufficient = sufficient
    }

    /// Writes all members.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(reason, forKey: .reason)
        try container.encode(grant, forKey: .grant)
        try container.encode(sufficient, forKey: .sufficient)
    }

    private enum CodingKeys: String, CodingKey {
        case reason
        case grant
        case sufficient
    }
}

/// One grant that would be enough: a role, or actions, at a resource.
public struct SufficientGrant: Codable, Sendable, Equatable {
    /// Where it would hold.
    public var nrn: String
    /// The role with the fewest actions that allows it; absent when none does but those that allow everything.
    public var roleSlug: String?
    /// The action itself; absent when a role allows it.
    public var actions: [String]?

    /// A grant that would be enough.
    public init(nrn: String, roleSlug: String? = nil, actions: [String]? = nil) {
        self.nrn = nrn
        self.roleSlug = roleSlug
        self.actions = actions
    }

    private enum CodingKeys: String, CodingKey {
        case nrn
        case roleSlug = "role_slug"
        case actions
    }
}
