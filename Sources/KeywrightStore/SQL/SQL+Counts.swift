import KeywrightDomain

// Counts over all listed keys of an organization. They read every key or grant once, so callers remember them.

extension SQLTransaction {
    func tagCounts(_ scope: CountScope, now: Instant) throws -> [TagCount] {
        var conditions = SQLConditions()
        addListed(scope, now, &conditions)
        conditions.add("k.tags <> ''")
        let groups = try session.rows(
            "SELECT k.tags, count(*) FROM api_keys k \(conditions.clause) GROUP BY k.tags", conditions.arguments
        ) { (TagText.tags($0.text(0)), Int($0.integer(1))) }
        // By bytes: two spellings of one letter are equal as texts, but not as tags.
        var counts: [[UInt8]: TagCount] = [:]
        for (tags, count) in groups {
            for tag in tags {
                let key = Array("\(tag.key)=\(tag.value)".utf8)
                counts[key] = TagCount(tag: tag, count: (counts[key]?.count ?? 0) + count)
            }
        }
        return counts.sorted { a, b in
            a.value.count == b.value.count
                ? a.key.lexicographicallyPrecedes(b.key) : a.value.count > b.value.count
        }.map(\.value)
    }

    func roleCounts(_ scope: CountScope, now: Instant) throws -> [RoleCount] {
        var conditions = SQLConditions()
        addListed(scope, now, &conditions)
        return try session.rows(
            """
            SELECT g.role_slug, count(DISTINCT k.id) AS keys FROM api_keys k
            JOIN grants g ON g.user_id = k.id + \(User.machineIDOffset) AND g.actions IS NULL AND g.inherits IS NULL
            \(conditions.clause) GROUP BY g.role_slug ORDER BY keys DESC, g.role_slug
            """,
            conditions.arguments
        ) { RoleCount(slug: $0.text(0), count: Int($0.integer(1))) }
    }

    func placeCounts(_ scope: CountScope, now: Instant) throws -> [PlaceCount] {
        var conditions = SQLConditions()
        addListed(scope, now, &conditions)
        let levels = ["account_id", "namespace_id", "application_id", "scope_id"]
        let columns = levels.map { "g.\($0)" }.joined(separator: ", ")
        let above = levels.map { "(h.\($0) = 0 OR h.\($0) = g.\($0))" }.joined(separator: " AND ")
        let differs = levels.map { "h.\($0) <> g.\($0)" }.joined(separator: " OR ")
        return try session.rows(
            """
            SELECT g.organization_id, \(columns), count(DISTINCT g.user_id), count(DISTINCT CASE WHEN NOT EXISTS (
                    SELECT 1 FROM grants h WHERE h.user_id = g.user_id AND \(above) AND (\(differs))
                ) THEN g.user_id END)
            FROM api_keys k JOIN grants g ON g.user_id = k.id + \(User.machineIDOffset)
            \(conditions.clause) GROUP BY g.organization_id, \(columns)
            """,
            conditions.arguments
        ) { PlaceCount(nrn: try $0.nrn(0), direct: Int($0.integer(5)), topmost: Int($0.integer(6))) }
    }

    /// Keys that lists show and whose every grant lies within the scope's places.
    private func addListed(_ scope: CountScope, _ now: Instant, _ conditions: inout SQLConditions) {
        conditions.add("k.organization_id =", SQLValue(scope.organizationID))
        conditions.add("k.is_internal = 0")
        conditions.add("(k.expires_at IS NULL OR k.expires_at > \(conditions.bind(SQLValue(now))))")
        guard let places = scope.visibleWithin else { return }
        var inner = SQLConditions(continuing: conditions)
        inner.add(within: places, prefix: "v.")
        conditions.take(inner)
        conditions.add(
            """
            NOT EXISTS (SELECT 1 FROM grants v
                WHERE v.user_id = k.id + \(User.machineIDOffset) AND NOT \(inner.text))
            """
        )
    }

    // MARK: People

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
