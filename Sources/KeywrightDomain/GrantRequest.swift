/// A grant as somebody asks for it, before it is checked against the roles of the organization.
public struct GrantRequest: Hashable, Sendable {
    /// The three shapes of a grant.
    public enum Shape: Hashable, Sendable {
        /// A role by slug, exactly as written.
        case slug(String)
        /// A role by id.
        case role(Role.ID)
        /// Actions by name.
        case actions([Action])
        /// Roles by slug, with actions added and removed.
        case inherits([String], add: [Action], remove: [Action])
    }

    /// Where it shall hold.
    public let nrn: NRN
    /// What it shall give.
    public let shape: Shape

    /// A wish for a grant.
    public init(nrn: NRN, shape: Shape) {
        self.nrn = nrn
        self.shape = shape
    }
}

/// A grant that passed the catalogue but has no ids yet.
public struct ResolvedGrant: Hashable, Sendable {
    /// Where it shall hold.
    public let nrn: NRN
    /// The catalogue's role with the slug as written; nil for a fine-grained grant.
    public let role: (id: Role.ID, slug: String)?
    /// The set of a fine-grained grant.
    public let custom: CustomActions?

    /// Whether both would be the same grant.
    public static func == (a: Self, b: Self) -> Bool {
        a.nrn == b.nrn && a.role?.id == b.role?.id && a.role?.slug == b.role?.slug && a.custom == b.custom
    }

    /// Hashes what `==` compares.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(nrn)
        hasher.combine(role?.id)
        hasher.combine(role?.slug)
        hasher.combine(custom)
    }

    /// Whether an existing grant is this one.
    public func matches(_ grant: Grant) -> Bool {
        guard nrn == grant.nrn else { return false }
        if let role { return grant.custom == nil && role.id == grant.roleID && role.slug == grant.roleSlug }
        return custom == grant.custom
    }
}

extension RoleCatalogue {
    /// Looks up the role or roles that a request names and checks that they fit.
    ///
    /// - Parameters:
    ///   - kind: the kind of user who shall hold the grant.
    ///   - pointer: the JSON pointer of the grant in the request.
    ///   - kept: the grants that are there already: what one of these gives may have become nothing since.
    /// - Throws: `.invalid` naming the field: no such role, not at that level, not for that kind of user, an empty set.
    public func resolve(
        _ request: GrantRequest, for kind: User.Kind, pointer: String, keeping kept: [Grant] = []
    ) throws(DomainError) -> ResolvedGrant {
        switch request.shape {
        case .slug(let slug):
            guard let role = role(slug: slug) else {
                throw .invalid("\(pointer)/role_slug", "There is no role with this slug.")
            }
            try check(role, fits: request.nrn.level, kind, "\(pointer)/role_slug")
            return ResolvedGrant(nrn: request.nrn, role: (role.id, slug), custom: nil)
        case .role(let id):
            guard let role = self[id] else { throw .invalid("\(pointer)/role_id", "There is no role with this id.") }
            try check(role, fits: request.nrn.level, kind, "\(pointer)/role_id")
            return ResolvedGrant(nrn: request.nrn, role: (role.id, role.slug), custom: nil)
        case .actions(let actions):
            guard !actions.isEmpty else { throw .invalid("\(pointer)/actions", "Name at least one action.") }
            return ResolvedGrant(nrn: request.nrn, role: nil, custom: CustomActions(actions: actions))
        case .inherits(let slugs, let add, let remove):
            guard !slugs.isEmpty else { throw .invalid("\(pointer)/inherits", "Name at least one role.") }
            var ids: [Role.ID] = []
            for (index, slug) in slugs.enumerated() {
                let place = "\(pointer)/inherits/\(index)"
                guard let role = role(slug: slug) else { throw .invalid(place, "There is no role with this slug.") }
                try check(role, fits: request.nrn.level, kind, place)
                ids.append(role.id)
            }
            let custom = CustomActions(
                inherits: ids, added: add, removed: remove
            )
            let grant = ResolvedGrant(nrn: request.nrn, role: nil, custom: custom)
            let isEmpty = custom.effectiveActions(in: self) == .none
            guard !isEmpty || kept.contains(where: grant.matches) else {
                throw .invalid("\(pointer)/actions/remove", "Leave at least one action: this removes them all.")
            }
            return grant
        }
    }

    private func check(
        _ role: Role, fits level: NRN.Level, _ kind: User.Kind, _ pointer: String
    ) throws(DomainError) {
        guard role.fits(level) else {
            throw .invalid(pointer, "The role \(role.slug) can be given at another level only.")
        }
        guard role.fits(kind) else {
            throw .invalid(
                pointer, "The role \(role.slug) is for \(kind == .person ? "machine" : "person") users only.")
        }
    }
}

extension ResolvedGrant {
    /// What an existing grant gives.
    public init(keeping grant: Grant) {
        self.init(
            nrn: grant.nrn, role: grant.custom == nil ? (grant.roleID, grant.roleSlug) : nil, custom: grant.custom
        )
    }
}
