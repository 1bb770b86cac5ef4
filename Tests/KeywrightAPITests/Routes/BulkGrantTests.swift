import HTTPTypes
import KeywrightWire
import Testing

@Suite("/user/{id}/grant")
struct BulkGrantTests {
    private static let member = #"{"nrn":"organization=1:account=1","role_slug":"member"}"#
    private static let ops = #"{"nrn":"organization=1:account=1","role_slug":"ops"}"#

    /// Runs a body with the path of a person without grants, and a function that reads what that person holds.
    private func run(
        _ body: @Sendable (TestInstallation, String, @Sendable () async throws -> [String]) async throws -> Void
    ) async throws {
        try await TestInstallation.run { installation in
            let person = try await installation.makePerson("p@example.test")
            try await body(installation, "/user/\(person)/grant") {
                let roles = try await installation.call(
                    .get, "/authz/user_role?user_id=\(person)", as: installation.admin
                )
                return roles[0]["grants"].items.compactMap { $0["role"]["slug"].text }
            }
        }
    }

    @Test("several grants are given at once: 201 with those")
    func success() async throws {
        try await run { installation, path, held in
            let reply = try await installation.call(.post, path, "[\(Self.member),\(Self.ops)]", as: installation.admin)
            #expect(reply.status == 201)
            #expect(reply.json.items.map { $0["role_slug"].text } == ["member", "ops"])
            #expect(reply.json.items.allSatisfy { $0["user_id"].number == 2 && ($0["id"].number ?? 0) > 0 })
            #expect(try await held() == ["member", "ops"])
            let none = try await installation.call(.post, path, "[]", as: installation.admin)
            #expect(none.status == 201 && none.text == "[]")
        }
    }

    @Test(
        "one wrong item refuses all, and the answer names it",
        arguments: [
            (#"{"nrn":"organization=1","role_slug":"nobody"}"#, ["/1/role_slug"]),
            (#"{"nrn":"organization=1","role_slug":"machine:ci"}"#, ["/1/role_slug"]),
            (#"{"nrn":"organization=1","role_slug":"account:member"}"#, ["/1/role_slug"]),
            (#"{"nrn":"organization=1:account=7","role_slug":"member"}"#, ["/1/nrn"]),
            (#"{"nrn":"organization=2","role_slug":"member"}"#, ["/1/nrn"]), (#"{"nrn":"organization=1"}"#, ["/1"]),
            (#"{"nrn":"x","role_slug":""}"#, ["/1/nrn", "/1/role_slug"]), (Self.member, ["/1"]), ("7", ["/1"]),
        ],
        ["POST", "PUT"]
    )
    func allOrNothing(_ item: (json: String, pointers: [String]), _ method: String) async throws {
        try await run { installation, path, held in
            let reply = try await installation.call(
                method == "POST" ? .post : .put, path, "[\(Self.member),\(item.json),\(Self.ops)]",
                as: installation.admin
            )
            reply.expectRefusal(400, at: item.pointers)
            #expect(reply["cause"] == .object(JSONObject([.init("index", .integer(1))])))
            #expect(try await held() == [])
        }
    }

    @Test("what the user holds already, and what the caller may not give, is a 400 with the item's index")
    func refusals() async throws {
        try await run { installation, path, held in
            _ = try await installation.call(.post, path, "[\(Self.ops)]", as: installation.admin)
            let again = try await installation.call(.post, path, "[\(Self.member),\(Self.ops)]", as: installation.admin)
            again.expectRefusal(400, "The user holds this role there already.", at: ["/1"])
            #expect(again["cause"]["index"].number == 1)

            let admin = try await installation.makeKey("admin", at: "organization=1:account=1")
            let away = #"{"nrn":"organization=1:account=2","role_slug":"member"}"#
            let refused = try await installation.call(.post, path, "[\(Self.member),\(away)]", as: admin.value)
            refused.expectRefusal(400, "This needs the action grant:create at organization=1:account=2.", at: ["/1"])
            #expect(refused["cause"]["index"].number == 1)
            #expect(try await held() == ["ops"])

            let ops = try await installation.makeKey("ops", at: "organization=1")
            let without = try await installation.call(.post, path, "[\(Self.member)]", as: ops.value)
            without.expectRefusal(403, "This needs the action grant:create at organization=1.")
            let replacing = try await installation.call(.put, path, "[\(Self.member)]", as: ops.value)
            replacing.expectRefusal(403, "This needs the action grant:update at organization=1.")
            try await installation.call(.post, path, "{}", as: installation.admin).expectRefusal(400, at: [""])
            try await installation.call(.post, "/user/99/grant", "[]", as: installation.admin).expectRefusal(404)
        }
    }

    @Test("PUT replaces: what stays keeps its id; emptied it answers 204")
    func replacement() async throws {
        try await run { installation, path, held in
            let given = try await installation.call(.put, path, "[\(Self.member),\(Self.ops)]", as: installation.admin)
            #expect(given.status == 200 && given.json.items.count == 2)
            let developer = #"{"nrn":"organization=1:account=2","role_slug":"developer"}"#
            let replaced = try await installation.call(.put, path, "[\(developer),\(Self.ops)]", as: installation.admin)
            #expect(replaced.status == 200)
            #expect(replaced.json.items.map { $0["role_slug"].text } == ["developer", "ops"])
            #expect(replaced[1]["id"] == given[1]["id"])
            #expect(try await held().sorted() == ["developer", "ops"])
            let same = try await installation.call(.put, path, "[\(developer),\(Self.ops)]", as: installation.admin)
            #expect(same.status == 200 && same.json == replaced.json)
            let emptied = try await installation.call(.put, path, "[]", as: installation.admin)
            #expect(emptied.status == 204 && emptied.text.isEmpty)
            #expect(try await held() == [])
        }
    }

    @Test("the last administrator stays one: 409")
    func lastAdministrator() async throws {
        try await TestInstallation.run { installation in
            let admin = #"{"nrn":"organization=1","role_slug":"admin"}"#
            let roles = try await installation.call(.get, "/authz/user_role?user_id=1", as: installation.admin)
            let grant = "/authz/grants/\(try #require(roles[0]["grants"][0]["id"].number))"
            let text = "This is the organization's last active administrator."
            func expectKept() async throws {
                try await installation.call(.delete, grant, as: installation.admin).expectRefusal(409, text)
                for body in ["[]", #"[{"nrn":"organization=1","role_slug":"ops"}]"#] {
                    let reply = try await installation.call(.put, "/user/1/grant", body, as: installation.admin)
                    reply.expectRefusal(409, text)
                }
                try await installation.call(.put, "/user/1", #"{"status":"inactive"}"#, as: installation.admin)
                    .expectRefusal(409, text)
            }
            try await expectKept()
            // Neither a person without Admin, nor an Admin below, nor an inactive one counts.
            let second = try await installation.makePerson("second@example.test")
            try await expectKept()
            _ = try await installation.call(
                .put, "/user/\(second)/grant", #"[{"nrn":"organization=1:account=1","role_slug":"admin"}]"#,
                as: installation.admin
            )
            try await expectKept()
            _ = try await installation.call(.put, "/user/\(second)/grant", "[\(admin)]", as: installation.admin)
            _ = try await installation.call(.put, "/user/\(second)", #"{"status":"inactive"}"#, as: installation.admin)
            try await expectKept()
            _ = try await installation.call(.put, "/user/\(second)", #"{"status":"active"}"#, as: installation.admin)
            #expect(try await installation.call(.delete, grant, as: installation.admin).status == 204)
            let last = try await installation.call(.put, "/user/\(second)/grant", "[]", as: installation.admin)
            last.expectRefusal(409, text)
        }
    }

    @Test("of two administrators who are turned off at the same time, one stays")
    func lastTwo() async throws {
        try await TestInstallation.run { installation in
            let second = try await installation.makePerson("second@example.test")
            _ = try await installation.call(
                .put, "/user/\(second)/grant", #"[{"nrn":"organization=1","role_slug":"admin"}]"#,
                as: installation.admin
            )
            let statuses = try await withThrowingTaskGroup(of: Int.self) { tasks in
                for id in [1, second] {
                    tasks.addTask {
                        let path = "/user/\(id)"
                        return try await installation.call(
                            .put, path, #"{"status":"inactive"}"#, as: installation.admin
                        ).status
                    }
                }
                return try await tasks.reduce(into: []) { $0.append($1) }
            }
            #expect(statuses.sorted() == [200, 409])
        }
    }

    @Test("the last administrator may change to the other spelling of the role")
    func otherSpelling() async throws {
        try await TestInstallation.run { installation in
            for slug in ["organization:admin", "admin"] {
                let reply = try await installation.call(
                    .put, "/user/1/grant", #"[{"nrn":"organization=1","role_slug":"\#(slug)"}]"#, as: installation.admin
                )
                #expect(reply.status == 200 && reply[0]["role_slug"].text == slug, "\(reply.message ?? "")")
            }
        }
    }
}
