/// A node of the platform's tree: an organization, account, namespace, application or scope.
public struct Resource: Hashable, Sendable {
    /// Whether a resource is in use.
    public enum Status: String, CaseIterable, Sendable {
        case active
        case inactive
        case deleted
    }

    /// Where it lies; its last level and id are its own.
    public let nrn: NRN
    /// The name for people.
    public var name: String
    /// The short name, unique among its live siblings.
    public var slug: String
    /// Whether it is in use; grants on a deleted resource allow nothing.
    public var status: Status
    /// When it was created.
    public let createdAt: Instant
    /// When it was last changed.
    public var updatedAt: Instant

    /// A resource with all its members.
    public init(nrn: NRN, name: String, slug: String, status: Status = .active, createdAt: Instant, updatedAt: Instant)
    {
        self.nrn = nrn
        self.name = name
        self.slug = slug
        self.status = status
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }

    /// Whether grants on it may hold.
    public var isLive: Bool { status != .deleted }
}

/// The top of a tree: what is counted and kept per organization beside its resource.
public struct Organization: Hashable, Sendable {
    /// An organization's id.
    public typealias ID = Identifier<Organization>

    /// The number of the organization.
    public let id: ID
    /// Raised whenever every token of the organization must end.
    public let epoch: Int64
    /// How many keys its lists can show, expired ones included.
    public let listedKeyCount: Int
    /// How many keys there are, internal ones included.
    public let keyCount: Int

    /// An organization with all its members.
    public init(id: ID, epoch: Int64, listedKeyCount: Int, keyCount: Int) {
        self.id = id
        self.epoch = epoch
        self.listedKeyCount = listedKeyCount
        self.keyCount = keyCount
    }
}

extension NRN {
    /// The organization's id, typed.
    public var organizationID: Organization.ID { Organization.ID(organization) }

    /// The NRN of an organization.
    public init(_ organization: Organization.ID) {
        self.init(organization: organization.rawValue)
    }
}

/// Which resources a list shows.
public struct ResourceQuery: Hashable, Sendable {
    /// The level of the resources.
    public var level: NRN.Level
    /// Within which organization.
    public var organizationID: Organization.ID
    /// Directly in one of these parents, one level up; nil for all.
    public var parentIDs: [Int64]?
    /// Exactly one of these slugs; nil for all.
    public var slugs: [String]?
    /// Exactly this name.
    public var name: String?
    /// Exactly one of these states; nil shows what is not deleted.
    public var statuses: [Resource.Status]?
    /// The places the reader may read; nil for the whole organization.
    public var visibleWithin: [NRN]?

    /// All live resources of a level.
    public init(level: NRN.Level, organizationID: Organization.ID) {
        self.level = level
        self.organizationID = organizationID
    }
}
