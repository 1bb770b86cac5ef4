import KeywrightDomain
import KeywrightStore
import Testing

/// Lists of random keys, compared with the naive ``KeyList``.
///
/// The reference takes its time. It is asked on the database's threads, one test after the other, so that the tests
/// beside these, some with deadlines, find a free thread.
@Suite("Store contract: lists of API keys", .serialized)
struct APIKeyListTests {
    @Test(
        "every filter, every pair of filters and every order agree with the reference", arguments: Engine.underTest,
        0..<12)
    func filters(_ engine: Engine, _ seed: Int) async throws {
        try await engine.withEmptyStore { store in
            var population = try await Population(seed: seed, count: 150 + 60 * (seed % 4), in: store)
            try await check(&population, store)
            try await population.shuffle(200, in: store)
            try await check(&population, store)
        }
    }

    private func check(_ population: inout Population, _ store: any Store) async throws {
        let list = KeyList(keys: population.keys)
        let filters = population.filters()
        var queries: [(name: String, query: APIKeyQuery, page: PageRequest)] = []
        func add(_ filters: [Population.Filter]) {
            var query = APIKeyQuery(organizationID: Population.organization.organizationID, now: Population.now)
            for filter in filters { filter.apply(&query) }
            query.order = APIKeyQuery.Order.allCases[queries.count % 3]
            query.isDescending = queries.count % 2 == 0
            queries.append((filters.map(\.name).joined(separator: ", "), query, population.page()))
        }
        for _ in 0..<6 { add([]) }
        for filter in filters { for _ in 0..<3 { add([filter]) } }
        for (index, first) in filters.enumerated() {
            for second in filters[(index + 1)...] { add([first, second]) }
        }
        for start in 0..<40 { add((0..<3).map { filters[(start * 5 + $0 * 7) % filters.count] }) }
        let answers = try await store.read { [queries] read in
            try queries.map { (page: try read.apiKeys($0.query, $0.page), expected: list.matches($0.query)) }
        }
        for (asked, (page, expected)) in zip(queries, answers) {
            let context = "\(asked.name), by \(asked.query.order) \(asked.query.isDescending), \(asked.page)"
            let part = Array(expected.dropFirst(asked.page.offset).prefix(asked.page.limit))
            #expect(page.results.map(\.id) == part.map(\.id), "\(context)")
            let isSame = page.results == part
            #expect(isSame, "\(context)")
            #expect(page.total == expected.count && !page.isTotalCapped, "\(context)")
        }
    }

    @Test("a list changes by the clock alone when keys expire", arguments: Engine.underTest, 0..<4)
    func expiry(_ engine: Engine, _ seed: Int) async throws {
        try await engine.withEmptyStore { store in
            var population = try await Population(seed: seed + 100, count: 120, in: store)
            for round in 0..<2 {
                let list = KeyList(keys: population.keys)
                for seconds in [900_000, 0, 2_100_000, 1_000_000, 1_000_000, 300_000, 5_000_000] as [Int64] {
                    for (index, status) in ([nil] + APIKeyQuery.Status.allCases).enumerated() {
                        var query = APIKeyQuery(
                            organizationID: Population.organization.organizationID, now: .after(seconds))
                        query.status = status
                        query.order = APIKeyQuery.Order.allCases[index % 3]
                        if round == 1, index % 2 == 0 { query.ownerID = User.ID(2) }
                        let (page, expected) = try await store.read { [query] in
                            (try $0.apiKeys(query, PageRequest(limit: 200)), list.matches(query))
                        }
                        #expect(page.results == expected, "\(seconds) s, \(String(describing: status))")
                        #expect(page.total == expected.count)
                    }
                    // Maintenance at another time must not change what a list says for its own.
                    try await store.write { try $0.removeOutdated(now: .after(seconds), changesBefore: .start) }
                }
                try await population.shuffle(60, in: store)
            }
        }
    }

    @Test("pages follow each other without gap or overlap in every order", arguments: Engine.underTest)
    func pages(_ engine: Engine) async throws {
        try await engine.withEmptyStore { store in
            let population = try await Population(seed: 77, count: 300, in: store)
            for order in APIKeyQuery.Order.allCases {
                for isFiltered in [false, true] {
                    var query = APIKeyQuery(organizationID: Population.organization.organizationID, now: Population.now)
                    query.order = order
                    query.isDescending = isFiltered
                    if isFiltered { query.status = .active }
                    let expected = KeyList(keys: population.keys).matches(query)
                    var found: [APIKey] = []
                    for offset in stride(from: 0, to: expected.count + 34, by: 17) {
                        found += try await store.read { [query] in
                            try $0.apiKeys(query, PageRequest(limit: 17, offset: offset)).results
                        }
                    }
                    #expect(found == expected, "by \(order)")
                }
            }
        }
    }

    @Test(
        "beyond 10,000 matches a filtered total is capped, an unfiltered one exact, and pages stay right",
        arguments: Engine.underTest)
    func capped(_ engine: Engine) async throws {
        try await engine.withEmptyStore { store in
            let organization = try await store.makeOrganization()
            let count = 10_060
            for start in stride(from: 0, to: count, by: 503) {
                try await store.write { write in
                    let grants = try (0..<503).map { _ in try write.makeGrant("member", at: organization) }
                    for index in start..<(start + 503) {
                        try write.makeKey(
                            in: organization, name: "service \((index * 7_919) % count)",
                            tags: index % 200 == 0 ? [Tag(stored: "rare", "yes")] : [], grants: [grants[index - start]],
                            isEnabled: index >= 60, lastUsedAt: .after(Int64((index * 31) % count)),
                            createdAt: .after(Int64(index))
                        )
                    }
                }
            }
            let keys = try await allKeys(of: organization, store, count)
            let list = KeyList(keys: keys)
            let changes: [(inout APIKeyQuery) -> Void] = [
                { _ in }, { $0.search = "service" }, { $0.search = "se" }, { $0.search = "vice 99" },
                { $0.ownerID = User.ID(7) },
                { $0.status = .active }, { $0.use = .since(.after(0)) }, { $0.use = .notSince(.distantFuture) },
                { $0.roleSlugs = ["member"] }, { $0.places = [.reaching(organization)] },
                { $0.visibleWithin = [organization] },
                {
                    $0.search = "service"
                    $0.ownerID = User.ID(7)
                    $0.use = .since(.after(20))
                },
                {
                    $0.ownerID = User.ID(7)
                    $0.tags = [Tag(stored: "rare", "yes")]
                }, { $0.status = .disabled },
                {
                    $0.search = "service"
                    $0.status = .disabled
                },
                {
                    $0.search = "service"
                    $0.tags = [Tag(stored: "rare", "yes")]
                },
            ]
            for (index, change) in changes.enumerated() {
                for order in APIKeyQuery.Order.allCases {
                    var query = APIKeyQuery(organizationID: organization.organizationID, now: .start)
                    change(&query)
                    query.order = order
                    query.isDescending = (index + order.rawValue.utf8.count) % 2 == 0
                    let pages = [
                        PageRequest(limit: 25), PageRequest(limit: 3, offset: 9_998),
                        PageRequest(limit: 9, offset: 10_055),
                    ]
                    let (answers, expected) = try await store.read { [query] read in
                        (try pages.map { try read.apiKeys(query, $0) }, list.matches(query))
                    }
                    for (page, found) in zip(pages, answers) {
                        #expect(
                            found.results == Array(expected.dropFirst(page.offset).prefix(page.limit)),
                            "filter \(index) by \(order), \(page)")
                        let isCapped = index > 0 && expected.count > 10_000
                        #expect(
                            found.total == (isCapped ? 10_000 : expected.count) && found.isTotalCapped == isCapped,
                            "filter \(index) by \(order)")
                    }
                }
            }
        }
    }

    private func allKeys(of organization: NRN, _ store: any Store, _ count: Int) async throws -> [APIKey] {
        let keys = try await store.read { read in try (1...count).compactMap { try read.apiKey(APIKey.ID(Int64($0))) } }
        #expect(keys.count == count)
        return keys
    }
}
