import HTTPTypes
import Testing

/// Who may give which grant to a key. Nobody gives what they do not hold.
@Suite("The assignment rule")
struct AssignmentTests {
    private static let account = "organization=1:account=1"

    @Test(
        "Ops gives the roles of pipelines, agents and services",
        arguments: [
            "ops", "member", "machine:ci", "controlplane:agent", "troubleshooting", "insights-viewer", "verifier",
            "account:ops", "account:member",
        ]
    )
    func opsGives(_ slug: String) async throws {
        try await expect(201, slug: slug)
    }

    @Test(
        "Ops gives no role that is more or other than that",
        arguments: [
            "admin", "developer", "secops", "secrets-reader", "account:admin", "account:developer", "account:secops",
        ]
    )
    func opsDoesNotGive(_ slug: String) async throws {
        try await expect(403, slug: slug)
    }

    @Test(
        "a role by id, actions and inherited roles pass the same rule",
        arguments: [
            (201, #""role_id":704380989"#), (403, #""role_id":696188987"#), (403, #""role_id":535953428"#),
            (201, #""actions":["api_key:create","build:update"]"#), (403, #""actions":["build:delete"]"#),
            (403, #""actions":["custom_thing:fly"]"#), (201, #""inherits":["member","machine:ci"]"#),
            (201, #""inherits":["member"],"actions":{"add":["agent:connect"]}"#),
            (201, #""inherits":["ops"],"actions":{"remove":["custom_thing:fly"]}"#),
            (403, #""inherits":["member"],"actions":{"add":["user:create"]}"#), (403, #""inherits":["developer"]"#),
            (403, #""inherits":["admin"],"actions":{"remove":["user:create"]}"#),
            (403, #""inherits":["secrets-reader"],"actions":{"remove":["parameter:read_secret"]}"#),
        ]
    )
    func shapes(_ status: Int, _ shape: String) async throws {
        try await TestInstallation.run { installation in
            let ops = try await installation.makeKey("ops", at: Self.account)
            let reply = try await installation.call(
                .post, "/api_key", #"{"name":"x","grants":[{"nrn":"\#(Self.account)",\#(shape)}]}"#, as: ops.value
            )
            #expect(reply.status == status, "\(reply.message ?? "")")
        }
    }

    @Test(
        "a role is given at or below the place where its giver holds it",
        arguments: [
            (201, Self.account), (201, "\(Self.account):namespace=1"),
            (201, "\(Self.account):namespace=1:application=1:scope=1"),
            (403, "organization=1"), (403, "organization=1:account=2"),
        ],
        ["admin", "ops"]
    )
    func places(_ expected: (status: Int, nrn: String), _ role: String) async throws {
        try await TestInstallation.run { installation in
            let giver = try await installation.makeKey(role, at: Self.account)
            let reply = try await installation.call(
                .post, "/api_key", #"{"name":"x","grants":[{"nrn":"\#(expected.nrn)","role_slug":"\#(role)"}]}"#,
                as: giver.value
            )
            #expect(reply.status == expected.status, "\(reply.message ?? "")")
            guard expected.status == 403 else { return }
            reply.expectRefusal(403, "This needs the action api_key:create at \(expected.nrn).")
        }
    }

    @Test(
        "who holds no api_key:create is told so",
        arguments: ["developer", "member", "secops", "machine:ci", "controlplane:agent", "verifier", "insights-viewer"]
    )
    func withoutTheAction(_ role: String) async throws {
        try await TestInstallation.run { installation in
            let key = try await installation.makeKey(role, at: Self.account)
            let reply = try await installation.call(
                .post, "/api_key", #"{"name":"x","grants":[{"nrn":"\#(Self.account)","role_slug":"member"}]}"#,
                as: key.value
            )
            reply.expectRefusal(403, "This needs the action api_key:create at \(Self.account).")
        }
    }

    @Test("one grant that may not be given refuses all")
    func allOrNothing() async throws {
        try await TestInstallation.run { installation in
            let ops = try await installation.makeKey("ops", at: Self.account)
            let reply = try await installation.call(
                .post, "/api_key",
                #"""
                {"name":"x","grants":[{"nrn":"organization=1:account=1","role_slug":"member"},
                {"nrn":"organization=1:account=1:namespace=1","role_slug":"admin"}]}
                """#,
                as: ops.value
            )
            reply.expectRefusal(403, "You may not give the role admin at organization=1:account=1:namespace=1.")
            #expect(try await installation.call(.get, "/api_key", as: installation.admin).total == 2)
        }
    }

    @Test("nothing is given in another organization, whose places are as if absent")
    func otherOrganization() async throws {
        try await TestInstallation.run { installation in
            _ = try await installation.otherOrganization()
            var answers: Set<String> = []
            for nrn in ["organization=2", "organization=3"] {
                let reply = try await installation.call(
                    .post, "/api_key", #"{"name":"x","grants":[{"nrn":"\#(nrn)","role_slug":"member"}]}"#,
                    as: installation.admin
                )
                reply.expectRefusal(400, "There is no such resource.", at: ["/grants/0/nrn"])
                answers.insert(reply.text)
            }
            #expect(answers.count == 1)
        }
    }

    private func expect(_ status: Int, slug: String) async throws {
        try await TestInstallation.run { installation in
            let ops = try await installation.makeKey("ops", at: Self.account)
            let reply = try await installation.call(
                .post, "/api_key", #"{"name":"x","grants":[{"nrn":"\#(Self.account)","role_slug":"\#(slug)"}]}"#,
                as: ops.value
            )
            #expect(reply.status == status, "\(reply.message ?? "")")
            if status == 403 { reply.expectRefusal(403, "You may not give the role \(slug) at \(Self.account).") }
        }
    }
}
