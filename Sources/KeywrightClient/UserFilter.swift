/// Which users a list shows. What is nil or empty does not narrow it.
public struct UserFilter: Sendable, Equatable {
    /// These users alone.
    public var ids: [Int64]
    /// Exactly one of these addresses.
    public var emails: [String]
    /// `person` or `machine`; nil shows persons.
    public var type: String?
    /// `active` or `inactive`; one of these.
    public var statuses: [String]

    /// A filter.
    public init(ids: [Int64] = [], emails: [String] = [], type: String? = nil, statuses: [String] = []) {
        self.ids = ids
        self.emails = emails
        self.type = type
        self.statuses = statuses
    }

    var parameters: [Parameter] {
        Parameter.list("id", ids) + Parameter.list("email", emails) + Parameter.optional("type", type)
            + Parameter.list("status", statuses)
    }
}
