import Foundation
import KeywrightDomain
import KeywrightOperations
import KeywrightStore
import Logging

/// What a verification costs apart from HTTP: the decision alone, and all of it in process.
///
/// `make bench-verify` measures it over connections, beside others that do the same.
struct VerifyBench {
    /// A grant with a set of actions of its own.
    private struct OwnGrant: Granting {
        let nrn: NRN
        let table: ActionTable

        func allows(_ action: AskedAction) -> Bool { table.contains(action) }
    }

    /// A well-formed key and what its service asks, made before the clock starts.
    private struct Asked: Sendable {
        let key: [UInt8]
        let question: VerificationRequest.Question
    }

    let folder: URL
    let keyCount: Int

    func run(_ table: Table) async throws {
        try measureDecisions(table)
        let data = folder.appending(path: "verify-\(keyCount)")
        let store = try SQLiteStore(folder: data, now: { VerifyKeys.time }, logger: Logger(label: "bench"))
        let pepper = try Pepper([UInt8](repeating: 7, count: Pepper.length))
        let operations = Operations(
            store: store, settings: Operations.Settings(keyFormat: try KeyFormat()), pepper: pepper,
            now: { VerifyKeys.time }, logger: Logger(label: "bench")
        )
        try await Installation.prepare(operations)
        try await measureKeys(operations, store, pepper, table)
        try await store.close()
    }

    // MARK: Decisions

    private func measureDecisions(_ table: Table) throws {
        let place = try NRN(parsing: "organization=1:account=2:namespace=3:application=4:scope=5")
        for count in [5, 100] {
            let everywhere = try (0..<count).map { try Self.grant($0, at: NRN(organization: 1)) }
            let elsewhere = try (0..<count).map { number in
                try Self.grant(number, at: try NRN(parsing: "organization=1:account=\(number + 10)"))
            }
            let goal = count == 5 ? "goal under 300 ns" : "goal under 2000 ns"
            let denied = try Self.nanoseconds(of: "thing:missing", at: place, everywhere)
            table.add("decision, \(count) grants that all cover, none allows", "\(denied.text(0)) ns", goal)
            let last = try Self.nanoseconds(of: "own_\(count - 1):do", at: place, everywhere)
            table.add("decision, \(count) grants that all cover, the last allows", "\(last.text(0)) ns", goal)
            let other = try Self.nanoseconds(of: "own_1:do", at: place, elsewhere)
            table.add("decision, \(count) grants elsewhere", "\(other.text(0)) ns", goal)
        }
    }

    /// A grant of forty actions, one of which is its own.
    private static func grant(_ number: Int, at nrn: NRN) throws -> OwnGrant {
        let names = (0..<39).map { "thing_\($0):do_\(number % 7)" } + ["own_\(number):do"]
        return OwnGrant(nrn: nrn, table: ActionTable(ActionSet(names.compactMap { Action($0) })))
    }

    private static func nanoseconds(of name: String, at nrn: NRN, _ grants: [OwnGrant]) throws -> Double {
        guard let action = Action(name) else { throw CocoaError(.coderInvalidValue) }
        let count = 200_000
        var allowed = 0
        let start = Self.cpuSeconds
        for _ in 0..<count where Access.firstGrant(allowing: AskedAction(action), at: nrn, in: grants) != nil {
            allowed += 1
        }
        let seconds = Self.cpuSeconds - start
        precondition(allowed == 0 || allowed == count)
        return seconds / Double(count) * 1e9
    }

    // MARK: Whole verifications

    private func measureKeys(
        _ operations: Operations, _ store: SQLiteStore, _ pepper: Pepper, _ table: Table
    ) async throws {
        let applications = try await store.write { transaction in
            try Self.makeOrganization(transaction)
            return try VerifyKeys.makeTree(transaction)
        }
        let maker = VerifyKeys(format: try KeyFormat(), pepper: pepper, applications: applications)
        let lines = try await maker.insert(keyCount, into: store)
        let caller = Self.key(try await maker.insertVerifier(into: store))
        guard let action = Action("deployment:create") else { throw CocoaError(.coderInvalidValue) }
        let asked = lines.enumerated().map { number, line in
            let nrn = applications[number % applications.count]
            return Asked(key: Self.key(line), question: .init(.init(AskedAction(action), at: nrn)))
        }
        try await operations.learnHandles()
        let before = Self.residentMemory
        var cold: [Double] = []
        let principal = try await operations.authenticate(
            .bearer(Secret(String(decoding: caller, as: UTF8.self))), from: .init()
        )
        for (number, one) in asked.enumerated() {
            var request = VerificationRequest(.apiKey(Secret(String(decoding: one.key, as: UTF8.self))))
            request.question = one.question
            let start = ContinuousClock.now
            let isValid = try await operations.verify(request, as: principal).isValid
            precondition(isValid)
            if number < 5_000 { cold.append((ContinuousClock.now - start).seconds * 1e6) }
            if number % 20_000 == 0 { try await operations.flushUsage() }
        }
        try await operations.flushUsage()
        let grown = (Self.residentMemory - before) * 1_048_576 / Double(keyCount)
        table.add("first verification of a key, in process", "\(cold.median.text(0)) us", "goal under 1000 us")
        table.add("memory of \(keyCount) remembered keys", "\(grown.text(0)) bytes a key", "")
        table.add(
            "verification from memory, \(keyCount) keys", "\(Self.measure(operations, asked, caller).text(2)) us", "")
        let unknown = (0..<1_000).map { number in
            Asked(key: Self.key(maker.unknown(number)), question: asked[number % asked.count].question)
        }
        table.add("the same for unknown keys", "\(Self.measure(operations, unknown, caller).text(2)) us", "")
        let malformed = unknown.map { Asked(key: Array($0.key.dropLast()), question: $0.question) }
        table.add("the same for malformed keys", "\(Self.measure(operations, malformed, caller).text(2)) us", "")
    }

    private static func makeOrganization(_ transaction: any WriteTransaction) throws {
        let nrn = NRN(organization: try transaction.allocate(.resource(.organization)))
        let resource = Resource(
            nrn: nrn, name: "Bench", slug: "bench", createdAt: VerifyKeys.time, updatedAt: VerifyKeys.time
        )
        try transaction.insert(organization: resource)
    }

    private static func key(_ line: String) -> [UInt8] { Array(line.prefix { $0 != "\t" }.utf8) }

    /// Microseconds of CPU per verification, keys drawn at random.
    private static func measure(_ operations: Operations, _ asked: [Asked], _ caller: [UInt8]) -> Double {
        let count = 500_000
        var found = 0
        var position = 0
        let start = cpuSeconds
        for _ in 0..<count {
            position = (position &* 1_664_525 &+ 1_013_904_223) & 0xFFFF_FFFF
            let one = asked[position % asked.count]
            let finding = operations.verifyFromMemory(
                one.key.span, isToken: false, one.question, caller: caller.span, from: "127.0.0.1"
            )
            if finding != nil { found += 1 }
        }
        let seconds = cpuSeconds - start
        precondition(found == count)
        return seconds / Double(count) * 1e6
    }

    // MARK: The process

    private static var cpuSeconds: Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    /// In MiB.
    private static var residentMemory: Double {
        let text = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let line = text.split(separator: "\n").first { $0.hasPrefix("VmRSS") }
        return (line?.split(separator: " ").compactMap { Double($0) }.first ?? 0) / 1024
    }
}
