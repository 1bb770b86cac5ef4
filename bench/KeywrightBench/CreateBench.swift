import Foundation
import GRDBSQLite

/// Durable creates through the API over 8 connections, against one thread that writes the same rows with SQLite's own
/// interface, 8 keys per transaction, on the same schema and settings.
struct CreateBench {
    private static let count = 8_000

    let server: String
    let folder: URL
    let rounds: Int

    func run(_ table: Table) throws {
        var figures: [(cpu: Double, rate: Double, rawCPU: Double, rawRate: Double)] = []
        for round in 0..<rounds {
            let ours = try api(folder.appending(path: "create-\(round)"))
            let raw = try raw(folder.appending(path: "create-raw-\(round)"))
            figures.append((ours.cpu, ours.rate, raw.cpu, raw.rate))
        }
        let cpu = figures.map(\.cpu).median, rawCPU = figures.map(\.rawCPU).median
        let rate = figures.map(\.rate).median, rawRate = figures.map(\.rawRate).median
        table.add("create, server CPU per key", "\((cpu * 1e6).text(0)) us", "raw SQLite \((rawCPU * 1e6).text(0)) us")
        table.add("create, CPU ratio (raw / ours)", (rawCPU / cpu).text(2), "goal 0.80")
        table.add("create, keys per second", rate.text(0), "raw SQLite \(rawRate.text(0))")
        table.add("create, rate ratio (ours / raw)", (rate / rawRate).text(2), "goal 0.80")
    }

    private func api(_ data: URL) throws -> (cpu: Double, rate: Double) {
        let key = try ServerProcess.bootstrap(server, data)
        let process = try ServerProcess(
            server, ["serve", "--data", data.path, "--port", "0", "--maximum-keys", "1000000"]
        )
        defer { process.stop() }
        let load = LoadGenerator(port: process.port, connections: 8)
        let request: @Sendable (Int) -> [UInt8] = { number in
            post(
                "/api_key",
                """
                {"name":"bench-key-\(number)","grants":[{"nrn":"organization=1","role_slug":"developer"}],\
                "tags":[{"key":"team","value":"t\(number % 100)"},{"key":"n","value":"\(number)"}]}
                """,
                bearer: key
            )
        }
        _ = try load.run(500, expecting: "201", request)
        let before = process.cpuSeconds
        let seconds = try load.run(Self.count, expecting: "201") { request($0 + 1_000) }
        return ((process.cpuSeconds - before) / Double(Self.count), Double(Self.count) / seconds)
    }

    private func raw(_ data: URL) throws -> (cpu: Double, rate: Double) {
        _ = try ServerProcess.bootstrap(server, data)
        let writer = RawWriter(data.appending(path: "keywright.db").path)
        defer { writer.close() }
        for number in 0..<500 / 8 { writer.commit(first: number * 8, count: 8) }
        let (clock, cpu) = (ContinuousClock.now, Self.threadCPU)
        for group in 0..<Self.count / 8 { writer.commit(first: 1_000 + group * 8, count: 8) }
        let seconds = (ContinuousClock.now - clock).seconds
        return ((Self.threadCPU - cpu) / Double(Self.count), Double(Self.count) / seconds)
    }

    private static var threadCPU: Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}

/// The rows of a create, written with nothing between them and SQLite.
private final class RawWriter {
    private var database: OpaquePointer?
    private var statements: [String: OpaquePointer] = [:]
    private var nextEvent: Int64 = 1_000_000

    init(_ path: String) {
        sqlite3_open_v2(path, &database, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nil)
        for pragma in ["synchronous = FULL", "cache_size = -16384", "foreign_keys = ON"] {
            sqlite3_exec(database, "PRAGMA \(pragma)", nil, nil, nil)
        }
    }

    func close() {
        for statement in statements.values { sqlite3_finalize(statement) }
        sqlite3_close(database)
    }

    func commit(first: Int, count: Int) {
        run("BEGIN IMMEDIATE", [])
        var sets: [String: [Int]] = [:]
        for number in first..<(first + count) {
            for term in terms(number) { sets[term, default: []].append(Self.id(number)) }
            insert(number)
        }
        for (term, ids) in sets { add(ids, to: term) }
        run(
            "UPDATE organizations SET key_count = key_count + 8, listed_key_count = listed_key_count + 8 WHERE id = 1",
            [])
        run(
            "INSERT INTO counters (name, last) VALUES ('api_key', ?) ON CONFLICT (name) DO UPDATE SET last = excluded.last",
            [first])
        run(
            "INSERT INTO counters (name, last) VALUES ('grant', ?) ON CONFLICT (name) DO UPDATE SET last = excluded.last",
            [first])
        run("COMMIT", [])
    }

    private static func id(_ number: Int) -> Int { number + 2_000_000 }

    private func terms(_ number: Int) -> [String] {
        ["t:team=t\(number % 100)", "t:n=\(number)", "o:1", "l", "n", "a:1:1", "r:developer"]
    }

    /// Adds ascending ids, none of which is there, to a set: in each block up to 255 offsets, else bits.
    private func add(_ ids: [Int], to term: String) {
        for (block, ids) in Dictionary(grouping: ids, by: { $0 >> 12 }) {
            var bytes = members(term, block)
            for offset in ids.map({ $0 & 4_095 }) {
                if bytes.count == 510 {
                    var bits = [UInt8](repeating: 0, count: 512)
                    for index in stride(from: 0, to: bytes.count, by: 2) {
                        let known = Int(bytes[index]) | Int(bytes[index + 1]) << 8
                        bits[known >> 3] |= 1 << UInt8(known & 7)
                    }
                    bytes = bits
                }
                if bytes.count == 512 {
                    bytes[offset >> 3] |= 1 << UInt8(offset & 7)
                } else {
                    bytes += [UInt8(offset & 255), UInt8(offset >> 8)]
                }
            }
            run(
                """
                INSERT INTO api_key_sets (organization_id, term, block, members) VALUES (1, ?, ?, ?)
                ON CONFLICT (organization_id, term, block) DO UPDATE SET members = excluded.members
                """,
                [term, block, bytes]
            )
        }
    }

    private func members(_ term: String, _ block: Int) -> [UInt8] {
        var result: [UInt8] = []
        run("SELECT members FROM api_key_sets WHERE organization_id = 1 AND term = ? AND block = ?", [term, block]) {
            guard let bytes = sqlite3_column_blob($0, 0) else { return }
            result = [UInt8](UnsafeRawBufferPointer(start: bytes, count: Int(sqlite3_column_bytes($0, 0))))
        }
        return result
    }

    private func insert(_ number: Int) {
        let id = Self.id(number)
        let now = 1_790_000_000_000
        let name = "bench-key-\(number)"
        let handle = String(UInt64.random(in: .min ... .max), radix: 36) + "\(number)"
        run(
            """
            INSERT INTO api_keys (id, organization_id, name, name_key, handle, ending, digest, pepper_version, tags,
                owner_id, is_internal, is_enabled, epoch, version, created_at, updated_at)
            VALUES (?, 1, ?, ?, ?, ?, randomblob(32), 1, 'team=x', 1, 0, 1, 1, 1, ?, ?)
            """,
            [id, name, name, handle, String(handle.prefix(4)), now, now]
        )
        run(
            """
            INSERT INTO grants (id, user_id, organization_id, account_id, namespace_id, application_id, scope_id, role_id,
                role_slug) VALUES (?, ?, 1, 0, 0, 0, 0, 700317756, 'developer')
            """,
            [id, id + (1 << 40)]
        )
        nextEvent += 1
        run(
            """
            INSERT INTO audit_events (id, organization_id, at, action, outcome, user_id, actor_type, credential, address,
                request_id, target_type, target_id, after_state, link)
            VALUES (?, 1, ?, 'api_key.create', 'success', 1, 'api_key', 'abcdefghijkl', '127.0.0.1',
                '0123456789abcdef0123456789abcdef', 'api_key', ?, ?, randomblob(32))
            """,
            [Int(nextEvent), now, "\(id)", String(repeating: "x", count: 220)]
        )
        run("INSERT INTO changes (organization_id, subject, subject_id, at) VALUES (1, 'api_key', ?, ?)", [id, now])
    }

    private func run(_ sql: String, _ arguments: [any Sendable], _ row: ((OpaquePointer?) -> Void)? = nil) {
        let statement: OpaquePointer?
        if let known = statements[sql] {
            statement = known
        } else {
            var made: OpaquePointer?
            precondition(
                sqlite3_prepare_v2(database, sql, -1, &made, nil) == SQLITE_OK,
                String(cString: sqlite3_errmsg(database)))
            statements[sql] = made
            statement = made
        }
        for (index, argument) in arguments.enumerated() {
            if let number = argument as? Int {
                sqlite3_bind_int64(statement, Int32(index + 1), Int64(number))
            } else if let text = argument as? String {
                sqlite3_bind_text(
                    statement, Int32(index + 1), text, -1, unsafeBitCast(-1, to: sqlite3_destructor_type.self))
            } else if let bytes = argument as? [UInt8] {
                sqlite3_bind_blob(
                    statement, Int32(index + 1), bytes, Int32(bytes.count),
                    unsafeBitCast(-1, to: sqlite3_destructor_type.self))
            }
        }
        var code = sqlite3_step(statement)
        while let row, code == SQLITE_ROW {
            row(statement)
            code = sqlite3_step(statement)
        }
        precondition(code == SQLITE_DONE, String(cString: sqlite3_errmsg(database)))
        sqlite3_reset(statement)
    }
}
