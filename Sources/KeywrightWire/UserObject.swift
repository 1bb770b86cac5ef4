/// A user in an answer.
public struct UserObject: Codable, Sendable, Hashable {
    /// The user's id.
    public var id: Int64
    /// The address the person signs in with; nil, written as `null`, when a machine user has none.
    public var email: String?
    /// The first name.
    public var firstName: String
    /// The last name.
    public var lastName: String
    /// Where a picture is; nil, written as `null`, for none.
    public var avatar: String?
    /// The user's organization.
    public var organizationID: Int64
    /// `active` or `inactive`.
    public var status: String
    /// `person` or `machine`.
    public var type: String
    /// Who vouches for the user's identity.
    public var provider: String

    /// A user.
    public init(
        id: Int64, email: String?, firstName: String, lastName: String, avatar: String?, organizationID: Int64,
        status: String, type: String, provider: String
    ) {
        self.id = id
        self.email = email
        self.firstName = firstName
        self.lastName = lastName
        self.avatar = avatar
        self.organizationID = organizationID
        self.status = status
        self.type = type
        self.provider = provider
    }

    /// Writes all members.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(id, forKey: .id)
        try container.encode(email, forKey: .email)
        try container.encode(firstName, forKey: .firstName)
        try container.encode(lastName, forKey: .lastName)
        try container.encode(avatar, forKey: .avatar)
        try container.encode(organizationID, forKey: .organizationID)
        try container.encode(status, forKey: .status)
        try container.encode(type, forKey: .type)
        try container.encode(provider, forKey: .provider)
    }

    private enum CodingKeys: String, CodingKey {
        case id
        case email
        case firstName = "first_name"
        case lastName = "last_name"
        case avatar
        case organizationID = "organization_id"
        case status
        case type
        case provider
    }
}

/// The answer of `POST /user/invite`: the members of the user and, once, the link.
public struct InvitationResponse: Codable, Sendable, Equatable {
    /// The invited user.
    public var user: UserObject
    /// The link by which the person sets a password.
    public var invitationURL: SensitiveText

    /// An invitation.
    public init(user: UserObject, invitationURL: SensitiveText) {
        self.user = user
        self.invitationURL = invitationURL
    }

    /// Reads the user's members and the link from one object.
    public init(from decoder: any Decoder) throws {
        user = try UserObject(from: decoder)
        invitationURL = try decoder.container(keyedBy: CodingKeys.self)
            .decode(SensitiveText.self, forKey: .invitationURL)
    }

    /// Writes the user's members and the link into one object.
    public func encode(to encoder: any Encoder) throws {
        try user.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(invitationURL, forKey: .invitationURL)
    }

    private enum CodingKeys: String, CodingKey {
        case invitationURL = "invitation_url"
    }
}

/// The answer of `POST /user/{id}/password_reset`.
public struct PasswordResetResponse: Codable, Sendable, Equatable {
    /// The link by which the person sets a new password.
    public var resetURL: SensitiveText

    /// A password reset.
    public init(resetURL: SensitiveText) {
        self.resetURL = resetURL
    }

    private enum CodingKeys: String, CodingKey {
        case resetURL = "reset_url"
    }
}
