public import KeywrightDomain

// What stores and transactions do by means of what they must do anyway.

extension Store {
    /// The same as any other reading, unless the engine can do better.
    public func readByOneStatement<Value: Sendable>(
        _ body: @escaping @Sendable (any ReadTransaction) throws -> Value
    ) async throws -> Value {
        try await read(body)
    }
}

extension WriteTransaction {
    /// The next id of a kind.
    public func allocate(_ counter: Counter) throws -> Int64 {
        try allocate(counter, count: 1)
    }
}

extension ReadTransaction {
    /// The names of resources and of all above them, deleted ones included.
    public func resourceNames(_ places: [NRN]) throws -> ResourceNames {
        var ids: [NRN.Level: Set<Int64>] = [:]
        for place in places {
            for level in NRN.Level.allCases where level <= place.level { ids[level, default: []].insert(place[level]) }
        }
        return try resourceNames(ids)
    }

    /// The roles of an organization.
    public func catalogue(_ organization: Organization.ID) throws -> RoleCatalogue {
        RoleCatalogue(custom: try customRoles(organization))
    }
}
