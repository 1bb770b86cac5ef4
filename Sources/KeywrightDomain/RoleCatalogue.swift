/// The roles of one organization: the built-in ones and its own.
public struct RoleCatalogue: Sendable {
    private let custom: [Role]
    private let customByID: [Role.ID: Role]
    private let customBySlug: [String: Role]

    /// A catalogue with the custom roles of one organization.
    public init(custom: [Role] = []) {
        self.custom = custom
        customByID = Dictionary(custom.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        customBySlug = Dictionary(custom.map { ($0.slug, $0) }, uniquingKeysWith: { first, _ in first })
    }

    private static let builtInByID = Dictionary(uniqueKeysWithValues: Role.builtIn.map { ($0.id, $0) })
    private static let builtInBySlug = Dictionary(uniqueKeysWithValues: Role.builtIn.map { ($0.slug, $0) })

    /// All roles, built-in ones first.
    public var all: [Role] { Role.builtIn + custom }

    /// How many roles the organization made.
    public var customCount: Int { custom.count }

    /// The role with that id.
    public subscript(id: Role.ID) -> Role? { Self.builtInByID[id] ?? customByID[id] }

    /// The role with that slug, exactly as written.
    public func role(slug: String) -> Role? { Self.builtInBySlug[slug] ?? customBySlug[slug] }

    /// Everything the role allows: its own actions and those of the roles it inherits, however deep.
    public func effectiveActions(of role: Role) -> ActionSet {
        if role.inherits.isEmpty { return role.actions }
        var seen: Set<Role.ID> = [role.id]
        var open = role.inherits
        var result = role.actions
        while let id = open.popLast() {
            guard seen.insert(id).inserted, let inherited = self[id] else { continue }
            result = result.union(inherited.actions)
            open += inherited.inherits
        }
        return result
    }

    /// Whether following `inherits` from these roles leads to that role.
    public func inheritance(from ids: [Role.ID], reaches target: Role.ID) -> Bool {
        var seen: Set<Role.ID> = []
        var open = ids
        while let id = open.popLast() {
            if id == target { return true }
            guard seen.insert(id).inserted, let role = self[id] else { continue }
            open += role.inherits
        }
        return false
    }

    /// The role with the fewest actions that allows an action at every level to that kind of user; nil when only a
    /// role that allows everything does.
    public func smallestRole(allowing action: Action, for kind: User.Kind) -> Role? {
        var best: (role: Role, count: Int)?
        for role in all where role.level == nil && role.fits(kind) {
            guard case .only(let actions) = effectiveActions(of: role), actions.contains(action) else { continue }
            if actions.count < best?.count ?? .max { best = (role, actions.count) }
        }
        return best?.role
    }
}
