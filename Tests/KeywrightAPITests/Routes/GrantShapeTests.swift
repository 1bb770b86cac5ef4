import HTTPTypes
import KeywrightWire
import Testing

/// The three shapes of a key's grants, each read back exactly as it was written.
@Suite("Grants of API keys")
struct GrantShapeTests {
    @Test(
        "a role reads back as it was written, also in the level-prefixed spelling",
        arguments: [
            ("organization=1", "admin", 696_188_987), ("organization=1", "organization:admin", 511_311_886),
            ("organization=1", "organization:member", 507_183_117), ("organization=1:account=1", "ops", 708_509_758),
            ("organization=1:account=1", "account:developer", 540_082_197),
            ("organization=1:account=1:namespace=1", "namespace:member", 544_145_430),
            ("organization=1:account=1:namespace=1:application=1", "application:admin", 560_594_970),
            ("organization=1:account=1:namespace=1:application=1:scope=1", "machine:ci", 1_855_672_260),
        ]
    )
    func roleBySlug(_ nrn: String, _ slug: String, _ id: Int64) async throws {
        try await TestInstallation.run { installation in
            let made = try await installation.makeKey(slug, at: nrn)
            let read = try await installation.call(.get, made.path, as: installation.admin)
            #expect(read["grants"].items.count == 1)
            let grant = read["grants"][0]
            #expect(grant.memberNames == ["nrn", "role_id", "role_slug"])
            #expect(grant["nrn"].text == nrn && grant["role_slug"].text == slug && grant["role_id"].number == id)
        }
    }

    @Test("a role given by id reads back with that id")
    func roleByID() async throws {
        try await TestInstallation.run { installation in
            let made = try await installation.makeKey(
                #"{"name":"x","grants":[{"nrn":"organization=1:account=1","role_id":535953428}]}"#
            )
            let read = try await installation.call(.get, made.path, as: installation.admin)
            #expect(read["grants"][0]["role_id"].number == 535_953_428)
            #expect(read["grants"][0]["role_slug"].text == "account:admin")
        }
    }

    @Test("actions come back as given, nothing added, under a role private to the key")
    func actions() async throws {
        try await TestInstallation.run { installation in
            let given = ["build:create", "account:read", "custom_thing:fly"]
            let made = try await installation.makeKey(actions: given, at: "organization=1:account=1")
            let read = try await installation.call(.get, made.path, as: installation.admin)
            let grant = read["grants"][0]
            #expect(grant["role_slug"].text == "apikey:\(made.id):1")
            #expect(grant["actions"].texts.sorted() == given.sorted())
            #expect(grant["inherits"] == .array([]))
            #expect(grant["added"] == .array([]) && grant["removed"] == .array([]))
            try await expectPrivate(grant, in: installation)
            // It may do these things there, and no others, nowhere else.
            #expect(try await installation.call(.get, "/account/1", as: made.value).status == 200)
            try await installation.call(.get, "/account/2", as: made.value).expectRefusal(404)
            try await installation.call(.get, "/namespace/1", as: made.value).expectRefusal(404)
        }
    }

    @Test("inherited roles come back with ids and slugs, added and removed actions as given")
    func inheritance() async throws {
        try await TestInstallation.run { installation in
            let made = try await installation.makeKey(
                #"""
                {"name":"x","grants":[{"nrn":"organization=1:account=1","inherits":["member","machine:ci"],
                "actions":{"add":["agent:connect","custom_thing:fly"],"remove":["log:read"]}}]}
                """#
            )
            let read = try await installation.call(.get, made.path, as: installation.admin)
            let grant = read["grants"][0]
            #expect(grant["role_slug"].text == "apikey:\(made.id):1")
            #expect(grant["inherits"].items.map { $0["slug"].text } == ["member", "machine:ci"])
            #expect(grant["inherits"].items.map { $0["id"].number } == [704_380_989, 1_855_672_260])
            #expect(grant["inherits"].items.allSatisfy { $0["organization_id"] == .null })
            #expect(grant["added"].texts.sorted() == ["agent:connect", "custom_thing:fly"])
            #expect(grant["removed"].texts == ["log:read"])
            let effective = Set(grant["actions"].texts)
            #expect(effective.isSuperset(of: ["agent:connect", "custom_thing:fly", "build:create", "account:read"]))
            #expect(!effective.contains("log:read") && !effective.contains("build:delete"))
            try await expectPrivate(grant, in: installation)
        }
    }

    @Test("an inherited role of the organization says so")
    func inheritedCustomRole() async throws {
        try await TestInstallation.run { installation in
            let role = try await installation.call(
                .post, "/role", #"{"name":"Deployer","slug":"deployer","actions":["deployment:create"]}"#,
                as: installation.admin
            )
            let made = try await installation.makeKey(
                #"{"name":"x","grants":[{"nrn":"organization=1","inherits":["deployer"]}]}"#
            )
            let grant = try await installation.call(.get, made.path, as: installation.admin)["grants"][0]
            #expect(grant["inherits"][0]["id"] == role["id"])
            #expect(grant["inherits"][0]["organization_id"].number == 1)
            #expect(grant["actions"].texts == ["deployment:create"])
            #expect(grant["added"] == .array([]) && grant["removed"] == .array([]))
        }
    }

    @Test("one key may carry all shapes; private roles are numbered apart, also after a change")
    func numbering() async throws {
        try await TestInstallation.run { installation in
            let reads = #"{"nrn":"organization=1","actions":["build:read"]}"#
            let member = #"{"nrn":"organization=1:account=1","role_slug":"member"}"#
            let inherits = #"{"nrn":"organization=1","inherits":["member"]}"#
            let made = try await installation.makeKey(#"{"name":"x","grants":[\#(reads),\#(member),\#(inherits)]}"#)
            let before = try await installation.call(.get, made.path, as: installation.admin)["grants"].items
            #expect(before.map { $0["role_slug"].text != "member" } == [true, false, true])
            let kept = try #require(before.first)

            let creates = #"{"nrn":"organization=1","actions":["build:create"]}"#
            let updates = #"{"nrn":"organization=1","actions":["build:update"]}"#
            let changed = try await installation.call(
                .patch, made.path, #"{"grants":[\#(creates),\#(reads),\#(updates)]}"#, as: installation.admin
            )
            let after = changed["grants"].items
            #expect(after.count == 3 && after[1] == kept)
            #expect(Set(after.map { $0["role_slug"].text }).count == 3)
            #expect(Set(after.map { $0["role_id"].number }).count == 3)
            for grant in after {
                let slug = try #require(grant["role_slug"].text)
                #expect(slug.wholeMatch(of: /apikey:(\d+):[1-9]\d*/)?.output.1 == "\(made.id)")
            }
        }
    }

    @Test("writing the grants that were read changes nothing, not even the version")
    func rewriting() async throws {
        try await TestInstallation.run { installation in
            let grants = #"""
                [{"nrn":"organization=1","actions":["build:read","asset:read"]},
                {"nrn":"organization=1:account=2","role_slug":"account:member"},
                {"nrn":"organization=1:account=1","inherits":["developer"],"actions":{"remove":["scope:delete"]}}]
                """#
            let made = try await installation.makeKey(#"{"name":"x","grants":\#(grants)}"#)
            let before = try await installation.call(.get, made.path, as: installation.admin)
            let patched = try await installation.call(
                .patch, made.path, #"{"grants":\#(grants)}"#, as: installation.admin
            )
            #expect(patched.status == 200 && patched.text == before.text)
            #expect(patched.headers[.eTag] == "\"1\"")
        }
    }

    /// Checks that a fine-grained grant's role is nobody else's business.
    private func expectPrivate(_ grant: JSONValue, in installation: TestInstallation) async throws {
        let id = try #require(grant["role_id"].number)
        #expect(id > 2_000_000_000)
        try await installation.call(.get, "/role/\(id)", as: installation.admin).expectRefusal(404)
        let roles = try await installation.call(.get, "/role?limit=200", as: installation.admin)
        #expect(!roles.ids.contains(id) && roles.total == Int64(roles.ids.count))
        let again = try await installation.call(
            .post, "/api_key", #"{"name":"thief","grants":[{"nrn":"organization=1","role_id":\#(id)}]}"#,
            as: installation.admin
        )
        again.expectRefusal(400, "There is no role with this id.", at: ["/grants/0/role_id"])
    }
}
