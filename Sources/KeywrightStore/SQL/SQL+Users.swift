import KeywrightDomain

extension SQLTransaction {
    private static let userColumns = """
        id, organization_id, email, first_name, last_name, avatar, status, created_at, updated_at
        """

    private func persons(_ tail: String, _ arguments: [SQLValue]) throws -> [User] {
        try session.rows("SELECT \(Self.userColumns) FROM users \(tail)", arguments) { row in
            guard let status = User.Status(rawValue: row.text(6)) else {
                throw CorruptRow(what: "a user with the status \(row.text(6))")
            }
            return User(
                id: row.id(0), organizationID: row.id(1), email: row.text(2), firstName: row.text(3),
                lastName: row.text(4), avatar: row.text(5), status: status, createdAt: row.instant(7),
                updatedAt: row.instant(8)
            )
        }
    }

    func person(_ id: User.ID) throws -> User? {
        try persons("WHERE id = $1", [SQLValue(id)]).first
    }

    func person(email: String) throws -> User? {
        try persons("WHERE email = $1", [.text(email)]).first
    }

    func hasPersons() throws -> Bool {
        try session.exists("SELECT 1 FROM users LIMIT 1", [])
    }

    func passwordDigest(of id: User.ID) throws -> String? {
        try session.first("SELECT password_digest FROM users WHERE id = $1", [SQLValue(id)]) { $0.optionalText(0) }
            ?? nil
    }

    func setPasswordDigest(_ digest: String?, of person: User.ID) throws {
        try session.execute(
            "UPDATE users SET password_digest = $1 WHERE id = $2", [SQLValue(digest), SQLValue(person)]
        )
    }

    func users(_ query: UserQuery, _ page: PageRequest) throws -> Page<User> {
        query.kind == .machine ? try machineUsers(query, page) : try personList(query, page)
    }

    private func personList(_ query: UserQuery, _ page: PageRequest) throws -> Page<User> {
        if query.ids?.isEmpty == true { return Page(results: [], total: 0, request: page) }
        var conditions = SQLConditions()
        conditions.add("organization_id =", SQLValue(query.organizationID))
        conditions.add("email", isOneOf: query.emails?.map(SQLValue.text))
        conditions.add("status", isOneOf: query.statuses?.map { .text($0.rawValue) })
        conditions.add("id", isOneOf: query.ids?.map { SQLValue($0) })
        if let roles = query.roles {
            guard !roles.isEmpty else { return Page(results: [], total: 0, request: page) }
            var holders = SQLConditions(continuing: conditions)
            holders.add("organization_id =", SQLValue(query.organizationID))
            holders.add("role_id", isOneOf: roles.map { SQLValue($0) })
            holders.add("user_id <= \(User.machineIDOffset)")
            conditions.take(holders)
            conditions.add("id IN (SELECT user_id FROM grants \(holders.clause))")
        }
        if query.search != nil || query.isByName { return try namedPersons(query, conditions, page) }
        let total = try session.count("SELECT count(*) FROM users \(conditions.clause)", conditions.arguments)
        let results = try persons(
            "\(conditions.clause) ORDER BY id \(conditions.limit(page))", conditions.arguments
        )
        return Page(results: results, total: total, request: page)
    }

    /// Names are folded here and not by the engine, which knows ASCII alone; an organization's persons are few.
    private func namedPersons(_ query: UserQuery, _ conditions: SQLConditions, _ page: PageRequest) throws -> Page<User>
    {
        let part = query.search.map { Array(Name.foldedKey($0).utf8) } ?? []
        var found = try session.rows(
            "SELECT id, first_name, last_name, email FROM users \(conditions.clause) ORDER BY id",
            conditions.arguments
        ) { row -> (id: User.ID, name: [UInt8], email: [UInt8]) in
            let name = [row.text(1), row.text(2)].filter { !$0.isEmpty }.joined(separator: " ")
            return (row.id(0), Array(Name.foldedKey(name).utf8), Array(row.text(3).utf8))
        }
        if !part.isEmpty { found = found.filter { $0.name.contains(part) || $0.email.contains(part) } }
        if query.isByName {
            func key(_ person: (id: User.ID, name: [UInt8], email: [UInt8])) -> [UInt8] {
                person.name.isEmpty ? person.email : person.name
            }
            found.sort { a, b in
                let (left, right) = (key(a), key(b))
                return left == right ? a.id < b.id : left.lexicographicallyPrecedes(right)
            }
        }
        let ids = found.dropFirst(page.offset).prefix(page.limit).map(\.id)
        return Page(results: try ids.compactMap { try person($0) }, total: found.count, request: page)
    }

    /// Machine users are a view of the keys: one for each, with its name and state. That of an internal key is
    /// there when it is named.
    private func machineUsers(_ query: UserQuery, _ page: PageRequest) throws -> Page<User> {
        if let emails = query.emails, !emails.contains("") { return Page(results: [], total: 0, request: page) }
        if let ids = query.ids { return try machineUsers(query, among: ids, page) }
        let organization = query.organizationID
        var matches = KeySet()
        for status in Set(query.statuses ?? [.active, .inactive]) {
            var keys = try listedKeys(status == .active ? .any : .disabled, in: organization)
            if status == .active { keys.subtract(try listedKeys(.disabled, in: organization)) }
            matches.formUnion(keys)
        }
        let ids = matches.ids(descending: false, offset: page.offset, limit: page.limit)
        let results = try apiKeys(ids.map { APIKey.ID($0) })
        return Page(results: results.map(User.init(machineOf:)), total: matches.count, request: page)
    }

    private func machineUsers(_ query: UserQuery, among ids: [User.ID], _ page: PageRequest) throws -> Page<User> {
        let keys = ids.compactMap(\.machineKeyID)
        if keys.isEmpty { return Page(results: [], total: 0, request: page) }
        var conditions = SQLConditions()
        conditions.add("k.id", isOneOf: keys.map { SQLValue($0) })
        conditions.add("+k.organization_id =", SQLValue(query.organizationID))
        conditions.add("k.is_enabled", isOneOf: query.statuses?.map { SQLValue($0 == .active) })
        // No more than were named.
        let found = try apiKeys(conditions)
        let results = found.dropFirst(page.offset).prefix(page.limit).map(User.init(machineOf:))
        return Page(results: results, total: found.count, request: page)
    }

    func activeAdministrators(_ organization: Organization.ID) throws -> [User.ID] {
        try session.rows(
            """
            SELECT DISTINCT u.id FROM users u JOIN grants g ON g.user_id = u.id
            WHERE u.organization_id = $1 AND u.status = 'active' AND g.organization_id = $1 AND g.account_id = 0
                AND g.user_id <= \(User.machineIDOffset) AND g.role_slug IN ('admin', 'organization:admin')
            ORDER BY u.id
            """,
            [SQLValue(organization)]
        ) { $0.id(0) }
    }

    func insert(_ person: User) throws {
        try session.execute(
            "INSERT INTO users (\(Self.userColumns)) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            [
                SQLValue(person.id), SQLValue(person.organizationID), .text(person.email), .text(person.firstName),
                .text(person.lastName), .text(person.avatar), .text(person.status.rawValue),
                SQLValue(person.createdAt), SQLValue(person.updatedAt),
            ]
        )
    }

    func update(_ person: User) throws {
        try session.execute(
            """
            UPDATE users SET email = $1, first_name = $2, last_name = $3, avatar = $4, status = $5, updated_at = $6
            WHERE id = $7
            """,
            [
                .text(person.email), .text(person.firstName), .text(person.lastName), .text(person.avatar),
                .text(person.status.rawValue), SQLValue(person.updatedAt), SQLValue(person.id),
            ]
        )
    }
}
