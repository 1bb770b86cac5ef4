import Testing

@testable import KeywrightClient
@testable import KeywrightWire

/// What goes over the wire for each call.
@Suite struct ClientRequestTests {
    private func check(
        _ answer: StubServer.Answer, _ line: String, body: String = "",
        _ call: (KeywrightClient) async throws -> Void
    ) async throws {
        let request = try await StubServer.run(answer) { server in
            try await call(try server.client())
            return try #require(server.requests.first)
        }
        #expect("\(request.method) \(request.target)" == line)
        #expect(request.body == body)
        #expect(request.headers["authorization"] == "Bearer \(sampleSecret)")
        #expect(request.headers["accept"] == "application/json")
        #expect(request.headers["content-type"] == (body.isEmpty ? nil : "application/json"))
    }

    @Test("a key is created, read, changed and deleted")
    func keys() async throws {
        let grants = [GrantRequest(nrn: "organization=1:account=2", .role(.slug("machine:ci")))]
        try await check(
            .json(201, keyJSON(secret: sampleSecret)), "POST /api_key",
            body: #"{"name":"a/b","grants":[{"nrn":"organization=1:account=2","role_slug":"machine:ci"}]}"#
        ) { client in
            let key = try await client.createAPIKey(CreateAPIKeyRequest(name: "a/b", grants: grants))
            #expect(key.apiKey == SensitiveText(sampleSecret))
        }
        try await check(.json(200, keyJSON()), "GET /api_key/17") { client in
            let key = try await client.apiKey(17)
            #expect(key.name == "ci-main")
            #expect(key.apiKey == nil)
        }
        try await check(
            .json(200, keyJSON()), "PATCH /api_key/17", body: #"{"tags":[],"expires_at":null}"#
        ) { _ = try await $0.updateAPIKey(17, UpdateAPIKeyRequest(tags: [], expiresAt: .null)) }
        try await check(.json(204, ""), "DELETE /api_key/17") { try await $0.deleteAPIKey(17) }
    }

    @Test("every filter of the key list is sent, percent-encoded")
    func keyFilters() async throws {
        var filter = APIKeyFilter()
        filter.name = "a&b=c+d é"
        filter.search = "x"
        filter.resource = "organization=1"
        filter.includesBelow = true
        filter.reaches = "organization=1:account=2"
        filter.nrn = "organization=1"
        filter.roles = ["admin", "machine:ci"]
        filter.tags = [TagRequest(key: "CI", value: "main,x"), TagRequest(key: "a", value: "b")]
        filter.ownerID = 9
        filter.status = "disabled"
        filter.used = "never"
        filter.unused = "90d"
        filter.sort = "name:asc"
        try await check(
            .json(200, pageJSON([], total: 0)),
            "GET /api_key?name=a%26b%3Dc%2Bd%20%C3%A9&q=x&resource=organization%3D1&below=true"
                + "&reaches=organization%3D1%3Aaccount%3D2&nrn=organization%3D1&role=admin%2Cmachine%3Aci"
                + "&tag=CI%3Amain%2Cx&tag=a%3Ab&owner_id=9&status=disabled&used=never&unused=90d&sort=name%3Aasc"
                + "&limit=5&offset=10"
        ) { _ = try await $0.apiKeys(filter, page: PageQuery(limit: 5, offset: 10)) }
    }

    @Test("a token is asked for with the key in the body alone")
    func token() async throws {
        let answer =
            #"{"access_token":"a.b.c","refresh_token":"r","token_type":"Bearer","expires_in":3600,"#
            + #""token_expires_at":1767229200000,"organization_id":1,"account_id":0}"#
        let request = try await StubServer.run(.json(200, answer)) { server in
            let token = try await server.client().exchangeToken()
            #expect(token.accessToken == SensitiveText("a.b.c"))
            return try #require(server.requests.first)
        }
        #expect("\(request.method) \(request.target)" == "POST /token")
        #expect(request.body == #"{"api_key":"\#(sampleSecret)"}"#)
        #expect(request.headers["authorization"] == nil)
    }

    @Test("roles, resources, users, grants and audit events have their paths")
    func others() async throws {
        let empty = StubServer.Answer.json(200, pageJSON([], total: 0))
        let page = "limit=30&offset=0"
        try await check(empty, "GET /role?slug=admin&\(page)") { _ = try await $0.roles(slugs: ["admin"]) }
        try await check(empty, "GET /namespace?account_id=2&slug=s&status=active&\(page)") {
            _ = try await $0.resources(.namespace, ResourceFilter(parentIDs: [2], slugs: ["s"], statuses: ["active"]))
        }
        try await check(empty, "GET /organization?\(page)") { _ = try await $0.resources(.organization) }
        try await check(.json(204, ""), "DELETE /scope/5") { try await $0.deleteResource(.scope, 5) }
        try await check(empty, "GET /user?id=1%2C2&type=machine&\(page)") {
            _ = try await $0.users(UserFilter(ids: [1, 2], type: "machine"))
        }
        try await check(.json(200, "[]"), "GET /authz/user_role?user_id=4&nrn=organization%3D1&\(page)") {
            _ = try await $0.userRoles(userIDs: [4], nrns: ["organization=1"])
        }
        try await check(.json(204, ""), "DELETE /authz/grants/8") { try await $0.deleteUserGrant(8) }
        try await check(
            .json(201, "[]"), "POST /user/4/grant",
            body: #"[{"nrn":"organization=1","role_slug":"member"},{"nrn":"organization=1","role_id":7}]"#
        ) {
            _ = try await $0.createUserGrants(
                userID: 4,
                [
                    UserGrantItemRequest(nrn: "organization=1", role: .slug("member")),
                    UserGrantItemRequest(nrn: "organization=1", role: .id(7)),
                ]
            )
        }
        var filter = AuditFilter()
        filter.actions = ["api_key.create"]
        filter.since = 0
        try await check(
            empty, "GET /v1/audit?action=api_key.create&since=1970-01-01T00%3A00%3A00.000Z&\(page)"
        ) { _ = try await $0.auditEvents(filter) }
    }

    @Test("resources, users and grants are created with their bodies")
    func creations() async throws {
        let resource = #"{"id":3,"name":"N","slug":"n","status":"active","nrn":"organization=1:account=2:namespace=3"}"#
        try await check(.json(200, resource), "POST /namespace", body: #"{"name":"N","account_id":2}"#) {
            _ = try await $0.createResource(CreateResourceRequest(.namespace, name: "N", parentID: 2))
        }
        let user =
            #""id":4,"email":"a@example.com","first_name":"","last_name":"","avatar":null,"organization_id":1,"#
            + #""status":"active","type":"person","provider":"keywright""#
        try await check(
            .json(200, #"{\#(user),"invitation_url":"https://x/y"}"#), "POST /user/invite",
            body: #"{"email":"a@example.com"}"#
        ) { client in
            let invitation = try await client.inviteUser(CreateUserRequest(email: "a@example.com"))
            #expect(invitation.invitationURL == SensitiveText("https://x/y"))
        }
        try await check(.json(200, "{\(user)}"), "PUT /user/4", body: #"{"status":"inactive"}"#) {
            _ = try await $0.setUserStatus(4, "inactive")
        }
        try await check(
            .json(201, #"{"id":8,"user_id":4,"role_id":1,"role_slug":"member","nrn":"organization=1"}"#),
            "POST /authz/grants", body: #"{"nrn":"organization=1","user_id":4,"role_slug":"member"}"#
        ) {
            _ = try await $0.createUserGrant(UserGrantRequest(nrn: "organization=1", userID: 4, role: .slug("member")))
        }
    }

    @Test(
        "a path in the URL stays in front, a slash at its end does not double",
        arguments: ["", "/", "/keys", "/keys//"])
    func basePath(path: String) async throws {
        let target = try await StubServer.run(.json(204, "")) { server in
            let client = try KeywrightClient(url: server.url + path, credential: nil)
            try await client.deleteAPIKey(1)
            await client.shutdown()
            return server.requests.first?.target
        }
        #expect(target == (path.hasPrefix("/keys") ? "/keys/api_key/1" : "/api_key/1"))
    }
}
