import ArgumentParser
import Foundation
import KeywrightAPI
import KeywrightDomain
import KeywrightStore
import Logging
import NIOPosix

/// Reads and writes of the PostgreSQL engine on a database that `bench/postgres/run.sh` has filled.
@main
struct PostgresBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "PostgresBench", abstract: "Measure the PostgreSQL engine on a database that was filled.")

    @Argument(help: "The database, as postgres://USER@/DATABASE?host=FOLDER.")
    var database: String

    @Flag(help: "Only make the tables.")
    var prepare = false

    @Option(help: "How many keys are created.")
    var creates = 20_000

    private static let logger = Logger(label: "bench")
    private static let organization = Organization.ID(1)
    private static let now = Instant(milliseconds: Int64(Date().timeIntervalSince1970) * 1_000)

    func run() async throws {
        let address = try PostgresAddress(parsing: database)
        if prepare { return try PostgresStore.prepare(address, logger: Self.logger) }
        let store = try PostgresStore(address, now: { Self.now }, logger: Self.logger)
        let table = Table()
        print("| measurement | figure | against |")
        print("|---|---|---|")
        // As requests do, it runs on an event loop.
        let loop = EventLoopTaskExecutor(MultiThreadedEventLoopGroup.singleton.next())
        try await withTaskExecutorPreference(loop) { try await pointReads(store, table) }
        try await lists(store, table)
        try await trail(store, table)
        try await create(store, table)
        try await store.close()
    }

    // MARK: Reads

    /// A cold read of a verification, which is a key with its grants by its handle, against a bare look-up of the key.
    private func pointReads(_ store: PostgresStore, _ table: Table) async throws {
        let bare = try BareConnection(database)
        let handles = try bare.texts(
            "SELECT handle FROM api_keys WHERE organization_id = 1 AND id % 97 = 5 ORDER BY md5(handle) LIMIT 4000")
        var (plain, own): ([Double], [Double]) = ([], [])
        var (plainCPU, ownCPU) = (0.0, 0.0)
        // In turns, so that both meet the same machine; each handle once before it counts, since a process of PostgreSQL
        // that comes to a page for the first time has to map it.
        for round in 0..<6 {
            let start = round * handles.count / 6
            let part = handles[start..<(start + handles.count / 6)]
            for handle in part { _ = try bare.lookUp(handle) }
            var clock = CPUClock(others: try bare.serverProcesses())
            var before = clock.seconds
            for handle in part { plain.append(try Self.microseconds { _ = try bare.lookUp(handle) }) }
            plainCPU += clock.seconds - before
            for handle in part { _ = try await store.readByOneStatement { try $0.apiKey(handle: handle) } }
            clock = CPUClock(others: try bare.serverProcesses())
            before = clock.seconds
            for handle in part {
                own.append(
                    try await Self.microseconds {
                        _ = try await store.readByOneStatement { try $0.apiKey(handle: handle) }
                    })
            }
            ownCPU += clock.seconds - before
        }
        table.add("bare prepared look-up by handle, libpq, one at a time", "\(plain.median.text(0)) us")
        table.add("cold read of a key with its grants, one at a time", "\(own.median.text(0)) us")
        table.add("cold read, ratio of the medians", (own.median / plain.median).text(2), "goal at most 3")
        let count = Double(plain.count)
        table.add(
            "CPU of both processes, the bare look-up; the cold read",
            "\((plainCPU * 1e6 / count).text(0)); \((ownCPU * 1e6 / count).text(0)) us")
        table.add("cold read, ratio of the CPU", (ownCPU / plainCPU).text(2), "goal at most 3")
        let readCount = 40_000
        let seconds = try await Self.seconds {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for worker in 0..<8 {
                    group.addTask {
                        for number in 0..<(readCount / 8) {
                            let handle = handles[(worker * 500 + number) % handles.count]
                            _ = try await store.readByOneStatement { try $0.apiKey(handle: handle) }
                        }
                    }
                }
                try await group.waitForAll()
            }
        }
        table.add("cold reads, 8 at a time", "\((Double(readCount) / seconds).text(0)) per second")
    }

    private func lists(_ store: PostgresStore, _ table: Table) async throws {
        let account = NRN(slots: [1, 3, 0, 0, 0]) ?? NRN(Self.organization)
        let since = Self.now.advanced(by: .seconds(-86_400))
        let filters: [(String, @Sendable (inout APIKeyQuery) -> Void)] = [
            ("unfiltered, newest first", { _ in }), ("unfiltered by name", { $0.order = .name }),
            ("unfiltered by use", { $0.order = .lastUsedAt }),
            ("one tag of a hundred", { $0.tags = [Tag(stored: "team", "t5")] }),
            ("two tags", { $0.tags = [Tag(stored: "team", "t5"), Tag(stored: "region", "eu")] }),
            (
                "a tag and a role",
                {
                    $0.tags = [Tag(stored: "region", "eu")]
                    $0.roleSlugs = ["member"]
                }
            ),
            ("below an account", { $0.places = [.below(account)] }), ("owner", { $0.ownerID = User.ID(41) }),
            ("disabled", { $0.status = .disabled }), ("expired", { $0.status = .expired }),
            ("used since yesterday", { $0.use = .since(since) }), ("search, all match", { $0.search = "service" }),
            ("search, one in 4,096 matches", { $0.search = "service-0042" }),
            ("search, none matches", { $0.search = "zzz" }),
        ]
        for (name, change) in filters {
            var query = APIKeyQuery(organizationID: Self.organization, now: Self.now)
            change(&query)
            let time = try await Self.median(20) { [query] in
                _ = try await store.read { try $0.apiKeys(query, PageRequest(limit: 25)) }
            }
            table.add("page of 25 keys, \(name)", "\((time / 1_000).text(1)) ms")
        }
    }

    private func trail(_ store: PostgresStore, _ table: Table) async throws {
        let filters: [(String, @Sendable (inout AuditQuery) -> Void)] = [
            ("unfiltered", { _ in }), ("one action", { $0.actions = ["api_key.create"] }),
            ("one person", { $0.userIDs = [User.ID(41)] }), ("refused", { $0.outcomes = [.refused] }),
            (
                "one key",
                {
                    $0.targetTypes = ["api_key"]
                    $0.targetIDs = ["50000"]
                }
            ),
            (
                "one day, three months ago",
                {
                    $0.since = Self.now.advanced(by: .seconds(-90 * 86_400))
                    $0.until = Self.now.advanced(by: .seconds(-89 * 86_400))
                }
            ),
            ("nothing matches", { $0.actions = ["absent"] }),
        ]
        for (name, change) in filters {
            var query = AuditQuery(organizationID: Self.organization)
            change(&query)
            let page = try await Self.median(20) { [query] in
                _ = try await store.read { try $0.auditEvents(query, from: .newest, limit: 50) }
            }
            let total = try await Self.median(20) { [query] in
                _ = try await store.read { try $0.auditEvents(query, PageRequest(limit: 50)) }
            }
            table.add(
                "page of 50 events, \(name)", "\((page / 1_000).text(1)) ms",
                "with its total \((total / 1_000).text(1)) ms")
        }
    }

    // MARK: Writes

    /// What the creation of a key writes, by 8 writers of one organization, without HTTP.
    private func create(_ store: PostgresStore, _ table: Table) async throws {
        let count = creates
        @Sendable func add(_ number: Int) async throws {
            try await store.write(.organization(Self.organization)) { write in
                let key = try Self.key(number, write)
                try write.insert(key)
                write.append(Self.event(of: key))
                write.append(Change(.apiKey, key.id.rawValue, in: key.organizationID))
            }
        }
        for number in 0..<200 { try await add(number) }
        let seconds = try await Self.seconds {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for worker in 0..<8 {
                    group.addTask { for number in 0..<(count / 8) { try await add(1_000 + number * 8 + worker) } }
                }
                try await group.waitForAll()
            }
        }
        table.add("create, 8 writers, store alone", "\((Double(count) / seconds).text(0)) keys per second")
    }

    private static func key(_ number: Int, _ write: any WriteTransaction) throws -> APIKey {
        let id = APIKey.ID(try write.allocate(.apiKey))
        let grant = Grant(
            id: Grant.ID(try write.allocate(.grant)), nrn: NRN(organization), roleID: Role.member, roleSlug: "developer"
        )
        return APIKey(
            id: id, organizationID: organization, name: "bench-key-\(number)",
            handle: String(format: "B%011d", id.rawValue),
            ending: "wxyz", digest: SecretDigest(bytes: [UInt8](repeating: 7, count: 32), pepperVersion: 1),
            tags: [Tag(stored: "team", "t\(number % 100)"), Tag(stored: "n", "\(number)")], grants: [grant],
            ownerID: User.ID(1), isInternal: false, isEnabled: true, expiresAt: nil, lastUsedAt: nil, createdAt: now,
            updatedAt: now
        )
    }

    private static func event(of key: APIKey) -> AuditEvent {
        AuditEvent(
            organizationID: key.organizationID, at: now, action: "api_key.create", outcome: .success,
            userID: User.ID(1),
            actorType: "api_key", credential: "abcdefghijkl", address: "127.0.0.1",
            requestID: "0123456789abcdef0123456789abcdef", target: .init("api_key", key.id.description), before: nil,
            after: .text(String(repeating: "x", count: 220))
        )
    }

    // MARK: Time

    private static func seconds(_ body: () async throws -> Void) async rethrows -> Double {
        let start = ContinuousClock.now
        try await body()
        return (ContinuousClock.now - start).seconds
    }

    private static func microseconds(_ body: () async throws -> Void) async rethrows -> Double {
        try await seconds(body) * 1e6
    }

    private static func microseconds(_ body: () throws -> Void) rethrows -> Double {
        let start = ContinuousClock.now
        try body()
        return (ContinuousClock.now - start).seconds * 1e6
    }

    /// Microseconds, after two rounds that do not count.
    private static func median(_ rounds: Int, _ body: () async throws -> Void) async rethrows -> Double {
        var times: [Double] = []
        for _ in 0..<(rounds + 2) { times.append(try await microseconds(body)) }
        return Array(times.dropFirst(2)).median
    }
}

/// What this process and some others have computed.
private struct CPUClock {
    /// Their process ids.
    let others: [String]

    /// Read from the scheduler's own count, in nanoseconds.
    var seconds: Double {
        let own = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/task")) ?? []
        let files = own.map { "/proc/self/task/\($0)/schedstat" } + others.map { "/proc/\($0)/schedstat" }
        return files.reduce(0) { sum, file in
            let text = (try? String(contentsOfFile: file, encoding: .utf8)) ?? ""
            return sum + (text.split(separator: " ").first.flatMap { Double($0) } ?? 0) / 1e9
        }
    }
}

/// A line of the table of what was measured, printed at once.
struct Table {
    func add(_ name: String, _ value: String, _ note: String = "") {
        print("| \(name) | \(value) | \(note) |")
    }
}

extension Duration {
    var seconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}

extension Array where Element == Double {
    /// The middle value; 0 for none.
    var median: Double { isEmpty ? 0 : sorted()[count / 2] }
}

extension Double {
    func text(_ digits: Int) -> String { String(format: "%.\(digits)f", self) }
}
