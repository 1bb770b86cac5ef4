/// Which users a list shows. What is nil or empty does not narrow it.
public struct UserFilter: Sendable, Equatable {
    /// These users alone.
    public var ids: [Int64]
    /// Exactly this address.
    public var email: String?
    /// `person` or `machine`; nil shows persons.
    public var type: String?
    /// `active` or `inactive`.
    public var status: String?

    /// A filter.
    public init(ids: [Int64] = [], email: String? = nil, type: String? = nil, status: String? = nil) {
        self.ids = ids
        self.email = email
        self.type = type
        self.status = status
    }

    var parameters: [Parameter] {
        Parameter.list("id", ids) + Parameter.optional("email", email) + Parameter.optional("type", type)
            + Parameter.optional("status", status)
    }
}
