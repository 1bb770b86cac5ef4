import HTTPTypes
import KeywrightWire
import Testing

@Suite("/user")
struct UserTests {
    private static let ada = #"""
        {"email":"Ada@Example.test","first_name":"Ada","last_name":"Lovelace","avatar":"https://example.test/a.png",
        "organization_id":1,"type":"person","provider":"ignored","grants":[],"id":7}
        """#

    @Test("a person is added: 201, the address lower-cased, members that are not known ignored")
    func creation() async throws {
        try await TestInstallation.run { installation in
            let made = try await installation.call(.post, "/user", Self.ada, as: installation.admin)
            #expect(made.status == 201)
            #expect(
                made.json.memberNames == [
                    "id", "email", "first_name", "last_name", "avatar", "organization_id", "status", "type", "provider",
                ]
            )
            #expect(made["id"].number == 2 && made["email"].text == "ada@example.test")
            #expect(made["first_name"].text == "Ada" && made["last_name"].text == "Lovelace")
            #expect(made["avatar"].text == "https://example.test/a.png" && made["organization_id"].number == 1)
            #expect(made["status"].text == "active" && made["type"].text == "person")
            let read = try await installation.call(.get, "/user/2", as: installation.admin)
            #expect(read.status == 200 && read.json == made.json)
            let plain = try await installation.call(
                .post, "/user", #"{"email":"b@example.test","organization_id":"1"}"#, as: installation.admin
            )
            #expect(plain.status == 201 && plain["first_name"].text == "" && plain["avatar"] == .null)
        }
    }

    @Test("users are listed by type, address, status, id and organization")
    func list() async throws {
        try await TestInstallation.run { installation in
            _ = try await installation.call(.post, "/user", Self.ada, as: installation.admin)
            let bob = try await installation.makePerson("bob@example.test")
            _ = try await installation.call(.put, "/user/\(bob)", #"{"status":"inactive"}"#, as: installation.admin)
            let key = try await installation.makeKey(
                #"{"name":"robot","enabled":false,"grants":[{"nrn":"organization=1","role_slug":"member"}]}"#
            )
            let hidden = try await installation.makeKey(
                #"{"name":"hidden","internal":true,"grants":[{"nrn":"organization=1","role_slug":"member"}]}"#
            )
            let first: Int64 = 1_099_511_627_777
            let cases: [(query: String, ids: [Int64])] = [
                ("", [1, 2, bob]), ("?type=person", [1, 2, bob]), ("?type=machine", [first, key.userID]),
                ("?email=ada@example.test", [2]), ("?email=ADA%40example.test", [2]), ("?email=x@example.test", []),
                ("?status=active", [1, 2]), ("?status=inactive", [bob]),
                ("?type=machine&status=inactive", [key.userID]),
                ("?id=2", [2]), ("?id=1,\(bob),99", [1, bob]), ("?id=2&status=inactive", []),
                ("?type=machine&id=\(key.userID)", [key.userID]), ("?organization_id=1&type=person", [1, 2, bob]),
                ("?organization_id=2", []), ("?organization_id=99", []), ("?limit=1&offset=1", [2]),
                ("?unknown=1&role=admin", [1, 2, bob]), ("?status=inactive,active", [1, 2, bob]),
                ("?email=bob@example.test,x@example.test,ADA@example.test", [2, bob]),
                ("?organization_id=99,1", [1, 2, bob]), ("?organization_id=99,98", []),
                ("?type=machine&id=\(hidden.userID)", [hidden.userID]),
            ]
            for (query, ids) in cases {
                for path in ["/user", "/user/"] {
                    let list = try await installation.call(.get, path + query, as: installation.admin)
                    #expect(list.status == 200 && list.ids == ids, "\(path)\(query)")
                    #expect(list.total == (query.contains("limit") ? 3 : Int64(ids.count)), "\(path)\(query)")
                }
            }
            let machine = try await installation.call(.get, "/user/\(key.userID)", as: installation.admin)
            #expect(machine["type"].text == "machine" && machine["status"].text == "inactive")
            #expect(machine["first_name"].text == "robot" && machine["email"] == .null)
            let named = try await installation.call(.get, "/user/\(hidden.userID)", as: installation.admin)
            #expect(named.status == 200 && named["first_name"].text == "hidden")
        }
    }

    @Test(
        "a filter that cannot be read is refused",
        arguments: [
            ("type=robot", "/type"), ("status=gone", "/status"), ("id=abc", "/id"), ("id=", "/id"), ("id=1,,2", "/id"),
            ("organization_id=abc", "/organization_id"), ("organization_id=1,", "/organization_id"),
            ("status=active,gone", "/status"), ("id=\((1...201).map(String.init).joined(separator: ","))", "/id"),
        ]
    )
    func wrongFilters(_ query: String, _ pointer: String) async throws {
        try await TestInstallation.run { installation in
            try await installation.call(.get, "/user?\(query)", as: installation.admin).expectRefusal(
                400, at: [pointer])
        }
    }

    @Test("a person's members change one by one; what clients send for nothing counts as absent")
    func change() async throws {
        try await TestInstallation.run { installation in
            let made = try await installation.call(.post, "/user", Self.ada, as: installation.admin)
            for body in [
                "{}", #"{"email":"","organization_id":0,"avatar":"https://example.test/a.png"}"#,
                #"{"email":null,"first_name":null,"status":null,"organization_id":1,"unknown":true}"#,
            ] {
                let same = try await installation.call(.patch, "/user/2", body, as: installation.admin)
                #expect(same.status == 200 && same.json == made.json, "\(body)")
            }
            let changes: [(body: String, member: String, text: String?)] = [
                (#"{"email":"ADA2@example.test"}"#, "email", "ada2@example.test"),
                (#"{"first_name":"Augusta"}"#, "first_name", "Augusta"), (#"{"last_name":""}"#, "last_name", ""),
                (#"{"avatar":""}"#, "avatar", nil), (#"{"status":"inactive"}"#, "status", "inactive"),
                (#"{"status":"active"}"#, "status", "active"),
            ]
            for (body, member, text) in changes {
                let reply = try await installation.call(.patch, "/user/2", body, as: installation.admin)
                #expect(reply.status == 200 && reply[member].text == text, "\(body)")
                let read = try await installation.call(.get, "/user/2", as: installation.admin)
                #expect(read.json == reply.json)
            }
            let off = try await installation.call(
                .put, "/user/2", #"{"status":"inactive","email":"ignored"}"#, as: installation.admin
            )
            #expect(off.status == 200 && off["status"].text == "inactive" && off["email"].text == "ada2@example.test")
        }
    }

    @Test(
        "all wrong fields of a person are named at once",
        arguments: [
            ("{}", ["/email"]), (#"{"email":"nobody"}"#, ["/email"]),
            (
                #"{"email":"a b@c","first_name":7,"organization_id":-1,"type":"robot"}"#,
                ["/email", "/first_name", "/organization_id", "/type"]
            ),
            (
                #"{"email":"a@example.test","first_name":"a\u0007","avatar":"javascript:alert(1)"}"#,
                ["/first_name", "/avatar"]
            ),
            (#"{"email":"a@example.test","organization_id":2}"#, ["/organization_id"]),
            (#"{"email":"a@example.test","type":"machine"}"#, ["/type"]), ("[]", [""]),
        ]
    )
    func refusals(_ body: String, _ pointers: [String]) async throws {
        try await TestInstallation.run { installation in
            for path in ["/user", "/user/invite"] {
                let reply = try await installation.call(.post, path, body, as: installation.admin)
                reply.expectRefusal(400, at: pointers)
            }
            #expect(try await installation.call(.get, "/user", as: installation.admin).total == 1)
        }
    }

    @Test("a wrong status is refused on both routes")
    func wrongStatus() async throws {
        try await TestInstallation.run { installation in
            for body in [#"{"status":"gone"}"#, #"{"status":7}"#] {
                try await installation.call(.put, "/user/1", body, as: installation.admin)
                    .expectRefusal(400, at: ["/status"])
                try await installation.call(.patch, "/user/1", body, as: installation.admin)
                    .expectRefusal(400, at: ["/status"])
            }
            try await installation.call(.put, "/user/1", "{}", as: installation.admin)
                .expectRefusal(400, at: ["/status"])
            try await installation.call(.patch, "/user/1", #"{"organization_id":2}"#, as: installation.admin)
                .expectRefusal(400, at: ["/organization_id"])
        }
    }

    @Test("rights: the action at organization level; nobody is turned off or renamed by who holds less")
    func rights() async throws {
        try await TestInstallation.run { installation in
            _ = try await installation.call(
                .post, "/role",
                #"{"name":"Desk","slug":"desk","inherits":["member"],"actions":["user:create","user:read","user:update"]}"#,
                as: installation.admin
            )
            let plain = try await installation.makePerson("plain@example.test")
            let desk = try await installation.makeKey("desk", at: "organization=1")
            let below = try await installation.makeKey("desk", at: "organization=1:account=1")
            let watcher = try await installation.makeKey("secops", at: "organization=1")
            let member = try await installation.makeKey("member", at: "organization=1")

            let body = #"{"email":"x@example.test"}"#
            for path in ["/user", "/user/invite"] {
                for key in [below, watcher, member] {
                    try await installation.call(.post, path, body, as: key.value)
                        .expectRefusal(403, "This needs the action user:create at organization=1.")
                }
            }
            try await installation.call(.get, "/user", as: member.value)
                .expectRefusal(403, "This needs the action user:read at organization=1.")
            try await installation.call(.get, "/user/1", as: member.value).expectRefusal(404, "No such user.")
            #expect(try await installation.call(.get, "/user/\(member.userID)", as: member.value).status == 200)
            try await installation.call(.patch, "/user/\(plain)", #"{"first_name":"x"}"#, as: watcher.value)
                .expectRefusal(403, "This needs the action user:update at organization=1.")
            let renamed = try await installation.call(.patch, "/user/1", #"{"first_name":"x"}"#, as: desk.value)
            #expect(renamed.status == 200)
            for body in [#"{"email":"mine@example.test"}"#, #"{"status":"inactive"}"#] {
                try await installation.call(.patch, "/user/1", body, as: desk.value)
                    .expectRefusal(403, "The user holds actions at organization=1 that you do not hold.")
                let lesser = try await installation.call(.patch, "/user/\(plain)", body, as: desk.value)
                #expect(lesser.status == 200)
            }
        }
    }

    @Test("a machine user is changed through its key: 409")
    func machineUsers() async throws {
        try await TestInstallation.run { installation in
            let key = try await installation.makeKey("member", at: "organization=1")
            let path = "/user/\(key.userID)"
            for reply in [
                try await installation.call(.patch, path, #"{"first_name":"x"}"#, as: installation.admin),
                try await installation.call(.put, path, #"{"status":"inactive"}"#, as: installation.admin),
                try await installation.call(.post, "\(path)/password_reset", as: installation.admin),
            ] {
                reply.expectRefusal(409, "The machine user of an API key is changed through the API key.")
            }
            #expect(try await installation.call(.get, key.path, as: installation.admin).headers[.eTag] == "\"1\"")
        }
    }

    @Test("another organization's users are as if absent")
    func isolation() async throws {
        try await TestInstallation.run { installation in
            let other = try await installation.otherOrganization()
            let key = try await installation.makeKey("member", at: "organization=1")
            var bodies: Set<String> = []
            for id in ["1", "\(key.userID)", "99", "abc", "0", "1099511699999"] {
                for reply in [
                    try await installation.call(.get, "/user/\(id)", as: other),
                    try await installation.call(.patch, "/user/\(id)", #"{"first_name":"x"}"#, as: other),
                    try await installation.call(.put, "/user/\(id)", #"{"status":"inactive"}"#, as: other),
                    try await installation.call(.post, "/user/\(id)/password_reset", as: other),
                    try await installation.call(.post, "/user/\(id)/grant", "[]", as: other),
                    try await installation.call(.put, "/user/\(id)/grant", "[]", as: other),
                ] {
                    reply.expectRefusal(404, "No such user.")
                    bodies.insert(reply.text)
                }
            }
            #expect(bodies.count == 1)
            #expect(try await installation.call(.get, "/user", as: other).ids == [2])
            #expect(try await installation.call(.get, "/user?id=1", as: other).ids == [])
            #expect(try await installation.call(.get, "/user?type=machine", as: other).ids == [1_099_511_627_778])
        }
    }
}
