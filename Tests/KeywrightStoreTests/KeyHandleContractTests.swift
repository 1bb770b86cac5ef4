import KeywrightDomain
import KeywrightStore
import Testing

/// Which handles there are: what a memory of all of them reads.
@Suite("Store contract: handles")
struct KeyHandleContractTests {
    @Test("all handles come once, in order, those of deleted keys too", arguments: Engine.underTest)
    func pages(_ engine: Engine) async throws {
        try await engine.withEmptyStore { store in
            #expect(try await store.read { try $0.newestAPIKey() } == nil)
            let keys = try await store.write { write in
                let organization = try write.makeOrganization()
                let keys = try ["b", "a", "Z", "B", "0", "z", "9"].map {
                    try write.makeKey(in: organization, handle: $0 + "00000000000")
                }
                for key in keys.suffix(3) { try write.remove(key) }
                return keys
            }
            let sorted = keys.map(\.handle).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
            for limit in 1...8 {
                var found: [String] = []
                while true {
                    let page = try await store.read { [found] in
                        try $0.keyHandles(after: found.last ?? "", limit: limit)
                    }
                    found += page
                    if page.count < limit { break }
                }
                #expect(found == sorted)
            }
        }
    }

    @Test("newer keys come by id, deleted ones too", arguments: Engine.underTest)
    func newer(_ engine: Engine) async throws {
        try await engine.withEmptyStore { store in
            let keys = try await store.write { write in
                let organization = try write.makeOrganization()
                let keys = try (0..<6).map { _ in try write.makeKey(in: organization) }
                for index in [1, 4, 5] { try write.remove(keys[index]) }
                return keys
            }
            try await store.read { read in
                #expect(try read.newestAPIKey() == keys[5].id)
                for index in 0..<6 {
                    let newer = try read.keyHandles(newerThan: keys[index].id, limit: 3)
                    let expected = keys.dropFirst(index + 1).prefix(3)
                    #expect(newer.map(\.id) == expected.map(\.id) && newer.map(\.handle) == expected.map(\.handle))
                }
            }
        }
    }
}
