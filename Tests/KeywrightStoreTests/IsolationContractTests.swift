import KeywrightDomain
import KeywrightStore
import Testing

@Suite("Store contract: isolation of organizations")
struct IsolationContractTests {
    /// Two organizations with the same content; each must see its own half in every list.
    @Test("no list of one organization shows anything of another", arguments: Engine.underTest)
    func isolation(_ engine: Engine) async throws {
        try await engine.withEmptyStore { store in
            let organizations = try await store.write { write in
                try ["One", "Two"].enumerated().map { index, name in
                    let organization = try write.makeOrganization(name)
                    let account = try write.makeChild(of: organization, slug: "web")
                    let person = try write.makePerson(in: organization, "admin@\(name).example")
                    try write.give("admin", at: organization, to: person)
                    _ = try write.makeRole(in: organization, slug: "payer")
                    for number in 0..<3 {
                        try write.makeKey(
                            in: organization, name: "shared name", ending: "same", tags: [Tag(stored: "a", "1")],
                            grants: [try write.makeGrant("ops", at: account)], isEnabled: number != 2
                        )
                    }
                    write.append(AuditEvent.sample(organization, target: "shared"))
                    return organization
                }
            }
            try await store.read { (read) throws in
                for (organization, other) in zip(organizations, organizations.reversed()) {
                    let id = organization.organizationID
                    let changes: [(inout APIKeyQuery) -> Void] = [
                        { _ in }, { $0.name = "shared name" }, { $0.search = "hared" }, { $0.search = "sh" },
                        { $0.search = "same" },
                        { $0.tags = [Tag(stored: "a", "1")] }, { $0.roleSlugs = ["ops"] }, { $0.ownerID = User.ID(7) },
                        { $0.use = .never }, { $0.places = [.below(organization)] },
                        { $0.visibleWithin = [organization] },
                        { $0.status = .active }, { $0.order = .name }, { $0.order = .lastUsedAt },
                    ]
                    for (index, change) in changes.enumerated() {
                        var query = APIKeyQuery(organizationID: id, now: .start)
                        change(&query)
                        let page = try read.apiKeys(query, PageRequest())
                        #expect(page.results.allSatisfy { $0.organizationID == id }, "filter \(index)")
                        #expect(page.total == (query.status == .active ? 2 : 3), "filter \(index)")
                        #expect(page.results.count == page.total, "filter \(index)")
                    }
                    for place in [APIKeyQuery.Place.at(other), .below(other), .reaching(other)] {
                        var query = APIKeyQuery(organizationID: id, now: .start)
                        query.places = [place]
                        #expect(try read.apiKeys(query, PageRequest()).total == 0)
                    }
                    var query = APIKeyQuery(organizationID: id, now: .start)
                    query.visibleWithin = [other]
                    #expect(try read.apiKeys(query, PageRequest()).total == 0)
                    #expect(try read.users(UserQuery(organizationID: id), PageRequest()).total == 1)
                    #expect(try read.customRoles(id).count == 1)
                    #expect(try read.activeAdministrators(id).count == 1)
                    #expect(try read.resources(ResourceQuery(level: .account, organizationID: id), .init()).total == 1)
                    #expect(try read.resourceTree(id).allSatisfy { $0.nrn.organizationID == id })
                    #expect(try read.auditEvents(AuditQuery(organizationID: id), .init()).total == 1)
                    #expect(try read.auditChain(id, after: AuditEvent.ID(0), limit: 9).count == 1)
                    #expect(try read.organization(id)?.keyCount == 3)
                }
            }
        }
    }
}
