import HTTPTypes
import KeywrightDomain
import KeywrightStore
import KeywrightWire
import Testing

@Suite("/role")
struct RoleTests {
    private static let deployer = #"""
        {"name":"Deployer","slug":"deployer","description":"Ships.","actions":["deployment:create","deployment:read"],
        "inherits":["member"],"can_assign_roles":["member"],"level":"account","user_type":"machine"}
        """#

    @Test("the catalogue lists built-in roles first, with the contract's ids and what their holders may give")
    func builtIn() async throws {
        try await TestInstallation.run { installation in
            let made = try await installation.call(.post, "/role", Self.deployer, as: installation.admin)
            let first = try await installation.call(.get, "/role", as: installation.admin)
            #expect(first.status == 200 && first.json.memberNames == ["paging", "results"])
            #expect(first["paging"]["limit"].number == 30 && first.ids.count == 30 && first.total == 32)
            let list = try await installation.call(.get, "/role?limit=200", as: installation.admin)
            #expect(list.ids.last == made["id"].number)
            let ids: [String: Int64] = [
                "member": 704_380_989, "developer": 700_317_756, "admin": 696_188_987, "ops": 708_509_758,
                "secops": 712_638_527, "insights-viewer": 724_959_298, "machine:ci": 1_855_672_260,
                "organization:admin": 511_311_886, "account:admin": 535_953_428, "namespace:admin": 548_274_199,
                "application:admin": 560_594_970, "application:developer": 564_723_739,
            ]
            for (slug, id) in ids {
                let role = try await installation.call(.get, "/role/\(id)", as: installation.admin)
                #expect(role.status == 200 && role["slug"].text == slug && role["organization_id"] == .null)
                let found = try await installation.call(.get, "/role?slug=\(slug)", as: installation.admin)
                #expect(found.ids == [id] && found["results"][0] == role.json)
            }
            func given(by slug: String) async throws -> [String] {
                let found = try await installation.call(.get, "/role?slug=\(slug)", as: installation.admin)
                return found["results"][0]["can_assign_roles"].texts
            }
            #expect(try await Set(given(by: "admin")) == Set(list["results"].items.compactMap { $0["slug"].text }))
            #expect(
                try await Set(given(by: "ops")) == [
                    "ops", "member", "machine:ci", "controlplane:agent", "troubleshooting", "insights-viewer",
                    "verifier",
                ]
            )
            for slug in ["member", "developer", "secops", "machine:ci"] {
                #expect(try await given(by: slug) == [])
            }
        }
    }

    @Test("a role of the organization is made, read, changed and removed")
    func lifecycle() async throws {
        try await TestInstallation.run { installation in
            let made = try await installation.call(.post, "/role", Self.deployer, as: installation.admin)
            #expect(made.status == 201)
            let id = try #require(made["id"].number)
            #expect(id > 2_000_000_000 && made["organization_id"].number == 1)
            #expect(made["name"].text == "Deployer" && made["slug"].text == "deployer")
            #expect(made["description"].text == "Ships." && made["level"].text == "account")
            #expect(made["user_type"].text == "machine" && made["inherits"].texts == ["member"])
            #expect(made["actions"].texts == ["deployment:create", "deployment:read"])
            #expect(made["can_assign_roles"].texts == ["member"])
            let read = try await installation.call(.get, "/role/\(id)", as: installation.admin)
            #expect(read.status == 200 && read.json == made.json)

            installation.clock.advance(by: .seconds(1))
            let changed = try await installation.call(
                .patch, "/role/\(id)",
                #"{"name":"Shipper","actions":["deployment:create"],"inherits":[],"level":null,"user_type":null}"#,
                as: installation.admin
            )
            #expect(changed.status == 200 && changed["name"].text == "Shipper" && changed["slug"].text == "deployer")
            #expect(changed["actions"].texts == ["deployment:create"] && changed["inherits"] == .array([]))
            #expect(changed["level"] == .null && changed["user_type"] == .null)
            #expect(changed["description"].text == "Ships." && changed["updated_at"] != made["updated_at"])
            let same = try await installation.call(.patch, "/role/\(id)", "{}", as: installation.admin)
            #expect(same.status == 200 && same.json == changed.json)

            let gone = try await installation.call(.delete, "/role/\(id)", as: installation.admin)
            #expect(gone.status == 204 && gone.text.isEmpty)
            try await installation.call(.get, "/role/\(id)", as: installation.admin).expectRefusal(404, "No such role.")
            let next = try await installation.call(.post, "/role", Self.deployer, as: installation.admin)
            #expect(next.status == 201 && next["id"] != made["id"])
        }
    }

    @Test("a level and a user type bind where and to whom a role is given")
    func fitting() async throws {
        try await TestInstallation.run { installation in
            _ = try await installation.call(.post, "/role", Self.deployer, as: installation.admin)
            _ = try await installation.makeKey("deployer", at: "organization=1:account=1")
            let elsewhere = try await installation.call(
                .post, "/api_key", #"{"name":"x","grants":[{"nrn":"organization=1","role_slug":"deployer"}]}"#,
                as: installation.admin
            )
            elsewhere.expectRefusal(400, at: ["/grants/0/role_slug"])
            let person = try await installation.makePerson("p@example.test")
            let grant = try await installation.call(
                .post, "/authz/grants",
                #"{"nrn":"organization=1:account=1","user_id":\#(person),"role_slug":"deployer"}"#,
                as: installation.admin
            )
            grant.expectRefusal(400, at: ["/role_slug"])
            _ = try await installation.call(
                .post, "/role", #"{"name":"P","slug":"p","actions":["build:read"],"user_type":"person"}"#,
                as: installation.admin
            )
            let key = try await installation.call(
                .post, "/api_key", #"{"name":"x","grants":[{"nrn":"organization=1","role_slug":"p"}]}"#,
                as: installation.admin
            )
            key.expectRefusal(400, at: ["/grants/0/role_slug"])
        }
    }

    @Test("changing a role changes what its holders may do from the next request on")
    func effect() async throws {
        try await TestInstallation.run { installation in
            let role = try await installation.call(
                .post, "/role", #"{"name":"R","slug":"r","actions":["build:read"]}"#, as: installation.admin
            )
            let path = "/role/\(try #require(role["id"].number))"
            let key = try await installation.makeKey("r", at: "organization=1")
            try await installation.call(.get, "/account/1", as: key.value).expectRefusal(404)
            _ = try await installation.call(.patch, path, #"{"actions":["account:read"]}"#, as: installation.admin)
            #expect(try await installation.call(.get, "/account/1", as: key.value).status == 200)
            let base = try await installation.call(
                .post, "/role", #"{"name":"B","slug":"b","actions":["namespace:read"]}"#, as: installation.admin
            )
            let basePath = "/role/\(try #require(base["id"].number))"
            _ = try await installation.call(.patch, path, #"{"inherits":["b"]}"#, as: installation.admin)
            #expect(try await installation.call(.get, "/namespace/1", as: key.value).status == 200)
            _ = try await installation.call(.patch, basePath, #"{"actions":["build:read"]}"#, as: installation.admin)
            try await installation.call(.get, "/namespace/1", as: key.value).expectRefusal(404)
        }
    }

    @Test("a role that is granted, inherited or built in stays: 409")
    func inUse() async throws {
        try await TestInstallation.run { installation in
            func make(_ slug: String, _ more: String = "") async throws -> String {
                let made = try await installation.call(
                    .post, "/role", #"{"name":"\#(slug)","slug":"\#(slug)","actions":["build:read"]\#(more)}"#,
                    as: installation.admin
                )
                #expect(made.status == 201)
                return "/role/\(try #require(made["id"].number))"
            }
            func expectKept(_ path: String, sourceLocation: SourceLocation = #_sourceLocation) async throws {
                let reply = try await installation.call(.delete, path, as: installation.admin)
                reply.expectRefusal(409, sourceLocation: sourceLocation)
            }
            let byKey = try await make("by-key")
            let key = try await installation.makeKey("by-key", at: "organization=1")
            try await expectKept(byKey)
            let bySet = try await make("by-set")
            _ = try await installation.makeKey(
                #"{"name":"x","grants":[{"nrn":"organization=1","inherits":["by-set"]}]}"#
            )
            try await expectKept(bySet)
            let byPerson = try await make("by-person")
            let person = try await installation.makePerson("p@example.test")
            _ = try await installation.call(
                .post, "/user/\(person)/grant", #"[{"nrn":"organization=1","role_slug":"by-person"}]"#,
                as: installation.admin
            )
            try await expectKept(byPerson)
            let byRole = try await make("by-role")
            let heir = try await make("heir", #","inherits":["by-role"]"#)
            try await expectKept(byRole)
            #expect(try await installation.call(.delete, heir, as: installation.admin).status == 204)
            #expect(try await installation.call(.delete, byRole, as: installation.admin).status == 204)
            #expect(try await installation.call(.delete, key.path, as: installation.admin).status == 204)
            #expect(try await installation.call(.delete, byKey, as: installation.admin).status == 204)

            for id in [696_188_987, 704_380_989, 511_311_886] {
                let patched = try await installation.call(
                    .patch, "/role/\(id)", #"{"name":"x"}"#, as: installation.admin
                )
                patched.expectRefusal(409, "A built-in role cannot be changed.")
                try await expectKept("/role/\(id)")
            }
        }
    }

    @Test("a slug is taken once per organization, built-in ones included")
    func slugs() async throws {
        try await TestInstallation.run { installation in
            let made = try await installation.call(.post, "/role", Self.deployer, as: installation.admin)
            #expect(made.status == 201)
            for slug in ["deployer", "admin", "member", "insights-viewer"] {
                let reply = try await installation.call(
                    .post, "/role", #"{"name":"x","slug":"\#(slug)","actions":["build:read"]}"#, as: installation.admin
                )
                reply.expectRefusal(409, "There is a role with this slug already.")
            }
            let second = try await installation.call(
                .post, "/role", #"{"name":"x","slug":"second","actions":["build:read"]}"#, as: installation.admin
            )
            let renamed = try await installation.call(
                .patch, "/role/\(try #require(second["id"].number))", #"{"slug":"deployer"}"#, as: installation.admin
            )
            renamed.expectRefusal(409, "There is a role with this slug already.")
            let other = try await installation.otherOrganization()
            #expect(try await installation.call(.post, "/role", Self.deployer, as: other).status == 201)
        }
    }

    @Test("another organization's role is as if absent")
    func isolation() async throws {
        try await TestInstallation.run { installation in
            let other = try await installation.otherOrganization()
            let made = try await installation.call(.post, "/role", Self.deployer, as: installation.admin)
            let id = try #require(made["id"].number)
            var bodies: Set<String> = []
            for path in ["/role/\(id)", "/role/99", "/role/abc", "/role/\(Int64.max)"] {
                for reply in [
                    try await installation.call(.get, path, as: other),
                    try await installation.call(.patch, path, #"{"name":"x"}"#, as: other),
                    try await installation.call(.delete, path, as: other),
                ] {
                    reply.expectRefusal(404, "No such role.")
                    bodies.insert(reply.text)
                }
            }
            #expect(bodies.count == 1)
            let list = try await installation.call(.get, "/role?limit=200", as: other)
            #expect(!list.ids.contains(id) && list.total == 31)
            let byID = #"{"name":"x","grants":[{"nrn":"organization=2","role_id":\#(id)}]}"#
            try await installation.call(.post, "/api_key", byID, as: other)
                .expectRefusal(400, "There is no role with this id.", at: ["/grants/0/role_id"])
            let bySlug = #"{"name":"x","grants":[{"nrn":"organization=2","role_slug":"deployer"}]}"#
            try await installation.call(.post, "/api_key", bySlug, as: other)
                .expectRefusal(400, "There is no role with this slug.", at: ["/grants/0/role_slug"])
        }
    }

    @Test(
        "all wrong fields of a role are named at once",
        arguments: [
            ("{}", ["/name", "/slug"]),
            (
                #"{"name":"","slug":"Has Blank","actions":["x"],"inherits":[""],"level":"galaxy","user_type":"robot","id":1,"x":2}"#,
                ["/name", "/slug", "/actions/0", "/inherits/0", "/level", "/user_type", "/id", "/x"]
            ),
            (
                #"{"name":"x","slug":"y","inherits":["nobody"],"can_assign_roles":["nobody","admin"]}"#,
                ["/inherits/0", "/can_assign_roles/0"]
            ),
            (#"{"name":"x","slug":"y"}"#, ["/actions"]),
            (#"{"name":"x","slug":"y","inherits":["admin"]}"#, ["/inherits"]),
            (#"{"name":"x","slug":"y","inherits":["account:admin"]}"#, ["/inherits"]),
            ("[]", [""]), ("", [""]),
        ]
    )
    func refusals(_ body: String, _ pointers: [String]) async throws {
        try await TestInstallation.run { installation in
            try await installation.call(.post, "/role", body, as: installation.admin).expectRefusal(400, at: pointers)
            #expect(try await installation.call(.get, "/role", as: installation.admin).total == 31)
        }
    }

    @Test("lists in a role have 250 items at most", arguments: ["actions", "inherits", "can_assign_roles"])
    func listLimit(_ list: String) async throws {
        try await TestInstallation.run { installation in
            func body(_ count: Int) -> String {
                let items = (0..<count).map { list == "actions" ? #""entity:verb_\#($0)""# : #""member""# }
                return #"{"description":"x","\#(list)":[\#(items.joined(separator: ","))]}"#
            }
            let made = try await installation.call(
                .post, "/role", #"{"name":"x","slug":"x","actions":["log:read"]}"#, as: installation.admin)
            let path = "/role/\(try #require(made["id"].number))"
            #expect(try await installation.call(.patch, path, body(250), as: installation.admin).status == 200)
            try await installation.call(.patch, path, body(251), as: installation.admin)
                .expectRefusal(400, at: ["/\(list)"])
        }
    }

    @Test("an organization has 200 roles of its own at most; others are not touched by that")
    func limit() async throws {
        try await TestInstallation.run { installation in
            try await installation.store.write { transaction in
                for number in 1..<Role.limit {
                    try transaction.insert(
                        Role(
                            id: Role.ID(try transaction.allocate(.role, count: 1)), organizationID: Organization.ID(1),
                            slug: "r\(number)", name: "r", actions: ActionSet([.readRole]),
                            createdAt: installation.clock.now, updatedAt: installation.clock.now
                        ))
                }
            }
            func make(_ slug: String, as key: String) async throws -> Reply {
                try await installation.call(
                    .post, "/role", #"{"name":"x","slug":"\#(slug)","actions":["log:read"]}"#, as: key)
            }
            #expect(try await make("last", as: installation.admin).status == 201)
            try await make("more", as: installation.admin)
                .expectRefusal(409, "The organization has 200 roles of its own, the most it may have.")
            let other = try await installation.otherOrganization()
            #expect(try await make("more", as: other).status == 201)
        }
    }

    @Test("roles cannot inherit in a circle")
    func circle() async throws {
        try await TestInstallation.run { installation in
            for (slug, inherits) in [("a", "member"), ("b", "a"), ("c", "b")] {
                let made = try await installation.call(
                    .post, "/role", #"{"name":"\#(slug)","slug":"\#(slug)","inherits":["\#(inherits)"]}"#,
                    as: installation.admin
                )
                #expect(made.status == 201)
            }
            let first = try await installation.call(.get, "/role?slug=a", as: installation.admin).ids[0]
            for slug in ["a", "b", "c"] {
                let reply = try await installation.call(
                    .patch, "/role/\(first)", #"{"inherits":["\#(slug)"]}"#, as: installation.admin
                )
                reply.expectRefusal(400, "A role cannot inherit itself.", at: ["/inherits"])
            }
        }
    }
}
