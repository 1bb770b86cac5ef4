import Foundation
import KeywrightWire
import Testing

@Suite("Answers")
struct ResponseTests {
    /// Checks the exact text of an answer and that a client reads the same value from it.
    private func expect<Value: Codable & Equatable>(_ value: Value, _ expected: String) throws {
        #expect(try text(value) == expected)
        #expect(try WireJSON.decode(Value.self, from: expected.utf8) == value)
        #expect(throws: Never.self) { try json(expected) }
    }

    private let time = WireTime.format(1_767_225_600_000)

    private func key(apiKey: SensitiveText? = nil) -> APIKeyObject {
        APIKeyObject(
            id: 5, name: "ci/main", maskedAPIKey: "kw_a_…b", tags: [],
            grants: [.init(nrn: "organization=1", roleID: 7, roleSlug: "ops")],
            ownerID: 2, userID: 6, isEnabled: true, expiresAt: nil, lastUsedAt: nil, createdAt: time, updatedAt: time,
            apiKey: apiKey
        )
    }

    @Test("about a key write nulls for times, an array for no tags, and the secret only when it was just made")
    func apiKey() throws {
        let members =
            #"{"id":5,"name":"ci/main","masked_api_key":"kw_a_…b","tags":[],"#
            + #""grants":[{"nrn":"organization=1","role_id":7,"role_slug":"ops"}],"#
            + #""owner_id":2,"user_id":6,"enabled":true,"expires_at":null,"last_used_at":null,"#
            + #""created_at":"2026-01-01T00:00:00.000Z","updated_at":"2026-01-01T00:00:00.000Z""#
        try expect(key(), members + "}")
        try expect(key(apiKey: SensitiveText("kw_x")), members + #","api_key":"kw_x"}"#)
        #expect(!"\(key(apiKey: SensitiveText("planted")))".contains("planted"))
    }

    @Test("about a fine-grained grant carry all its sets, also empty ones")
    func grant() throws {
        let grant = GrantObject(
            nrn: "organization=1", roleID: 9, roleSlug: "apikey:5:0", actions: ["a:b"],
            inherits: [
                .init(id: 1, slug: "member", organizationID: nil), .init(id: 2, slug: "own", organizationID: 3),
            ],
            added: [], removed: ["c:d"]
        )
        try expect(
            grant,
            #"{"nrn":"organization=1","role_id":9,"role_slug":"apikey:5:0","actions":["a:b"],"#
                + #""inherits":[{"id":1,"slug":"member","organization_id":null},"#
                + #"{"id":2,"slug":"own","organization_id":3}],"added":[],"removed":["c:d"]}"#
        )
    }

    @Test("of /token are compact, with whole numbers that shell clients can cut out")
    func token() throws {
        let answer = TokenResponse(
            accessToken: SensitiveText("a.b.c"), refreshToken: SensitiveText("r"), expiresIn: 3_600,
            tokenExpiresAt: 1_767_225_600_000, organizationID: 1, accountID: 0
        )
        try expect(
            answer,
            #"{"access_token":"a.b.c","refresh_token":"r","token_type":"Bearer","expires_in":3600,"#
                + #""token_expires_at":1767225600000,"organization_id":1,"account_id":0}"#
        )
        var renewal = answer
        renewal.refreshToken = nil
        #expect(try !text(renewal).contains("refresh_token"))
    }

    @Test("that are lists say only what applies")
    func list() throws {
        let tags = [TagObject(key: "a", value: "b")]
        try expect(
            ListEnvelope(paging: .init(offset: 0, limit: 30, total: 1), results: tags),
            #"{"paging":{"offset":0,"limit":30,"total":1},"results":[{"key":"a","value":"b"}]}"#
        )
        try expect(
            ListEnvelope<TagObject>(
                paging: .init(offset: 5, limit: 30, total: 10_000, isTotalCapped: true, nextCursor: "c"), results: []
            ),
            #"{"paging":{"offset":5,"limit":30,"total":10000,"total_is_capped":true,"next_cursor":"c"},"results":[]}"#
        )
    }

    @Test("about roles write null for every level and every user type")
    func role() throws {
        let role = RoleObject(
            id: 1, name: "Admin", slug: "admin", description: "d", level: nil, userType: nil, actions: [], inherits: [],
            canAssignRoles: ["admin"], hasAllActions: true
        )
        try expect(
            role,
            #"{"id":1,"name":"Admin","slug":"admin","description":"d","level":null,"user_type":null,"#
                + #""actions":[],"inherits":[],"can_assign_roles":["admin"],"all_actions":true,"#
                + #""organization_id":null}"#
        )
        var custom = role
        custom.hasAllActions = false
        (custom.level, custom.userType, custom.organizationID) = ("account", "machine", 4)
        (custom.createdAt, custom.updatedAt) = (time, time)
        try expect(
            custom,
            #"{"id":1,"name":"Admin","slug":"admin","description":"d","level":"account","#
                + #""user_type":"machine","actions":[],"inherits":[],"can_assign_roles":["admin"],"#
                + #""organization_id":4,"created_at":"2026-01-01T00:00:00.000Z","#
                + #""updated_at":"2026-01-01T00:00:00.000Z"}"#
        )
    }

    @Test("about grants of users")
    func userGrants() throws {
        try expect(
            UserGrantObject(id: 1, userID: 2, roleID: 3, roleSlug: "ops", nrn: "organization=1"),
            #"{"id":1,"user_id":2,"role_id":3,"role_slug":"ops","nrn":"organization=1"}"#
        )
        let role = UserRolesObject.Role(
            id: 3, name: "Ops", slug: "ops", level: nil, description: "", canAssignRoles: ["member"])
        try expect(
            [UserRolesObject(userID: 2, grants: [.init(id: 1, nrn: "organization=1", role: role)])],
            #"[{"user_id":2,"grants":[{"id":1,"nrn":"organization=1","role":{"id":3,"name":"Ops","#
                + #""slug":"ops","level":null,"description":"","can_assign_roles":["member"]}}]}]"#
        )
    }

    @Test("about users, with a one-time link as one more member")
    func users() throws {
        let user = UserObject(
            id: 1, email: nil, firstName: "A", lastName: "", avatar: nil, organizationID: 2, status: "active",
            type: "machine", provider: "keywright"
        )
        let members =
            #"{"id":1,"email":null,"first_name":"A","last_name":"","avatar":null,"organization_id":2,"#
            + #""status":"active","type":"machine","provider":"keywright""#
        try expect(user, members + "}")
        try expect(
            InvitationResponse(user: user, invitationURL: SensitiveText("https://example.com/i?token=t")),
            members + #","invitation_url":"https://example.com/i?token=t"}"#
        )
        try expect(PasswordResetResponse(resetURL: SensitiveText("u")), #"{"reset_url":"u"}"#)
    }

    @Test("about resources carry the parents that apply")
    func resources() throws {
        try expect(
            ResourceObject(id: 1, name: "n", slug: "s", status: "active", nrn: "organization=1"),
            #"{"id":1,"name":"n","slug":"s","status":"active","nrn":"organization=1"}"#
        )
        try expect(
            ResourceObject(
                id: 1, name: "n", slug: "s", status: "active", nrn: "x", organizationID: 2, accountID: 3,
                namespaceID: 4,
                applicationID: 5, createdAt: time, updatedAt: time
            ),
            #"{"id":1,"name":"n","slug":"s","status":"active","nrn":"x","organization_id":2,"#
                + #""account_id":3,"namespace_id":4,"application_id":5,"#
                + #""created_at":"2026-01-01T00:00:00.000Z","updated_at":"2026-01-01T00:00:00.000Z"}"#
        )
    }

    @Test("about audit events carry what was before and after as it was")
    func audit() throws {
        let event = AuditEventObject(
            id: 1, organizationID: 2, at: time, actor: .init(type: "machine", userID: 3, apiKeyID: 4),
            credential: "kw_a", address: "::1", action: "api_key:update",
            target: .init(type: "api_key", id: .number(4)),
            before: try json(#"{"b":1,"a":[null,true,1.5,"é"]}"#), after: .null, requestID: "r", outcome: "success",
            hash: "h"
        )
        let expected =
            #"{"id":1,"organization_id":2,"at":"2026-01-01T00:00:00.000Z","actor":{"user_id":3,"#
            + #""type":"machine","api_key_id":4},"credential":"kw_a","address":"::1","#
            + #""action":"api_key:update","target":{"type":"api_key","id":4},"before":{"b":1,"a":[null,"#
            + #"true,1.5,"é"]},"after":null,"request_id":"r","outcome":"success","hash":"h"}"#
        #expect(try text(event) == expected)
        let read = try WireJSON.decode(AuditEventObject.self, from: expected.utf8)
        guard case .object(let before) = read.before else { return #expect(Bool(false)) }
        #expect(before["a"] == .array([.null, .bool(true), .number(1.5), .string("é")]) && before["b"] == .integer(1))
        #expect(read.after == .null && read.hash == "h" && read.actor == event.actor)
    }

    @Test(
        "tell the id of an audit event's target as it is: a number, text, or nothing",
        arguments: [
            (.number(4), #"{"type":"t","id":4}"#), (.text("organization=1"), #"{"type":"t","id":"organization=1"}"#),
            (.text("007"), #"{"type":"t","id":"007"}"#), (nil, #"{"type":"t"}"#),
        ] as [(AuditEventObject.TargetID?, String)]
    )
    func auditTarget(_ id: AuditEventObject.TargetID?, _ expected: String) throws {
        let target = AuditEventObject.Target(type: "t", id: id)
        #expect(try text(target) == expected)
        #expect(try WireJSON.decode(AuditEventObject.Target.self, from: expected.utf8) == target)
    }

    @Test("that refuse keep the contract's message first and say only what applies")
    func problems() throws {
        try expect(
            ProblemObject(status: 404, code: "not_found", title: "Not found", detail: "No such API key."),
            #"{"message":"No such API key.","type":"about:blank","title":"Not found","status":404,"#
                + #""detail":"No such API key.","code":"not_found"}"#
        )
        try expect(
            ProblemObject(
                status: 409, code: "conflict", title: "Conflict", detail: "d", message: "The user already exists",
                errors: [.init(pointer: "/email", message: "m")], id: 7, cause: .init(index: 0)
            ),
            #"{"message":"The user already exists","type":"about:blank","title":"Conflict","#
                + #""status":409,"detail":"d","code":"conflict","errors":[{"pointer":"/email","#
                + #""message":"m"}],"id":7,"cause":{"index":0}}"#
        )
        let foreign = try WireJSON.decode(ProblemObject.self, from: #"{"message":"Bad gateway"}"#.utf8)
        #expect(foreign.message == "Bad gateway" && foreign.detail == "Bad gateway" && foreign.errors.isEmpty)
    }
}
