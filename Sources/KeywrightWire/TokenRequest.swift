/// The body of `POST /token`.
public enum TokenRequest: WireRequest {
    /// An API key in exchange for tokens.
    case apiKey(SensitiveText)
    /// A refresh token in exchange for a new access token, with the organization it must belong to.
    case refreshToken(SensitiveText, organizationID: Int64)

    /// Reads `api_key`, `apikey` or `apiKey`, or `refresh_token` with `organization_id`; ignores other members.
    ///
    /// Several spellings at once must agree: two readers must not take two different keys from one body.
    public init?(_ reader: inout FieldReader) {
        let key = APIKeyMember.read(&reader)
        let refreshToken = reader.optional(CodingKeys.refreshToken.rawValue, .sensitive)
        if reader.has(CodingKeys.refreshToken.rawValue) {
            let organizationID = reader.required(CodingKeys.organizationID.rawValue, .identifier)
            if APIKeyMember.isGiven(reader) { reader.refuse(nil, "takes either api_key or refresh_token") }
            guard let refreshToken, let organizationID else { return nil }
            self = .refreshToken(refreshToken, organizationID: organizationID)
        } else {
            if !APIKeyMember.isGiven(reader) { reader.refuse(nil, "needs api_key or refresh_token") }
            guard let key else { return nil }
            self = .apiKey(key)
        }
    }

    /// Writes the members of the case at hand.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        switch self {
        case .apiKey(let key):
            try container.encode(key, forKey: .apiKey)
        case .refreshToken(let token, let organizationID):
            try container.encode(token, forKey: .refreshToken)
            try container.encode(organizationID, forKey: .organizationID)
        }
    }

    private enum CodingKeys: String, CodingKey {
        case apiKey = "api_key"
        case refreshToken = "refresh_token"
        case organizationID = "organization_id"
    }
}

/// The body of `POST /login`.
public struct LoginRequest: WireRequest {
    /// The API key to sign in with.
    public var apiKey: SensitiveText

    /// A sign-in.
    public init(apiKey: SensitiveText) {
        self.apiKey = apiKey
    }

    /// Reads `api_key`, `apikey` or `apiKey`; ignores other members.
    public init?(_ reader: inout FieldReader) {
        let key = APIKeyMember.read(&reader)
        if !APIKeyMember.isGiven(reader) { reader.refuse(APIKeyMember.spellings[0], "is required") }
        guard let key else { return nil }
        apiKey = key
    }

    private enum CodingKeys: String, CodingKey {
        case apiKey = "api_key"
    }
}

/// The three spellings in which clients send an API key.
private enum APIKeyMember {
    static let spellings = ["api_key", "apikey", "apiKey"]

    static func isGiven(_ reader: FieldReader) -> Bool {
        spellings.contains { reader.has($0) }
    }

    static func read(_ reader: inout FieldReader) -> SensitiveText? {
        var found: SensitiveText?
        for spelling in spellings {
            guard let key = reader.optional(spelling, .sensitive) else { continue }
            if let found, found != key {
                reader.refuse(spelling, "differs from another spelling of the same member")
            }
            found = key
        }
        return found
    }
}
