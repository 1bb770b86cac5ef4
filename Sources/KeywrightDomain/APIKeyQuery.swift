/// Which API keys a list shows, and in which order. All filters apply before the page is cut.
public struct APIKeyQuery: Hashable, Sendable {
    /// Whether a key is usable now.
    public enum Status: String, CaseIterable, Sendable {
        case active
        case disabled
        case expired
    }

    /// When a key was last used.
    public enum Use: Hashable, Sendable {
        /// Used at or after that moment.
        case since(Instant)
        /// Not used since that moment, and created before it.
        case notSince(Instant)
        /// Never used.
        case never
    }

    /// Where a grant of the key lies.
    public enum Place: Hashable, Sendable {
        /// A grant exactly there.
        case at(NRN)
        /// A grant there or beneath.
        case below(NRN)
        /// A grant there or above: keys that reach it.
        case reaching(NRN)
    }

    /// What a list is sorted by; ties by id.
    public enum Order: String, CaseIterable, Sendable {
        case createdAt = "created_at"
        case name
        case lastUsedAt = "last_used_at"
    }

    /// The organization.
    public var organizationID: Organization.ID
    /// The moment for which expiry is judged.
    public var now: Instant
    /// Exactly this name.
    public var name: String?
    /// Part of the name ignoring case, the whole handle, or the last four characters of the value.
    public var search: String?
    /// Where a grant lies.
    public var places: [Place] = []
    /// A role that a grant gives, by slug as written.
    public var roleSlugs: [String] = []
    /// Tags that must all be on the key.
    public var tags: [Tag] = []
    /// The user who created it.
    public var ownerID: User.ID?
    /// Whether it is usable; nil shows what has not expired.
    public var status: Status?
    /// When it was used.
    public var use: Use?
    /// The places at which the reader may read keys: every grant of a key must lie within one of them.
    /// Nil when the reader may read the whole organization.
    public var visibleWithin: [NRN]?
    /// What the list is sorted by.
    public var order: Order = .createdAt
    /// Whether the order is turned around; newest first is the default.
    public var isDescending = true

    /// Every listed key of an organization, newest first.
    public init(organizationID: Organization.ID, now: Instant) {
        self.organizationID = organizationID
        self.now = now
    }

    /// Whether nothing narrows the default list.
    public var isUnfiltered: Bool {
        name == nil && search == nil && places.isEmpty && roleSlugs.isEmpty && tags.isEmpty && ownerID == nil
            && status == nil && use == nil && visibleWithin == nil
    }
}

/// Which part of a list is wanted.
public struct PageRequest: Hashable, Sendable {
    /// The most results of one page.
    public static let maximumLimit = 200

    /// How many results, 1 to 200.
    public let limit: Int
    /// How many to pass over.
    public let offset: Int

    /// A part of a list; the limit is cut to 200.
    public init(limit: Int = 30, offset: Int = 0) {
        self.limit = min(max(limit, 1), PageRequest.maximumLimit)
        self.offset = max(offset, 0)
    }
}

/// A part of a list with the count of all that match.
public struct Page<Element: Sendable>: Sendable {
    /// Counting stops here.
    public static var countLimit: Int { 10_000 }

    /// The wanted part.
    public let results: [Element]
    /// How many match; exact up to 10,000 when filtered.
    public let total: Int
    /// Whether more than `total` match.
    public let isTotalCapped: Bool
    /// What was asked for.
    public let request: PageRequest

    /// A part of a list.
    public init(results: [Element], total: Int, isTotalCapped: Bool = false, request: PageRequest) {
        self.results = results
        self.total = total
        self.isTotalCapped = isTotalCapped
        self.request = request
    }

    /// The same part with each element turned into something else.
    public func map<Other>(_ transform: (Element) throws -> Other) rethrows -> Page<Other> {
        Page<Other>(results: try results.map(transform), total: total, isTotalCapped: isTotalCapped, request: request)
    }
}
