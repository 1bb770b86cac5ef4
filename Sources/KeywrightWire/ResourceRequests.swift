/// The body of `POST /account`, `/namespace`, `/application` and `/scope`.
public struct CreateResourceRequest: Sendable, Equatable, Encodable {
    /// What is created.
    public var entity: ResourceEntity
    /// The name for people.
    public var name: String
    /// The short name; nil to derive one from the name.
    public var slug: String?
    /// What it is created in; nil, possible for an account only, for the caller's organization.
    public var parentID: Int64?
    /// The first status; nil for the usual one.
    public var status: String?

    /// A resource to create.
    public init(
        _ entity: ResourceEntity, name: String, slug: String? = nil, parentID: Int64? = nil, status: String? = nil
    ) {
        self.entity = entity
        self.name = name
        self.slug = slug
        self.parentID = parentID
        self.status = status
    }

    /// Reads a body for one kind of resource and ignores members it does not know.
    ///
    /// - Throws: ``WireErrors`` with every wrong field.
    public static func decode(
        _ json: JSONValue, as entity: ResourceEntity, checks: ValueChecks = .none
    ) throws(WireErrors) -> CreateResourceRequest {
        var reader = FieldReader(json, checks: checks)
        let name = reader.required("name", .string(.resourceName))
        let slug = reader.optional("slug", .string(.resourceSlug, isEmptyAllowed: true))
        let parentID = parentID(of: entity, &reader)
        let status = reader.optional("status", .string(.resourceStatus, isEmptyAllowed: true))
        guard reader.errors.isEmpty, let name else { throw WireErrors(reader.errors) }
        return CreateResourceRequest(
            entity, name: name, slug: slug.unlessEmpty, parentID: parentID, status: status.unlessEmpty
        )
    }

    private static func parentID(of entity: ResourceEntity, _ reader: inout FieldReader) -> Int64? {
        guard let member = entity.parentMember else { return nil }
        return entity == .account ? reader.optionalUnlessZero(member) : reader.required(member, .identifier)
    }

    /// Writes the members that are set, the parent under the name that fits the kind.
    public func encode(to encoder: any Encoder) throws {
        try ResourceMembers(entity, name, slug, parentID, status).encode(to: encoder)
    }
}

/// The body of `PATCH` on one of the five kinds; what is nil stays as it is.
public struct UpdateResourceRequest: Sendable, Equatable, Encodable {
    /// What is changed.
    public var entity: ResourceEntity
    /// A new name for people.
    public var name: String?
    /// A new short name.
    public var slug: String?
    /// The parent that the client believes the resource to be in; resources do not move.
    public var parentID: Int64?
    /// A new status.
    public var status: String?

    /// A change of a resource.
    public init(
        _ entity: ResourceEntity, name: String? = nil, slug: String? = nil, parentID: Int64? = nil,
        status: String? = nil
    ) {
        self.entity = entity
        self.name = name
        self.slug = slug
        self.parentID = parentID
        self.status = status
    }

    /// Reads a body for one kind of resource and ignores members it does not know.
    ///
    /// `null`, an empty `slug` or `status` and a parent 0 count as left out.
    ///
    /// - Throws: ``WireErrors`` with every wrong field.
    public static func decode(
        _ json: JSONValue, as entity: ResourceEntity, checks: ValueChecks = .none
    ) throws(WireErrors) -> UpdateResourceRequest {
        var reader = FieldReader(json, checks: checks)
        let name = reader.optional("name", .string(.resourceName))
        let slug = reader.optional("slug", .string(.resourceSlug, isEmptyAllowed: true))
        let parentID = entity.parentMember.flatMap { reader.optionalUnlessZero($0) }
        let status = reader.optional("status", .string(.resourceStatus, isEmptyAllowed: true))
        guard reader.errors.isEmpty else { throw WireErrors(reader.errors) }
        return UpdateResourceRequest(
            entity, name: name, slug: slug.unlessEmpty, parentID: parentID, status: status.unlessEmpty
        )
    }

    /// Writes what shall change.
    public func encode(to encoder: any Encoder) throws {
        try ResourceMembers(entity, name, slug, parentID, status).encode(to: encoder)
    }
}

/// What both bodies write.
private struct ResourceMembers: Encodable {
    let entity: ResourceEntity
    let name: String?
    let slug: String?
    let parentID: Int64?
    let status: String?

    init(_ entity: ResourceEntity, _ name: String?, _ slug: String?, _ parentID: Int64?, _ status: String?) {
        self.entity = entity
        self.name = name
        self.slug = slug
        self.parentID = parentID
        self.status = status
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: MemberName.self)
        try container.encodeIfPresent(name, forKey: MemberName(stringValue: "name"))
        try container.encodeIfPresent(slug, forKey: MemberName(stringValue: "slug"))
        try container.encodeIfPresent(status, forKey: MemberName(stringValue: "status"))
        if let member = entity.parentMember {
            try container.encodeIfPresent(parentID, forKey: MemberName(stringValue: member))
        }
    }
}

extension String? {
    /// Nil for an empty text, which some clients send for what they do not set.
    fileprivate var unlessEmpty: String? {
        self?.isEmpty == true ? nil : self
    }
}
