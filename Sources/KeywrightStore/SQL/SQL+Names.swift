import KeywrightDomain

// Names and uses for a page of things at once.

extension SQLTransaction {
    /// The most ids of one statement.
    private static let chunk = 500

    func chunked<ID: Hashable, Value>(
        _ ids: some Sequence<ID>, _ read: (SQLConditions, String) throws -> [Value], bind: (ID) -> SQLValue
    ) throws -> [Value] {
        let all = Array(Set(ids))
        return try stride(from: 0, to: all.count, by: Self.chunk).flatMap { start in
            var conditions = SQLConditions()
            let part = all[start..<min(start + Self.chunk, all.count)]
            let list = part.map { conditions.bind(bind($0)) }.joined(separator: ", ")
            return try read(conditions, "(\(list))")
        }
    }

    func uses(of keys: [APIKey.ID]) throws -> [APIKey.ID: APIKeyUse] {
        let uses = try chunked(keys) { conditions, list in
            try session.rows(
                """
                SELECT id, last_used_at, use_count, last_address FROM api_keys
                WHERE last_used_at IS NOT NULL AND id IN \(list)
                """,
                conditions.arguments
            ) { APIKeyUse(id: $0.id(0), at: $0.instant(1), count: $0.integer(2), address: $0.optionalText(3)) }
        } bind: {
            SQLValue($0)
        }
        return Dictionary(uses.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    }

    func organizations(of keys: [APIKey.ID]) throws -> [APIKey.ID: Organization.ID] {
        let found = try chunked(keys) { conditions, list -> [(APIKey.ID, Organization.ID)] in
            try session.rows(
                "SELECT id, organization_id FROM api_keys WHERE id IN \(list)", conditions.arguments
            ) { ($0.id(0), $0.id(1)) }
        } bind: {
            SQLValue($0)
        }
        return Dictionary(found, uniquingKeysWith: { first, _ in first })
    }

    func names(of users: [User.ID], in organization: Organization.ID) throws -> [User.ID: UserName] {
        var names: [User.ID: UserName] = [:]
        let persons = users.filter { $0.machineKeyID == nil }
        for (id, name) in try personNames(persons, in: organization) { names[id] = name }
        let keys = users.compactMap(\.machineKeyID)
        for (table, isDeleted) in [("deleted_api_keys", true), ("api_keys", false)] {
            let found = try chunked(keys) { conditions, list -> [(APIKey.ID, String)] in
                var conditions = conditions
                conditions.add("id IN \(list)")
                conditions.add("organization_id =", SQLValue(organization))
                return try session.rows(
                    "SELECT id, name FROM \(table) \(conditions.clause)", conditions.arguments
                ) { ($0.id(0), $0.text(1)) }
            } bind: {
                SQLValue($0)
            }
            for (id, name) in found {
                names[User.machine(of: id)] = UserName(kind: .machine, name: name, isDeleted: isDeleted)
            }
        }
        return names
    }

    private func personNames(_ ids: [User.ID], in organization: Organization.ID) throws -> [(User.ID, UserName)] {
        try chunked(ids) { conditions, list in
            var conditions = conditions
            conditions.add("id IN \(list)")
            conditions.add("organization_id =", SQLValue(organization))
            return try session.rows(
                "SELECT id, first_name, last_name, email FROM users \(conditions.clause)",
                conditions.arguments
            ) { row in
                let name = [row.text(1), row.text(2)].filter { !$0.isEmpty }.joined(separator: " ")
                return (row.id(0), UserName(kind: .person, name: name, email: row.text(3)))
            }
        } bind: {
            SQLValue($0)
        }
    }

    func resourceNames(_ ids: [NRN.Level: Set<Int64>]) throws -> ResourceNames {
        var names = ResourceNames()
        for (level, ids) in ids {
            let found = try chunked(ids) { conditions, list in
                try session.rows(
                    """
                    SELECT organization_id, account_id, namespace_id, application_id, scope_id, name, status
                    FROM resources WHERE level = \(level.rawValue) AND id IN \(list)
                    """,
                    conditions.arguments
                ) { (try $0.nrn(0), ResourceNames.Entry(name: $0.text(5), isLive: $0.text(6) != "deleted")) }
            } bind: {
                .integer($0)
            }
            for (nrn, entry) in found { names.add(nrn, entry) }
        }
        return names
    }

    func parents(among places: [NRN]) throws -> Set<NRN> {
        var result: Set<NRN> = []
        for level in NRN.Level.allCases {
            guard let child = level.child else { continue }
            let here = places.filter { $0.level == level }
            let ids = try chunked(here.map(\.id)) { conditions, list in
                try session.rows(
                    """
                    SELECT DISTINCT parent_id FROM resources
                    WHERE level = \(child.rawValue) AND status <> 'deleted' AND parent_id IN \(list)
                    """,
                    conditions.arguments
                ) { $0.integer(0) }
            } bind: {
                .integer($0)
            }
            let known = Set(ids)
            result.formUnion(here.filter { known.contains($0.id) })
        }
        return result
    }
}
