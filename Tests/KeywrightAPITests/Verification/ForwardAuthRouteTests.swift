import HTTPTypes
import Testing

@Suite("/forward-auth")
struct ForwardAuthRouteTests {
    private static let question = "/forward-auth?action=namespace:read&nrn=organization=1:account=1:namespace=1"
    private static let apiKey = HTTPField.Name("X-Api-Key")!

    private static func named(_ name: String, _ reply: Reply) -> String? {
        HTTPField.Name(name).flatMap { reply.headers[$0] }
    }

    /// Asks with GET and HEAD, which must answer alike.
    private static func ask(
        _ installation: TestInstallation, _ path: String = question, as credential: String? = nil,
        headers: HTTPFields = [:]
    ) async throws -> Reply {
        let get = try await installation.call(.get, path, as: credential, headers: headers)
        let head = try await installation.call(.head, path, as: credential, headers: headers)
        #expect(head.status == get.status && head.text.isEmpty)
        for field in get.headers where field.name != Reply.requestID && field.name != .date {
            #expect(head.headers[field.name] == field.value, "\(field.name)")
        }
        return get
    }

    @Test("a good credential passes, and the proxy learns whose it is")
    func passes() async throws {
        try await TestInstallation.run { installation in
            let key = try await installation.makeKey(
                #"{"name":"pay/é 100%","grants":[{"nrn":"organization=1:account=1","role_slug":"member"}]}"#
            )
            let (token, _) = try await installation.exchange(key.value)
            let replies = [
                try await Self.ask(installation, as: key.value), try await Self.ask(installation, as: token),
                try await Self.ask(installation, headers: [Self.apiKey: key.value]),
                try await Self.ask(installation, headers: [Self.apiKey: token]),
                try await Self.ask(installation, "/forward-auth", as: key.value),
                try await Self.ask(
                    installation, "/forward-auth?action=namespace%3Aread&nrn=organization%3D1%3Aaccount%3D1",
                    as: key.value
                ),
            ]
            for reply in replies.prefix(5) {
                #expect(reply.status == 204 && reply.text.isEmpty)
                #expect(Self.named("X-Keywright-Key-Id", reply) == "\(key.id)")
                #expect(Self.named("X-Keywright-Organization", reply) == "1")
                #expect(Self.named("X-Keywright-Name", reply) == "pay%2F%C3%A9%20100%25")
                #expect(Self.named("X-Keywright-Reason", reply) == nil)
            }
            #expect(replies[5].status == 204)
        }
    }

    @Test("whoever may not pass is told why, and nothing about the key")
    func refusals() async throws {
        try await TestInstallation.run { installation in
            let key = try await installation.makeKey("member", at: "organization=1:account=1")
            func expect(
                _ status: Int, _ reason: String, _ path: String = Self.question, as credential: String? = nil,
                headers: HTTPFields = [:]
            ) async throws {
                let reply = try await Self.ask(installation, path, as: credential, headers: headers)
                reply.expectRefusal(status)
                #expect(Self.named("X-Keywright-Reason", reply) == reason)
                for name in ["X-Keywright-Key-Id", "X-Keywright-Organization", "X-Keywright-Name"] {
                    #expect(Self.named(name, reply) == nil)
                }
                #expect(!reply.text.contains("secret"))
            }
            try await expect(401, "NO_CREDENTIAL")
            try await expect(401, "NO_CREDENTIAL", headers: [.authorization: "Basic a2V5OnZhbHVl"])
            try await expect(401, "NO_CREDENTIAL", headers: [.authorization: "Bearer "])
            try await expect(401, "NO_CREDENTIAL", headers: [Self.apiKey: ""])
            try await expect(401, "TWO_CREDENTIALS", as: key.value, headers: [Self.apiKey: key.value])
            var twice = HTTPFields()
            for _ in 0..<2 { twice.append(HTTPField(name: Self.apiKey, value: key.value)) }
            try await expect(401, "TWO_CREDENTIALS", headers: twice)
            try await expect(401, "NOT_FOUND", as: "nonsense")
            try await expect(401, "NOT_FOUND", as: "a.b.c")
            let elsewhere = "/forward-auth?action=namespace:read&nrn=organization=1:account=2"
            try await expect(403, "FORBIDDEN", elsewhere, as: key.value)
            let unknown = "/forward-auth?action=namespace:read&nrn=organization=1:account=1:namespace=9"
            try await expect(403, "FORBIDDEN", unknown, as: key.value)
            _ = try await installation.call(.patch, key.path, #"{"enabled":false}"#, as: installation.admin)
            try await expect(401, "DISABLED", as: key.value)
            _ = try await installation.call(
                .patch, key.path, #"{"enabled":true,"expires_at":"2026-01-01T00:00:01Z"}"#, as: installation.admin
            )
            installation.clock.advance(by: .seconds(1))
            try await expect(401, "EXPIRED", as: key.value)
            _ = try await installation.call(.delete, key.path, as: installation.admin)
            try await expect(401, "DELETED", as: key.value)
        }
    }

    @Test("action and resource come from the query alone, and must be right")
    func question() async throws {
        try await TestInstallation.run { installation in
            let key = try await installation.makeKey("member", at: "organization=1:account=1")
            // What a client sends along changes nothing.
            let headers: HTTPFields = [
                HTTPField.Name("X-Action")!: "namespace:read", HTTPField.Name("X-Original-URI")!: "/?action=a:b",
                HTTPField.Name("X-Nrn")!: "organization=1:account=1",
            ]
            let elsewhere = "/forward-auth?action=namespace:read&nrn=organization=1:account=2"
            #expect(try await Self.ask(installation, elsewhere, as: key.value, headers: headers).status == 403)
            for (query, pointers) in [
                ("action=namespace:read", ["/nrn"]), ("nrn=organization=1", ["/action"]),
                ("action=A&nrn=organization=01", ["/action", "/nrn"]),
                ("action=a:b&action=a:b&nrn=organization=1", ["/action"]),
                ("actions=a:b", [""]), ("action=%zz&nrn=organization=1", ["", "/action"]),
            ] {
                try await Self.ask(installation, "/forward-auth?" + query, as: key.value).expectRefusal(
                    400, at: pointers)
            }
        }
    }
}
