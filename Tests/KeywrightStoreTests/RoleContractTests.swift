import KeywrightDomain
import KeywrightStore
import Testing

@Suite("Store contract: roles")
struct RoleContractTests {
    @Test("a custom role comes back as stored, updated, and goes", arguments: Engine.underTest)
    func roundTrip(_ engine: Engine) async throws {
        try await engine.withEmptyStore { store in
            let organization = try await store.makeOrganization().organizationID
            let action = try #require(Action("billing:refund"))
            let full = Role(
                id: Role.ID(Role.firstCustomID), organizationID: organization, slug: "payer", name: "Zahlende ✓",
                description: "pays", level: .namespace, userType: .machine, actions: ActionSet([.readAPIKey, action]),
                inherits: [Role.member, Role.developer], assignable: .roles([Role.ops, Role.member]),
                createdAt: .after(1), updatedAt: .after(2)
            )
            let bare = Role(
                id: Role.ID(Role.firstCustomID + 1), organizationID: organization, slug: "bare", name: "Bare",
                actions: .none, assignable: .all, createdAt: .start, updatedAt: .start
            )
            try await store.write {
                try $0.insert(bare)
                try $0.insert(full)
            }
            #expect(try await store.read { try $0.customRoles(organization) } == [full, bare])
            #expect(try await store.read { try $0.customRoles(Organization.ID(9)) }.isEmpty)
            #expect(try await store.read { try $0.catalogue(organization).role(slug: "payer") } == full)
            var changed = full
            changed.slug = "payer-2"
            changed.name = "Other"
            changed.description = ""
            changed.level = nil
            changed.userType = nil
            changed.actions = ActionSet([action])
            changed.inherits = []
            changed.assignable = .roles([])
            changed.updatedAt = .after(3)
            try await store.write { [changed] in try $0.update(changed) }
            #expect(try await store.read { try $0.customRoles(organization) } == [changed, bare])
            try await store.write { [changed] in try $0.delete(changed) }
            #expect(try await store.read { try $0.customRoles(organization) } == [bare])
        }
    }

    @Test("a slug is unique within an organization, in its very spelling", arguments: Engine.underTest)
    func slugs(_ engine: Engine) async throws {
        try await engine.withEmptyStore { store in
            let one = try await store.makeOrganization("One")
            let two = try await store.makeOrganization("Two")
            try await store.write { _ = try $0.makeRole(in: one, slug: "payer") }
            let taken = try await store.refusal { _ = try $0.makeRole(in: one, slug: "payer") }
            #expect(taken == .conflict)
            let free = try await store.refusal { write in
                _ = try write.makeRole(in: one, slug: "Payer")
                _ = try write.makeRole(in: two, slug: "payer")
            }
            #expect(free == nil)
            let renamed = try await store.refusal { write in
                var role = try #require(try write.customRoles(one.organizationID).last)
                role.slug = "payer"
                try write.update(role)
            }
            #expect(renamed == .conflict)
        }
    }

    @Test("a role is in use while a grant gives or inherits it, in its organization", arguments: Engine.underTest)
    func use(_ engine: Engine) async throws {
        try await engine.withEmptyStore { store in
            try await store.write { write in
                let one = try write.makeOrganization("One")
                let two = try write.makeOrganization("Two")
                let role = try write.makeRole(in: one, slug: "payer")
                let longer = Role.ID(role.id.rawValue * 10 + 1)
                func isUsed(_ organization: NRN = one) throws -> Bool {
                    try write.isRoleInUse(role.id, in: organization.organizationID)
                }
                func grant(_ custom: CustomActions?, _ id: Role.ID) throws -> Grant {
                    Grant(
                        id: Grant.ID(try write.allocate(.grant)), nrn: one, roleID: id, roleSlug: "payer",
                        custom: custom)
                }
                #expect(try !isUsed())
                let person = try write.makePerson(in: one, "ada@example.org")
                let direct = try grant(nil, role.id)
                try write.insert(direct, to: person.id, in: one.organizationID)
                #expect(try isUsed())
                #expect(try !isUsed(two))
                try write.delete(direct.id)
                #expect(try !isUsed())

                // A private role of a key that inherits it, beside one whose id only begins alike.
                let private1 = Role.ID(try write.allocate(.role))
                let other = try grant(CustomActions(inherits: [longer, Role.member], added: [], removed: []), private1)
                try write.makeKey(in: one, grants: [other])
                #expect(try !isUsed())
                let private2 = Role.ID(try write.allocate(.role))
                let inherited = try grant(
                    CustomActions(inherits: [Role.member, role.id], added: [], removed: []), private2)
                let key = try write.makeKey(in: one, grants: [inherited])
                #expect(try isUsed())
                try write.remove(key)
                #expect(try !isUsed())
                let machine = try write.makeKey(in: one, grants: [grant(nil, role.id)])
                #expect(try isUsed())
                try write.remove(machine)
                #expect(try !isUsed())
            }
        }
    }
}
