import HTTPTypes
import Testing

/// Editing a role raises all who hold it, so nobody puts more into one than they hold.
@Suite("Rights on roles")
struct RoleRightsTests {
    @Test(
        "roles are changed by who holds the action at organization level",
        arguments: ["developer", "ops", "secops", "member"]
    )
    func withoutTheAction(_ role: String) async throws {
        try await TestInstallation.run { installation in
            let made = try await installation.call(
                .post, "/role", #"{"name":"R","slug":"r","actions":["build:read"]}"#, as: installation.admin
            )
            let path = "/role/\(try #require(made["id"].number))"
            let key = try await installation.makeKey(role, at: "organization=1")
            try await installation.call(
                .post, "/role", #"{"name":"S","slug":"s","actions":["build:read"]}"#, as: key.value
            )
            .expectRefusal(403, "This needs the action role:create at organization=1.")
            try await installation.call(.patch, path, #"{"name":"S"}"#, as: key.value)
                .expectRefusal(403, "This needs the action role:update at organization=1.")
            try await installation.call(.delete, path, as: key.value)
                .expectRefusal(403, "This needs the action role:delete at organization=1.")
            #expect(try await installation.call(.get, path, as: key.value).status == 200)
        }
    }

    @Test("Admin of an account is not enough")
    func belowTheOrganization() async throws {
        try await TestInstallation.run { installation in
            let key = try await installation.makeKey("admin", at: "organization=1:account=1")
            try await installation.call(
                .post, "/role", #"{"name":"S","slug":"s","actions":["build:read"]}"#, as: key.value
            )
            .expectRefusal(403, "This needs the action role:create at organization=1.")
        }
    }

    @Test("without role:read the catalogue is refused", arguments: ["/role", "/role/704380989"])
    func reading(_ path: String) async throws {
        try await TestInstallation.run { installation in
            let key = try await installation.makeKey(actions: ["build:create"], at: "organization=1")
            try await installation.call(.get, path, as: key.value)
                .expectRefusal(403, "This needs the action role:read at organization=1.")
        }
    }

    @Test("who may edit roles cannot raise themselves by one")
    func escalation() async throws {
        try await TestInstallation.run { installation in
            let own = try await installation.call(
                .post, "/role",
                #"{"name":"Keeper","slug":"keeper","inherits":["member"],"actions":["role:create","role:update","role:delete"]}"#,
                as: installation.admin
            )
            let strong = try await installation.call(
                .post, "/role", #"{"name":"Strong","slug":"strong","actions":["user:delete"]}"#, as: installation.admin
            )
            let ownPath = "/role/\(try #require(own["id"].number))"
            let strongPath = "/role/\(try #require(strong["id"].number))"
            let keeper = try await installation.makeKey("keeper", at: "organization=1")
            let refusal = "A role cannot allow more than you hold at organization=1."

            for body in [
                #"{"name":"x","slug":"x","actions":["user:create"]}"#, #"{"name":"x","slug":"x","inherits":["ops"]}"#,
                #"{"name":"x","slug":"x","inherits":["strong"]}"#,
                #"{"name":"x","slug":"x","actions":["build:read","custom_thing:fly"]}"#,
            ] {
                try await installation.call(.post, "/role", body, as: keeper.value).expectRefusal(403, refusal)
            }
            for body in [
                #"{"actions":["role:create","role:update","api_key:create"]}"#, #"{"inherits":["member","strong"]}"#,
                #"{"inherits":["developer"]}"#,
            ] {
                try await installation.call(.patch, ownPath, body, as: keeper.value).expectRefusal(403, refusal)
            }
            try await installation.call(
                .patch, strongPath, #"{"actions":["user:delete","user:create"]}"#, as: keeper.value
            )
            .expectRefusal(403, refusal)
            try await installation.call(.patch, strongPath, #"{"name":"Mine"}"#, as: keeper.value)
                .expectRefusal(403, refusal)
            #expect(try await installation.call(.get, ownPath, as: installation.admin).json == own.json)
            #expect(try await installation.call(.get, strongPath, as: installation.admin).json == strong.json)

            let made = try await installation.call(
                .post, "/role", #"{"name":"x","slug":"x","inherits":["member"],"actions":["role:update"]}"#,
                as: keeper.value
            )
            #expect(made.status == 201)
        }
    }

    @Test("a role that its holder may give is given only where its actions are held")
    func custom() async throws {
        try await TestInstallation.run { installation in
            for body in [
                #"{"name":"Small","slug":"small","actions":["build:read"]}"#,
                #"{"name":"Large","slug":"large","actions":["user:delete"]}"#,
                #"""
                {"name":"Giver","slug":"giver","actions":["api_key:create","api_key:read","build:read"],
                "can_assign_roles":["small","large"]}
                """#,
            ] {
                #expect(try await installation.call(.post, "/role", body, as: installation.admin).status == 201)
            }
            let giver = try await installation.makeKey("giver", at: "organization=1:account=1")
            for (slug, nrn, status) in [
                ("small", "organization=1:account=1", 201), ("large", "organization=1:account=1", 403),
                ("small", "organization=1:account=2", 403), ("giver", "organization=1:account=1", 403),
            ] {
                let reply = try await installation.call(
                    .post, "/api_key", #"{"name":"x","grants":[{"nrn":"\#(nrn)","role_slug":"\#(slug)"}]}"#,
                    as: giver.value
                )
                #expect(reply.status == status, "\(slug) at \(nrn)")
            }
        }
    }
}
