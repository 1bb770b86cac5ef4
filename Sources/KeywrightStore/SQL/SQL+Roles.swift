import KeywrightDomain

extension SQLTransaction {
    private static let roleColumns = """
        id, organization_id, slug, name, description, level, user_type, actions, inherits, assignable, created_at, updated_at
        """

    func customRoles(_ organization: Organization.ID) throws -> [Role] {
        try session.rows(
            "SELECT \(Self.roleColumns) FROM roles WHERE organization_id = $1 ORDER BY id", [SQLValue(organization)]
        ) { row in
            Role(
                id: row.id(0), organizationID: row.id(1), slug: row.text(2), name: row.text(3),
                description: row.text(4), level: row.optionalInteger(5).flatMap { NRN.Level(rawValue: Int($0)) },
                userType: row.optionalText(6).flatMap(User.Kind.init(rawValue:)),
                actions: ActionSet(ListText.actions(row.text(7))), inherits: ListText.ids(row.text(8)),
                assignable: row.text(9) == "*" ? .all : .roles(ListText.ids(row.text(9))),
                createdAt: row.instant(10), updatedAt: row.instant(11)
            )
        }
    }

    private func values(_ role: Role) -> [SQLValue] {
        let assignable =
            switch role.assignable {
            case .all: "*"
            case .roles(let ids): ListText.text(ids)
            }
        return [
            .text(role.slug), .text(role.name), .text(role.description),
            SQLValue(role.level.map { Int64($0.rawValue) }), SQLValue(role.userType?.rawValue),
            .text(ListText.text(role.actions.named)), .text(ListText.text(role.inherits)), .text(assignable),
            SQLValue(role.updatedAt),
        ]
    }

    func insert(_ role: Role) throws {
        try session.execute(
            """
            INSERT INTO roles (
                slug, name, description, level, user_type, actions, inherits, assignable, updated_at,
                id, organization_id, created_at
            ) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
            """,
            values(role) + [SQLValue(role.id), SQLValue(role.organizationID), SQLValue(role.createdAt)]
        )
    }

    func update(_ role: Role) throws {
        try session.execute(
            """
            UPDATE roles SET slug = $1, name = $2, description = $3, level = $4, user_type = $5, actions = $6,
                inherits = $7, assignable = $8, updated_at = $9
            WHERE id = $10
            """,
            values(role) + [SQLValue(role.id)]
        )
    }

    func delete(_ role: Role) throws {
        try session.execute("DELETE FROM roles WHERE id = $1", [SQLValue(role.id)])
    }

    func isRoleInUse(_ id: Role.ID, in organization: Organization.ID) throws -> Bool {
        // The index holds custom roles only, and the planner must see that this is one.
        let condition = id.rawValue >= Role.firstCustomID ? "AND role_id >= \(Role.firstCustomID)" : ""
        let isGranted = try session.exists(
            "SELECT 1 FROM grants WHERE organization_id = $1 AND role_id = $2 \(condition) LIMIT 1",
            [SQLValue(organization), SQLValue(id)]
        )
        if isGranted { return true }
        let inherited = try session.rows(
            "SELECT DISTINCT inherits FROM grants WHERE organization_id = $1 AND inherits IS NOT NULL",
            [SQLValue(organization)]
        ) { ListText.ids($0.text(0), as: Role.self) }
        return inherited.contains { $0.contains(id) }
    }
}

/// Lists as text, separated by blanks: neither actions nor ids hold one.
enum ListText {
    static func text(_ items: [some CustomStringConvertible]) -> String {
        items.map(\.description).joined(separator: " ")
    }

    static func actions(_ text: String) -> [Action] {
        text.split(separator: " ").compactMap { Action(String($0)) }
    }

    static func ids<Entity>(_ text: String, as: Entity.Type = Entity.self) -> [Identifier<Entity>] {
        text.split(separator: " ").compactMap { Identifier(parsing: $0) }
    }
}
