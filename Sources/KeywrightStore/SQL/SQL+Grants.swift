import KeywrightDomain

extension SQLTransaction {
    /// Columns of a grant from column 0; `grant(_:)` reads them.
    static let grantColumns = """
        id, organization_id, account_id, namespace_id, application_id, scope_id, role_id, role_slug, actions, inherits,
        added, removed, user_id
        """

    func grant(_ row: any SQLRow) throws -> Grant {
        var custom: CustomActions?
        if let actions = row.optionalText(8) {
            custom = CustomActions(actions: ListText.actions(actions))
        } else if let inherits = row.optionalText(9) {
            custom = CustomActions(
                inherits: ListText.ids(inherits), added: ListText.actions(row.text(10)),
                removed: ListText.actions(row.text(11))
            )
        }
        return Grant(id: row.id(0), nrn: try row.nrn(1), roleID: row.id(6), roleSlug: row.text(7), custom: custom)
    }

    func grants(of user: User.ID) throws -> [Grant] {
        try session.rows(
            "SELECT \(Self.grantColumns) FROM grants WHERE user_id = $1 ORDER BY id", [SQLValue(user)], grant
        )
    }

    func grant(_ id: Grant.ID) throws -> (grant: Grant, userID: User.ID)? {
        try session.first("SELECT \(Self.grantColumns) FROM grants WHERE id = $1", [SQLValue(id)]) {
            (try grant($0), $0.id(12))
        }
    }

    /// Persons come first, since machine users have the larger ids; these are found by the sets of their keys, unless
    /// some are named.
    func grantHolders(_ query: GrantHolderQuery, _ page: PageRequest) throws -> [User.ID] {
        if query.ids?.isEmpty == true { return [] }
        let (persons, arguments) = grantHolders(query)
        let found: [User.ID] = try session.rows(
            "\(persons) ORDER BY user_id LIMIT \(page.limit) OFFSET \(page.offset)", arguments
        ) { $0.id(0) }
        if query.ids != nil || found.count == page.limit { return found }
        let count = try session.count("SELECT count(*) FROM (\(persons)) AS persons", arguments)
        let machines = try machineGrantHolders(query).ids(
            descending: false, offset: max(page.offset - count, 0), limit: page.limit - found.count
        )
        return found + machines.map { User.machine(of: APIKey.ID($0)) }
    }

    /// Those among the named users, or among persons.
    private func grantHolders(_ query: GrantHolderQuery) -> (statement: String, arguments: [SQLValue]) {
        var conditions = SQLConditions()
        if let ids = query.ids {
            conditions.add("user_id", isOneOf: ids.map { SQLValue($0) })
            conditions.add("+organization_id =", SQLValue(query.organizationID))
        } else {
            conditions.add("organization_id =", SQLValue(query.organizationID))
            conditions.add("user_id <= \(User.machineIDOffset)")
        }
        if let places = query.places { conditions.add(at: places) }
        // The organization's own NRN covers every grant in it.
        if !query.visibleWithin.contains(NRN(query.organizationID)) {
            conditions.add(within: query.visibleWithin, orAny: query.reader.map { ("user_id", SQLValue($0)) })
        }
        return ("SELECT DISTINCT user_id FROM grants \(conditions.clause)", conditions.arguments)
    }

    /// The keys whose machine users hold such a grant.
    private func machineGrantHolders(_ query: GrantHolderQuery) throws -> KeySet {
        let organization = query.organizationID
        let visible = query.visibleWithin.filter { $0.organizationID == organization }
        var result = KeySet()
        guard let places = query.places else {
            for place in visible {
                result.formUnion(try listedKeys(place.level == .organization ? .any : .below(place), in: organization))
            }
            if let id = query.reader?.machineKeyID, try listedKeys(.any, in: organization).contains(id.rawValue) {
                result.insert(id.rawValue)
            }
            return result
        }
        for place in places where place.organizationID == organization {
            let keys = try listedKeys(.at(place), in: organization)
            if visible.contains(where: { $0.covers(place) }) {
                result.formUnion(keys)
            } else if let id = query.reader?.machineKeyID, keys.contains(id.rawValue) {
                result.insert(id.rawValue)
            }
        }
        return result
    }

    func insert(_ grant: Grant, to user: User.ID, in organization: Organization.ID) throws {
        var custom: [SQLValue] = [.null, .null, .null, .null]
        if let actions = grant.custom?.actions {
            custom[0] = .text(ListText.text(actions))
        } else if let set = grant.custom {
            custom[1] = .text(ListText.text(set.inherits))
            custom[2] = .text(ListText.text(set.added))
            custom[3] = .text(ListText.text(set.removed))
        }
        try session.post(
            """
            INSERT INTO grants (\(Self.grantColumns))
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
            """,
            [SQLValue(grant.id)] + grant.nrn.slots.map(SQLValue.integer)
                + [SQLValue(grant.roleID), .text(grant.roleSlug)] + custom + [SQLValue(user)]
        )
    }

    func delete(_ grant: Grant.ID) throws {
        try session.execute("DELETE FROM grants WHERE id = $1", [SQLValue(grant)])
    }
}
