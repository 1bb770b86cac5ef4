import HTTPTypes
import KeywrightDomain
import KeywrightOperations
import KeywrightStore
import KeywrightWire
import Testing

@Suite("GET /v1/audit")
struct AuditRouteTests {
    @Test("every mutation is on record with who, what, when, before and after")
    func mutations() async throws {
        try await TestInstallation.run { installation in
            let ops = try await installation.makeKey("ops", at: "organization=1")
            let key = try await installation.makeKey("member", at: "organization=1", name: "old", as: ops.value)
            installation.clock.advance(by: .seconds(5))
            let patched = try await installation.call(.patch, key.path, #"{"name":"new"}"#, as: ops.value)
            _ = try await installation.call(.patch, key.path, "{}", as: ops.value)
            _ = try await installation.call(.delete, key.path, as: ops.value)
            let list = try await installation.call(
                .get, "/v1/audit?target_type=api_key&target_id=\(key.id)", as: installation.admin
            )
            #expect(list.status == 200 && list.json.memberNames == ["paging", "results"])
            let events = list["results"].items
            #expect(events.map { $0["action"].text } == ["api_key.delete", "api_key.update", "api_key.create"])
            let update = events[1]
            #expect(update["at"].text == "2026-01-01T00:00:05.000Z" && update["outcome"].text == "success")
            #expect(update["organization_id"].number == 1)
            #expect(update["actor"]["type"].text == "api_key" && update["actor"]["user_id"].number == ops.userID)
            #expect(update["actor"]["api_key_id"].number == ops.id)
            #expect(update["credential"].text == String(ops.value.dropFirst(3).prefix(12)))
            #expect(update["target"]["type"].text == "api_key" && update["target"]["id"].number == key.id)
            #expect(update["before"]["name"].text == "old" && update["after"]["name"].text == "new")
            #expect(update["after"]["grants"][0]["role_slug"].text == "member")
            #expect(update["request_id"].text == patched.headers[Reply.requestID])
            #expect(update["hash"].text?.wholeMatch(of: /[0-9a-f]{64}/) != nil)
            #expect(events[2]["before"] == .null && events[2]["after"]["name"].text == "old")
            #expect(events[0]["before"]["name"].text == "new" && events[0]["after"] == .null)
        }
    }

    @Test("refused mutations are on record, reads and wrong input are not")
    func refusals() async throws {
        try await TestInstallation.run { installation in
            let member = try await installation.makeKey("member", at: "organization=1")
            let before = try await installation.call(.get, "/v1/audit", as: installation.admin).total
            let body = #"{"name":"x","grants":[{"nrn":"organization=1","role_slug":"admin"}]}"#
            for _ in 0..<3 { _ = try await installation.call(.post, "/api_key", body, as: member.value) }
            _ = try await installation.call(
                .post, "/role", #"{"name":"R","slug":"r","actions":["a:b"]}"#, as: member.value)
            _ = try await installation.call(.get, "/api_key", as: member.value)
            _ = try await installation.call(.post, "/api_key", "{}", as: member.value)
            _ = try await installation.exchange(member.value)
            let refused = try await installation.call(.get, "/v1/audit?outcome=refused", as: installation.admin)
            #expect(refused["results"].items.map { $0["action"].text } == ["role.create", "api_key.create"])
            #expect(refused["results"].items.allSatisfy { $0["actor"]["user_id"].number == member.userID })
            #expect(refused["results"].items.allSatisfy { $0["after"] == .null })
            let after = try await installation.call(.get, "/v1/audit", as: installation.admin).total
            #expect(after == (before ?? 0) + 2)
            // One entry a minute for the same refusal.
            installation.clock.advance(by: .seconds(60))
            _ = try await installation.call(.post, "/api_key", body, as: member.value)
            let again = try await installation.call(.get, "/v1/audit?outcome=refused", as: installation.admin)
            #expect(again.total == 3)
        }
    }

    @Test("the trail is filtered by action, user, target, outcome and time, newest first")
    func filters() async throws {
        try await TestInstallation.run { installation in
            let key = try await installation.makeKey("ops", at: "organization=1")
            installation.clock.advance(by: .seconds(60))
            let made = try await installation.makeKey("member", at: "organization=1", as: key.value)
            let cases: [(query: String, actions: [String])] = [
                ("user_id=\(key.userID)", ["api_key.create"]),
                ("action=account.create", ["account.create", "account.create"]),
                ("since=2026-01-01T00:01:00Z", ["api_key.create"]),
                ("since=2026-01-01T00:01:00Z&until=2026-01-01T00:01:00Z", []),
                ("until=2026-01-01T00:01:00.000Z&target_type=api_key", ["api_key.create", "api_key.create"]),
                ("target_type=scope", ["scope.create"]),
                ("target_type=api_key&target_id=\(made.id)", ["api_key.create"]),
                ("outcome=failure", []), ("action=nothing", []), ("action=nothing,scope.create", ["scope.create"]),
                ("target_type=application,scope", ["scope.create", "application.create"]),
                ("target_type=api_key&target_id=1,\(made.id),new", ["api_key.create", "api_key.create"]),
                ("user_id=99,\(key.userID)", ["api_key.create"]),
                ("outcome=failure,refused,success&action=scope.create", ["scope.create"]),
            ]
            for (query, actions) in cases {
                let list = try await installation.call(.get, "/v1/audit?\(query)", as: installation.admin)
                #expect(list["results"].items.compactMap { $0["action"].text } == actions, "\(query)")
                #expect(list.total == Int64(actions.count), "\(query)")
            }
            let all = try await installation.call(.get, "/v1/audit?limit=200", as: installation.admin)
            #expect(all.ids == all.ids.sorted(by: >) && all.ids.count > 5)
            for (query, pointer) in [
                ("outcome=maybe", "/outcome"), ("since=yesterday", "/since"), ("until=2026", "/until"),
                ("user_id=x", "/user_id"), ("user_id=1,", "/user_id"), ("outcome=success,maybe", "/outcome"),
            ] {
                try await installation.call(.get, "/v1/audit?\(query)", as: installation.admin)
                    .expectRefusal(400, at: [pointer])
            }
        }
    }

    @Test("reading needs audit:read at organization level")
    func rights() async throws {
        try await TestInstallation.run { installation in
            let text = "This needs the action audit:read at organization=1."
            for (role, nrn) in [
                ("ops", "organization=1"), ("developer", "organization=1"), ("admin", "organization=1:account=1"),
                ("secops", "organization=1:account=1"),
            ] {
                let key = try await installation.makeKey(role, at: nrn)
                try await installation.call(.get, "/v1/audit", as: key.value).expectRefusal(403, text)
            }
            let watcher = try await installation.makeKey("secops", at: "organization=1")
            #expect(try await installation.call(.get, "/v1/audit", as: watcher.value).status == 200)
        }
    }

    @Test("each organization reads its own trail")
    func isolation() async throws {
        try await TestInstallation.run { installation in
            let key = try await installation.makeKey("member", at: "organization=1", name: "confidential")
            let other = try await installation.otherOrganization()
            let list = try await installation.call(.get, "/v1/audit?limit=200", as: other)
            #expect(list["results"].items.allSatisfy { $0["organization_id"].number == 2 } && !list.ids.isEmpty)
            #expect(!list.text.contains("confidential"))
            let filtered = try await installation.call(
                .get, "/v1/audit?target_type=api_key&target_id=\(key.id)", as: other
            )
            #expect(filtered.total == 0)
        }
    }

    @Test("a target's id is a number where it is one, otherwise the text that it is")
    func targets() async throws {
        try await TestInstallation.run { installation in
            let principal = try await installation.operations.authenticate(
                .bearer(Secret(installation.admin)), from: .init()
            )
            let ids = ["57", "organization=1:account=2", "+5", "007", "a-slug"]
            try await installation.store.write { [now = installation.clock.now] transaction in
                for id in ids {
                    transaction.append(AuditEvent("thing.test", .init("thing", id), by: principal, at: now))
                }
            }
            let list = try await installation.call(
                .get, "/v1/audit?target_type=thing", as: installation.admin
            )
            let shown = list["results"].items.map { $0["target"]["id"] }
            #expect(shown.reversed() == [.integer(57)] + ids.dropFirst().map(JSONValue.string))
            let named = try await installation.call(
                .get, "/v1/audit?target_id=organization=1:account%3D2", as: installation.admin
            )
            #expect(named.total == 1)
            let member = try await installation.makeKey("member", at: "organization=1")
            _ = try await installation.call(
                .post, "/role", #"{"name":"R","slug":"r","actions":["a:b"]}"#, as: member.value
            )
            let refused = try await installation.call(.get, "/v1/audit?outcome=refused", as: installation.admin)
            #expect(refused["results"][0]["target"].memberNames == ["type"])
        }
    }
}
