import HTTPTypes
import KeywrightDomain
import KeywrightStore
import KeywrightWire
import Testing

@Suite("/authz/grants and /authz/user_role")
struct UserGrantTests {
    private static let account = "organization=1:account=1"

    @Test("a grant is given, read and taken")
    func lifecycle() async throws {
        try await TestInstallation.run { installation in
            let person = try await installation.makePerson("p@example.test")
            for (index, role) in [#""role_slug":"developer""#, #""role_id":704380989"#, #""role_id":"708509758""#]
                .enumerated()
            {
                let user = index == 0 ? "\(person)" : "\"\(person)\""
                let given = try await installation.call(
                    .post, "/authz/grants", #"{"nrn":"\#(Self.account)","user_id":\#(user),\#(role)}"#,
                    as: installation.admin
                )
                #expect(given.status == 201)
                #expect(given["user_id"].number == person && given["nrn"].text == Self.account)
                #expect(given["role_slug"].text == ["developer", "member", "ops"][index])
                let path = "/authz/grants/\(try #require(given["id"].number))"
                let read = try await installation.call(.get, path, as: installation.admin)
                #expect(read.status == 200 && read.json == given.json)
                let taken = try await installation.call(.delete, path, as: installation.admin)
                #expect(taken.status == 204 && taken.text.isEmpty)
                try await installation.call(.get, path, as: installation.admin).expectRefusal(404, "No such grant.")
                try await installation.call(.delete, path, as: installation.admin).expectRefusal(404, "No such grant.")
            }
        }
    }

    @Test(
        "wrong fields are named",
        arguments: [
            ("{}", ["/nrn", "/user_id", ""]),
            (#"{"nrn":"x","user_id":0,"role_slug":""}"#, ["/nrn", "/user_id", "/role_slug"]),
            (#"{"nrn":"organization=1","user_id":2,"role_slug":"nobody"}"#, ["/role_slug"]),
            (#"{"nrn":"organization=1","user_id":2,"role_id":9}"#, ["/role_id"]),
            (#"{"nrn":"organization=1","user_id":2,"role_slug":"machine:ci"}"#, ["/role_slug"]),
            (#"{"nrn":"organization=1","user_id":2,"role_slug":"account:admin"}"#, ["/role_slug"]),
            (#"{"nrn":"organization=1:account=9","user_id":2,"role_slug":"member"}"#, ["/nrn"]),
            (#"{"nrn":"organization=2","user_id":2,"role_slug":"member"}"#, ["/nrn"]),
            (#"{"nrn":"organization=1","user_id":2,"role_slug":"member","role_id":704380989}"#, [""]),
            (#"{"nrn":"organization=1","user_id":2,"actions":["build:read"]}"#, ["", "/actions"]),
            (#"{"nrn":"organization=1","user_id":2,"role_slug":"member","id":1}"#, ["/id"]),
        ]
    )
    func refusals(_ body: String, _ pointers: [String]) async throws {
        try await TestInstallation.run { installation in
            #expect(try await installation.makePerson("p@example.test") == 2)
            try await installation.call(.post, "/authz/grants", body, as: installation.admin)
                .expectRefusal(400, at: pointers)
        }
    }

    @Test("the same role at the same place twice is 400")
    func repeated() async throws {
        try await TestInstallation.run { installation in
            let person = try await installation.makePerson("p@example.test")
            let body = #"{"nrn":"\#(Self.account)","user_id":\#(person),"role_slug":"member"}"#
            #expect(try await installation.call(.post, "/authz/grants", body, as: installation.admin).status == 201)
            try await installation.call(.post, "/authz/grants", body, as: installation.admin)
                .expectRefusal(400, "The user holds this role there already.", at: [""])
        }
    }

    @Test("an absent user and another organization's are the same 404")
    func absentUser() async throws {
        try await TestInstallation.run { installation in
            _ = try await installation.otherOrganization()
            var bodies: Set<String> = []
            for id in ["2", "99", "1099511627778", "1099511699999"] {
                let reply = try await installation.call(
                    .post, "/authz/grants", #"{"nrn":"organization=1","user_id":\#(id),"role_slug":"member"}"#,
                    as: installation.admin
                )
                reply.expectRefusal(404, "No such user.")
                bodies.insert(reply.text)
            }
            #expect(bodies.count == 1)
        }
    }

    @Test("who gives no roles anywhere does not learn who there is")
    func hiddenUsers() async throws {
        try await TestInstallation.run { installation in
            let key = try await installation.makeKey("member", at: "organization=1")
            let item = #"{"nrn":"organization=1","role_slug":"member"}"#
            for (method, path, action) in [
                (HTTPRequest.Method.post, "/authz/grants", "grant:create"), (.post, "/user/%/grant", "grant:create"),
                (.put, "/user/%/grant", "grant:update"),
            ] {
                for id in ["1", "99", "\(key.userID)"] {
                    let body =
                        path == "/authz/grants"
                        ? #"{"nrn":"organization=1","user_id":\#(id),"role_slug":"member"}"# : "[\(item)]"
                    try await installation.call(method, path.replacing("%", with: id), body, as: key.value)
                        .expectRefusal(403, "This needs the action \(action) at organization=1.")
                }
            }
        }
    }

    @Test("a person holds 500 grants at most")
    func grantLimit() async throws {
        try await TestInstallation.run { installation in
            let id = User.ID(try await installation.makePerson("p@example.test"))
            try await installation.store.write { transaction in
                for number in 2...User.grantLimit {
                    let nrn = try #require(NRN(Organization.ID(1)).child(Int64(number)))
                    let grantID = Grant.ID(try transaction.allocate(.grant, count: 1))
                    let grant = Grant(id: grantID, nrn: nrn, roleID: Role.admin, roleSlug: "admin")
                    try transaction.insert(grant, to: id, in: Organization.ID(1))
                }
            }
            func give(_ role: String) async throws -> Reply {
                try await installation.call(
                    .post, "/user/\(id)/grant", #"[{"nrn":"organization=1","role_slug":"\#(role)"}]"#,
                    as: installation.admin)
            }
            #expect(try await give("member").status == 201)
            try await give("ops").expectRefusal(400, "A person holds at most 500 grants.", at: ["/0"])
        }
    }

    @Test("who may not give the role, or no roles at all, gets 403")
    func rights() async throws {
        try await TestInstallation.run { installation in
            let person = try await installation.makePerson("p@example.test")
            _ = try await installation.call(
                .post, "/role",
                #"{"name":"Granter","slug":"granter","inherits":["developer"],"actions":["grant:create","grant:read","grant:delete"]}"#,
                as: installation.admin
            )
            let granter = try await installation.makeKey("granter", at: Self.account)
            func give(_ role: String, _ nrn: String, as key: MadeKey) async throws -> Reply {
                try await installation.call(
                    .post, "/authz/grants", #"{"nrn":"\#(nrn)","user_id":\#(person),"role_slug":"\#(role)"}"#,
                    as: key.value
                )
            }
            for role in ["member", "admin", "granter"] {
                try await give(role, Self.account, as: granter)
                    .expectRefusal(403, "You may not give the role \(role) at \(Self.account).")
            }
            try await give("member", "organization=1:account=2", as: granter)
                .expectRefusal(403, "This needs the action grant:create at organization=1:account=2.")
            let ops = try await installation.makeKey("ops", at: Self.account)
            try await give("member", Self.account, as: ops)
                .expectRefusal(403, "This needs the action grant:create at \(Self.account).")

            let admin = try await installation.makeKey("admin", at: Self.account)
            let given = try await give("admin", Self.account, as: admin)
            #expect(given.status == 201)
            let path = "/authz/grants/\(try #require(given["id"].number))"
            // Nobody takes from somebody what they could not give.
            try await installation.call(.delete, path, as: granter.value)
                .expectRefusal(403, "You may not give the role admin at \(Self.account).")
            try await installation.call(.get, path, as: ops.value).expectRefusal(404)
            #expect(try await installation.call(.delete, path, as: admin.value).status == 204)
        }
    }

    @Test("a machine user's grants are read here and changed through its key alone: 409")
    func machineUsers() async throws {
        try await TestInstallation.run { installation in
            let key = try await installation.makeKey("member", at: Self.account)
            let roles = try await installation.call(
                .get, "/authz/user_role?user_id=\(key.userID)", as: installation.admin
            )
            let id = try #require(roles[0]["grants"][0]["id"].number)
            let read = try await installation.call(.get, "/authz/grants/\(id)", as: installation.admin)
            #expect(read.status == 200 && read["user_id"].number == key.userID)
            let one = #"{"nrn":"\#(Self.account)","role_slug":"developer""#
            for reply in [
                try await installation.call(
                    .post, "/authz/grants", one + #","user_id":\#(key.userID)}"#, as: installation.admin),
                try await installation.call(.delete, "/authz/grants/\(id)", as: installation.admin),
                try await installation.call(.post, "/user/\(key.userID)/grant", "[\(one)}]", as: installation.admin),
                try await installation.call(.put, "/user/\(key.userID)/grant", "[]", as: installation.admin),
            ] {
                reply.expectRefusal(409, "The machine user of an API key is changed through the API key.")
            }
            let after = try await installation.call(.get, key.path, as: installation.admin)
            #expect(after["grants"].items.count == 1 && after.headers[.eTag] == "\"1\"")
        }
    }

    @Test("user_role answers a bare array of users with their grants and roles")
    func userRoles() async throws {
        try await TestInstallation.run { installation in
            let person = try await installation.makePerson("p@example.test")
            _ = try await installation.call(
                .post, "/user/\(person)/grant",
                #"[{"nrn":"\#(Self.account)","role_slug":"ops"},{"nrn":"organization=1","role_slug":"organization:member"}]"#,
                as: installation.admin
            )
            let one = try await installation.call(.get, "/authz/user_role?user_id=\(person)", as: installation.admin)
            #expect(one.status == 200 && one.text.hasPrefix("[{"))
            #expect(one.json.items.count == 1 && one[0].memberNames == ["user_id", "grants"])
            let grants = one[0]["grants"].items
            #expect(one[0]["user_id"].number == person && grants.count == 2)
            #expect(grants[0].memberNames == ["id", "nrn", "role"])
            let role = grants[0]["role"]
            #expect(role.memberNames.sorted() == ["can_assign_roles", "description", "id", "level", "name", "slug"])
            #expect(role["slug"].text == "ops" && role["id"].number == 708_509_758 && role["level"] == .null)
            #expect(role["can_assign_roles"].texts.count == 7)
            #expect(grants[1]["role"]["level"].text == "organization" && grants[1]["nrn"].text == "organization=1")

            for nrn in [Self.account, "organization%3D1%3Aaccount%3D1"] {
                let here = try await installation.call(.get, "/authz/user_role?nrn=\(nrn)", as: installation.admin)
                #expect(here.json.items.map { $0["user_id"].number } == [person])
                #expect(here[0]["grants"].items.count == 1)
            }
            let all = try await installation.call(.get, "/authz/user_role", as: installation.admin)
            #expect(all.json.items.map { $0["user_id"].number } == [1, person, 1_099_511_627_777])
            let some = try await installation.call(
                .get, "/authz/user_role?user_id=99,\(person),1", as: installation.admin)
            #expect(some.json.items.map { $0["user_id"].number } == [1, person])
            let places = try await installation.call(
                .get, "/authz/user_role?nrn=organization=1:account=2,\(Self.account)", as: installation.admin)
            #expect(places.json.items.map { $0["user_id"].number } == [person])
            let none = try await installation.call(.get, "/authz/user_role?user_id=99", as: installation.admin)
            #expect(none.status == 200 && none.text == "[]")
        }
    }

    @Test("user_role shows what the reader may read, and one's own")
    func userRoleVisibility() async throws {
        try await TestInstallation.run { installation in
            let other = try await installation.otherOrganization()
            let watcher = try await installation.makeKey("secops", at: Self.account)
            _ = try await installation.makeKey("member", at: "organization=1:account=2")
            let below = try await installation.makeKey("member", at: "\(Self.account):namespace=1")
            let seen = try await installation.call(.get, "/authz/user_role", as: watcher.value)
            #expect(seen.json.items.map { $0["user_id"].number } == [watcher.userID, below.userID])
            let member = try await installation.makeKey("member", at: Self.account)
            try await installation.call(.get, "/authz/user_role", as: member.value)
                .expectRefusal(403, "This needs the action grant:read at organization=1.")
            let own = try await installation.call(
                .get, "/authz/user_role?user_id=\(member.userID)", as: member.value
            )
            #expect(own.json.items.count == 1)
            for user in [1, member.userID] {
                let foreign = try await installation.call(.get, "/authz/user_role?user_id=\(user)", as: other)
                #expect(foreign.status == 200 && foreign.text == "[]")
            }
            let foreign = try await installation.call(.get, "/authz/user_role", as: other)
            #expect(foreign.json.items.compactMap { $0["user_id"].number } == [2, 1_099_511_627_778])
        }
    }

    @Test("user_role cuts its page among those whom the reader sees, and leaves internal keys out")
    func userRolePages() async throws {
        try await TestInstallation.run { installation in
            let watcher = try await installation.makeKey("secops", at: Self.account)
            var seen = [watcher.userID]
            for number in 0..<5 {
                _ = try await installation.makeKey("member", at: "organization=1:account=2")
                let nrn = number % 2 == 0 ? Self.account : "\(Self.account):namespace=1"
                seen.append(try await installation.makeKey("member", at: nrn).userID)
            }
            let hidden = try await installation.makeKey(
                #"{"name":"hidden","internal":true,"grants":[{"nrn":"\#(Self.account)","role_slug":"member"}]}"#
            )
            func users(_ query: String, as key: String) async throws -> [Int64] {
                let list = try await installation.call(.get, "/authz/user_role\(query)", as: key)
                return list.json.items.compactMap { $0["user_id"].number }
            }
            #expect(try await users("", as: watcher.value) == seen)
            for offset in [0, 2, 4, 6] {
                let page = try await users("?limit=2&offset=\(offset)", as: watcher.value)
                #expect(page == Array(seen.dropFirst(offset).prefix(2)))
            }
            #expect(try await users("?nrn=\(Self.account)&limit=2&offset=1", as: watcher.value) == [seen[1], seen[3]])
            for key in [watcher.value, installation.admin] {
                #expect(try await !users("?limit=200", as: key).contains(hidden.userID))
                #expect(try await users("?user_id=\(hidden.userID)", as: key) == [hidden.userID])
            }
        }
    }
}
