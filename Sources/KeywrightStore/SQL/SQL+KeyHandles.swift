import KeywrightDomain

// Which handles there are. Each is in one of two tables; indexes give both in the order asked for, and
// each is cut by itself, or a planner may rather sort both whole.

extension SQLTransaction {
    func keyHandles(after handle: String, limit: Int) throws -> [String] {
        try session.rows(
            """
            SELECT handle FROM (SELECT handle FROM api_keys WHERE handle > $1 ORDER BY handle LIMIT \(limit)) AS live
            UNION ALL SELECT handle
            FROM (SELECT handle FROM deleted_api_keys WHERE handle > $1 ORDER BY handle LIMIT \(limit)) AS deleted
            ORDER BY handle LIMIT \(limit)
            """,
            [.text(handle)]
        ) { $0.text(0) }
    }

    func keyHandles(newerThan id: APIKey.ID, limit: Int) throws -> [(id: APIKey.ID, handle: String)] {
        try session.rows(
            """
            SELECT id, handle FROM (SELECT id, handle FROM api_keys WHERE id > $1 ORDER BY id LIMIT \(limit)) AS live
            UNION ALL SELECT id, handle
            FROM (SELECT id, handle FROM deleted_api_keys WHERE id > $1 ORDER BY id LIMIT \(limit)) AS deleted
            ORDER BY id LIMIT \(limit)
            """,
            [SQLValue(id)]
        ) { ($0.id(0), $0.text(1)) }
    }

    func newestAPIKey() throws -> APIKey.ID? {
        let ids = try session.rows(
            "SELECT max(id) FROM api_keys UNION ALL SELECT max(id) FROM deleted_api_keys", []
        ) { $0.optionalInteger(0) }
        return ids.compactMap { $0 }.max().map { APIKey.ID($0) }
    }
}
