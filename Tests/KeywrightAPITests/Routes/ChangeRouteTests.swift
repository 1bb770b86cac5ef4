import HTTPTypes
import KeywrightWire
import Testing

@Suite("GET /v1/changes", .timeLimit(.minutes(10)))
struct ChangeRouteTests {
    @Test("the feed is followed by cursor, and names each kind of change")
    func shape() async throws {
        try await TestInstallation.run { installation in
            let verifier = try await installation.makeKey("verifier", at: "organization=1")
            let start = try await installation.call(.get, "/v1/changes?wait=30", as: verifier.value)
            #expect(start.status == 200)
            #expect(start.json.memberNames == ["cursor", "reset", "more", "changes"])
            #expect(start["reset"].bool == true && start["more"].bool == false && start["changes"].items.isEmpty)
            let cursor = try #require(start["cursor"].text)

            let key = try await installation.makeKey("member", at: "organization=1")
            _ = try await installation.call(.delete, "/scope/1", as: installation.admin)
            let role = try await installation.call(
                .post, "/role", #"{"name":"r","slug":"r","actions":["a:b"]}"#, as: installation.admin)
            let path = "/v1/changes?after=\(cursor)&wait=30"
            let reply = try await installation.call(.get, path, as: verifier.value)
            #expect(reply["reset"].bool == false && reply["more"].bool == false)
            let roleID = try #require(role["id"].number)
            let expected = #"""
                [{"type":"api_key","id":\#(key.id)},{"type":"resource","id":1},{"type":"role","id":\#(roleID)}]
                """#
            #expect(reply["changes"] == (try StrictJSON.parse(expected.utf8)))
            #expect(reply.headers[.cacheControl] == "no-store")
            let next = try #require(reply["cursor"].text)
            #expect(
                try await installation.call(.get, "/v1/changes?after=\(next)", as: verifier.value)["changes"]
                    == .array([]))
        }
    }

    @Test("wrong parameters are named")
    func parameters() async throws {
        try await TestInstallation.run { installation in
            for (query, pointer) in [
                ("wait=31", "/wait"), ("wait=-1", "/wait"), ("wait=x", "/wait"), ("wait=1&wait=1", "/wait"),
                ("after=1", "/after"), ("after=", "/after"), ("before=1", ""),
            ] {
                let reply = try await installation.call(.get, "/v1/changes?\(query)", as: installation.admin)
                reply.expectRefusal(400, at: [pointer])
            }
        }
    }

    @Test("only who may check rights at the organization reads it")
    func rights() async throws {
        try await TestInstallation.run { installation in
            let member = try await installation.makeKey("member", at: "organization=1")
            let reply = try await installation.call(.get, "/v1/changes", as: member.value)
            reply.expectRefusal(403, "This needs the action authz:check at organization=1.")
        }
    }
}
