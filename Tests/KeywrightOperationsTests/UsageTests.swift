import KeywrightDomain
import KeywrightStore
import Testing

@testable import KeywrightOperations

@Suite("Uses of keys, written behind")
struct UsageTests {
    @Test("a use is on record after the next flush, and changes neither version nor time of change")
    func flush() async throws {
        try await OperationsInstallation.run { installation in
            let key = try await installation.makeKey()
            #expect(try await installation.storedKey(key.id).lastUsedAt == nil)
            installation.clock.advance(by: .seconds(10))
            _ = try await installation.authenticate(key.value)
            installation.clock.advance(by: .seconds(10))
            _ = try await installation.exchange(key.value)
            let time = installation.clock.now
            installation.clock.advance(by: .seconds(10))
            #expect(try await installation.storedKey(key.id).lastUsedAt == nil)
            try await installation.operations.flushUsage()
            let stored = try await installation.storedKey(key.id)
            #expect(stored.lastUsedAt == time)
            #expect(stored.version == 1 && stored.updatedAt == stored.createdAt)
        }
    }

    @Test("the time moves only forward")
    func forward() async throws {
        try await OperationsInstallation.run { installation in
            let (key, usage) = (try await installation.makeKey(), installation.operations.usage)
            let start = installation.clock.now
            let times = [50, 20, 70, 10].map { start.advanced(by: .seconds($0)) }
            for (time, expected) in zip(times, [times[0], times[0], times[2], times[2]]) {
                usage.note(key.id, at: time, from: nil)
                try await installation.operations.flushUsage()
                #expect(try await installation.storedKey(key.id).lastUsedAt == expected)
            }
            for time in times { usage.note(key.id, at: time, from: "192.0.2.1") }
            let gathered = usage.take()
            #expect(gathered.count == 1 && gathered.first?.at == times[2] && gathered.first?.count == 4)
        }
    }

    @Test("what cannot be written is kept and written later, together with what came since")
    func failure() async throws {
        try await OperationsInstallation.run { installation in
            let (early, late) = (try await installation.makeKey(), try await installation.makeKey())
            try await installation.operations.flushUsage()
            _ = try await installation.authenticate(early.value)
            let first = installation.clock.now
            installation.store.admitWrites(0)
            for _ in 0..<2 {
                let error = await #expect(throws: DomainError.self) {
                    try await installation.operations.flushUsage()
                }
                #expect(error?.code == .storageFull)
            }
            installation.clock.advance(by: .seconds(60))
            _ = try await installation.authenticate(late.value)
            installation.store.admitWrites(nil)
            try await installation.operations.flushUsage()
            #expect(try await installation.storedKey(early.id).lastUsedAt == first)
            #expect(try await installation.storedKey(late.id).lastUsedAt == installation.clock.now)
            #expect(installation.operations.usage.take().isEmpty)
        }
    }

    @Test("of many uses, only those that were not written are kept")
    func partialFailure() async throws {
        try await OperationsInstallation.run { installation in
            let usage = installation.operations.usage
            _ = usage.take()
            for id in 1...1_200 { usage.note(APIKey.ID(Int64(id)), at: installation.clock.now, from: nil) }
            installation.store.admitWrites(1)
            await #expect(throws: DomainError.self) { try await installation.operations.flushUsage() }
            usage.note(APIKey.ID(1_200), at: installation.clock.now, from: nil)
            let kept = usage.take().sorted { $0.id < $1.id }
            #expect(kept.map(\.id.rawValue) == Array(501...1_200))
            #expect(kept.last?.count == 2 && kept.dropLast().allSatisfy { $0.count == 1 })
        }
    }

    @Test("a use of a key that was deleted meanwhile is no failure")
    func deleted() async throws {
        try await OperationsInstallation.run { installation in
            let key = try await installation.makeKey()
            _ = try await installation.authenticate(key.value)
            try await installation.operations.deleteAPIKey(key.id, as: try await installation.principal())
            try await installation.operations.flushUsage()
            #expect(installation.operations.usage.take().isEmpty)
        }
    }
}
