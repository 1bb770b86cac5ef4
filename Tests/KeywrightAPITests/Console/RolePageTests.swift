import HTTPTypes
import KeywrightDomain
import KeywrightOperations
import Testing

@Suite("Roles")
struct RolePageTests {
    private static let path = "/settings/roles"
    private static let account = "organization=1:account=1"

    /// The version that the panel of a role carries.
    private func version(_ browser: ConsoleBrowser, _ slug: String) async throws -> String {
        let page = try await browser.open("\(Self.path)/\(slug)/edit")
        return String(try #require(page.text.firstMatch(of: /name="version" value="([0-9]+)"/)).output.1)
    }

    @Test("the list names every role with its permissions and who holds it, and links to the holders")
    func list() async throws {
        try await SetupSite.runSetUp { site, browser in
            try await site.makePerson("dev@example.com", [("developer", Self.account)])
            try await site.makeKey("deploy", by: "admin@example.com")
            let page = try await browser.open(Self.path)
            #expect(page.status == .ok && page.words.contains("CI machine") && page.words.contains("Keys only"))
            #expect(page.words.contains("20 older names") && page.words.contains("Accounts only"))
            #expect(page.text.contains(#"href="/settings/api-keys?role=member" aria-label="1 key with Member""#))
            #expect(page.text.contains(#"href="/settings/people?role=developer" aria-label="1 person with Developer""#))
            #expect(page.text.contains(#"href="/settings/roles/machine%3Aci""#))
            #expect(page.text.contains(#"href="/settings/roles/new""#))
        }
    }

    @Test("a role's page says what it allows, and names the keys and people that hold it")
    func role() async throws {
        try await SetupSite.runSetUp { site, browser in
            try await site.makePerson("dev@example.com", [("member", Self.account)])
            try await site.makeKey("<b>deploy", by: "admin@example.com")
            let member = try await browser.open("\(Self.path)/member")
            #expect(member.status == .ok && member.words.contains("Built in") && member.words.contains("All levels"))
            #expect(member.text.contains("&lt;b&gt;deploy") && !member.text.contains("<b>deploy"))
            #expect(member.words.contains("Ada Lovelace") && member.words.contains("can't be changed or deleted"))
            #expect(!member.text.contains("/member/edit") && !member.text.contains("/member/delete"))
            let admin = try await browser.open("\(Self.path)/admin")
            #expect(admin.words.contains("Every action, also those that come later."))
            #expect(admin.words.contains("No key holds this role.") && admin.words.contains("Every role"))
            let machine = try await browser.open("\(Self.path)/machine%3Aci")
            #expect(machine.words.contains("Built in, for keys alone"))
            #expect(machine.words.contains("create, read and update"))
            for slug in ["nothing", "0", "-1", "a%2Fb", "%00"] {
                let none = try await browser.open("\(Self.path)/\(slug)")
                #expect(none.status == .notFound)
            }
            #expect(try await browser.open("\(Self.path)/nothing").words.contains("There is no such role"))
        }
    }

    @Test("a role is made with its actions, what it includes and what it may give")
    func create() async throws {
        try await SetupSite.runSetUp { _, browser in
            let panel = try await browser.open("\(Self.path)/new")
            #expect(panel.status == .ok && panel.text.contains("value=\"deployment:create\""))
            let sent = try await browser.post(
                "\(Self.path)/new",
                [
                    ("name", "Release <manager>"), ("slug", ""), ("description", "Ships & rolls back"),
                    ("level", "account"), ("user_type", "machine"), ("action", "deployment:create"),
                    ("action", "deployment:read"), ("more_actions", "canary:promote\r\n canary:abort "),
                    ("inherits", "member"), ("can_assign", "member"),
                ]
            )
            #expect(sent.status == .seeOther && sent.location == "\(Self.path)/release-manager")
            let page = try await browser.open("\(Self.path)/release-manager")
            #expect(page.words.contains("Custom, for keys alone") && page.words.contains("Accounts only"))
            #expect(page.text.contains("Release &lt;manager&gt;") && !page.text.contains("<manager>"))
            #expect(page.text.contains("Ships &amp; rolls back") && page.words.contains("abort and promote"))
            #expect(page.text.contains("\(Self.path)/release-manager/edit"))
            let list = try await browser.open(Self.path)
            #expect(list.words.contains("Custom"))
        }
    }

    @Test("a form with mistakes keeps what was typed and says what is wrong")
    func mistakes() async throws {
        try await SetupSite.runSetUp { _, browser in
            let path = "\(Self.path)/new"
            let empty = try await browser.post(path, [("name", " "), ("description", "kept \"words\"")])
            #expect(empty.status == .unprocessableContent && empty.text.contains("<title>Error: New role"))
            #expect(empty.words.contains("Enter a name") && empty.words.contains("Choose what the role allows"))
            #expect(empty.text.contains("value=\"kept &quot;words&quot;\""))
            let lines = try await browser.post(
                path, [("name", "x"), ("action", "log:read"), ("more_actions", "Deploy All\nok:fine")]
            )
            #expect(lines.status == .unprocessableContent && lines.words.contains("\"Deploy All\" is not an action"))
            #expect(lines.text.contains("value=\"log:read\" checked") && lines.text.contains("Deploy All\nok:fine"))
            let taken = try await browser.post(path, [("name", "x"), ("slug", "member"), ("action", "log:read")])
            #expect(taken.status == .unprocessableContent && taken.words.contains("There is a role with this slug"))
            let long = try await browser.post(
                path, [("name", String(repeating: "é", count: 81)), ("action", "log:read"), ("level", "planet")]
            )
            #expect(long.words.contains("at most 80 characters") && long.status == .unprocessableContent)
            let open = try await browser.post(path, [("name", "x"), ("inherits", "admin")])
            #expect(open.words.contains("A role that allows everything cannot be inherited."))
            #expect(try await browser.post(path, [("name", "x")], token: "x").status == .forbidden)
        }
    }

    @Test("a change counts for all holders, says so before, and does not undo what somebody else changed meanwhile")
    func update() async throws {
        try await SetupSite.runSetUp { site, browser in
            _ = try await browser.post("\(Self.path)/new", [("name", "Shipper"), ("action", "release:create")])
            try await site.makePerson("dev@example.com", [("shipper", Self.account)])
            let path = "\(Self.path)/shipper"
            let panel = try await browser.open("\(path)/edit")
            #expect(panel.words.contains("1 person holds this role and changes with it."))
            let seen = try await version(browser, "shipper")
            func send(_ name: String, _ version: String) async throws -> ConsoleBrowser.Answer {
                try await browser.post(
                    "\(path)/edit",
                    [("_method", "patch"), ("version", version), ("name", name), ("action", "release:create")]
                )
            }
            #expect(try await send("Shipper", seen).status == .seeOther)
            #expect(try await browser.open(path).words.contains("Nothing to change"))
            site.clock.advance(by: .seconds(5))
            #expect(try await send("First", seen).status == .seeOther)
            let late = try await send("Second", seen)
            #expect(late.status == .conflict && late.words.contains("Somebody changed this role meanwhile."))
            #expect(late.text.contains("value=\"Second\""))
            #expect(try await browser.open(path).text.contains("<h1><bdi>First</bdi></h1>"))
            #expect(try await send("Second", try await version(browser, "shipper")).location == path)
            let slug = try await browser.post(
                "\(path)/edit", [("name", "Second"), ("slug", "other"), ("action", "release:create")]
            )
            #expect(slug.status == .unprocessableContent)
            #expect(slug.words.contains("The slug of a role that is granted cannot change."))
        }
    }

    @Test("deleting says who holds the role, and is possible once nobody does")
    func delete() async throws {
        try await SetupSite.runSetUp { site, browser in
            _ = try await browser.post("\(Self.path)/new", [("name", "Shipper"), ("action", "release:create")])
            let user = try await site.makePerson("dev@example.com", [("shipper", Self.account)])
            let path = "\(Self.path)/shipper/delete"
            let held = try await browser.open(path)
            #expect(held.status == .ok && held.words.contains("1 person holds this role. Take it from them first."))
            #expect(held.words.contains("Ada Lovelace") && !held.text.contains("data-submit>Delete role"))
            let refused = try await browser.post(path)
            #expect(refused.status == .conflict && refused.words.contains("1 person holds this role."))
            let admin = try await site.signIn("admin@example.com").signedIn.principal
            let grants = try await site.operations.person(user.id, as: admin).facts.grants
            _ = try await site.operations.changeGrants(
                of: user.id, giving: [], taking: Set(grants.map(\.id)), as: admin
            )
            let free = try await browser.open(path)
            #expect(free.words.contains("Nobody holds this role.") && free.text.contains("data-submit>Delete role"))
            #expect(try await browser.post(path, token: "x").status == .forbidden)
            #expect(try await browser.post(path).location == Self.path)
            #expect(try await browser.open("\(Self.path)/shipper").status == .notFound)
        }
    }

    @Test("whoever may not manage roles, or not see them, is offered and allowed nothing more")
    func refusals() async throws {
        try await SetupSite.runSetUp { site, browser in
            _ = try await browser.post("\(Self.path)/new", [("name", "Shipper"), ("action", "release:create")])
            try await site.makePerson("ops@example.com", [("ops", "organization=1")])
            let ops = try await site.browser(of: "ops@example.com")
            let list = try await ops.open(Self.path)
            #expect(list.status == .ok && list.words.contains("To make roles of your own you need the role Admin."))
            #expect(
                !list.text.contains("\(Self.path)/new") && list.text.contains("<td class=\"num\" data-l=\"People\">–"))
            let role = try await ops.open("\(Self.path)/shipper")
            #expect(role.words.contains("To change or delete it you need the role Admin."))
            #expect(!role.text.contains("/shipper/edit") && !role.words.contains("People with this role"))
            for path in ["new", "shipper/edit", "shipper/delete", "member/edit", "member/delete"] {
                #expect(try await ops.open("\(Self.path)/\(path)").status == .forbidden)
                let fields = [("name", "x"), ("action", "log:read")]
                let sent = try await ops.post("\(Self.path)/\(path)", fields)
                #expect(sent.status == .forbidden || (path == "member/delete" && sent.status == .conflict))
            }
            #expect(try await browser.open("\(Self.path)/member/edit").status == .forbidden)
            #expect(try await browser.open("\(Self.path)/member/delete").status == .forbidden)
            try await site.makePerson("none@example.com")
            let nobody = try await site.browser(of: "none@example.com")
            for path in ["", "/member", "/new"] {
                let hidden = try await nobody.open("\(Self.path)\(path)")
                #expect(hidden.status == .forbidden)
            }
            #expect(try await nobody.open(Self.path).words.contains("You can't see roles here"))
        }
    }
}
