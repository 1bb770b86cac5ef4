import KeywrightDomain

/// Keys sorted by what their rows say.
struct RowSort {
    /// How many rows one statement reads; fewer ids are filled up, so that few different statements are prepared.
    private static let sizes = [16, 32, 64, 128, 256]

    private let ids: [Int64]

    init(_ ids: [Int64]) {
        self.ids = ids
    }

    /// The ids in the order of a list.
    func sorted(by order: APIKeyQuery.Order, descending: Bool, in session: any SQLSession) throws -> [Int64] {
        switch order {
        case .createdAt:
            return ids.sorted { ($0 < $1) != descending }
        case .name:
            var keys: [(name: [UInt8], id: Int64)] = []
            try forEachRow("k.name_key", in: session) { keys.append(($0.bytes(1), $0.integer(0))) }
            return keys.sorted { a, b in
                if a.name == b.name { return (a.id < b.id) != descending }
                return a.name.lexicographicallyPrecedes(b.name) != descending
            }.map(\.id)
        case .lastUsedAt:
            var keys: [(time: Int64?, id: Int64)] = []
            try forEachRow("k.last_used_at", in: session) { keys.append(($0.optionalInteger(1), $0.integer(0))) }
            return keys.sorted { a, b in
                if a.time == b.time { return (a.id < b.id) != descending }
                guard let first = a.time, let second = b.time else { return b.time == nil }
                return (first < second) != descending
            }.map(\.id)
        }
    }

    private func forEachRow(_ column: String, in session: any SQLSession, _ body: (any SQLRow) -> Void) throws {
        let most = Self.sizes.reduce(1, max)
        for start in stride(from: 0, to: ids.count, by: most) {
            let part = ids[start..<min(start + most, ids.count)]
            guard let last = part.last, let size = Self.sizes.first(where: { $0 >= part.count }) else { continue }
            var conditions = SQLConditions()
            let filled = part + repeatElement(last, count: size - part.count)
            let list = filled.map { conditions.bind(.integer($0)) }.joined(separator: ", ")
            try session.each("SELECT k.id, \(column) FROM api_keys k WHERE k.id IN (\(list))", conditions.arguments) {
                row in
                body(row)
                return true
            }
        }
    }
}
