import Testing

@testable import KeywrightClient
@testable import KeywrightWire

/// The calls for what administrators do seldom: roles, people, versions, named creations.
@Suite struct ClientCoverageTests {
    private func check(
        _ answer: StubServer.Answer, _ line: String, body: String = "", fields: [String: String] = [:],
        _ call: (KeywrightClient) async throws -> Void
    ) async throws {
        let request = try await StubServer.run(answer) { server in
            try await call(try server.client())
            return try #require(server.requests.first)
        }
        #expect("\(request.method) \(request.target)" == line)
        #expect(request.body == body)
        for (name, value) in fields { #expect(request.headers[name] == value) }
    }

    private let role =
        #"{"id":2000000001,"organization_id":1,"slug":"auditor","name":"Auditor","description":"","level":null,"#
        + #""user_type":null,"actions":["audit:read"],"inherits":[],"can_assign_roles":[],"all_actions":false,"#
        + #""created_at":"2026-01-01T00:00:00.000Z","updated_at":"2026-01-01T00:00:00.000Z"}"#
    private let user =
        #"{"id":4,"email":"a@example.com","first_name":"","last_name":"","avatar":null,"organization_id":1,"#
        + #""status":"active","type":"person","provider":"keywright"}"#

    @Test("roles are created, read, changed and deleted")
    func roles() async throws {
        try await check(
            .json(201, role), "POST /role",
            body: #"{"name":"Auditor","slug":"auditor","actions":["audit:read"],"inherits":[],"can_assign_roles":[]}"#
        ) {
            let created = try await $0.createRole(
                CreateRoleRequest(name: "Auditor", slug: "auditor", actions: ["audit:read"])
            )
            #expect(created.slug == "auditor")
        }
        try await check(.json(200, role), "GET /role/2000000001") { _ = try await $0.role(2_000_000_001) }
        try await check(.json(200, role), "PATCH /role/2000000001", body: #"{"name":"A"}"#) {
            _ = try await $0.updateRole(2_000_000_001, UpdateRoleRequest(name: "A"))
        }
        try await check(.json(204, ""), "DELETE /role/2000000001") { try await $0.deleteRole(2_000_000_001) }
    }

    @Test("people are created, read and changed, and get a link for another password")
    func users() async throws {
        try await check(.json(201, user), "POST /user", body: #"{"email":"a@example.com"}"#) {
            _ = try await $0.createUser(CreateUserRequest(email: "a@example.com"))
        }
        try await check(.json(200, user), "GET /user/4") {
            let user = try await $0.user(4)
            #expect(user.email == "a@example.com")
        }
        try await check(.json(200, user), "PATCH /user/4", body: #"{"first_name":"Ada"}"#) {
            _ = try await $0.updateUser(4, UpdateUserRequest(firstName: "Ada"))
        }
        try await check(.json(201, #"{"reset_url":"https://x/y"}"#), "POST /user/4/password_reset") {
            let reset = try await $0.resetPassword(ofUser: 4)
            #expect(reset.resetURL == SensitiveText("https://x/y"))
        }
    }

    @Test("grants of a user are read and replaced, by none too")
    func grants() async throws {
        let grant = #"{"id":8,"user_id":4,"role_id":1,"role_slug":"member","nrn":"organization=1"}"#
        try await check(.json(200, grant), "GET /authz/grants/8") { _ = try await $0.userGrant(8) }
        let wanted = [UserGrantItemRequest(nrn: "organization=1", role: .slug("member"))]
        try await check(
            .json(200, "[\(grant)]"), "PUT /user/4/grant", body: #"[{"nrn":"organization=1","role_slug":"member"}]"#
        ) {
            let grants = try await $0.replaceUserGrants(userID: 4, with: wanted)
            #expect(grants.count == 1)
        }
        try await check(.json(204, ""), "PUT /user/4/grant", body: "[]") {
            let grants = try await $0.replaceUserGrants(userID: 4, with: [])
            #expect(grants.isEmpty)
        }
    }

    @Test("resources are changed, and deleted ones can be read")
    func resources() async throws {
        let account = #"{"id":2,"name":"N","slug":"n","status":"deleted","nrn":"organization=1:account=2"}"#
        try await check(.json(200, account), "GET /account/2?show_deleted=true") {
            _ = try await $0.resource(.account, 2, showsDeleted: true)
        }
        try await check(.json(200, account), "PATCH /account/2", body: #"{"name":"M"}"#) {
            _ = try await $0.updateResource(2, UpdateResourceRequest(.account, name: "M"))
        }
    }

    @Test("a change names the version that it is meant for")
    func versions() async throws {
        let read = StubServer.Answer.json(200, keyJSON(), headers: ["ETag": #""3""#])
        try await check(read, "GET /api_key/17") {
            let key = try await $0.versionedAPIKey(17)
            #expect(key.value.id == 17)
            #expect(key.version == #""3""#)
        }
        try await check(
            .json(200, keyJSON()), "PATCH /api_key/17", body: #"{"name":"n"}"#, fields: ["if-match": #""3""#]
        ) { _ = try await $0.updateAPIKey(17, UpdateAPIKeyRequest(name: "n"), ifMatch: #""3""#) }
        try await check(.json(204, ""), "DELETE /api_key/17", fields: ["if-match": #""3""#]) {
            try await $0.deleteAPIKey(17, ifMatch: #""3""#)
        }
    }

    @Test("a creation that names itself is sent again, with the same name")
    func namedCreation() async throws {
        let replayed = StubServer.Answer.json(200, keyJSON(), headers: ["Idempotency-Replayed": "true"])
        try await StubServer.run(.json(503, problemJSON(503, "Later.")), replayed) { server in
            let key = try await server.client().createAPIKey(
                CreateAPIKeyRequest(name: "a", grants: []), idempotencyKey: "deploy-7"
            )
            #expect(key.apiKey == nil)
            #expect(server.requests.map { $0.headers["idempotency-key"] } == ["deploy-7", "deploy-7"])
        }
    }

    @Test(
        "a name or version that cannot be a header is refused without being repeated",
        arguments: ["", "a b", "a\r\nX-Injected: 1", "é", String(repeating: "a", count: 256)])
    func badFields(text: String) async throws {
        try await StubServer.run(.json(200, keyJSON())) { server in
            let client = try server.client()
            let errors = [
                await #expect(throws: KeywrightClientError.self) {
                    _ = try await client.createAPIKey(CreateAPIKeyRequest(name: "a", grants: []), idempotencyKey: text)
                },
                await #expect(throws: KeywrightClientError.self) { try await client.deleteAPIKey(1, ifMatch: text) },
            ]
            #expect(errors.allSatisfy { error in error.map { text.isEmpty || !"\($0)".contains(text) } ?? false })
            #expect(server.requests.isEmpty)
        }
    }

    @Test("a refresh token is renewed without the client's credential")
    func renewal() async throws {
        let answer =
            #"{"access_token":"a.b.c","token_type":"Bearer","expires_in":3600,"token_expires_at":1767229200000,"#
            + #""organization_id":1,"account_id":0}"#
        let request = try await StubServer.run(.json(200, answer)) { server in
            let token = try await server.client().renewToken(SensitiveText("r"), organizationID: 1)
            #expect(token.refreshToken == nil)
            return try #require(server.requests.first)
        }
        #expect("\(request.method) \(request.target)" == "POST /token")
        #expect(request.body == #"{"refresh_token":"r","organization_id":1}"#)
        #expect(request.headers["authorization"] == nil)
    }

    @Test("the server is asked whether it is ready, and for its description")
    func service() async throws {
        try await check(.json(200, #"{"status":"ok"}"#), "GET /readyz") { try await $0.checkReadiness() }
        try await check(.json(200, #"{"openapi":"3.1.0"}"#), "GET /openapi.json") {
            let document = try await $0.openAPIDocument()
            #expect(document == Array(#"{"openapi":"3.1.0"}"#.utf8))
        }
    }
}
