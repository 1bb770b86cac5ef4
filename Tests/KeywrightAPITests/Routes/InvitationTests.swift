import HTTPTypes
import KeywrightWire
import Testing

@Suite("Invitations and password resets")
struct InvitationTests {
    private static let body = #"{"email":"ada@example.test","first_name":"Ada"}"#

    @Test("an invitation is answered with exactly 200, the user and, once, the link")
    func invitation() async throws {
        try await TestInstallation.run { installation in
            let invited = try await installation.call(.post, "/user/invite", Self.body, as: installation.admin)
            #expect(invited.status == 200)
            let url = try #require(invited["invitation_url"].text)
            #expect(url.wholeMatch(of: /http:\/\/127\.0\.0\.1:8080\/invitation\?token=[A-Za-z0-9_-]{22}/) != nil)
            let read = try await installation.call(.get, "/user/2", as: installation.admin)
            #expect(read.json == invited.json.without("invitation_url"))
            #expect(!read.text.contains("token"))
        }
    }

    @Test("a duplicate is 409 with the literal text and the number of that user")
    func duplicate() async throws {
        try await TestInstallation.run { installation in
            _ = try await installation.call(.post, "/user/invite", Self.body, as: installation.admin)
            for path in ["/user/invite", "/user"] {
                for email in ["ada@example.test", "ADA@EXAMPLE.TEST"] {
                    let reply = try await installation.call(
                        .post, path, #"{"email":"\#(email)"}"#, as: installation.admin
                    )
                    reply.expectRefusal(409, "The user already exists")
                    #expect(reply["id"].number == 2)
                    #expect(reply.text.hasPrefix(#"{"message":"The user already exists","#))
                    #expect(reply.text.contains(#","id":2}"#))
                }
            }
            let taken = try await installation.call(
                .patch, "/user/1", #"{"email":"ada@example.test"}"#, as: installation.admin
            )
            taken.expectRefusal(409, "The user already exists")
            #expect(taken["id"].number == 2)
        }
    }

    @Test("who has the address in another organization is not told")
    func foreignDuplicate() async throws {
        try await TestInstallation.run { installation in
            _ = try await installation.otherOrganization()
            let reply = try await installation.call(
                .post, "/user/invite", #"{"email":"admin@other.test"}"#, as: installation.admin
            )
            reply.expectRefusal(409, "The user already exists")
            #expect(reply["id"] == .null && !reply.json.memberNames.contains("id"))
        }
    }

    @Test("a password reset is answered with 201 and the link; each link is another one")
    func passwordReset() async throws {
        try await TestInstallation.run { installation in
            let person = try await installation.makePerson("ada@example.test")
            var urls: Set<String> = []
            for _ in 0..<3 {
                let reply = try await installation.call(
                    .post, "/user/\(person)/password_reset", as: installation.admin
                )
                #expect(reply.status == 201 && reply.json.memberNames == ["reset_url"])
                let url = try #require(reply["reset_url"].text)
                #expect(url.wholeMatch(of: /http:\/\/127\.0\.0\.1:8080\/[a-z_\/]+\?token=[A-Za-z0-9_-]{22}/) != nil)
                urls.insert(url)
            }
            #expect(urls.count == 3)
        }
    }

    @Test("a reset needs user:update and every action that the person holds")
    func resetRights() async throws {
        try await TestInstallation.run { installation in
            _ = try await installation.call(
                .post, "/role",
                #"{"name":"Desk","slug":"desk","inherits":["member"],"actions":["user:read","user:update"]}"#,
                as: installation.admin
            )
            let desk = try await installation.makeKey("desk", at: "organization=1")
            let watcher = try await installation.makeKey("secops", at: "organization=1")
            let person = try await installation.makePerson("p@example.test")
            let path = "/user/\(person)/password_reset"
            try await installation.call(.post, path, as: watcher.value)
                .expectRefusal(403, "This needs the action user:update at organization=1.")
            #expect(try await installation.call(.post, path, as: desk.value).status == 201)
            _ = try await installation.call(
                .post, "/user/\(person)/grant",
                #"[{"nrn":"organization=1","role_slug":"member"},{"nrn":"organization=1:account=1","role_slug":"developer"}]"#,
                as: installation.admin
            )
            try await installation.call(.post, path, as: desk.value)
                .expectRefusal(403, "The user holds actions at organization=1:account=1 that you do not hold.")
            try await installation.call(.post, "/user/1/password_reset", as: desk.value).expectRefusal(403)
            _ = try await installation.call(.put, "/user/\(person)", #"{"status":"inactive"}"#, as: installation.admin)
            try await installation.call(.post, path, as: installation.admin)
                .expectRefusal(409, "The user is not active.")
        }
    }
}
