/// An organization, account, namespace, application or scope in an answer.
///
/// Carries the ids of what it lies in as far as they are given; the others are absent.
public struct ResourceObject: Codable, Sendable, Hashable {
    /// The resource's id.
    public var id: Int64
    /// The name for people.
    public var name: String
    /// The short name.
    public var slug: String
    /// `active`, `deleted` or what a client set.
    public var status: String
    /// The path from the organization down.
    public var nrn: String
    /// The organization it lies in; absent for an organization.
    public var organizationID: Int64?
    /// The account it lies in.
    public var accountID: Int64?
    /// The namespace it lies in.
    public var namespaceID: Int64?
    /// The application it lies in.
    public var applicationID: Int64?
    /// When it was created.
    public var createdAt: String?
    /// When it was last changed.
    public var updatedAt: String?

    /// A resource.
    public init(
        id: Int64, name: String, slug: String, status: String, nrn: String, organizationID: Int64? = nil,
        accountID: Int64? = nil, namespaceID: Int64? = nil, applicationID: Int64? = nil, createdAt: String? = nil,
        updatedAt: String? = nil
    ) {
        self.id = id
        self.name = name
        self.slug = slug
        self.status = status
        self.nrn = nrn
        self.organizationID = organizationID
        self.accountID = accountID
        self.namespaceID = namespaceID
        self.applicationID = applicationID
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }

    private enum CodingKeys: String, CodingKey {
        case id
        case name
        case slug
        case status
        case nrn
        case organizationID = "organization_id"
        case accountID = "account_id"
        case namespaceID = "namespace_id"
        case applicationID = "application_id"
        case createdAt = "created_at"
        case updatedAt = "updated_at"
    }
}
