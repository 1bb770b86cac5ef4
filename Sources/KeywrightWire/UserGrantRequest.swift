/// The body of `POST /authz/grants`: a role for a user at an NRN.
public struct UserGrantRequest: WireRequest {
    /// Where it shall hold.
    public var nrn: String
    /// Who shall hold it.
    public var userID: Int64
    /// What it shall give.
    public var role: RoleReference

    /// A grant to a user.
    public init(nrn: String, userID: Int64, role: RoleReference) {
        self.nrn = nrn
        self.userID = userID
        self.role = role
    }

    /// Reads `nrn`, `user_id` and one of `role_slug` and `role_id`; other members are errors.
    public init?(_ reader: inout FieldReader) {
        let nrn = reader.required(CodingKeys.nrn.rawValue, .string(.nrn))
        let userID = reader.required(CodingKeys.userID.rawValue, .identifier)
        let role = RoleReference(&reader)
        reader.refuseUnknownMembers(readOnly: ["id"])
        guard let nrn, let userID, let role else { return nil }
        self.init(nrn: nrn, userID: userID, role: role)
    }

    /// Writes `nrn`, `user_id` and how the role is named.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(nrn, forKey: .nrn)
        try container.encode(userID, forKey: .userID)
        try role.encode(to: encoder)
    }

    private enum CodingKeys: String, CodingKey {
        case nrn
        case userID = "user_id"
    }
}

/// An item of the array that `POST` and `PUT /user/{id}/grant` take.
public struct UserGrantItemRequest: WireRequest {
    /// Where it shall hold.
    public var nrn: String
    /// What it shall give.
    public var role: RoleReference

    /// A grant to the user whom the path names.
    public init(nrn: String, role: RoleReference) {
        self.nrn = nrn
        self.role = role
    }

    /// Reads `nrn` and one of `role_slug` and `role_id`; other members are errors.
    public init?(_ reader: inout FieldReader) {
        let nrn = reader.required(CodingKeys.nrn.rawValue, .string(.nrn))
        let role = RoleReference(&reader)
        reader.refuseUnknownMembers(readOnly: ["id"])
        guard let nrn, let role else { return nil }
        self.init(nrn: nrn, role: role)
    }

    /// Writes `nrn` and how the role is named.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(nrn, forKey: .nrn)
        try role.encode(to: encoder)
    }

    private enum CodingKeys: String, CodingKey {
        case nrn
    }
}
