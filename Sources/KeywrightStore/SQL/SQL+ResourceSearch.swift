import KeywrightDomain

extension SQLTransaction {
    func resources(_ search: ResourceSearch, limit: Int) throws -> [Resource] {
        var conditions = SQLConditions()
        conditions.add("organization_id =", SQLValue(search.organizationID))
        conditions.add("status <> 'deleted'")
        if let name = search.name {
            let part = conditions.bind(.text(Name.foldedKey(name)))
            conditions.add("\(session.positionFunction)(name_key, \(part)) > 0")
        }
        for (level, id) in search.ids.sorted(by: { $0.key < $1.key }) {
            conditions.add("\(level.name)_id =", .integer(id))
        }
        let levels = search.places.filter { search.level == nil || search.level == $0.key }.sorted { $0.key < $1.key }
        let alternatives = levels.map { level, places -> String in
            var inner = SQLConditions(continuing: conditions)
            inner.add("level = \(level.rawValue)")
            inner.add(within: places)
            conditions.take(inner)
            return "(\(inner.text))"
        }
        guard !alternatives.isEmpty else { return [] }
        conditions.add("(" + alternatives.joined(separator: " OR ") + ")")
        return try resources("\(conditions.clause) ORDER BY level, id LIMIT \(limit)", conditions.arguments)
    }
}
