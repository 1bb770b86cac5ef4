/// Which resources of one kind a list shows. What is nil does not narrow it.
public struct ResourceFilter: Sendable, Equatable {
    /// What the resources lie in directly.
    public var parentID: Int64?
    /// Exactly this short name.
    public var slug: String?
    /// Exactly this name.
    public var name: String?
    /// `active`, `inactive` or `deleted`; nil shows what is not deleted.
    public var status: String?

    /// A filter.
    public init(parentID: Int64? = nil, slug: String? = nil, name: String? = nil, status: String? = nil) {
        self.parentID = parentID
        self.slug = slug
        self.name = name
        self.status = status
    }

    /// - Parameter parentMember: the field that names the parent; nil when the kind has none.
    func parameters(parentMember: String?) -> [Parameter] {
        (parentMember.map { Parameter.optional($0, parentID) } ?? [])
            + Parameter.optional("slug", slug) + Parameter.optional("name", name)
            + Parameter.optional("status", status)
    }
}
