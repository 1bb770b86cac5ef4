import KeywrightDomain
import KeywrightStore
import Testing

@Suite("Store contract: lists of resources")
struct ResourceListTests {
    /// Four accounts, each with two namespaces; the second account is inactive, the third deleted.
    private func withTree(_ engine: Engine, _ body: @escaping @Sendable (any ReadTransaction) throws -> Void)
        async throws
    {
        try await engine.withEmptyStore { store in
            try await store.write { write in
                let organization = try write.makeOrganization("One")
                let foreign = try write.makeOrganization("Two")
                for index in 1...4 {
                    let account = try write.makeChild(
                        of: organization, index % 2 == 0 ? "Even" : "Odd", slug: "a-\(index)")
                    for name in ["Blue", "Green"] {
                        _ = try write.makeChild(of: account, name, slug: name.lowercased())
                    }
                    var resource = try #require(try write.resource(.account, account.id))
                    if index == 2 { resource.status = .inactive }
                    if index == 3 { resource.status = .deleted }
                    try write.update(resource)
                }
                _ = try write.makeChild(of: write.makeChild(of: foreign, "Odd", slug: "a-1"), "Blue", slug: "blue")
            }
            try await store.read(body)
        }
    }

    private func query(_ level: NRN.Level, _ change: (inout ResourceQuery) -> Void = { _ in }) -> ResourceQuery {
        var query = ResourceQuery(level: level, organizationID: Organization.ID(1))
        change(&query)
        return query
    }

    @Test("filters narrow the list, alone and together", arguments: Engine.underTest)
    func filters(_ engine: Engine) async throws {
        try await withTree(engine) { [self] read in
            func check(_ query: ResourceQuery, _ ids: [Int64], _ location: SourceLocation = #_sourceLocation) throws {
                let page = try read.resources(query, PageRequest())
                #expect(page.total == page.results.count, sourceLocation: location)
                #expect(page.results.map(\.nrn.id) == ids, sourceLocation: location)
            }
            try check(query(.organization), [1])
            try check(query(.account), [1, 2, 4])
            try check(query(.account) { $0.statuses = [.active] }, [1, 4])
            try check(query(.account) { $0.statuses = [.inactive] }, [2])
            try check(query(.account) { $0.statuses = [.deleted] }, [3])
            try check(query(.account) { $0.name = "Even" }, [2, 4])
            try check(query(.account) { $0.name = "even" }, [])
            try check(query(.account) { $0.slugs = ["a-4"] }, [4])
            try check(query(.account) { $0.slugs = ["a-3"] }, [])
            try check(
                query(.account) {
                    $0.slugs = ["a-3"]
                    $0.statuses = [.deleted]
                }, [3])
            try check(query(.namespace), Array(1...8))
            try check(query(.namespace) { $0.parentIDs = [2] }, [3, 4])
            try check(
                query(.namespace) {
                    $0.parentIDs = [2]
                    $0.slugs = ["green"]
                }, [4])
            try check(query(.namespace) { $0.parentIDs = [9] }, [])
            try check(query(.scope), [])
        }
    }

    @Test("a reader of some places sees these and what is beneath, not what is above", arguments: Engine.underTest)
    func visibility(_ engine: Engine) async throws {
        try await withTree(engine) { [self] read in
            func check(
                _ level: NRN.Level, _ places: [String], _ ids: [Int64], _ location: SourceLocation = #_sourceLocation
            ) throws {
                let nrns = try places.map { try NRN(parsing: $0) }
                let page = try read.resources(query(level) { $0.visibleWithin = nrns }, PageRequest())
                #expect(page.results.map(\.nrn.id) == ids, sourceLocation: location)
                #expect(page.total == ids.count, sourceLocation: location)
            }
            try check(.account, ["organization=1:account=2"], [2])
            try check(.namespace, ["organization=1:account=2"], [3, 4])
            try check(.namespace, ["organization=1:account=2", "organization=1:account=4:namespace=8"], [3, 4, 8])
            try check(.account, ["organization=1:account=4:namespace=8"], [])
            try check(.organization, ["organization=1:account=4"], [])
            try check(.account, ["organization=1"], [1, 2, 4])
            try check(.account, ["organization=2"], [])
            try check(.account, [], [])
        }
    }

    @Test("pages follow each other without gap or overlap", arguments: Engine.underTest)
    func pages(_ engine: Engine) async throws {
        try await withTree(engine) { [self] read in
            var ids: [Int64] = []
            for offset in stride(from: 0, to: 12, by: 3) {
                let page = try read.resources(query(.namespace), PageRequest(limit: 3, offset: offset))
                #expect(page.total == 8)
                #expect(page.request == PageRequest(limit: 3, offset: offset))
                ids += page.results.map(\.nrn.id)
            }
            #expect(ids == Array(1...8))
        }
    }

    @Test(
        "a tree lists parents before children, deleted ones included, of one organization", arguments: Engine.underTest)
    func tree(_ engine: Engine) async throws {
        try await withTree(engine) { (read) throws in
            let tree = try read.resourceTree(Organization.ID(1))
            #expect(tree.count == 1 + 4 + 8)
            #expect(tree.contains { $0.status == .deleted })
            var seen: Set<NRN> = []
            for resource in tree {
                if let parent = resource.nrn.parent { #expect(seen.contains(parent)) }
                seen.insert(resource.nrn)
            }
            #expect(try read.resourceTree(Organization.ID(2)).count == 3)
            #expect(try read.resourceTree(Organization.ID(3)).isEmpty)
        }
    }
}
