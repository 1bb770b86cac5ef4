import HTTPTypes
import KeywrightWire
import Testing

@Suite("Organizations, and rights on resources")
struct ResourceRightsTests {
    @Test("an organization is read, listed and renamed, but neither made nor deleted here")
    func organization() async throws {
        try await TestInstallation.run { installation in
            let read = try await installation.call(.get, "/organization/1", as: installation.admin)
            #expect(read.status == 200 && read["name"].text == "Example" && read["nrn"].text == "organization=1")
            #expect(read["organization_id"] == .null)
            let list = try await installation.call(.get, "/organization?limit=5", as: installation.admin)
            #expect(list["results"].items == [read.json] && list["paging"]["limit"].number == 5)
            let renamed = try await installation.call(
                .patch, "/organization/1", #"{"name":"Renamed"}"#, as: installation.admin
            )
            #expect(renamed.status == 200 && renamed["name"].text == "Renamed")
            let made = try await installation.call(.post, "/organization", #"{"name":"x"}"#, as: installation.admin)
            made.expectRefusal(405)
            #expect(made.headers[.allow] == "GET, HEAD")
            let deleted = try await installation.call(.delete, "/organization/1", as: installation.admin)
            deleted.expectRefusal(405)
            #expect(deleted.headers[.allow] == "GET, HEAD, PATCH")
        }
    }

    @Test("an account without parent lies in the caller's organization", arguments: ["", #","organization_id":0"#])
    func ownOrganization(_ more: String) async throws {
        try await TestInstallation.run { installation in
            let made = try await installation.call(.post, "/account", #"{"name":"x"\#(more)}"#, as: installation.admin)
            #expect(made.status == 200 && made["nrn"].text == "organization=1:account=3")
        }
    }

    @Test("lists and look-ups show what the reader may read")
    func visibility() async throws {
        try await TestInstallation.run { installation in
            _ = try await installation.call(
                .post, "/namespace", #"{"name":"far","account_id":2}"#, as: installation.admin)
            let key = try await installation.makeKey("member", at: "organization=1:account=1:namespace=1")
            for (path, ids) in [
                ("/organization", []), ("/account", []), ("/namespace", [1]), ("/application", [1]), ("/scope", [1]),
                ("/namespace?account_id=2", []), ("/namespace?slug=far", []), ("/namespace?status=active", [1]),
                ("/namespace?status=deleted", []), ("/namespace?name=shop", [1]),
            ] as [(String, [Int64])] {
                let list = try await installation.call(.get, path, as: key.value)
                #expect(list.status == 200 && list.ids == ids && list.total == Int64(ids.count), "\(path)")
            }
            try await installation.call(.get, "/account/1", as: key.value).expectRefusal(404)
            try await installation.call(.get, "/namespace/2", as: key.value).expectRefusal(404)
            #expect(try await installation.call(.get, "/scope/1", as: key.value).status == 200)
            let verifier = try await installation.makeKey("verifier", at: "organization=1")
            try await installation.call(.get, "/account", as: verifier.value)
                .expectRefusal(403, "This needs the action account:read at organization=1.")
        }
    }

    @Test("a parent that the caller neither reads nor adds to is as if it were not there")
    func hiddenParent() async throws {
        try await TestInstallation.run { installation in
            let key = try await installation.makeKey("developer", at: "organization=1:account=1")
            let hidden = try await installation.call(
                .post, "/namespace", #"{"name":"x","account_id":2}"#, as: key.value)
            let absent = try await installation.call(
                .post, "/namespace", #"{"name":"x","account_id":9}"#, as: key.value)
            #expect(hidden.status == 400 && hidden.text == absent.text)
            try await installation.call(.post, "/namespace", #"{"name":"x","account_id":1}"#, as: key.value)
                .expectRefusal(403, "This needs the action namespace:create at organization=1:account=1.")
        }
    }

    @Test(
        "changes need the action at the place",
        arguments: [
            (HTTPRequest.Method.post, "/namespace", #"{"name":"x","account_id":1}"#, "namespace:create", ""),
            (.patch, "/account/1", #"{"name":"x"}"#, "account:update", ""),
            (.delete, "/account/2", nil, "account:delete", "2"),
            (.patch, "/namespace/1", #"{"name":"x"}"#, "namespace:update", ":namespace=1"),
        ] as [(HTTPRequest.Method, String, String?, String, String)]
    )
    func missingAction(
        _ method: HTTPRequest.Method, _ path: String, _ body: String?, _ action: String, _ below: String
    ) async throws {
        try await TestInstallation.run { installation in
            let key = try await installation.makeKey("developer", at: "organization=1")
            let nrn = below == "2" ? "organization=1:account=2" : "organization=1:account=1\(below)"
            try await installation.call(method, path, body, as: key.value)
                .expectRefusal(403, "This needs the action \(action) at \(nrn).")
            let made = try await installation.call(
                .post, "/application", #"{"name":"y","namespace_id":1}"#, as: key.value
            )
            #expect(made.status == 201)
        }
    }

    @Test("grants on a deleted resource stay listed, allow nothing and are not given anew")
    func deletedPlace() async throws {
        try await TestInstallation.run { installation in
            let nrn = "organization=1:account=2"
            let key = try await installation.makeKey("admin", at: nrn)
            let both = try await installation.makeKey(
                #"""
                {"name":"both","grants":[{"nrn":"\#(nrn)","role_slug":"member"},
                {"nrn":"organization=1:account=1","role_slug":"member"}]}
                """#
            )
            let token = try await installation.exchange(key.value).access
            #expect(try await installation.call(.get, "/account/2", as: token).status == 200)
            #expect(try await installation.call(.delete, "/account/2", as: installation.admin).status == 200)

            for credential in [key.value, token, both.value] {
                try await installation.call(.get, "/account/2?show_deleted=true", as: credential).expectRefusal(404)
            }
            try await installation.call(.get, "/api_key", as: key.value).expectRefusal(403)
            #expect(try await installation.call(.get, "/account/1", as: both.value).status == 200)
            let read = try await installation.call(.get, both.path, as: installation.admin)
            #expect(read["grants"].items.count == 2)
            let listed = try await installation.call(.get, "/api_key?resource=\(nrn)", as: installation.admin)
            #expect(listed.ids == [both.id, key.id])

            let anew = #"{"name":"x","grants":[{"nrn":"\#(nrn)","role_slug":"member"}]}"#
            try await installation.call(.post, "/api_key", anew, as: installation.admin)
                .expectRefusal(400, "There is no such resource.", at: ["/grants/0/nrn"])
            let other =
                #"{"grants":[{"nrn":"\#(nrn)","role_slug":"member"},{"nrn":"\#(nrn)","role_slug":"developer"}]}"#
            try await installation.call(.patch, both.path, other, as: installation.admin)
                .expectRefusal(400, "There is no such resource.", at: ["/grants/1/nrn"])
            let kept = #"{"grants":[{"nrn":"\#(nrn)","role_slug":"member"}]}"#
            let trimmed = try await installation.call(.patch, both.path, kept, as: installation.admin)
            #expect(trimmed.status == 200 && trimmed["grants"].items.count == 1)
            let person = #"{"nrn":"\#(nrn)","user_id":1,"role_slug":"member"}"#
            try await installation.call(.post, "/authz/grants", person, as: installation.admin)
                .expectRefusal(400, "There is no such resource.", at: ["/nrn"])
        }
    }
}
