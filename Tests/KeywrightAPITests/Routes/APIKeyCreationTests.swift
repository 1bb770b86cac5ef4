import HTTPTypes
import KeywrightWire
import Testing

@Suite("POST /api_key")
struct APIKeyCreationTests {
    /// The contract's example.
    private static let body = """
        {"name":"ci-main","grants":[{"nrn":"organization=1:account=2","role_slug":"admin"}],\
        "tags":[{"key":"CI","value":"main"}],"internal":false,"enabled":true,"expires_at":null}
        """

    @Test("a key is answered with 201, its value and every member", arguments: ["/api_key", "/api-key", "/api_key/"])
    func success(_ path: String) async throws {
        try await TestInstallation.run { installation in
            let reply = try await installation.call(.post, path, Self.body, as: installation.admin)
            #expect(reply.status == 201)
            #expect(reply.headers[.eTag] == "\"1\"")
            #expect(reply.headers[.cacheControl] == "no-store")
            #expect(
                reply.json.memberNames.sorted() == [
                    "api_key", "created_at", "enabled", "expires_at", "grants", "id", "last_used_at", "masked_api_key",
                    "name", "owner_id", "tags", "updated_at", "user_id",
                ]
            )
            #expect(reply["id"].number == 2)
            #expect(reply["name"].text == "ci-main")
            #expect(reply["enabled"].bool == true)
            #expect(reply["expires_at"] == .null && reply["last_used_at"] == .null)
            #expect(reply["created_at"].text == "2026-01-01T00:00:00.000Z")
            #expect(reply["updated_at"].text == "2026-01-01T00:00:00.000Z")
            #expect(reply["tags"].items.count == 1)
            #expect(reply["tags"][0]["key"].text == "CI" && reply["tags"][0]["value"].text == "main")
            let grant = reply["grants"][0]
            #expect(reply["grants"].items.count == 1)
            #expect(grant.memberNames == ["nrn", "role_id", "role_slug"])
            #expect(grant["nrn"].text == "organization=1:account=2")
            #expect(grant["role_slug"].text == "admin" && grant["role_id"].number == 696_188_987)
        }
    }

    @Test("the value has the documented form and the mask shows its handle and its last four characters")
    func value() async throws {
        try await TestInstallation.run { installation in
            let reply = try await installation.call(.post, "/api_key", Self.body, as: installation.admin)
            let value = try #require(reply["api_key"].text)
            #expect(value.wholeMatch(of: /kw_[0-9A-Za-z]{12}_[0-9A-Za-z]{38}/) != nil)
            #expect(reply["masked_api_key"].text == "\(value.prefix(16))…\(value.suffix(4))")
            // grep -o '"api_key":"[^"]*"' finds the value and nothing else.
            let found = reply.text.matches(of: /"api_key":"([^"]*)"/).map { String($0.1) }
            #expect(found == [value])
        }
    }

    @Test("a key made by a key is owned by that key's machine user and has a machine user of its own")
    func owner() async throws {
        try await TestInstallation.run { installation in
            let maker = try await installation.makeKey("ops", at: "organization=1:account=1")
            let reply = try await installation.call(
                .post, "/api_key", #"{"name":"x","grants":[{"nrn":"organization=1:account=1","role_slug":"member"}]}"#,
                as: maker.value
            )
            #expect(reply["owner_id"].number == maker.userID)
            let machine = try #require(reply["user_id"].number)
            #expect(machine != maker.userID && machine < 1 << 53)
            let first = try await installation.call(.get, "/api_key/1", as: installation.admin)
            #expect(first["owner_id"].number == 1)
        }
    }

    @Test("what was just written is read back at once, without the value")
    func readBack() async throws {
        try await TestInstallation.run { installation in
            let made = try await installation.call(.post, "/api_key", Self.body, as: installation.admin)
            let read = try await installation.call(.get, "/api_key/2", as: installation.admin)
            #expect(read.status == 200)
            #expect(read.json == made.json.without("api_key"))
            #expect(read.headers[.eTag] == made.headers[.eTag])
        }
    }

    @Test(
        "what clients send beside the plain form is taken",
        arguments: [
            #"{"name":"x","grants":[{"nrn":"organization=1","role_slug":"member"}]}"# + "\n",
            " \r\n{ \"name\" : \"x\",\t\"grants\" : [ { \"nrn\" : \"organization=1\", \"role_slug\" : \"member\" } ] } ",
            #"{"name":"x","grants":[{"nrn":"organization=1","role_id":704380989}]}"#,
            #"{"name":"x","grants":[{"nrn":"organization=1","role_id":"704380989"}]}"#,
            #"{"name":"x","grants":[{"nrn":"organization=1","role_slug":"member","role_id":null}],"tags":null}"#,
        ]
    )
    func tolerance(_ body: String) async throws {
        try await TestInstallation.run { installation in
            let reply = try await installation.call(.post, "/api_key", body, as: installation.admin)
            #expect(reply.status == 201)
            #expect(reply["grants"][0]["role_slug"].text == "member")
            #expect(reply["tags"] == .array([]))
        }
    }

    @Test("names need not be unique and keep their script")
    func names() async throws {
        try await TestInstallation.run { installation in
            let nrn = "organization=1"
            let first = try await installation.makeKey("member", at: nrn, name: "Größe 日本")
            let second = try await installation.makeKey("member", at: nrn, name: "Größe 日本")
            #expect(first.id != second.id && first.value != second.value)
            let read = try await installation.call(.get, second.path, as: installation.admin)
            #expect(read["name"].text == "Größe 日本")
        }
    }

    @Test("an internal key is in no list, is readable by id, and never says that it is internal")
    func internalKey() async throws {
        try await TestInstallation.run { installation in
            let made = try await installation.makeKey(
                #"{"name":"hidden","internal":true,"grants":[{"nrn":"organization=1","role_slug":"member"}]}"#
            )
            for query in ["", "?name=hidden", "?q=hidden", "?owner_id=1099511627777", "?used=never"] {
                let list = try await installation.call(.get, "/api_key\(query)", as: installation.admin)
                #expect(!list.ids.contains(made.id), "\(query)")
                #expect(list.total == Int64(list.ids.count), "\(query)")
            }
            let read = try await installation.call(.get, made.path, as: installation.admin)
            #expect(read.status == 200 && read["name"].text == "hidden")
            #expect(!read.text.contains("internal"))
            #expect(try await installation.call(.get, "/account/1", as: made.value).status == 200)
        }
    }

    @Test("a key may be made disabled, and with an expiry")
    func stateAndExpiry() async throws {
        try await TestInstallation.run { installation in
            let off = try await installation.makeKey(
                #"{"name":"off","enabled":false,"grants":[{"nrn":"organization=1","role_slug":"member"}]}"#
            )
            try await installation.call(.get, "/account/1", as: off.value).expectRefusal(401)
            let reply = try await installation.call(
                .post, "/api_key",
                #"""
                {"name":"short","expires_at":"2026-01-01T01:00:00+00:30","grants":[{"nrn":"organization=1","role_slug":"member"}]}
                """#,
                as: installation.admin
            )
            #expect(reply["expires_at"].text == "2026-01-01T00:30:00.000Z")
        }
    }

    @Test("an organization has only so many keys: 409")
    func limit() async throws {
        try await TestInstallation.run(keyLimit: 3) { installation in
            _ = try await installation.makeKey("member", at: "organization=1")
            let last = try await installation.makeKey("member", at: "organization=1")
            let refused = try await installation.call(.post, "/api_key", Self.body, as: installation.admin)
            refused.expectRefusal(409)
            let other = try await installation.otherOrganization()
            #expect(try await installation.call(.get, "/api_key", as: other).total == 1)
            #expect(try await installation.call(.delete, last.path, as: installation.admin).status == 204)
            #expect(try await installation.call(.post, "/api_key", Self.body, as: installation.admin).status == 201)
        }
    }
}
