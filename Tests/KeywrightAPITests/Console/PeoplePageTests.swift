import HTTPTypes
import KeywrightDomain
import KeywrightOperations
import Testing

@Suite("People")
struct PeoplePageTests {
    private static let account = "organization=1:account=1"

    @Test("the list names people with access, state and keys, and is searched and filtered by its address")
    func list() async throws {
        try await SetupSite.runSetUp { site, browser in
            try await site.makePerson("zoe@example.com", first: "Zoë", last: "Brûlé", [("ops", "organization=1")])
            try await site.makePerson("bob@example.com", first: "Bob", last: "<i>", [("developer", Self.account)])
            try await site.makeKey("deploy", by: "zoe@example.com")
            let page = try await browser.open("/settings/people")
            #expect(page.status == .ok && page.words.contains("3 people"))
            #expect(page.words.contains("Ops on Example") && page.words.contains("Developer on main"))
            #expect(page.text.contains("Bob &lt;i&gt;") && !page.text.contains("<i>"))
            #expect(page.text.contains(#"data-l="Keys created">1</td>"#))
            for query in ["q=BR%C3%9BL", "q=zoe%40", "role=ops", "q=zo&status=active"] {
                let found = try await browser.open("/settings/people?\(query)")
                #expect(found.words.contains("1 person matches") && found.words.contains("Zoë Brûlé"))
                #expect(!found.text.contains("bob@example.com"))
            }
            let none = try await browser.open("/settings/people?q=nobody&status=inactive&role=none")
            #expect(none.status == .ok && none.words.contains("Nobody matches these filters"))
            let beyond = try await browser.open("/settings/people?page=9")
            #expect(beyond.status == .ok && beyond.words.contains("There is no such page"))
            let odd = try await browser.open("/settings/people?status=x&page=-1&per=7&role=%F0%9F%A6%8A")
            #expect(odd.status == .ok)
        }
    }

    @Test("an invitation shows its link in the one answer, and the person begins with the grants")
    func invite() async throws {
        try await SetupSite.runSetUp { site, browser in
            #expect(try await browser.open("/settings/people/invite").words.contains("Invite a person"))
            let answer = try await browser.post(
                "/settings/people/invite?q=a",
                [
                    ("email", "New@example.com"), ("first_name", "Nia"), ("last_name", ""),
                    ("resource_1", "account - main"), ("nrn_1", Self.account), ("role_1", "developer"),
                    ("role_1", "member"),
                ]
            )
            let link = try #require(answer.text.firstMatch(of: /\/invitation\?token=([0-9A-Za-z_-]{22})/))
            #expect(answer.status == .ok && answer.words.contains("This is the only time the link is shown."))
            #expect(answer.text.contains(#"href="/settings/people?q=a""#))
            let list = try await browser.open("/settings/people")
            #expect(list.words.contains("Invited") && !list.text.contains(link.output.1))
            let person = ConsoleBrowser(site)
            let fields = [("token", String(link.output.1)), ("password", SetupSite.password)]
            #expect(try await person.submit("/invitation", fields).status == .seeOther)
            let me = try await person.open("/me")
            #expect(me.words.contains("Developer on main") && me.words.contains("Member on main"))
            let trail = try await site.auditTrail()
            #expect(trail.contains { $0.contains("user.invite") } && !trail.contains { $0.contains(link.output.1) })
        }
    }

    @Test("a form with mistakes keeps what was typed and says what is wrong")
    func mistakes() async throws {
        try await SetupSite.runSetUp { _, browser in
            let path = "/settings/people/invite"
            let empty = try await browser.post(path, [("email", " "), ("first_name", "Nia")])
            #expect(empty.status == .unprocessableContent && empty.words.contains("Enter an email address"))
            #expect(empty.text.contains("value=\"Nia\"") && empty.text.contains("<title>Error: Invite a person"))
            let row = [
                ("email", "a b"), ("resource_1", "nowhere"), ("nrn_1", ""), ("resource_2", "account - main"),
                ("nrn_2", Self.account),
            ]
            let wrong = try await browser.post(path, row)
            #expect(wrong.words.contains("No resource matches \"nowhere\""))
            #expect(wrong.words.contains("Choose a role for grant 2") && wrong.text.contains(Self.account))
            let repeated = try await browser.post(
                path,
                [
                    ("email", "a b"), ("nrn_1", Self.account), ("role_1", "member"), ("nrn_2", Self.account),
                    ("role_2", "member"),
                ]
            )
            #expect(repeated.words.contains("Grant 2 repeats grant 1. Change or remove it"))
            let address = try await browser.post(path, [("email", "a b")])
            #expect(address.words.contains("This is not an email address."))
            let taken = try await browser.post(path, [("email", "ADMIN@example.com")])
            #expect(taken.status == .unprocessableContent)
            #expect(taken.words.contains("There is somebody with this address already"))
            let role = try await browser.post(
                path, [("email", "a@example.com"), ("nrn_1", Self.account), ("role_1", "machine:ci")]
            )
            #expect(role.status == .unprocessableContent && !role.text.contains("/invitation?token="))
            #expect(try await browser.open("/settings/people").words.contains("1 person"))
            #expect(try await browser.post(path, [("email", "a@example.com")], token: "x").status == .forbidden)
        }
    }

    @Test("rows are added, removed and searched without script")
    func steps() async throws {
        try await SetupSite.runSetUp { _, browser in
            let path = "/settings/people/invite"
            let more = try await browser.post(path, [("email", "a@b"), ("action", "add-grant")])
            #expect(more.status == .ok && more.text.contains("data-grant=\"2\"") && more.text.contains("a@b"))
            let less = try await browser.post(
                path, [("nrn_1", ""), ("resource_2", "x"), ("action", "remove-grant-1")]
            )
            #expect(!less.text.contains("data-grant=\"2\""))
            let found = try await browser.post(path, [("resource_1", "mai"), ("action", "find-1")])
            #expect(found.words.contains("1 resource matches") && found.text.contains(Self.account))
            let chosen = try await browser.post(
                path,
                [("email", "c@example.com"), ("resource_1", "mai"), ("hit_1", Self.account), ("role_1", "member")]
            )
            #expect(chosen.status == .ok && chosen.text.contains("/invitation?token="))
        }
    }

    @Test("resources for people come with the roles that people may hold")
    func resources() async throws {
        try await SetupSite.runSetUp { _, browser in
            let headers: HTTPFields = [.accept: "application/json"]
            let people = try await browser.open("/console/resources.json?q=main&for=people", headers: headers)
            #expect(people.text.contains("\"developer\"") && !people.text.contains("machine:ci"))
            let keys = try await browser.open("/console/resources.json?q=main&for=", headers: headers)
            #expect(keys.text.contains("machine:ci"))
        }
    }

    @Test("whoever may not see people, or only look at them, is offered and allowed nothing more")
    func refusals() async throws {
        try await SetupSite.runSetUp { site, _ in
            try await site.makePerson("ops@example.com", [("ops", "organization=1")])
            let ops = try await site.browser(of: "ops@example.com")
            let list = try await ops.open("/settings/people")
            #expect(list.status == .forbidden && list.words.contains("You can't see people here"))
            #expect(try await ops.open("/settings/people/invite").status == .forbidden)
            let sent = try await ops.post("/settings/people/invite", [("email", "x@example.com")])
            #expect(sent.status == .forbidden && !sent.text.contains("/invitation?token="))
            for path in ["", "/edit", "/reset", "/end-sessions", "/deactivate", "/activate"] {
                #expect(try await ops.open("/settings/people/1\(path)").status == .notFound)
                if path != "/edit" {
                    #expect(try await ops.post("/settings/people/1\(path)").status == .notFound)
                }
            }
            try await site.makePerson("sec@example.com", [("secops", "organization=1")])
            let sec = try await site.browser(of: "sec@example.com")
            let person = try await sec.open("/settings/people/1")
            #expect(person.status == .ok)
            #expect(!person.text.contains("/deactivate") && !person.text.contains("/people/1/edit"))
            #expect(try await sec.open("/settings/people/1/deactivate").status == .forbidden)
            for path in ["", "/reset", "/end-sessions", "/deactivate"] {
                #expect(try await sec.post("/settings/people/1\(path)").status == .forbidden)
            }
            #expect(try await site.browser(of: "admin@example.com").open("/me").status == .ok)
        }
    }
}
