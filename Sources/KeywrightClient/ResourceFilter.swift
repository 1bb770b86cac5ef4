/// Which resources of one kind a list shows. What is nil or empty does not narrow it.
public struct ResourceFilter: Sendable, Equatable {
    /// What the resources lie in directly; one of these.
    public var parentIDs: [Int64]
    /// Exactly one of these short names.
    public var slugs: [String]
    /// Exactly this name.
    public var name: String?
    /// `active`, `inactive` or `deleted`, one of these; without any, what is not deleted.
    public var statuses: [String]

    /// A filter.
    public init(parentIDs: [Int64] = [], slugs: [String] = [], name: String? = nil, statuses: [String] = []) {
        self.parentIDs = parentIDs
        self.slugs = slugs
        self.name = name
        self.statuses = statuses
    }

    /// - Parameter parentMember: the field that names the parent; nil when the kind has none.
    func parameters(parentMember: String?) -> [Parameter] {
        (parentMember.map { Parameter.list($0, parentIDs) } ?? [])
            + Parameter.list("slug", slugs) + Parameter.optional("name", name)
            + Parameter.list("status", statuses)
    }
}
