import HTTPTypes
import KeywrightWire
import Testing

@Suite("PATCH /api_key/{id}")
struct APIKeyUpdateTests {
    @Test("each member changes alone; what is absent stays", arguments: ["/api_key", "/api-key"])
    func members(_ path: String) async throws {
        try await TestInstallation.run { installation in
            let made = try await installation.makeKey(
                #"""
                {"name":"old","tags":[{"key":"a","value":"1"}],
                "grants":[{"nrn":"organization=1:account=1","role_slug":"member"}]}
                """#
            )
            installation.clock.advance(by: .seconds(60))
            let before = try await installation.call(.get, made.path, as: installation.admin)
            let changes: [(body: String, member: String)] = [
                (#"{"name":"new"}"#, "name"), (#"{"tags":[{"key":"b","value":"2"}]}"#, "tags"),
                (#"{"enabled":false}"#, "enabled"), (#"{"expires_at":"2027-01-01T00:00:00Z"}"#, "expires_at"),
                (#"{"grants":[{"nrn":"organization=1:account=2","role_slug":"developer"}]}"#, "grants"),
            ]
            var last = before
            for change in changes {
                let reply = try await installation.call(
                    .patch, "\(path)/\(made.id)", change.body, as: installation.admin
                )
                #expect(reply.status == 200)
                for name in last.json.memberNames where !["updated_at", change.member].contains(name) {
                    #expect(reply[name] == last[name], "\(change.member) changed \(name)")
                }
                #expect(reply[change.member] != last[change.member])
                let read = try await installation.call(.get, made.path, as: installation.admin)
                #expect(read.text == reply.text && read.headers[.eTag] == reply.headers[.eTag])
                last = read
            }
            #expect(last["updated_at"].text == "2026-01-01T00:01:00.000Z")
            #expect(last["expires_at"].text == "2027-01-01T00:00:00.000Z")
            #expect(last.headers[.eTag] == "\"6\"")
        }
    }

    @Test("an empty object is taken and changes nothing")
    func nothing() async throws {
        try await TestInstallation.run { installation in
            let made = try await installation.makeKey("member", at: "organization=1")
            let before = try await installation.call(.get, made.path, as: installation.admin)
            installation.clock.advance(by: .seconds(60))
            let reply = try await installation.call(.patch, made.path, "{}", as: installation.admin)
            #expect(reply.status == 200 && reply.text == before.text)
            #expect(reply.headers[.eTag] == before.headers[.eTag])
        }
    }

    @Test("a name or a tag in other bytes is another one, though both look alike")
    func otherBytes() async throws {
        try await TestInstallation.run { installation in
            let made = try await installation.makeKey(
                #"""
                {"name":"zo\u00e9","tags":[{"key":"w","value":"zo\u00e9"}],
                "grants":[{"nrn":"organization=1","role_slug":"member"}]}
                """#
            )
            let other = "zoe\u{301}"
            for change in [#"{"name":"\#(other)"}"#, #"{"tags":[{"key":"w","value":"\#(other)"}]}"#] {
                #expect(try await installation.call(.patch, made.path, change, as: installation.admin).status == 200)
            }
            let text = try await installation.call(.get, made.path, as: installation.admin).text
            #expect(text.utf8.split(separator: UInt8(ascii: "\"")).filter { $0.elementsEqual(other.utf8) }.count == 2)
        }
    }

    @Test("an empty array clears the tags; without grants a key cannot be")
    func emptyArrays() async throws {
        try await TestInstallation.run { installation in
            let made = try await installation.makeKey(
                #"{"name":"x","tags":[{"key":"a","value":"1"}],"grants":[{"nrn":"organization=1","role_slug":"member"}]}"#
            )
            let cleared = try await installation.call(.patch, made.path, #"{"tags":[]}"#, as: installation.admin)
            #expect(cleared.status == 200 && cleared["tags"] == .array([]))
            #expect(try await installation.call(.get, "/api_key?tag=a:1", as: installation.admin).total == 0)
            let refused = try await installation.call(.patch, made.path, #"{"grants":[]}"#, as: installation.admin)
            refused.expectRefusal(400, at: ["/grants"])
        }
    }

    @Test("an expiry is taken away by null")
    func endlessExpiry() async throws {
        try await TestInstallation.run { installation in
            let made = try await installation.makeKey("member", at: "organization=1")
            let path = made.path
            let limited = try await installation.call(
                .patch, path, #"{"expires_at":"2026-06-01T00:00:00Z"}"#, as: installation.admin
            )
            #expect(limited["expires_at"].text == "2026-06-01T00:00:00.000Z")
            let endless = try await installation.call(.patch, path, #"{"expires_at":null}"#, as: installation.admin)
            #expect(endless.status == 200 && endless["expires_at"] == .null)
        }
    }

    @Test("new grants are what the key may do from the next request on")
    func grantsTakeEffect() async throws {
        try await TestInstallation.run { installation in
            let made = try await installation.makeKey("member", at: "organization=1:account=1")
            #expect(try await installation.call(.get, "/account/1", as: made.value).status == 200)
            let grants = #"{"grants":[{"nrn":"organization=1:account=2","role_slug":"member"}]}"#
            _ = try await installation.call(.patch, made.path, grants, as: installation.admin)
            try await installation.call(.get, "/account/1", as: made.value).expectRefusal(404)
            #expect(try await installation.call(.get, "/account/2", as: made.value).status == 200)
        }
    }

    @Test("all wrong fields are named at once, and nothing changes")
    func refusals() async throws {
        try await TestInstallation.run { installation in
            let made = try await installation.makeKey("member", at: "organization=1")
            let before = try await installation.call(.get, made.path, as: installation.admin)
            let bodies: [(body: String, pointers: [String])] = [
                (
                    #"{"name":null,"grants":null,"tags":null,"enabled":null,"expires_at":"soon"}"#,
                    ["/name", "/grants", "/tags", "/enabled", "/expires_at"]
                ),
                (
                    #"{"internal":true,"id":2,"api_key":"x","user_id":1,"color":"red"}"#,
                    ["/internal", "/id", "/api_key", "/user_id", "/color"]
                ),
                (
                    #"{"name":"ok","grants":[{"nrn":"organization=9","role_slug":"member"},{"nrn":"organization=1","role_slug":"x"}]}"#,
                    ["/grants/0/nrn", "/grants/1/role_slug"]
                ),
                (#"{"expires_at":"2025-01-01T00:00:00Z","grants":[]}"#, ["/expires_at", "/grants"]),
                ("", [""]), ("[]", [""]), (#"{"name":"a","name":"b"}"#, [""]),
            ]
            for (body, pointers) in bodies {
                let reply = try await installation.call(.patch, made.path, body, as: installation.admin)
                reply.expectRefusal(400, at: pointers)
            }
            let after = try await installation.call(.get, made.path, as: installation.admin)
            #expect(after.text == before.text)
        }
    }

    @Test(
        "who may see but not change a key is told what is missing",
        arguments: [("PATCH", "api_key:update"), ("DELETE", "api_key:delete")]
    )
    func missingAction(_ method: String, _ action: String) async throws {
        try await TestInstallation.run { installation in
            let made = try await installation.makeKey("member", at: "organization=1:account=1")
            let watcher = try await installation.makeKey("secops", at: "organization=1:account=1")
            let reply =
                method == "PATCH"
                ? try await installation.call(.patch, made.path, #"{"name":"x"}"#, as: watcher.value)
                : try await installation.call(.delete, made.path, as: watcher.value)
            reply.expectRefusal(403, "This needs the action \(action) at organization=1:account=1.")
        }
    }
}
