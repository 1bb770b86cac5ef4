import KeywrightDomain
import Testing

@testable import KeywrightStore

/// Lists choose between several ways of reading by how many keys there are. Here each way is taken with few.
@Suite("Store contract: ways of reading a list of API keys")
struct APIKeyListingTests {
    @Test("every way of reading gives the same list", arguments: Engine.underTest, 0..<6)
    func ways(_ engine: Engine, _ seed: Int) async throws {
        try await engine.withEmptyStore { store in
            var population = try await Population(seed: seed + 500, count: 260, in: store)
            try await population.shuffle(100, in: store)
            try await store.write {
                try $0.removeOutdated(now: Population.now.advanced(by: .seconds(-400_000)), changesBefore: .start)
            }
            let list = KeyList(keys: population.keys)
            let filters = population.filters()
            let limits = Self.limits(seed)
            for (index, first) in filters.enumerated() {
                for second in filters[index...] {
                    var query = APIKeyQuery(organizationID: Population.organization.organizationID, now: Population.now)
                    first.apply(&query)
                    second.apply(&query)
                    for order in APIKeyQuery.Order.allCases {
                        query.order = order
                        query.isDescending.toggle()
                        try await check(query, limits, list, store, "\(first.name), \(second.name)")
                    }
                }
            }
        }
    }

    /// Everything low, everything high, and mixtures.
    private static func limits(_ seed: Int) -> [APIKeyListing.Limits] {
        var random = SeededGenerator(seed: seed)
        return (0..<4).map { _ in
            APIKeyListing.Limits(
                fewCandidates: random.pick([0, 10, 1_000]), manyCandidates: random.pick([0, 50, 1_000]),
                triedRows: random.pick([0, 20, 1_000]), sortedMatches: random.pick([0, 30, 1_000]),
                walkedRows: random.pick([0, 20, 1_000]),
                newestCandidates: random.pick([0, 5, 1_000]), idsPerCandidate: random.pick([2, 10_000]),
                candidatesPerMatch: random.pick([2, 1_000]), count: random.pick([5, 40, 1_000])
            )
        }
    }

    private func check(
        _ query: APIKeyQuery, _ limits: [APIKeyListing.Limits], _ list: KeyList, _ store: any Store, _ name: String
    ) async throws {
        let pages = [PageRequest(limit: 7), PageRequest(limit: 9, offset: 31)]
        let (found, expected) = try await store.read { read in
            let transaction = try #require(read as? SQLTransaction)
            var listing = try APIKeyListing(query, in: transaction)
            let found = try limits.map { limits in
                listing?.limits = limits
                return try pages.map { try listing?.page($0) }
            }
            return (found, list.matches(query))
        }
        for (limits, found) in zip(limits, found) {
            for (request, page) in zip(pages, found) {
                let isCapped = expected.count > limits.count
                let part = expected.dropFirst(request.offset).prefix(request.limit).map(\.id)
                // Put together only for what fails.
                func context() -> Comment { "\(name) by \(query.order) \(query.isDescending), \(request), \(limits)" }
                #expect((page?.results ?? []).map(\.id) == part, context())
                #expect((page?.total ?? 0) == (isCapped ? limits.count : expected.count), context())
                #expect((page?.isTotalCapped ?? false) == isCapped, context())
            }
        }
    }
}
