/// The five kinds of resource on the wire, from the top down.
public enum ResourceEntity: String, Sendable, CaseIterable, Codable {
    case organization
    case account
    case namespace
    case application
    case scope

    /// The kind that holds this one; nil for an organization.
    public var parent: ResourceEntity? {
        switch self {
        case .organization: nil
        case .account: .organization
        case .namespace: .account
        case .application: .namespace
        case .scope: .application
        }
    }

    /// The member that names the parent, as in `account_id` of a namespace; nil for an organization.
    public var parentMember: String? {
        parent.map { "\($0.rawValue)_id" }
    }
}
