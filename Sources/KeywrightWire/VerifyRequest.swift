/// The body of `POST /v1/verify`: is this credential good, and may it do this here?
public struct VerifyRequest: WireRequest {
    /// Whose rights are in question.
    public enum Subject: Sendable, Equatable {
        /// A whole API key.
        case apiKey(SensitiveText)
        /// An access token made from one.
        case accessToken(SensitiveText)
    }

    /// Whether an action is allowed at a resource.
    public struct Question: Sendable, Equatable {
        /// The action's name.
        public var action: String
        /// The resource.
        public var nrn: String

        /// A question.
        public init(action: String, nrn: String) {
            self.action = action
            self.nrn = nrn
        }
    }

    /// Whose rights are in question.
    public var subject: Subject
    /// What is asked; nil asks only whether the credential is good.
    public var question: Question?
    /// Tags that the key must carry, all of them.
    public var tags: [TagRequest]
    /// Whether the answer shall carry the grants, for a verifier that decides by itself.
    public var includesGrants: Bool
    /// Whether the answer shall say why.
    public var explains: Bool

    /// The most tags that may be asked for, which is also the most that a key carries.
    public static let tagLimit = 5

    /// A verification.
    public init(
        _ subject: Subject, question: Question? = nil, tags: [TagRequest] = [], includesGrants: Bool = false,
        explains: Bool = false
    ) {
        self.subject = subject
        self.question = question
        self.tags = tags
        self.includesGrants = includesGrants
        self.explains = explains
    }

    /// Reads either `api_key` or `access_token`, `action` and `nrn` together or not at all, `tags`, `include` and
    /// `explain`; other members are errors, and `null` counts as left out.
    public init?(_ reader: inout FieldReader) {
        let subject = Subject(&reader)
        let question = Self.question(&reader)
        let tags = reader.optional(CodingKeys.tags.rawValue, .array(of: .object(TagRequest.init)))
        if let tags, tags.count > Self.tagLimit {
            reader.refuse(CodingKeys.tags.rawValue, "must not have more than \(Self.tagLimit) elements")
        }
        let include = reader.optional(CodingKeys.include.rawValue, .array(of: .inclusion))
        let explains = reader.optional(CodingKeys.explain.rawValue, .bool) ?? false
        if explains, !reader.has(CodingKeys.action.rawValue) {
            reader.refuse(CodingKeys.explain.rawValue, "needs action and nrn")
        }
        reader.refuseUnknownMembers()
        guard let subject else { return nil }
        self.init(
            subject, question: question, tags: tags ?? [], includesGrants: include?.isEmpty == false,
            explains: explains
        )
    }

    private static func question(_ reader: inout FieldReader) -> Question? {
        let action = reader.optional(CodingKeys.action.rawValue, .string(.action))
        let nrn = reader.optional(CodingKeys.nrn.rawValue, .string(.nrn))
        switch (reader.has(CodingKeys.action.rawValue), reader.has(CodingKeys.nrn.rawValue)) {
        case (true, false): reader.refuse(CodingKeys.nrn.rawValue, "is required with action")
        case (false, true): reader.refuse(CodingKeys.action.rawValue, "is required with nrn")
        default: break
        }
        guard let action, let nrn else { return nil }
        return Question(action: action, nrn: nrn)
    }

    /// Writes the credential, and the others where they differ from what is assumed.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        switch subject {
        case .apiKey(let key): try container.encode(key, forKey: .apiKey)
        case .accessToken(let token): try container.encode(token, forKey: .accessToken)
        }
        if let question {
            try container.encode(question.action, forKey: .action)
            try container.encode(question.nrn, forKey: .nrn)
        }
        if !tags.isEmpty { try container.encode(tags, forKey: .tags) }
        if includesGrants { try container.encode([Self.grants], forKey: .include) }
        if explains { try container.encode(true, forKey: .explain) }
    }

    /// The one thing that can be included.
    fileprivate static let grants = "grants"

    fileprivate enum CodingKeys: String, CodingKey {
        case apiKey = "api_key"
        case accessToken = "access_token"
        case action
        case nrn
        case tags
        case include
        case explain
    }
}

extension VerifyRequest.Subject {
    fileprivate init?(_ reader: inout FieldReader) {
        typealias Key = VerifyRequest.CodingKeys
        let key = reader.optional(Key.apiKey.rawValue, .sensitive)
        let token = reader.optional(Key.accessToken.rawValue, .sensitive)
        switch (reader.has(Key.apiKey.rawValue), reader.has(Key.accessToken.rawValue)) {
        case (true, false):
            guard let key else { return nil }
            self = .apiKey(key)
        case (false, true):
            guard let token else { return nil }
            self = .accessToken(token)
        case (true, true):
            reader.refuse(nil, "takes either api_key or access_token")
            return nil
        case (false, false):
            reader.refuse(nil, "needs api_key or access_token")
            return nil
        }
    }
}

extension FieldShape<String> {
    /// What an answer can carry besides what it always carries.
    fileprivate static var inclusion: FieldShape {
        FieldShape { value, place, reader in
            if case .string(let text) = value, text.hasSameBytes(as: VerifyRequest.grants) { return text }
            reader.refuse(place, "must be \"\(VerifyRequest.grants)\"")
            return nil
        }
    }
}

/// The body of `POST /v1/verify/batch`: several verifications at once.
public struct VerifyBatchRequest: WireRequest {
    /// The verifications; the answers come in this order.
    public var checks: [VerifyRequest]

    /// The most verifications at once.
    public static let limit = 100

    /// Several verifications.
    public init(checks: [VerifyRequest]) {
        self.checks = checks
    }

    /// Reads `checks`, which holds 1 to 100 verifications; other members are errors.
    public init?(_ reader: inout FieldReader) {
        let checks = reader.required(CodingKeys.checks.rawValue, .array(of: .object(VerifyRequest.init)))
        if let checks, !(1...Self.limit).contains(checks.count) {
            reader.refuse(CodingKeys.checks.rawValue, "must have 1 to \(Self.limit) elements")
        }
        reader.refuseUnknownMembers()
        guard let checks else { return nil }
        self.init(checks: checks)
    }

    private enum CodingKeys: String, CodingKey {
        case checks
    }
}
