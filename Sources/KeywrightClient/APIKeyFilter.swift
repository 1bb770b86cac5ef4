public import KeywrightWire

/// Which API keys a list shows and in which order. What is nil or empty does not narrow it.
public struct APIKeyFilter: Sendable, Equatable {
    /// Exactly this name.
    public var name: String?
    /// Part of the name ignoring case, the key's handle, or the last four characters of its mask.
    public var search: String?
    /// The NRN of a grant.
    public var resource: String?
    /// Whether grants beneath ``resource`` count too.
    public var includesBelow = false
    /// An NRN that a grant reaches: there or above.
    public var reaches: String?
    /// The NRN of a grant, or one above it.
    public var nrn: String?
    /// Slugs of roles, one of which a grant gives.
    public var roles: [String] = []
    /// Tags that must all be on the key.
    public var tags: [TagRequest] = []
    /// The user who created the key.
    public var ownerID: Int64?
    /// `active`, `disabled` or `expired`; nil shows what has not expired.
    public var status: String?
    /// Used within so many days, as in `30d`, or `never`.
    public var used: String?
    /// Not used for so many days, as in `90d`.
    public var unused: String?
    /// A field and a direction, as in `name:asc`; nil for the newest first.
    public var sort: String?

    /// A filter that shows what has not expired, the newest first.
    public init() {}

    var parameters: [Parameter] {
        Parameter.optional("name", name) + Parameter.optional("q", search)
            + Parameter.optional("resource", resource) + Parameter.optional("below", includesBelow ? "true" : nil)
            + Parameter.optional("reaches", reaches) + Parameter.optional("nrn", nrn)
            + Parameter.list("role", roles) + tags.map { Parameter("tag", "\($0.key):\($0.value)") }
            + Parameter.optional("owner_id", ownerID) + Parameter.optional("status", status)
            + Parameter.optional("used", used) + Parameter.optional("unused", unused)
            + Parameter.optional("sort", sort)
    }
}
