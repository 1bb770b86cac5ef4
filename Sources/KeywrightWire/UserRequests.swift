/// The body of `POST /user` and `POST /user/invite`: a person to add to an organization.
public struct CreateUserRequest: WireRequest {
    /// The address the person signs in with.
    public var email: String
    /// The first name.
    public var firstName: String?
    /// The last name.
    public var lastName: String?
    /// Where a picture of the person is.
    public var avatar: String?
    /// The organization; nil for the caller's own.
    public var organizationID: Int64?
    /// `person` or `machine`; nil when the client does not say.
    public var type: String?

    /// A person to add.
    public init(
        email: String, firstName: String? = nil, lastName: String? = nil, avatar: String? = nil,
        organizationID: Int64? = nil, type: String? = nil
    ) {
        self.email = email
        self.firstName = firstName
        self.lastName = lastName
        self.avatar = avatar
        self.organizationID = organizationID
        self.type = type
    }

    /// Reads the members and ignores others; `null`, and 0 for the organization, count as left out.
    public init?(_ reader: inout FieldReader) {
        let email = reader.required(CodingKeys.email.rawValue, .nonEmptyString(.email))
        firstName = reader.optional(CodingKeys.firstName.rawValue, .string(.personName, isEmptyAllowed: true))
        lastName = reader.optional(CodingKeys.lastName.rawValue, .string(.personName, isEmptyAllowed: true))
        avatar = reader.optional(CodingKeys.avatar.rawValue, .string(.avatar, isEmptyAllowed: true))
        organizationID = reader.optionalUnlessZero(CodingKeys.organizationID.rawValue)
        type = reader.optional(CodingKeys.type.rawValue, .string(.userType))
        guard let email else { return nil }
        self.email = email
    }

    private enum CodingKeys: String, CodingKey {
        case email
        case firstName = "first_name"
        case lastName = "last_name"
        case avatar
        case organizationID = "organization_id"
        case type
    }
}

/// The body of `PATCH /user/{id}`; what is nil stays as it is.
public struct UpdateUserRequest: WireRequest {
    /// A new address.
    public var email: String?
    /// A new first name.
    public var firstName: String?
    /// A new last name.
    public var lastName: String?
    /// A new picture; `.null` or an empty text removes it.
    public var avatar: Field<String>
    /// The organization that the client believes the user to be in.
    public var organizationID: Int64?
    /// `active` or `inactive`.
    public var status: String?

    /// A change of a user.
    public init(
        email: String? = nil, firstName: String? = nil, lastName: String? = nil, avatar: Field<String> = .absent,
        organizationID: Int64? = nil, status: String? = nil
    ) {
        self.email = email
        self.firstName = firstName
        self.lastName = lastName
        self.avatar = avatar
        self.organizationID = organizationID
        self.status = status
    }

    /// Reads the members and ignores others.
    ///
    /// `null` (but for `avatar`), an empty `email` and `organization_id: 0` count as left out: clients send them for
    /// what they do not set.
    public init?(_ reader: inout FieldReader) {
        let email = reader.optional(CodingKeys.email.rawValue, .string(.email, isEmptyAllowed: true))
        self.email = email.flatMap { $0.isEmpty ? nil : $0 }
        firstName = reader.optional(CodingKeys.firstName.rawValue, .string(.personName, isEmptyAllowed: true))
        lastName = reader.optional(CodingKeys.lastName.rawValue, .string(.personName, isEmptyAllowed: true))
        avatar = reader.field(CodingKeys.avatar.rawValue, .string(.avatar, isEmptyAllowed: true))
        if avatar == .value("") { avatar = .null }
        organizationID = reader.optionalUnlessZero(CodingKeys.organizationID.rawValue)
        status = reader.optional(CodingKeys.status.rawValue, .string(.userStatus))
    }

    /// Writes what shall change.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encodeIfPresent(email, forKey: .email)
        try container.encodeIfPresent(firstName, forKey: .firstName)
        try container.encodeIfPresent(lastName, forKey: .lastName)
        try container.encode(avatar, forKey: .avatar)
        try container.encodeIfPresent(organizationID, forKey: .organizationID)
        try container.encodeIfPresent(status, forKey: .status)
    }

    private enum CodingKeys: String, CodingKey {
        case email
        case firstName = "first_name"
        case lastName = "last_name"
        case avatar
        case organizationID = "organization_id"
        case status
    }
}

/// The body of `PUT /user/{id}`, which sets the status alone.
public struct SetUserStatusRequest: WireRequest {
    /// `active` or `inactive`.
    public var status: String

    /// A status to set.
    public init(status: String) {
        self.status = status
    }

    /// Reads `status` and ignores other members.
    public init?(_ reader: inout FieldReader) {
        guard let status = reader.required(CodingKeys.status.rawValue, .string(.userStatus)) else { return nil }
        self.status = status
    }

    private enum CodingKeys: String, CodingKey {
        case status
    }
}

extension FieldReader {
    /// An id that may be left out, where 0 is what clients send who cannot leave it out.
    mutating func optionalUnlessZero(_ name: String) -> Int64? {
        guard let id = optional(name, .identifierOrZero), id != 0 else { return nil }
        return id
    }
}
