import KeywrightDomain

extension SQLTransaction {
    private static let resourceColumns = """
        organization_id, account_id, namespace_id, application_id, scope_id, name, slug, status, created_at, updated_at
        """

    func resources(_ tail: String, _ arguments: [SQLValue]) throws -> [Resource] {
        try session.rows("SELECT \(Self.resourceColumns) FROM resources \(tail)", arguments) { row in
            guard let status = Resource.Status(rawValue: row.text(7)) else {
                throw CorruptRow(what: "a resource with the status \(row.text(7))")
            }
            return Resource(
                nrn: try row.nrn(0), name: row.text(5), slug: row.text(6), status: status, createdAt: row.instant(8),
                updatedAt: row.instant(9)
            )
        }
    }

    func resource(_ level: NRN.Level, _ id: Int64) throws -> Resource? {
        try resources("WHERE level = $1 AND id = $2", [.integer(Int64(level.rawValue)), .integer(id)]).first
    }

    /// The stored row holds all ids of its ancestors; a deleted ancestor has no live child, so its own row decides.
    func isLive(_ nrn: NRN) throws -> Bool {
        guard let resource = try resource(nrn.level, nrn.id) else { return false }
        return resource.nrn == nrn && resource.isLive
    }

    func resources(_ query: ResourceQuery, _ page: PageRequest) throws -> Page<Resource> {
        var conditions = SQLConditions()
        conditions.add("level =", .integer(Int64(query.level.rawValue)))
        conditions.add("organization_id =", SQLValue(query.organizationID))
        conditions.add("parent_id", isOneOf: query.parentIDs?.map(SQLValue.integer))
        conditions.add("slug", isOneOf: query.slugs?.map(SQLValue.text))
        if let name = query.name { conditions.add("name =", .text(name)) }
        if let statuses = query.statuses {
            conditions.add("status", isOneOf: statuses.map { .text($0.rawValue) })
        } else {
            conditions.add("status <>", .text(Resource.Status.deleted.rawValue))
        }
        if let places = query.visibleWithin { conditions.add(within: places) }
        let total = try session.count("SELECT count(*) FROM resources \(conditions.clause)", conditions.arguments)
        let results = try resources(
            "\(conditions.clause) ORDER BY id \(conditions.limit(page))", conditions.arguments
        )
        return Page(results: results, total: total, request: page)
    }

    func resourceTree(_ organization: Organization.ID) throws -> [Resource] {
        try resources("WHERE organization_id = $1 ORDER BY level, id", [SQLValue(organization)])
    }

    func hasLiveChildren(_ nrn: NRN) throws -> Bool {
        guard let level = nrn.level.child else { return false }
        return try session.exists(
            "SELECT 1 FROM resources WHERE level = $1 AND parent_id = $2 AND status <> 'deleted' LIMIT 1",
            [.integer(Int64(level.rawValue)), .integer(nrn.id)]
        )
    }

    func organization(named name: String) throws -> Resource? {
        try resources(
            "WHERE level = 1 AND parent_id = 0 AND name = $1 AND status <> 'deleted' ORDER BY id", [.text(name)]
        ).first
    }

    func insert(_ resource: Resource) throws {
        let nrn = resource.nrn
        try session.execute(
            """
            INSERT INTO resources (level, id, parent_id, \(Self.resourceColumns), name_key)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
            """,
            [.integer(Int64(nrn.level.rawValue)), .integer(nrn.id), .integer(nrn.parent?.id ?? 0)]
                + nrn.slots.map(SQLValue.integer)
                + [
                    .text(resource.name), .text(resource.slug), .text(resource.status.rawValue),
                    SQLValue(resource.createdAt), SQLValue(resource.updatedAt), .text(Name.foldedKey(resource.name)),
                ]
        )
    }

    func update(_ resource: Resource) throws {
        try session.execute(
            """
            UPDATE resources SET name = $1, slug = $2, status = $3, updated_at = $4, name_key = $5
            WHERE level = $6 AND id = $7
            """,
            [
                .text(resource.name), .text(resource.slug), .text(resource.status.rawValue),
                SQLValue(resource.updatedAt), .text(Name.foldedKey(resource.name)),
                .integer(Int64(resource.nrn.level.rawValue)), .integer(resource.nrn.id),
            ]
        )
    }
}
