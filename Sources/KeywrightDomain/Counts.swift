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

/// How many listed keys have a grant exactly at a place.
public struct PlaceCount: Hashable, Sendable {
    /// The place.
    public let nrn: NRN
    /// How many keys have a grant there.
    public let direct: Int
    /// How many of these have none further up.
    public let topmost: Int

    /// A place with its numbers of keys.
    public init(nrn: NRN, direct: Int, topmost: Int) {
        self.nrn = nrn
        self.direct = direct
        self.topmost = topmost
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
