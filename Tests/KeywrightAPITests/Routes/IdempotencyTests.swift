import HTTPTypes
import Testing

@Suite("Idempotency-Key")
struct IdempotencyTests {
    private static let header = HTTPField.Name("Idempotency-Key")!
    private static let replayed = HTTPField.Name("Idempotency-Replayed")!
    private static let body = #"{"name":"once","grants":[{"nrn":"organization=1","role_slug":"member"}]}"#

    private static func create(
        _ installation: TestInstallation, _ key: String, _ body: String = body, as credential: String? = nil
    ) async throws -> Reply {
        try await installation.call(
            .post, "/api_key", body, as: credential ?? installation.admin, headers: [header: key]
        )
    }

    @Test("a repeated request answers 200 with the key and without its value")
    func replay() async throws {
        try await TestInstallation.run { installation in
            let first = try await Self.create(installation, "a")
            #expect(first.status == 201 && first.headers[Self.replayed] == nil)
            for path in ["/api_key", "/api-key"] {
                let second = try await installation.call(
                    .post, path, Self.body, as: installation.admin, headers: [Self.header: "a"]
                )
                #expect(second.status == 200)
                #expect(second.headers[Self.replayed] == "true")
                #expect(second.headers[.eTag] == first.headers[.eTag])
                #expect(second.json == first.json.without("api_key"))
            }
            #expect(try await installation.call(.get, "/api_key", as: installation.admin).total == 2)
        }
    }

    @Test("the key is answered as it is by now")
    func replayAfterChange() async throws {
        try await TestInstallation.run { installation in
            let first = try await Self.create(installation, "a")
            let path = "/api_key/\(try #require(first["id"].number))"
            _ = try await installation.call(.patch, path, #"{"name":"renamed"}"#, as: installation.admin)
            let second = try await Self.create(installation, "a")
            #expect(second.status == 200 && second["name"].text == "renamed" && second.headers[.eTag] == "\"2\"")
            _ = try await installation.call(.delete, path, as: installation.admin)
            try await Self.create(installation, "a").expectRefusal(409)
            #expect(try await installation.call(.get, "/api_key", as: installation.admin).total == 1)
        }
    }

    @Test("another body under the same key is 422")
    func otherBody() async throws {
        try await TestInstallation.run { installation in
            _ = try await Self.create(installation, "a")
            let other = #"{"name":"twice","grants":[{"nrn":"organization=1","role_slug":"member"}]}"#
            let refused = try await Self.create(installation, "a", other)
            refused.expectRefusal(422, "This Idempotency-Key was used with another request body.")
            #expect(try await Self.create(installation, "b", other).status == 201)
        }
    }

    @Test("after 24 hours the key is forgotten")
    func lifetime() async throws {
        try await TestInstallation.run { installation in
            let first = try await Self.create(installation, "a")
            installation.clock.advance(by: .seconds(86_400) - .milliseconds(1))
            #expect(try await Self.create(installation, "a").status == 200)
            installation.clock.advance(by: .milliseconds(1))
            let anew = try await Self.create(installation, "a")
            #expect(anew.status == 201 && anew["id"] != first["id"] && anew["api_key"].text != nil)
            #expect(try await Self.create(installation, "a")["id"] == anew["id"])
        }
    }

    @Test("a repeated request succeeds also when its expiry has passed by then")
    func pastExpiry() async throws {
        try await TestInstallation.run { installation in
            let body = #"""
                {"name":"short","expires_at":"2026-01-01T01:00:00Z","grants":[{"nrn":"organization=1","role_slug":"member"}]}
                """#
            let first = try await Self.create(installation, "a", body)
            installation.clock.advance(by: .seconds(7200))
            let second = try await Self.create(installation, "a", body)
            #expect(second.status == 200 && second["id"] == first["id"])
            try await Self.create(installation, "b", body).expectRefusal(400, at: ["/expires_at"])
        }
    }

    @Test("the scope is the principal: two keys may use the same text")
    func scope() async throws {
        try await TestInstallation.run { installation in
            let ops = try await installation.makeKey("ops", at: "organization=1")
            let first = try await Self.create(installation, "a")
            let second = try await Self.create(installation, "a", as: ops.value)
            #expect(first.status == 201 && second.status == 201 && first["id"] != second["id"])
            // A token made from a key is the same principal.
            let token = try await installation.exchange(ops.value).access
            let third = try await Self.create(installation, "a", as: token)
            #expect(third.status == 200 && third["id"] == second["id"])
        }
    }

    @Test("a refused request does not use the key up")
    func afterRefusal() async throws {
        try await TestInstallation.run { installation in
            let wrong = #"{"name":"once","grants":[{"nrn":"organization=1","role_slug":"nobody"}]}"#
            try await Self.create(installation, "a", wrong).expectRefusal(400, at: ["/grants/0/role_slug"])
            #expect(try await Self.create(installation, "a").status == 201)
        }
    }

    @Test("50 requests at the same time make one key")
    func parallel() async throws {
        try await TestInstallation.run { installation in
            let replies = try await withThrowingTaskGroup(of: Reply.self) { tasks in
                for _ in 0..<50 { tasks.addTask { try await Self.create(installation, "a") } }
                return try await tasks.reduce(into: []) { $0.append($1) }
            }
            #expect(replies.map(\.status).sorted() == Array(repeating: 200, count: 49) + [201])
            #expect(Set(replies.compactMap { $0["id"].number }).count == 1)
            #expect(replies.compactMap { $0["api_key"].text }.count == 1)
            #expect(try await installation.call(.get, "/api_key", as: installation.admin).total == 2)
        }
    }

    @Test(
        "a value has 1 to 255 visible ASCII characters",
        arguments: [
            ("", 400), ("a b", 400), ("é", 400), (String(repeating: "x", count: 256), 400),
            (String(repeating: "x", count: 255), 201), ("~!\"", 201),
        ]
    )
    func values(_ value: String, _ status: Int) async throws {
        try await TestInstallation.run { installation in
            let reply = try await Self.create(installation, value)
            #expect(reply.status == status)
            if status == 400 { reply.expectRefusal(400, at: [""]) }
        }
    }

    @Test("two values are refused")
    func twoValues() async throws {
        try await TestInstallation.run { installation in
            var headers = HTTPFields()
            headers[values: Self.header] = ["a", "b"]
            let reply = try await installation.call(
                .post, "/api_key", Self.body, as: installation.admin, headers: headers
            )
            reply.expectRefusal(400, at: [""])
        }
    }
}
