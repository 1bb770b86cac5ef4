/// The body of every refusal: the contract's `message` and the members of RFC 9457.
public struct ProblemObject: Codable, Sendable, Hashable {
    /// Which item of a list was refused.
    public struct Cause: Codable, Sendable, Hashable {
        /// The item's position, from 0.
        public var index: Int

        /// An item's position.
        public init(index: Int) {
            self.index = index
        }

        private enum CodingKeys: String, CodingKey {
            case index
        }
    }

    /// What existing clients print.
    public var message: String
    /// A URI for the kind of problem.
    public var type: String
    /// A few words for the kind of problem.
    public var title: String
    /// The HTTP status.
    public var status: Int
    /// What is wrong this time.
    public var detail: String
    /// The kind of problem for programs to branch on.
    public var code: String
    /// Every wrong field; written only when there is one.
    public var errors: [FieldError]
    /// The id of the thing in the way; absent but where the contract names it.
    public var id: Int64?
    /// The refused item of a list; absent for other requests.
    public var cause: Cause?

    /// A problem.
    ///
    /// - Parameter message: nil repeats `detail`.
    public init(
        status: Int, code: String, title: String, detail: String, message: String? = nil,
        type: String = "about:blank", errors: [FieldError] = [], id: Int64? = nil, cause: Cause? = nil
    ) {
        self.message = message ?? detail
        self.type = type
        self.title = title
        self.status = status
        self.detail = detail
        self.code = code
        self.errors = errors
        self.id = id
        self.cause = cause
    }

    /// Reads the members; only `message` must be there, since proxies answer with bodies of their own.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        message = try container.decode(String.self, forKey: .message)
        type = try container.decodeIfPresent(String.self, forKey: .type) ?? "about:blank"
        title = try container.decodeIfPresent(String.self, forKey: .title) ?? ""
        status = try container.decodeIfPresent(Int.self, forKey: .status) ?? 0
        detail = try container.decodeIfPresent(String.self, forKey: .detail) ?? message
        code = try container.decodeIfPresent(String.self, forKey: .code) ?? ""
        errors = try container.decodeIfPresent([FieldError].self, forKey: .errors) ?? []
        id = try container.decodeIfPresent(Int64.self, forKey: .id)
        cause = try container.decodeIfPresent(Cause.self, forKey: .cause)
    }

    /// Writes the members, the last three only when they say something.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(message, forKey: .message)
        try container.encode(type, forKey: .type)
        try container.encode(title, forKey: .title)
        try container.encode(status, forKey: .status)
        try container.encode(detail, forKey: .detail)
        try container.encode(code, forKey: .code)
        if !errors.isEmpty { try container.encode(errors, forKey: .errors) }
        try container.encodeIfPresent(id, forKey: .id)
        try container.encodeIfPresent(cause, forKey: .cause)
    }

    private enum CodingKeys: String, CodingKey {
        case message
        case type
        case title
        case status
        case detail
        case code
        case errors
        case id
        case cause
    }
}
