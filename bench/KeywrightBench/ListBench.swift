import Crypto
import Foundation
import KeywrightDomain
import KeywrightStore
import Logging

/// A store with so many keys of one organization.
struct Population {
    let size: Int
    let store: SQLiteStore
    let organization = Organization.ID(1)

    /// The tag values that 100 keys carry at every size.
    static let pair = [Tag(stored: "pair", "a"), Tag(stored: "couple", "b")]

    /// Makes the data folder with the server's own command, then fills it.
    static func make(_ size: Int, in folder: URL, server: String) async throws -> Population {
        _ = try ServerProcess.bootstrap(server, folder)
        let store = try SQLiteStore(
            folder: folder, now: { Instant(milliseconds: 1_790_000_000_000) }, logger: Logger(label: "bench")
        )
        let organization = Organization.ID(1)
        let step = 2_000
        for start in stride(from: 0, to: size, by: step) {
            try await store.write { transaction in
                for number in start..<min(start + step, size) {
                    try transaction.insert(key(number, of: size, organization, transaction))
                }
            }
        }
        return Population(size: size, store: store)
    }

    func close() async throws { try await store.close() }

    private static func key(
        _ number: Int, of size: Int, _ organization: Organization.ID, _ transaction: any WriteTransaction
    ) throws -> APIKey {
        let id = APIKey.ID(try transaction.allocate(.apiKey))
        let spread = max(size / 100, 1)
        let isPicked = number % spread == 0 && number / spread < 100
        var tags = [Tag(stored: "team", "t\(number % 7)"), Tag(stored: "n", "\(number)")]
        if isPicked { tags += pair }
        let account = isPicked ? 9 : Int64(1 + number % 5)
        let nrn = NRN(slots: [1, account, 0, 0, 0]) ?? NRN(organization)
        let role = isPicked ? "secops" : number % 3 == 0 ? "developer" : "member"
        let time = Instant(milliseconds: 1_780_000_000_000 + Int64(number))
        return APIKey(
            id: id, organizationID: organization, name: isPicked ? "needle-\(number)" : "service-\(number)-key",
            handle: String(format: "%012d", number), ending: String(format: "%04d", number % 9_999),
            digest: SecretDigest(bytes: Array(SHA256.hash(data: Data("\(number)".utf8))), pepperVersion: 1), tags: tags,
            grants: [
                Grant(
                    id: Grant.ID(try transaction.allocate(.grant)), nrn: nrn,
                    roleID: role == "secops" ? Role.secops : Role.member, roleSlug: role
                )
            ],
            ownerID: User.ID(isPicked ? 7 : 1), isInternal: false, isEnabled: !isPicked, expiresAt: nil,
            lastUsedAt: isPicked ? Instant(milliseconds: 1_789_999_000_000) : Instant(milliseconds: 1_781_000_000_000),
            createdAt: time, updatedAt: time
        )
    }
}

/// Point reads and list pages of 25, in CPU time per call of the store.
struct ListBench {
    let population: Population

    func run(_ table: Table) async throws {
        let size = population.size
        let ids = (0..<200).map { APIKey.ID(Int64(2 + $0 * max(size / 200, 1))) }
        let point = try await cpu(rounds: 2_000) { transaction, round in _ = try transaction.apiKey(ids[round % 200]) }
        table.add("point read, \(size) keys", "\(point.text(0)) us")
        for (name, query) in narrow {
            table.add("\(name) (100 match), \(size) keys", "\(try await page(query).text(0)) us")
        }
        for (name, query) in wide {
            table.add("\(name), \(size) keys", "\(try await page(query).text(0)) us", "goal under 5000 us")
        }
    }

    private func page(_ query: APIKeyQuery) async throws -> Double {
        try await cpu(rounds: 40) { transaction, _ in _ = try transaction.apiKeys(query, PageRequest(limit: 25)) }
    }

    /// Microseconds of CPU per call, the median of the calls, on the thread that runs them.
    private func cpu(
        rounds: Int, _ body: @escaping @Sendable (any ReadTransaction, Int) throws -> Void
    ) async throws -> Double {
        try await population.store.read { transaction in
            var times: [Double] = []
            for round in 0..<rounds {
                var (start, end) = (timespec(), timespec())
                clock_gettime(CLOCK_THREAD_CPUTIME_ID, &start)
                try body(transaction, round)
                clock_gettime(CLOCK_THREAD_CPUTIME_ID, &end)
                times.append(Double(end.tv_sec - start.tv_sec) * 1e6 + Double(end.tv_nsec - start.tv_nsec) / 1e3)
            }
            return times.median
        }
    }

    private func query(_ change: (inout APIKeyQuery) -> Void) -> APIKeyQuery {
        var query = APIKeyQuery(
            organizationID: population.organization, now: Instant(milliseconds: 1_790_000_000_000)
        )
        change(&query)
        return query
    }

    /// Each filter that 100 keys match, and every pair of these.
    private var narrow: [(String, APIKeyQuery)] {
        let account = NRN(slots: [1, 9, 0, 0, 0]) ?? NRN(population.organization)
        let filters: [(String, (inout APIKeyQuery) -> Void)] = [
            ("tag", { $0.tags.append(Population.pair[0]) }),
            ("second tag", { $0.tags.append(Population.pair[1]) }),
            ("resource", { $0.places.append(.at(account)) }),
            ("below", { $0.places.append(.below(account)) }),
            ("role", { $0.roleSlugs = ["secops"] }),
            ("owner", { $0.ownerID = User.ID(7) }),
            ("disabled", { $0.status = .disabled }),
            ("used since", { $0.use = .since(Instant(milliseconds: 1_789_000_000_000)) }),
            ("search", { $0.search = "needle" }),
        ]
        var result = filters.map { filter in (filter.0, query(filter.1)) }
        for (index, first) in filters.enumerated() {
            for second in filters[(index + 1)...] {
                result.append(
                    (
                        "\(first.0) + \(second.0)",
                        query {
                            first.1(&$0)
                            second.1(&$0)
                        }
                    )
                )
            }
        }
        return result
    }

    /// Lists of which far more than a page matches.
    private var wide: [(String, APIKeyQuery)] {
        let account = NRN(slots: [1, 2, 0, 0, 0]) ?? NRN(population.organization)
        return [
            ("unfiltered", query { _ in }),
            (
                "unfiltered by name",
                query {
                    $0.order = .name; $0.isDescending = false
                }
            ),
            ("unfiltered by use", query { $0.order = .lastUsedAt }),
            ("wide tag", query { $0.tags = [Tag(stored: "team", "t1")] }),
            (
                "wide tag by name",
                query {
                    $0.tags = [Tag(stored: "team", "t1")]; $0.order = .name
                }
            ),
            ("wide role", query { $0.roleSlugs = ["member"] }),
            ("wide below", query { $0.places = [.below(account)] }),
            (
                "wide tag + role",
                query {
                    $0.tags = [Tag(stored: "team", "t1")]; $0.roleSlugs = ["developer"]
                }
            ),
            ("wide search", query { $0.search = "service" }),
            ("wide use", query { $0.use = .notSince(Instant(milliseconds: 1_785_000_000_000)) }),
        ]
    }
}
