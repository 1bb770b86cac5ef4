import KeywrightDomain
import KeywrightOperations
import KeywrightWire

// Between the wire's shapes and the domain's, where more than one family of routes needs it.

extension ValueChecks {
    /// The domain's rules for values, so that shape and value errors are reported together.
    static let domain = ValueChecks { kind, text in
        switch kind {
        case .apiKeyName, .roleName: complaint { () throws(DomainError) in try Name.validate(text) }
        case .resourceName:
            complaint { () throws(DomainError) in try Name.validate(text, limit: Name.resourceLimit) }
        case .nrn: complaint { () throws(DomainError) in try NRN(parsing: text) }
        case .action: Action(text) == nil ? "An action reads entity:verb, in lower-case letters." : nil
        case .tagKey: complaint { () throws(DomainError) in try Tag(key: text, value: "x") }
        case .tagValue: complaint { () throws(DomainError) in try Tag(key: "x", value: text) }
        case .newRoleSlug, .resourceSlug: complaint { () throws(DomainError) in try Slug.validate(text) }
        case .email: complaint { () throws(DomainError) in try Email.validate(text) }
        case .level:
            NRN.Level(name: text) == nil ? "A level is organization, account, namespace, application or scope." : nil
        case .userType: User.Kind(rawValue: text) == nil ? "A user type is person or machine." : nil
        case .userStatus: User.Status(rawValue: text) == nil ? "The status is active or inactive." : nil
        case .roleSlug, .roleDescription, .personName, .avatar, .resourceStatus: nil
        }
    }

    private static func complaint<Value>(_ check: () throws(DomainError) -> Value) -> String? {
        let result = Result { () throws(DomainError) in try check() }
        guard case .failure(let error) = result else { return nil }
        return error.detail
    }
}

extension GrantInput {
    init(_ request: KeywrightWire.GrantRequest) {
        let shape: Shape =
            switch request.permission {
            case .role(let role): Shape(role)
            case .actions(let names): .actions(names)
            case .inherits(let slugs, let add, let remove): .inherits(slugs, add: add, remove: remove)
            }
        self.init(nrn: request.nrn, shape: shape)
    }
}

extension GrantInput.Shape {
    init(_ role: RoleReference) {
        switch role {
        case .slug(let slug): self = .slug(slug)
        case .id(let id): self = .role(id)
        }
    }
}

extension GrantObject {
    init(_ grant: Grant, _ catalogue: RoleCatalogue) {
        self.init(nrn: grant.nrn.description, roleID: grant.roleID.rawValue, roleSlug: grant.roleSlug)
        guard let custom = grant.custom else { return }
        actions = custom.actions?.map(\.name) ?? custom.effectiveActions(in: catalogue).named.map(\.name)
        inherits = custom.inherits.map { id in
            let role = catalogue[id]
            return InheritedRole(
                id: id.rawValue, slug: role?.slug ?? "", organizationID: role?.organizationID?.rawValue
            )
        }
        added = custom.added.map(\.name)
        removed = custom.removed.map(\.name)
    }
}

extension ListEnvelope {
    init(_ page: KeywrightDomain.Page<Element>) {
        self.init(
            paging: Paging(
                offset: page.request.offset, limit: page.request.limit, total: page.total,
                isTotalCapped: page.isTotalCapped
            ),
            results: page.results
        )
    }
}

extension Instant {
    /// RFC 3339 with milliseconds.
    var text: String { WireTime.format(milliseconds) }
}

extension RoleCatalogue {
    /// The slugs of the roles that a role's holder may give.
    func assignableSlugs(_ role: Role) -> [String] {
        switch role.assignable {
        case .all: all.map(\.slug)
        case .roles(let ids): ids.compactMap { self[$0]?.slug }
        }
    }
}
