import HTTPTypes
import Testing

/// Changing keys passes the assignment rule for all that becomes more.
@Suite("What may be done to an API key")
struct APIKeyRightsTests {
    private static let account = "organization=1:account=1"

    @Test("a stronger key at one's own place may be renamed, tagged, disabled and deleted")
    func strongerKey() async throws {
        try await TestInstallation.run { installation in
            let ops = try await installation.makeKey("ops", at: Self.account)
            let strong = try await installation.makeKey("admin", at: Self.account)
            for body in [
                #"{"name":"renamed"}"#, #"{"tags":[{"key":"a","value":"b"}]}"#, #"{"enabled":false}"#,
                #"{"expires_at":"2026-02-01T00:00:00Z"}"#,
            ] {
                let reply = try await installation.call(.patch, strong.path, body, as: ops.value)
                #expect(reply.status == 200, "\(body)")
            }
            #expect(try await installation.call(.delete, strong.path, as: ops.value).status == 204)
        }
    }

    @Test("enabling a key passes the assignment rule")
    func enabling() async throws {
        try await TestInstallation.run { installation in
            let ops = try await installation.makeKey("ops", at: Self.account)
            for (role, status) in [("admin", 403), ("developer", 403), ("member", 200), ("ops", 200)] {
                let key = try await installation.makeKey(role, at: Self.account)
                let disabled = try await installation.call(.patch, key.path, #"{"enabled":false}"#, as: ops.value)
                #expect(disabled.status == 200)
                let again = try await installation.call(.patch, key.path, #"{"enabled":false}"#, as: ops.value)
                #expect(again.status == 200)
                let enabled = try await installation.call(.patch, key.path, #"{"enabled":true}"#, as: ops.value)
                #expect(enabled.status == status, "\(role)")
                let read = try await installation.call(.get, key.path, as: ops.value)
                #expect(read["enabled"].bool == (status == 200))
            }
        }
    }

    @Test("letting a key live longer passes the assignment rule; shortening does not")
    func extending() async throws {
        try await TestInstallation.run { installation in
            let ops = try await installation.makeKey("ops", at: Self.account)
            for (role, status) in [("admin", 403), ("member", 200)] {
                let key = try await installation.makeKey(
                    #"""
                    {"name":"x","expires_at":"2026-03-01T00:00:00Z",
                    "grants":[{"nrn":"\#(Self.account)","role_slug":"\#(role)"}]}
                    """#
                )
                let shorter = #"{"expires_at":"2026-02-01T00:00:00Z"}"#
                #expect(try await installation.call(.patch, key.path, shorter, as: ops.value).status == 200)
                #expect(try await installation.call(.patch, key.path, shorter, as: ops.value).status == 200)
                for longer in ["\"2026-02-01T00:00:00.001Z\"", "null"] {
                    let reply = try await installation.call(
                        .patch, key.path, #"{"expires_at":\#(longer)}"#, as: ops.value
                    )
                    #expect(reply.status == status, "\(role) \(longer)")
                }
            }
        }
    }

    @Test("grants that stay need no right to give them, grants that come do")
    func keptGrants() async throws {
        try await TestInstallation.run { installation in
            let ops = try await installation.makeKey("ops", at: Self.account)
            let kept = #"{"nrn":"\#(Self.account)","role_slug":"admin"}"#
            let key = try await installation.makeKey(#"{"name":"x","grants":[\#(kept)]}"#)
            func patch(_ more: String) async throws -> Reply {
                try await installation.call(.patch, key.path, #"{"grants":[\#(kept)\#(more)]}"#, as: ops.value)
            }
            #expect(try await patch("").status == 200)
            let member = #",{"nrn":"\#(Self.account):namespace=1","role_slug":"member"}"#
            #expect(try await patch(member)["grants"].items.count == 2)
            // The same role, one level down or in another spelling, is another grant.
            let below = #",{"nrn":"\#(Self.account):namespace=1","role_slug":"admin"}"#
            try await patch(below).expectRefusal(
                403, "You may not give the role admin at organization=1:account=1:namespace=1."
            )
            let spelled = #",{"nrn":"\#(Self.account)","role_slug":"account:admin"}"#
            try await patch(spelled).expectRefusal(403, "You may not give the role account:admin at \(Self.account).")
            let away = #",{"nrn":"organization=1:account=2","role_slug":"member"}"#
            try await patch(away).expectRefusal(
                403, "This needs the action api_key:update at organization=1:account=2.")
            let read = try await installation.call(.get, key.path, as: ops.value)
            #expect(read["grants"].items.count == 2)
        }
    }

    @Test("a key renames, tags and deletes itself, but never changes its own grants, state or expiry")
    func selfChanges() async throws {
        try await TestInstallation.run { installation in
            for role in ["ops", "admin"] {
                let key = try await installation.makeKey(role, at: Self.account)
                let grants = #"[{"nrn":"\#(Self.account)","role_slug":"\#(role)"}]"#
                for body in [
                    #"{"grants":\#(grants)}"#, #"{"enabled":true}"#, #"{"enabled":false}"#, #"{"expires_at":null}"#,
                    #"{"expires_at":"2027-01-01T00:00:00Z"}"#, #"{"name":"both","enabled":true}"#,
                ] {
                    let reply = try await installation.call(.patch, key.path, body, as: key.value)
                    reply.expectRefusal(403, "An API key may not change its own grants, state or expiry.")
                    let token = try await installation.exchange(key.value).access
                    try await installation.call(.patch, key.path, body, as: token).expectRefusal(403)
                }
                let renamed = try await installation.call(
                    .patch, key.path, #"{"name":"me","tags":[{"key":"a","value":"b"}]}"#, as: key.value
                )
                #expect(renamed.status == 200 && renamed["name"].text == "me")
                #expect(try await installation.call(.delete, key.path, as: key.value).status == 204)
                try await installation.call(.get, key.path, as: key.value).expectRefusal(401)
            }
        }
    }

    @Test("a key without the action does not even rename itself")
    func selfWithoutAction() async throws {
        try await TestInstallation.run { installation in
            let watcher = try await installation.makeKey("secops", at: Self.account)
            let renamed = try await installation.call(.patch, watcher.path, #"{"name":"me"}"#, as: watcher.value)
            renamed.expectRefusal(403, "This needs the action api_key:update at \(Self.account).")
            let deleted = try await installation.call(.delete, watcher.path, as: watcher.value)
            deleted.expectRefusal(403, "This needs the action api_key:delete at \(Self.account).")
            let member = try await installation.makeKey("member", at: Self.account)
            try await installation.call(.patch, member.path, #"{"name":"me"}"#, as: member.value).expectRefusal(404)
        }
    }

    @Test("a key that gave itself away cannot be used to come back: made keys are bounded by their maker")
    func chain() async throws {
        try await TestInstallation.run { installation in
            let ops = try await installation.makeKey("ops", at: Self.account)
            let second = try await installation.makeKey("ops", at: "\(Self.account):namespace=1", as: ops.value)
            let third = try await installation.call(
                .post, "/api_key", #"{"name":"x","grants":[{"nrn":"\#(Self.account)","role_slug":"member"}]}"#,
                as: second.value
            )
            third.expectRefusal(403, "This needs the action api_key:create at \(Self.account).")
            // The second key survives its maker.
            #expect(try await installation.call(.delete, ops.path, as: installation.admin).status == 204)
            #expect(try await installation.call(.get, second.path, as: second.value).status == 200)
        }
    }
}
