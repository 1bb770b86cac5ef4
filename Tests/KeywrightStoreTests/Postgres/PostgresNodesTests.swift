import KeywrightDomain
import Testing

@testable import KeywrightStore

@Suite("PostgreSQL: several nodes", .enabled(if: PostgresCluster.address != nil))
struct PostgresNodesTests {
    /// Counts up a stored number, as an operation that decides by what it reads.
    private static func countUp(_ write: any WriteTransaction, _ name: String) throws {
        let count = try write.setting(name)?.reduce(0) { $0 << 8 | Int($1) } ?? 0
        try write.set(name, [UInt8(truncatingIfNeeded: (count + 1) >> 8), UInt8(truncatingIfNeeded: count + 1)])
    }

    @Test(
        "bodies of one scope run one after the other, on whatever node",
        arguments: [WriteScope.installation, .organization(Organization.ID(1)), .digest([1, 2, 3])])
    func scopes(_ scope: WriteScope) async throws {
        try await PostgresCluster.withTwoNodes { first, second, _ in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for index in 0..<200 {
                    group.addTask {
                        try await (index % 2 == 0 ? first : second).write(scope) { try Self.countUp($0, "count") }
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await first.read { try $0.setting("count") } == [0, 200])
        }
    }

    @Test("the whole installation's scope waits for every narrower one, and they for it")
    func widths() async throws {
        try await PostgresCluster.withTwoNodes { first, second, _ in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for index in 0..<120 {
                    group.addTask {
                        let node = index % 2 == 0 ? first : second
                        if index % 3 == 0 {
                            try await node.write { for name in ["a", "b"] { try Self.countUp($0, name) } }
                        } else {
                            let isFirst = index % 3 == 1
                            try await node.write(.organization(Organization.ID(isFirst ? 1 : 2))) {
                                try Self.countUp($0, isFirst ? "a" : "b")
                            }
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await first.read { try [$0.setting("a"), $0.setting("b")] } == [[0, 80], [0, 80]])
        }
    }

    @Test("organizations write side by side: one does not wait for another")
    func independence() async throws {
        try await PostgresCluster.withTwoNodes { first, second, _ in
            let (started, finish) = (Signal(), Signal())
            async let slow: Void = first.write(.organization(Organization.ID(1))) { write in
                try write.set("slow", [1])
                started.raise()
                finish.wait()
            }
            await started.reached()
            try await second.write(.organization(Organization.ID(2))) { try $0.set("other", [1]) }
            try await second.write(.nothing) { try $0.set("third", [1]) }
            #expect(try await second.read { try $0.setting("slow") } == nil)
            finish.raise()
            try await slow
            #expect(try await second.read { try $0.setting("slow") } == [1])
        }
    }

    @Test("of 50 creates with one idempotency key on two nodes, one happens")
    func idempotency() async throws {
        try await PostgresCluster.withTwoNodes { first, second, _ in
            let organization = try await first.makeOrganization()
            let keys = try await withThrowingTaskGroup(of: APIKey.ID.self) { group in
                for index in 0..<50 {
                    group.addTask {
                        try await (index % 2 == 0 ? first : second).write(.organization(organization.organizationID)) {
                            write in
                            if let known = try write.idempotencyRecord(User.ID(7), "once") { return known.apiKeyID }
                            let key = try write.makeKey(in: organization)
                            try write.insert(
                                IdempotencyRecord(
                                    userID: User.ID(7), key: "once", bodyDigest: digest(1), apiKeyID: key.id,
                                    createdAt: .start))
                            return key.id
                        }
                    }
                }
                return try await group.reduce(into: Set()) { $0.insert($1) }
            }
            #expect(keys.count == 1)
            #expect(try await second.read { try $0.organization(organization.organizationID)?.keyCount } == 1)
        }
    }

    @Test("a node sees at once what another has committed; counts, sets and chains stay whole")
    func whole() async throws {
        try await PostgresCluster.withTwoNodes { first, second, _ in
            let organizations = [try await first.makeOrganization("One"), try await second.makeOrganization("Two")]
            try await withThrowingTaskGroup(of: Void.self) { group in
                for index in 0..<160 {
                    group.addTask {
                        let (node, organization) = (index % 2 == 0 ? first : second, organizations[index / 2 % 2])
                        let scope: WriteScope = index % 5 == 0 ? .nothing : .organization(organization.organizationID)
                        try await node.write(scope) { write in
                            let key = try write.makeKey(
                                in: organization, name: "service \(index)", tags: [Tag(stored: "all", "yes")])
                            write.append(AuditEvent.sample(organization, target: "\(index)"))
                            if [1, 3].contains(index % 8) { try write.remove(key) }
                        }
                        let found = try await (index % 2 == 0 ? second : first).read { read in
                            var query = AuditQuery(organizationID: organization.organizationID)
                            query.targetIDs = ["\(index)"]
                            return try read.auditEvents(query, PageRequest()).total
                        }
                        #expect(found == 1)
                    }
                }
                try await group.waitForAll()
            }
            for organization in organizations {
                let id = organization.organizationID
                #expect(try await AuditContractTests.firstBroken(in: first, organization) == nil)
                let chain = try await AuditContractTests.chain(of: second, organization)
                #expect(chain.count == 80)
                #expect(try await first.read { try $0.auditHead(id) } == chain.last?.link)
                for change in [{ _ in }, { $0.tags = [Tag(stored: "all", "yes")] }, { $0.search = "service" }]
                    as [@Sendable (inout APIKeyQuery) -> Void]
                {
                    let total = try await second.read { read in
                        var query = APIKeyQuery(organizationID: id, now: .start)
                        change(&query)
                        return try read.apiKeys(query, PageRequest()).total
                    }
                    let count = try await first.read { try $0.organization(id)?.keyCount }
                    #expect(total == 60 && count == 60)
                }
            }
        }
    }
}
