/// How many listed keys carry a tag.
public struct TagCount: Hashable, Sendable {
    /// The tag.
    public let tag: Tag
    /// How many keys.
    public let count: Int

    /// A tag with its number of keys.
    public init(tag: Tag, count: Int) {
        self.tag = tag
        self.count = count
    }
}

/// How many listed keys have a grant of a role.
public struct RoleCount: Hashable, Sendable {
    /// The role's slug as written.
    public let slug: String
    /// How many keys.
    public let count: Int

    /// A role with its number of keys.
    public init(slug: String, count: Int) {
        self.slug = slug
        self.count = count
    }
}

/// The tags of listed keys.
public struct TagCounts: Hashable, Sendable {
    /// The tags that most keys carry.
    public let tags: [TagCount]
    /// The keys of tags that most keys carry.
    public let keys: [String]

    /// The tags of listed keys.
    public init(tags: [TagCount], keys: [String]) {
        self.tags = tags
        self.keys = keys
    }
}

/// How many listed keys reach a resource.
public struct KeyReach: Hashable, Sendable {
    /// Keys with a grant exactly there.
    public let direct: Int
    /// Keys with a grant there or above it, each counted once.
    public let all: Int

    /// How many keys reach a resource.
    public init(direct: Int, all: Int) {
        self.direct = direct
        self.all = all
    }
}

/// Which listed keys are counted.
public struct CountScope: Hashable, Sendable {
    /// The organization.
    public let organizationID: Organization.ID
    /// The places within which every grant of a key must lie; nil for the whole organization.
    public let visibleWithin: [NRN]?

    /// Keys of an organization.
    public init(organizationID: Organization.ID, visibleWithin: [NRN]?) {
        self.organizationID = organizationID
        self.visibleWithin = visibleWithin
    }
}

/// What to find resources by.
public struct ResourceSearch: Hashable, Sendable {
    /// The organization.
    public var organizationID: Organization.ID
    /// Part of the name, ignoring case.
    public var name: String?
    /// The ids of some levels, as in `application=4`.
    public var ids: [NRN.Level: Int64] = [:]
    /// Exactly this level; nil for all.
    public var level: NRN.Level?
    /// The places within which hits lie, for each level; a level that is absent has no hits.
    public var places: [NRN.Level: [NRN]]

    /// All live resources within places.
    public init(organizationID: Organization.ID, places: [NRN.Level: [NRN]]) {
        self.organizationID = organizationID
        self.places = places
    }
}

/// From where the trail is read.
public enum AuditCursor: Hashable, Sendable {
    /// The newest events.
    case newest
    /// What is older than an event.
    case before(AuditEvent.ID)
    /// What is newer than an event, the next ones first taken.
    case after(AuditEvent.ID)
}

/// A part of the trail, newest first.
public struct AuditPage: Sendable {
    /// The events.
    public let events: [SealedAuditEvent]
    /// Whether there are newer ones.
    public let hasNewer: Bool
    /// Whether there are older ones.
    public let hasOlder: Bool

    /// A part of the trail.
    public init(events: [SealedAuditEvent], hasNewer: Bool, hasOlder: Bool) {
        self.events = events
        self.hasNewer = hasNewer
        self.hasOlder = hasOlder
    }
}
