/// A grant of a user in an answer of `/authz/grants` and `/user/{id}/grant`.
public struct UserGrantObject: Codable, Sendable, Hashable {
    /// The grant's id.
    public var id: Int64
    /// Who holds it.
    public var userID: Int64
    /// The role's id.
    public var roleID: Int64
    /// The role's slug exactly as it was given.
    public var roleSlug: String
    /// Where it holds.
    public var nrn: String

    /// A grant of a user.
    public init(id: Int64, userID: Int64, roleID: Int64, roleSlug: String, nrn: String) {
        self.id = id
        self.userID = userID
        self.roleID = roleID
        self.roleSlug = roleSlug
        self.nrn = nrn
    }

    private enum CodingKeys: String, CodingKey {
        case id
        case userID = "user_id"
        case roleID = "role_id"
        case roleSlug = "role_slug"
        case nrn
    }
}
