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
                #"""
                {"name":"Keeper","slug":"keeper","inherits":["member"],"actions":["role:create","role:update","role:delete"],
                "can_assign_roles":["member"]}
                """#,
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

    @Test("nobody puts roles into one, to inherit or to give, that are not theirs to give at organization level")
    func rolesWithinRoles() async throws {
        try await TestInstallation.run { installation in
            func make(_ body: String) async throws -> String {
                let made = try await installation.call(.post, "/role", body, as: installation.admin)
                #expect(made.status == 201)
                return "/role/\(try #require(made["id"].number))"
            }
            let strong =
                "role:read,role:create,role:update,role:delete,build:read,user:delete,api_key:create,api_key:read"
                .split(separator: ",").map { "\"\($0)\"" }.joined(separator: ",")
            _ = try await make(#"{"name":"Small","slug":"small","actions":["build:read"]}"#)
            _ = try await make(#"{"name":"Other","slug":"other","actions":["build:read"]}"#)
            _ = try await make(#"{"name":"Large","slug":"large","actions":["user:create"]}"#)
            let own = try await make(
                #"{"name":"Keeper","slug":"keeper","actions":[\#(strong)],"can_assign_roles":["small","large"]}"#
            )
            let kept = try await make(
                #"{"name":"Kept","slug":"kept","actions":["build:read"],"inherits":["other"],"can_assign_roles":["ops"]}"#
            )
            let keeper = try await installation.makeKey("keeper", at: "organization=1")
            let before = try await installation.call(.get, own, as: installation.admin)
            let refusals = [
                (#""can_assign_roles":["admin"]"#, "You may not give the role admin at organization=1."),
                (#""can_assign_roles":["small","keeper"]"#, "You may not give the role keeper at organization=1."),
                (#""can_assign_roles":["other"]"#, "You may not give the role other at organization=1."),
                (#""can_assign_roles":["large"]"#, "The role large allows more than you hold at organization=1."),
                (#""inherits":["other"]"#, "You may not give the role other at organization=1."),
            ]
            // What stays may stay, but not move from one member to the other.
            let own2 = #"{"can_assign_roles":["small","large","other"]}"#
            try await installation.call(.patch, own, own2, as: keeper.value)
                .expectRefusal(403, "You may not give the role other at organization=1.")
            try await installation.call(
                .patch, kept, #"{"can_assign_roles":["ops","other"]}"#, as: keeper.value
            ).expectRefusal(403, "You may not give the role other at organization=1.")
            for (members, message) in refusals {
                let body = #"{"name":"x","slug":"x","actions":["build:read"],\#(members)}"#
                try await installation.call(.post, "/role", body, as: keeper.value).expectRefusal(403, message)
                if members.contains("large") { continue }
                try await installation.call(.patch, own, "{\(members)}", as: keeper.value).expectRefusal(403, message)
            }
            #expect(try await installation.call(.get, own, as: installation.admin).json == before.json)
            for body in [#"{"name":"Renamed"}"#, #"{"can_assign_roles":["ops","small"],"inherits":["other","small"]}"#]
            {
                #expect(try await installation.call(.patch, kept, body, as: keeper.value).status == 200)
            }
            let good = #"{"name":"x","slug":"x","inherits":["small"],"can_assign_roles":["small"]}"#
            #expect(try await installation.call(.post, "/role", good, as: keeper.value).status == 201)
            #expect(try await installation.call(.patch, own, own2, as: installation.admin).status == 200)

            // The right to give a role in an account is not enough.
            let below = try await installation.makeKey(
                #"""
                {"name":"below","grants":[{"nrn":"organization=1","actions":[\#(strong)]},
                {"nrn":"organization=1:account=1","role_slug":"keeper"}]}
                """#
            )
            try await installation.call(
                .post, "/role", #"{"name":"y","slug":"y","actions":["build:read"],"can_assign_roles":["small"]}"#,
                as: below.value
            ).expectRefusal(403, "You may not give the role small at organization=1.")
        }
    }
}
