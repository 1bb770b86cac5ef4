import KeywrightDomain
import KeywrightStore
import Testing

@Suite("Store contract: ids")
struct NumberContractTests {
    private static let counters: [Counter] =
        NRN.Level.allCases.map(Counter.resource) + [.person, .role, .grant, .apiKey]

    @Test("each kind counts from 1 on its own; custom roles from above every built-in id", arguments: Engine.underTest)
    func first(_ engine: Engine) async throws {
        try await engine.withEmptyStore { store in
            for counter in Self.counters {
                let first: Int64 = counter == .role ? 2_000_000_001 : 1
                var given: [Int64] = []
                for count in [1, 5, 1] {
                    given.append(try await store.write { try $0.allocate(counter, count: count) })
                }
                #expect(given == [first, first + 1, first + 6])
            }
        }
    }

    @Test("an id is never given again: not after a failure, a delete, or a restart", arguments: Engine.underTest)
    func neverAgain(_ engine: Engine) async throws {
        try await engine.withEmptyDatabase { database in
            var given: [Counter: [Int64]] = [:]
            for round in 0..<3 {
                let store = try await database.open()
                for counter in Self.counters {
                    given[counter, default: []].append(try await store.write { try $0.allocate(counter) })
                    _ = try? await store.write { write in
                        _ = try write.allocate(counter, count: 3)
                        throw Interrupted()
                    }
                    given[counter, default: []].append(try await store.write { try $0.allocate(counter) })
                }
                let key = try await store.write { try $0.makeKey(in: try $0.makeOrganization("Round \(round)")) }
                given[.apiKey, default: []].append(key.id.rawValue)
                try await store.write { try $0.remove(key) }
                try await store.close()
            }
            for (counter, ids) in given {
                #expect(ids == ids.sorted() && Set(ids).count == ids.count, "\(counter): \(ids)")
            }
        }
    }

    @Test("parallel transactions never share an id", arguments: Engine.underTest)
    func parallel(_ engine: Engine) async throws {
        try await engine.withEmptyStore { store in
            let ids = await withTaskGroup(of: [Int64].self) { group in
                for index in 0..<200 {
                    group.addTask {
                        let own = try? await store.write { write in
                            let first = try write.allocate(.apiKey, count: index % 3 + 1)
                            if index % 7 == 0 { throw Interrupted() }
                            return Array(first..<(first + Int64(index % 3) + 1))
                        }
                        return own ?? []
                    }
                }
                return await group.reduce(into: []) { $0 += $1 }
            }
            #expect(Set(ids).count == ids.count)
            let expected = (0..<200).filter { $0 % 7 != 0 }.reduce(0) { $0 + $1 % 3 + 1 }
            #expect(ids.count == expected)
        }
    }
}
