import ArgumentParser
import KeywrightClient
import KeywrightWire
import Testing

@testable import keywright

/// The commands, against canned answers of a server.
@Suite struct RemoteCommandTests {
    /// Runs a command and returns what it printed and what the server was asked.
    private func run<Command: RemoteCommand>(
        _ command: Command.Type, _ arguments: [String], _ answers: StubServer.Answer..., answer: Bool? = nil
    ) async throws -> (captured: Captured, requests: [StubServer.Request], error: (any Error)?) {
        let captured = Captured()
        let parsed = try Command.parse(arguments)
        let first = try #require(answers.first)
        let run = { (server: StubServer) -> ([StubServer.Request], (any Error)?) in
            do {
                try await parsed.run(try server.session(captured, answer: answer))
                return (server.requests, nil)
            } catch {
                return (server.requests, error)
            }
        }
        let (requests, error) =
            answers.count == 1
            ? try await StubServer.run(first, body: run) : try await StubServer.run(first, answers[1], body: run)
        return (captured, requests, error)
    }

    @Test("key create prints the value alone, everything else beside it")
    func create() async throws {
        let result = try await run(
            KeyCommand.Create.self,
            [
                "ci-main", "--grant", "organization=1:account=2=machine:ci", "--grant-actions",
                "organization=1=log:read", "--tag", "team:web", "--expires", "90d", "--disabled",
            ],
            .json(201, keyJSON(secret: sampleSecret))
        )
        #expect(result.captured.output == sampleSecret + "\n")
        #expect(result.captured.errors.contains(#"Created API key 17, "ci-main" (kw_abcdefghijkl_…SSSS)."#))
        #expect(!result.captured.errors.contains(sampleSecret))
        #expect(
            result.requests.first?.body
                == #"{"name":"ci-main","grants":[{"nrn":"organization=1:account=2","role_slug":"machine:ci"},"#
                + #"{"nrn":"organization=1","actions":["log:read"]}],"tags":[{"key":"team","value":"web"}],"#
                + #""enabled":false,"expires_at":"2026-04-01T00:00:00.000Z"}"#
        )
    }

    @Test("key create --json prints the whole answer and nothing else")
    func createJSON() async throws {
        let answer = keyJSON(secret: sampleSecret)
        let result = try await run(
            KeyCommand.Create.self, ["ci-main", "--grant", "organization=1=admin", "--json"], .json(201, answer)
        )
        #expect(result.captured.output == answer + "\n")
        #expect(result.captured.errors.isEmpty)
    }

    @Test("a new key whose value cannot be written is named, so that it can be deleted")
    func lostOutput() async throws {
        let command = try KeyCommand.Create.parse(["ci-main", "--grant", "organization=1=admin"])
        let streams = StandardStreams(
            write: { _ in throw CommandFailure(silent: .failed) }, writeError: { _ in }, ask: nil
        )
        try await StubServer.run(.json(201, keyJSON(secret: sampleSecret))) { server in
            let session = RemoteSession(client: try server.client(), streams: streams, now: 0)
            let error = await #expect(throws: CommandFailure.self) { try await command.run(session) }
            #expect(error?.report.last == "Delete it: keywright key delete 17")
        }
    }

    @Test("key list is a table, with a word when there is more")
    func list() async throws {
        let page = pageJSON([keyJSON(17), keyJSON(18, name: "日本")], total: 40, limit: 2)
        let result = try await run(KeyCommand.List.self, ["--limit", "2"], .json(200, page))
        #expect(
            result.captured.output
                == """
                ID  NAME     KEY                    STATUS  GRANTS                TAGS      LAST USED  EXPIRES
                17  ci-main  kw_abcdefghijkl_…SSSS  active  organization=1=admin  team:web  never      never
                18  日本     kw_abcdefghijkl_…SSSS  active  organization=1=admin  team:web  never      never

                """
        )
        #expect(result.captured.errors == "API keys 1 to 2 of 40. More with --offset 2, or with --all.\n")
    }

    @Test("key list --json prints the server's JSON with unsafe characters escaped")
    func listJSON() async throws {
        let page = pageJSON([keyJSON(17, name: #"a\u001bb"# + "\u{9B}c")], total: 1)
        let result = try await run(KeyCommand.List.self, ["--json"], .json(200, page))
        #expect(result.captured.output.contains(#""name":"a\u001bb\u009Bc""#))
        #expect(result.captured.output.hasPrefix(#"{"paging":{"offset":0,"limit":30,"total":1},"results":[{"id":17,"#))
        #expect(result.captured.errors.isEmpty)
    }

    @Test("--all asks for one page after the other and takes a result once")
    func all() async throws {
        let first = pageJSON((1...200).map { keyJSON($0) }, total: 201, limit: 200)
        let second = pageJSON([keyJSON(200), keyJSON(201)], total: 201, limit: 200, offset: 200)
        let result = try await run(KeyCommand.List.self, ["--all"], .json(200, first), .json(200, second))
        #expect(result.requests.map(\.target) == ["/api_key?limit=200&offset=0", "/api_key?limit=200&offset=200"])
        #expect(result.captured.output.split(separator: "\n").count == 202)
        #expect(result.captured.errors.isEmpty)
    }

    @Test("a server that repeats its page forever does not hold the command")
    func repeatedPage() async throws {
        let page = pageJSON((1...200).map { keyJSON($0) }, total: 100_000, limit: 200)
        let result = try await run(KeyCommand.List.self, ["--all"], .json(200, page))
        #expect(result.requests.count == 2)
    }

    @Test("key delete asks a person, names what is deleted, and takes no for an answer")
    func deleteAsks() async throws {
        let refused = try await run(KeyCommand.Delete.self, ["17"], .json(200, keyJSON()), answer: false)
        #expect(refused.error as? CommandFailure == CommandFailure("Nothing was changed."))
        #expect(refused.captured.questions == [#"Delete API key 17 "ci-main"?"#])
        #expect(refused.requests.map(\.method) == ["GET"])
        let agreed = try await run(KeyCommand.Delete.self, ["17"], .json(200, keyJSON()), .json(204, ""), answer: true)
        #expect(agreed.requests.map(\.method) == ["GET", "DELETE"])
        #expect(agreed.captured.output == "Deleted API key 17.\n")
    }

    @Test("key delete --yes and a pipe do not ask")
    func deleteSilently() async throws {
        let certain = try await run(KeyCommand.Delete.self, ["17", "--yes"], .json(204, ""), answer: false)
        #expect(certain.requests.map(\.method) == ["DELETE"])
        let piped = try await run(KeyCommand.Delete.self, ["17"], .json(204, ""))
        #expect(piped.requests.map(\.method) == ["DELETE"])
    }

    @Test("one refusal among several does not stop the others, and is the exit code")
    func several() async throws {
        let result = try await run(
            KeyCommand.Delete.self, ["17", "18", "18"], .json(403, problemJSON(403, "No.")), .json(204, "")
        )
        #expect(result.captured.output == "Deleted API key 18.\n")
        #expect(result.captured.errors == "Error: 17: No.\n")
        #expect(result.error as? CommandFailure == CommandFailure(silent: .refused))
        #expect(result.requests.count == 2)
    }

    @Test("key update sends what was given and nothing else")
    func update() async throws {
        func body(_ arguments: [String]) async throws -> String? {
            try await run(KeyCommand.Update.self, ["17"] + arguments, .json(200, keyJSON())).requests.first?.body
        }
        #expect(try await body(["--name", "n"]) == #"{"name":"n"}"#)
        #expect(try await body(["--clear-tags", "--expires", "never"]) == #"{"tags":[],"expires_at":null}"#)
        #expect(
            try await body(["--grant", "organization=1=ops", "--tag", "a:b"])
                == #"{"grants":[{"nrn":"organization=1","role_slug":"ops"}],"tags":[{"key":"a","value":"b"}]}"#
        )
        #expect(throws: (any Error).self) { try KeyCommand.Update.parse(["17"]) }
        #expect(throws: (any Error).self) { try KeyCommand.Update.parse(["17", "--tag", "a:b", "--clear-tags"]) }
    }

    @Test("disable and enable change that alone")
    func switches() async throws {
        let disabled = try await run(KeyCommand.Disable.self, ["17"], .json(200, keyJSON()))
        #expect(disabled.requests.first?.body == #"{"enabled":false}"#)
        #expect(disabled.captured.output == "Disabled API key 17, \"ci-main\".\n")
        let enabled = try await run(KeyCommand.Enable.self, ["17", "--json"], .json(200, keyJSON()))
        #expect(enabled.requests.first?.body == #"{"enabled":true}"#)
        #expect(enabled.captured.output == keyJSON() + "\n")
    }

    @Test("token prints the access token alone")
    func token() async throws {
        let answer =
            #"{"access_token":"a.b.c","refresh_token":"r","token_type":"Bearer","expires_in":3600,"#
            + #""token_expires_at":1767229200000,"organization_id":1,"account_id":0}"#
        let result = try await run(TokenCommand.self, [], .json(200, answer))
        #expect(result.captured.output == "a.b.c\n")
        #expect(result.captured.errors.isEmpty)
        let whole = try await run(TokenCommand.self, ["--json"], .json(200, answer))
        #expect(whole.captured.output == answer + "\n")
    }

    @Test("user invite prints the link alone")
    func invite() async throws {
        let user =
            #"{"id":4,"email":"a@example.com","first_name":"A","last_name":"","avatar":null,"organization_id":1,"#
            + #""status":"active","type":"person","provider":"keywright","invitation_url":"https://h/i?t=x"}"#
        let result = try await run(UserCommand.Invite.self, ["a@example.com", "--first-name", "A"], .json(200, user))
        #expect(result.captured.output == "https://h/i?t=x\n")
        #expect(result.captured.errors.contains("grant create 4 organization=1=member"))
        #expect(result.requests.first?.body == #"{"email":"a@example.com","first_name":"A"}"#)
    }

    @Test("one grant goes by the single route, several go together")
    func grants() async throws {
        let grant = #"{"id":8,"user_id":4,"role_id":1,"role_slug":"member","nrn":"organization=1"}"#
        let one = try await run(GrantCommand.Create.self, ["4", "organization=1=member"], .json(201, grant))
        #expect(one.requests.first?.target == "/authz/grants")
        #expect(one.captured.output == "ID  USER  ROLE    NRN\n8   4     member  organization=1\n")
        let two = try await run(
            GrantCommand.Create.self, ["4", "organization=1=member", "organization=1=ops"], .json(201, "[\(grant)]")
        )
        #expect(two.requests.first?.target == "/user/4/grant")
    }

    @Test("grant list asks until a page brings nobody new")
    func grantList() async throws {
        let role = #"{"id":1,"name":"Member","slug":"member","level":null,"description":"","can_assign_roles":[]}"#
        let holders = #"[{"user_id":4,"grants":[{"id":8,"nrn":"organization=1","role":\#(role)}]}]"#
        let result = try await run(GrantCommand.List.self, [], .json(200, holders), .json(200, "[]"))
        #expect(result.captured.output == "ID  USER  ROLE    NRN\n8   4     member  organization=1\n")
        #expect(result.requests.count == 2)
    }

    @Test("filters that are given again mean one of their values")
    func repeatedFilters() async throws {
        let empty = StubServer.Answer.json(200, pageJSON([], total: 0))
        let audit = try await run(
            AuditListCommand.self,
            [
                "--action", "a", "--action", "b", "--user", "1", "--user", "2", "--target-id", "organization=1",
                "--target-type", "t", "--outcome", "success", "--outcome", "failure",
            ], empty
        )
        #expect(
            audit.requests.first?.target
                == "/v1/audit?action=a%2Cb&user_id=1%2C2&target_type=t&target_id=organization%3D1"
                + "&outcome=success%2Cfailure&limit=30&offset=0"
        )
        let users = try await run(
            UserCommand.List.self,
            ["--email", "a@b.c", "--email", "d@e.f", "--status", "active", "--status", "inactive"], empty
        )
        #expect(
            users.requests.first?.target
                == "/user?email=a%40b.c%2Cd%40e.f&status=active%2Cinactive&limit=30&offset=0"
        )
        let resources = try await run(
            ResourceCommand.List.self,
            ["scope", "--parent", "4", "--parent", "5", "--slug", "a", "--slug", "b", "--status", "deleted"], empty
        )
        #expect(
            resources.requests.first?.target
                == "/scope?application_id=4%2C5&slug=a%2Cb&status=deleted&limit=30&offset=0"
        )
        let roles = try await run(RoleCommand.List.self, ["--slug", "ops", "--slug", "admin"], empty)
        #expect(roles.requests.first?.target == "/role?slug=ops%2Cadmin&limit=30&offset=0")
        let grants = try await run(
            GrantCommand.List.self, ["--user", "1", "--user", "2", "--nrn", "organization=1"], .json(200, "[]")
        )
        #expect(
            grants.requests.first?.target
                == "/authz/user_role?user_id=1%2C2&nrn=organization%3D1&limit=200&offset=0"
        )
    }

    @Test("audit list shows who did what to what")
    func audit() async throws {
        let event =
            #"{"id":5,"organization_id":1,"at":"2026-01-01T00:00:00.000Z","actor":{"type":"api_key","user_id":3,"#
            + #""api_key_id":17},"credential":"abcdefghijkl","address":null,"action":"api_key.create","#
            + #""target":{"type":"api_key","id":18},"before":null,"after":{"name":"x"},"request_id":"r-1","#
            + #""outcome":"success","hash":"00"}"#
        let result = try await run(
            AuditListCommand.self, ["--since", "1h", "--outcome", "success"], .json(200, pageJSON([event], total: 1))
        )
        #expect(
            result.captured.output == """
                ID  TIME                      ACTION          OUTCOME  ACTOR       TARGET      ADDRESS  REQUEST
                5   2026-01-01T00:00:00.000Z  api_key.create  success  api_key 17  api_key 18  -        r-1

                """
        )
        #expect(
            result.requests.first?.target
                == "/v1/audit?outcome=success&since=2025-12-31T23%3A00%3A00.000Z&limit=30&offset=0"
        )
    }

    @Test("resources need the parent they are created in")
    func resources() async throws {
        let resource = #"{"id":3,"name":"N","slug":"n","status":"active","nrn":"organization=1:account=2:namespace=3"}"#
        let result = try await run(
            ResourceCommand.Create.self, ["namespace", "N", "--parent", "2"], .json(200, resource)
        )
        #expect(result.requests.first?.body == #"{"name":"N","account_id":2}"#)
        #expect(throws: (any Error).self) { try ResourceCommand.Create.parse(["namespace", "N"]) }
        #expect(throws: (any Error).self) { try ResourceCommand.Create.parse(["organization", "N"]) }
        #expect(throws: (any Error).self) { try ResourceCommand.List.parse(["organization", "--parent", "1"]) }
        _ = try ResourceCommand.Create.parse(["account", "N"])
    }

    @Test("contradictory options are refused")
    func contradictions() {
        for arguments in [
            ["--below"], ["--used", "30d", "--unused", "90d"], ["--all", "--limit", "5"], ["--limit", "0"],
            ["--offset", "-1"], ["--status", "on"], ["--sort", "id"], ["--owner", "x"],
        ] {
            #expect(throws: (any Error).self, "\(arguments)") { try KeyCommand.List.parse(arguments) }
        }
        #expect(throws: (any Error).self) { try KeyCommand.Create.parse(["name"]) }
    }

    @Test(
        "a key's status says whether it works now",
        arguments: [
            ("true", "null", "active"), ("true", #""2026-01-01T00:00:00.001Z""#, "active"),
            ("true", #""2026-01-01T00:00:00.000Z""#, "expired"), ("false", "null", "disabled"),
        ])
    func status(enabled: String, expires: String, expected: String) throws {
        let json = keyJSON().replacing(#""enabled":true"#, with: #""enabled":\#(enabled)"#)
            .replacing(#""expires_at":null"#, with: #""expires_at":\#(expires)"#)
        let key = try WireJSON.decode(APIKeyObject.self, from: Array(json.utf8))
        #expect(KeyText.status(key, now: 1_767_225_600_000) == expected)
    }

    @Test("grants read as they are written on the command line")
    func grantText() {
        let nrn = "organization=1"
        #expect(KeyText.grant(GrantObject(nrn: nrn, roleID: 1, roleSlug: "admin")) == "organization=1=admin")
        var fine = GrantObject(
            nrn: nrn, roleID: 1, roleSlug: "apikey:1:1", actions: ["log:read", "a:b"], inherits: [], added: ["a:b"],
            removed: []
        )
        #expect(KeyText.grant(fine) == "organization=1=log:read,a:b")
        fine.inherits = [.init(id: 1, slug: "member", organizationID: nil)]
        fine.removed = ["role:read"]
        #expect(KeyText.grant(fine) == "organization=1=member,+a:b,-role:read")
    }
}
