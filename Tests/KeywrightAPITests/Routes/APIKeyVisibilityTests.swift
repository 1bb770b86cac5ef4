import HTTPTypes
import Testing

/// A principal sees a key when it reads keys at the place of every grant of that key.
@Suite("Who sees which API keys")
struct APIKeyVisibilityTests {
    @Test("a key with a grant elsewhere is neither listed nor counted nor found")
    func everyGrant() async throws {
        try await TestInstallation.run { installation in
            let ops = try await installation.makeKey("ops", at: "organization=1:account=1")
            let here = try await installation.makeKey("member", at: "organization=1:account=1")
            let below = try await installation.makeKey("member", at: "organization=1:account=1:namespace=1")
            let elsewhere = try await installation.makeKey("member", at: "organization=1:account=2")
            let above = try await installation.makeKey("member", at: "organization=1")
            let both = try await installation.makeKey(
                #"""
                {"name":"both","grants":[{"nrn":"organization=1:account=1","role_slug":"member"},
                {"nrn":"organization=1:account=2","role_slug":"member"}]}
                """#
            )
            let list = try await installation.call(.get, "/api_key", as: ops.value)
            #expect(list.ids == [below.id, here.id, ops.id] && list.total == 3)
            for key in [ops, here, below] {
                #expect(try await installation.call(.get, key.path, as: ops.value).status == 200)
            }
            for key in [elsewhere, above, both] {
                try await installation.call(.get, key.path, as: ops.value).expectRefusal(404, "No such API key.")
            }
            for query in [
                "?nrn=organization=1", "?reaches=organization=1:account=2", "?resource=organization=1:account=2",
            ] {
                let filtered = try await installation.call(.get, "/api_key\(query)", as: ops.value)
                #expect(!filtered.ids.contains { [elsewhere.id, above.id, both.id].contains($0) }, "\(query)")
                #expect(filtered.total == Int64(filtered.ids.count), "\(query)")
            }
        }
    }

    @Test("two grants of the reader may together cover the grants of a key")
    func severalPlaces() async throws {
        try await TestInstallation.run { installation in
            let both = try await installation.makeKey(
                #"""
                {"name":"both","grants":[{"nrn":"organization=1:account=1:namespace=1","role_slug":"member"},
                {"nrn":"organization=1:account=2","role_slug":"member"}]}
                """#
            )
            let reader = try await installation.makeKey(
                #"""
                {"name":"reader","grants":[{"nrn":"organization=1:account=1","actions":["api_key:read"]},
                {"nrn":"organization=1:account=2","role_slug":"secops"}]}
                """#
            )
            let list = try await installation.call(.get, "/api_key", as: reader.value)
            #expect(list.ids == [reader.id, both.id] && list.total == 2)
            #expect(try await installation.call(.get, both.path, as: reader.value).status == 200)
        }
    }

    @Test("absent, foreign, hidden and malformed ids get the same bytes, for every method")
    func sameBytes() async throws {
        try await TestInstallation.run { installation in
            let ops = try await installation.makeKey("ops", at: "organization=1:account=1")
            let hidden = try await installation.makeKey("member", at: "organization=1:account=2")
            let other = try await installation.otherOrganization()
            let foreign = try await installation.makeKey("member", at: "organization=2", as: other)
            let deleted = try await installation.makeKey("member", at: "organization=1:account=1")
            #expect(try await installation.call(.delete, deleted.path, as: ops.value).status == 204)

            let ids = [
                "\(hidden.id)", "\(foreign.id)", "\(deleted.id)", "99999", "0", "-1", "abc", "1.0", "007", "%31",
                "9007199254740992", "18446744073709551617", "3x",
            ]
            var bodies: Set<String> = []
            for id in ids {
                for path in ["/api_key/\(id)", "/api-key/\(id)"] {
                    let read = try await installation.call(.get, path, as: ops.value)
                    let updated = try await installation.call(.patch, path, #"{"name":"x"}"#, as: ops.value)
                    let removed = try await installation.call(.delete, path, as: ops.value)
                    for reply in [read, updated, removed] {
                        reply.expectRefusal(404, "No such API key.")
                        bodies.insert(reply.text)
                    }
                }
            }
            #expect(bodies.count == 1)
            #expect(try await installation.call(.get, foreign.path, as: other).status == 200)
            #expect(try await installation.call(.get, hidden.path, as: installation.admin).status == 200)
        }
    }

    @Test("organizations see nothing of each other")
    func organizations() async throws {
        try await TestInstallation.run { installation in
            let mine = try await installation.makeKey("member", at: "organization=1", name: "mine")
            let other = try await installation.otherOrganization()
            let theirs = try await installation.makeKey("member", at: "organization=2", name: "theirs", as: other)
            let list = try await installation.call(.get, "/api_key", as: installation.admin)
            #expect(list.ids == [mine.id, 1] && list.total == 2)
            let otherList = try await installation.call(.get, "/api_key", as: other)
            #expect(otherList.names == ["theirs", "first key"] && otherList.total == 2)
            for query in ["nrn=organization=2", "name=theirs", "q=theirs", "owner_id=2", "resource=organization=2"] {
                let filtered = try await installation.call(.get, "/api_key?\(query)", as: installation.admin)
                #expect(filtered.status == 200 && filtered.ids == [] && filtered.total == 0, "\(query)")
            }
            let handle = theirs.value.dropFirst(3).prefix(12)
            #expect(try await installation.call(.get, "/api_key?q=\(handle)", as: installation.admin).total == 0)
        }
    }

    @Test(
        "without api_key:read anywhere the list is refused",
        arguments: ["member", "developer", "machine:ci", "verifier", "secrets-reader"]
    )
    func withoutTheAction(_ role: String) async throws {
        try await TestInstallation.run { installation in
            let key = try await installation.makeKey(role, at: "organization=1:account=1")
            for path in ["/api_key", "/api-key"] {
                let reply = try await installation.call(.get, path, as: key.value)
                reply.expectRefusal(403, "This needs the action api_key:read at organization=1.")
            }
            try await installation.call(.get, key.path, as: key.value).expectRefusal(404)
        }
    }
}
