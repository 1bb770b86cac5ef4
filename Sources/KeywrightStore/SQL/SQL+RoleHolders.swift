import KeywrightDomain

// Which people hold a role.

extension SQLTransaction {
    /// The index `grants_of_persons` has exactly these rows.
    private static let isPersons = "g.user_id <= \(User.machineIDOffset)"

    func personCounts(_ organization: Organization.ID) throws -> [Role.ID: Int] {
        let counts = try session.rows(
            """
            SELECT g.role_id, count(DISTINCT g.user_id) FROM grants g JOIN users u ON u.id = g.user_id
            WHERE g.organization_id = $1 AND \(Self.isPersons) AND u.status = 'active' GROUP BY g.role_id
            """,
            [SQLValue(organization)]
        ) { (id: $0.id(0, Role.self), count: Int($0.integer(1))) }
        return Dictionary(counts.map { ($0.id, $0.count) }, uniquingKeysWith: { first, _ in first })
    }

    func persons(
        holding role: Role.ID, in organization: Organization.ID, _ page: PageRequest
    ) throws -> Page<User> {
        let from = """
            FROM grants g JOIN users u ON u.id = g.user_id
            WHERE g.organization_id = $1 AND g.role_id = $2 AND \(Self.isPersons) AND u.status = 'active'
            """
        let arguments = [SQLValue(organization), SQLValue(role)]
        let total = try session.count("SELECT count(DISTINCT g.user_id) \(from)", arguments)
        let ids: [User.ID] = try session.rows(
            "SELECT DISTINCT g.user_id \(from) ORDER BY g.user_id LIMIT \(page.limit) OFFSET \(page.offset)", arguments
        ) { $0.id(0) }
        var query = UserQuery(organizationID: organization)
        query.ids = ids
        let results = ids.isEmpty ? [] : try users(query, PageRequest(limit: ids.count)).results
        return Page(results: results, total: total, request: page)
    }
}
