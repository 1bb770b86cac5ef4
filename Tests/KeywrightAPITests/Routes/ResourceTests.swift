import HTTPTypes
import Testing

@Suite("Resources")
struct ResourceTests {
    /// A level beneath the organization, with the contract's status codes.
    struct Level: Sendable, CustomTestStringConvertible {
        let name: String
        let parentMember: String
        let parentNRN: String
        let created: Int
        let deleted: Int
        /// The id that the next one gets.
        let next: Int64

        var path: String { "/\(name)" }
        var testDescription: String { name }

        func body(_ more: String) -> String { #"{"\#(parentMember)":1,\#(more)}"# }

        static let all = [
            Level(
                name: "account", parentMember: "organization_id", parentNRN: "organization=1", created: 200,
                deleted: 200, next: 3
            ),
            Level(
                name: "namespace", parentMember: "account_id", parentNRN: "organization=1:account=1", created: 200,
                deleted: 204, next: 2
            ),
            Level(
                name: "application", parentMember: "namespace_id", parentNRN: "organization=1:account=1:namespace=1",
                created: 201, deleted: 204, next: 2
            ),
            Level(
                name: "scope", parentMember: "application_id",
                parentNRN: "organization=1:account=1:namespace=1:application=1", created: 201, deleted: 204, next: 2
            ),
        ]
    }

    @Test("a resource is made, read, looked up and changed with the contract's codes", arguments: Level.all)
    func lifecycle(_ level: Level) async throws {
        try await TestInstallation.run { installation in
            let body = level.body(#""name":"Größe","slug":"groesse","status":"active","settings":{"x":1},"id":77"#)
            let made = try await installation.call(.post, level.path, body, as: installation.admin)
            #expect(made.status == level.created)
            #expect(made["id"].number == level.next && made["name"].text == "Größe" && made["slug"].text == "groesse")
            #expect(made["status"].text == "active" && made[level.parentMember].number == 1)
            #expect(made["nrn"].text == "\(level.parentNRN):\(level.name)=\(level.next)")
            let path = "\(level.path)/\(level.next)"
            let read = try await installation.call(.get, path, as: installation.admin)
            #expect(read.status == 200 && read.json == made.json)

            let changed = try await installation.call(
                .patch, path, #"{"name":"Size","slug":"size","status":"inactive","\#(level.parentMember)":1,"x":2}"#,
                as: installation.admin
            )
            #expect(changed.status == 200 && changed["name"].text == "Size" && changed["slug"].text == "size")
            #expect(changed["status"].text == "inactive" && changed["nrn"] == made["nrn"])
            let same = try await installation.call(.patch, path, #"{"slug":"","status":""}"#, as: installation.admin)
            #expect(same.status == 200 && same.json == changed.json)
            let found = try await installation.call(
                .get, "\(level.path)?\(level.parentMember)=1&slug=size", as: installation.admin
            )
            #expect(found.status == 200 && found["results"][0] == changed.json && found.total == 1)
        }
    }

    @Test("a slug is made from the name when none is given, and a numeric string names a parent", arguments: Level.all)
    func derivedSlug(_ level: Level) async throws {
        try await TestInstallation.run { installation in
            let body = #"{"name":"My New Thing","slug":"","\#(level.parentMember)":"1"}"#
            let made = try await installation.call(.post, level.path, body, as: installation.admin)
            #expect(made.status == level.created && made["slug"].text == "my-new-thing")
        }
    }

    @Test(
        "deleting has the contract's codes; the slug is free again, the id is never given again", arguments: Level.all)
    func deletion(_ level: Level) async throws {
        try await TestInstallation.run { installation in
            let body = level.body(#""name":"x","slug":"x""#)
            _ = try await installation.call(.post, level.path, body, as: installation.admin)
            let path = "\(level.path)/\(level.next)"
            let deleted = try await installation.call(.delete, path, as: installation.admin)
            #expect(deleted.status == level.deleted)
            #expect(level.deleted == 204 ? deleted.text.isEmpty : deleted["status"].text == "deleted")
            try await installation.call(.get, path, as: installation.admin)
                .expectRefusal(404, "No such \(level.name).")
            try await installation.call(.delete, path, as: installation.admin).expectRefusal(404)
            try await installation.call(.patch, path, #"{"name":"y"}"#, as: installation.admin).expectRefusal(404)
            let shown = try await installation.call(.get, "\(path)?show_deleted=true", as: installation.admin)
            #expect(shown.status == 200 && shown["status"].text == "deleted")
            let hidden = try await installation.call(.get, "\(path)?show_deleted=false", as: installation.admin)
            #expect(hidden.status == 404)
            let list = try await installation.call(.get, "\(level.path)?slug=x", as: installation.admin)
            #expect(list.status == 200 && list.text.hasSuffix(#""results":[]}"#) && list.total == 0)
            let again = try await installation.call(.post, level.path, body, as: installation.admin)
            #expect(again.status == level.created && again["id"].number == level.next + 1)
        }
    }

    @Test("what has live children stays: 409")
    func children() async throws {
        try await TestInstallation.run { installation in
            for name in ["account", "namespace", "application"] {
                let reply = try await installation.call(.delete, "/\(name)/1", as: installation.admin)
                reply.expectRefusal(409, "The \(name) still has resources beneath it. Delete those first.")
            }
            for name in ["scope", "application", "namespace", "account"] {
                let reply = try await installation.call(.delete, "/\(name)/1", as: installation.admin)
                #expect(reply.status == (name == "account" ? 200 : 204))
            }
            // Nothing is made beneath what is gone.
            for level in Level.all.dropFirst() {
                let reply = try await installation.call(
                    .post, level.path, level.body(#""name":"x""#), as: installation.admin
                )
                reply.expectRefusal(400, at: ["/\(level.parentMember)"])
            }
        }
    }

    @Test("a slug is unique among live siblings, not beyond", arguments: Level.all)
    func slugs(_ level: Level) async throws {
        try await TestInstallation.run { installation in
            let body = level.body(#""name":"x","slug":"x""#)
            _ = try await installation.call(.post, level.path, body, as: installation.admin)
            let text = "There is a \(level.name) with this slug already."
            try await installation.call(.post, level.path, body, as: installation.admin).expectRefusal(409, text)
            let second = try await installation.call(
                .post, level.path, level.body(#""name":"y","slug":"y""#), as: installation.admin
            )
            let path = "\(level.path)/\(try #require(second["id"].number))"
            try await installation.call(.patch, path, #"{"slug":"x"}"#, as: installation.admin)
                .expectRefusal(409, text)
            #expect(try await installation.call(.patch, path, #"{"slug":"y"}"#, as: installation.admin).status == 200)
            guard level.name == "namespace" else { return }
            let cousin = #"{"name":"x","slug":"x","account_id":2}"#
            #expect(try await installation.call(.post, level.path, cousin, as: installation.admin).status == 200)
        }
    }

    @Test("all wrong fields are named at once", arguments: Level.all)
    func refusals(_ level: Level) async throws {
        try await TestInstallation.run { installation in
            let parent = "/\(level.parentMember)"
            let long = String(repeating: "x", count: 61)
            let cases: [(body: String, pointers: [String])] = [
                (#"{"name":"","slug":"A b","\#(level.parentMember)":"x"}"#, ["/name", "/slug", parent]),
                (level.body(#""name":"\#(long)""#), ["/name"]),
                (level.body(#""name":"x","slug":"\#(long)1234567890""#), ["/slug"]),
                (level.body(#""name":"日本""#), ["/slug"]),
                (#"{"name":"x","\#(level.parentMember)":99}"#, [parent]), ("[]", [""]), ("{", [""]),
            ]
            for (body, pointers) in cases {
                try await installation.call(.post, level.path, body, as: installation.admin)
                    .expectRefusal(400, at: pointers)
            }
            for (query, pointer) in [
                ("?status=gone", "/status"), ("?\(level.parentMember)=abc", parent),
                ("/1?show_deleted=maybe", "/show_deleted"),
            ] {
                try await installation.call(.get, level.path + query, as: installation.admin)
                    .expectRefusal(400, at: [pointer])
            }
            let patch = #"{"name":"\#(long)","slug":"A b"}"#
            try await installation.call(.patch, "\(level.path)/1", patch, as: installation.admin)
                .expectRefusal(400, at: ["/name", "/slug"])
            try await installation.call(.patch, "\(level.path)/1", #"{"status":"deleted"}"#, as: installation.admin)
                .expectRefusal(400, at: ["/status"])
            #expect(try await installation.call(.get, "\(level.path)/1", as: installation.admin).status == 200)
        }
    }

    @Test("another organization's resources are as if absent", arguments: ["organization"] + Level.all.map(\.name))
    func isolation(_ name: String) async throws {
        try await TestInstallation.run { installation in
            let other = try await installation.otherOrganization()
            var bodies: Set<String> = []
            for id in ["1", "99", "abc", "0"] {
                var replies = [
                    try await installation.call(.get, "/\(name)/\(id)", as: other),
                    try await installation.call(.get, "/\(name)/\(id)?show_deleted=true", as: other),
                    try await installation.call(.patch, "/\(name)/\(id)", #"{"name":"x"}"#, as: other),
                ]
                if name != "organization" {
                    replies.append(try await installation.call(.delete, "/\(name)/\(id)", as: other))
                }
                for reply in replies {
                    reply.expectRefusal(404, "No such \(name).")
                    bodies.insert(reply.text)
                }
            }
            #expect(bodies.count == 1)
            let list = try await installation.call(.get, "/\(name)", as: other)
            #expect(list.ids == (name == "organization" ? [2] : []))
            guard let level = Level.all.first(where: { $0.name == name }) else { return }
            let foreign = try await installation.call(.post, level.path, level.body(#""name":"x""#), as: other)
            let absent = try await installation.call(
                .post, level.path, #"{"name":"x","\#(level.parentMember)":99}"#, as: other
            )
            foreign.expectRefusal(400, at: ["/\(level.parentMember)"])
            #expect(foreign.text == absent.text)
            let filtered = try await installation.call(.get, "/\(name)?\(level.parentMember)=1", as: other)
            #expect(filtered.ids == [] && filtered.total == 0)
        }
    }
}
