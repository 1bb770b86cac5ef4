import Foundation
import HTTPTypes
import KeywrightDomain
import KeywrightOperations
import Testing

@Suite("Audit trail")
struct AuditPageTests {
    private static let account = "organization=1:account=1"

    /// What an event's row links to.
    private func path(of action: String, _ page: ConsoleBrowser.Answer) throws -> String {
        let row = try #require(page.text.ranges(of: ">\(action)<").first)
        let start = try #require(page.text[..<row.lowerBound].ranges(of: "href=\"").last)
        return Self.address(page.text[start.upperBound...].prefix { $0 != "\"" })
    }

    /// An address as the browser takes it from a page.
    private static func address(_ text: Substring) -> String {
        String(text).replacing("&amp;", with: "&")
    }

    @Test("the trail says who did what to what, and links to what is still there")
    func trail() async throws {
        try await SetupSite.runSetUp { site, browser in
            try await site.makeKey("<b>deploy", by: "admin@example.com")
            let gone = try await site.makeKey("old-key", by: "admin@example.com")
            let admin = try await site.signIn("admin@example.com").signedIn.principal
            try await site.operations.deleteAPIKey(gone.id, as: admin)
            let page = try await browser.open("/audit")
            #expect(page.status == .ok && page.words.contains("created API key") && page.words.contains("signed in"))
            #expect(page.text.contains("&lt;b&gt;deploy") && !page.text.contains("<b>deploy"))
            #expect(page.text.contains(#"<a href="/settings/api-keys/1"><bdi>&lt;b&gt;deploy</bdi></a>"#))
            #expect(page.text.contains("<del><bdi>old-key</bdi></del>") && page.words.contains("End of the trail"))
            #expect(page.text.contains(#"<a href="/settings/resources/organization=1:account=1"><bdi>main</bdi></a>"#))
            #expect(page.text.contains("<code>\(SetupSite.address)</code>") && page.words.contains("An operator"))
            // Every action of a new installation has words of its own.
            #expect(!page.text.contains(">did "))
            let link = "/audit?target=api_key%3A1"
            #expect(try await browser.open("/settings/api-keys/1").text.contains(#"href="/audit?target=api_key%3A1""#))
            let one = try await browser.open(link)
            #expect(one.words.contains("Target <b>deploy") || one.text.contains("Target &lt;b&gt;deploy"))
            #expect(!one.words.contains("old-key") && one.words.contains("See what this key did"))
        }
    }

    @Test("filters narrow the trail, stand in its address and in every link")
    func filters() async throws {
        try await SetupSite.runSetUp { site, browser in
            let user = try await site.makePerson("zoe@example.com", first: "Zoë", [("ops", "organization=1")])
            try await site.makeKey("by-admin", by: "admin@example.com")
            try await site.makeKey("by-zoe", by: "zoe@example.com")
            let today = Day.text(site.clock.now)
            func count(_ query: String) async throws -> Int {
                let page = try await browser.open("/audit?\(query)")
                #expect(page.status == .ok)
                return page.text.matches(of: /data-local/).count
            }
            #expect(try await count("action=api_key.create") == 2)
            #expect(try await count("action=api_key.create&actor=\(user.id)") == 1)
            #expect(try await count("target=api_key") == 2)
            #expect(try await count("target=api_key:1&action=role.create") == 0)
            #expect(try await count("target=api_key&from=\(today)&until=\(today)") == 2)
            #expect(try await count("target=api_key&until=1999-01-01") == 0)
            #expect(try await count("actor=operator") >= 1)
            #expect(try await count("actor=anonymous&target=api_key") == 0)
            #expect(try await count("refused=true") == 0)
            let page = try await browser.open("/audit?actor=\(user.id)&action=api_key.create&until=\(today)")
            #expect(page.words.contains("Actor Zoë Lovelace") && page.words.contains("Created API key"))
            #expect(page.text.contains("/audit.csv?actor=\(user.id)&amp;action=api_key.create&amp;until=\(today)"))
            #expect(
                page.text.contains("?actor=\(user.id)&amp;action=api_key.create&amp;until=\(today)\">created API key"))
            let none = try await browser.open("/audit?actor=99&target=role")
            #expect(none.words.contains("No event matches these filters") && none.text.contains("href=\"/audit\""))
            for odd in ["from=2026-02-31&until=x", "actor=%3Cb%3E", "before=0&after=x", "per=7&target=:&action=A"] {
                #expect(try await count(odd) > 5)
            }
        }
    }

    @Test("what Keywright does by itself is not put down to somebody")
    func system() async throws {
        try await SetupSite.runSetUp { site, browser in
            site.clock.advance(by: .seconds(90 * 86_400))
            try await site.operations.maintain()
            browser.take(try await site.signIn("admin@example.com"))
            let page = try await browser.open("/audit?actor=system")
            #expect(page.words.contains("Keywrightby itself") && page.words.contains("Actor: Keywright itself"))
            #expect(!page.words.contains("Somebody"))
            let event = try await browser.open(try path(of: "added signing key", page))
            #expect(event.text.contains(/<h1><bdi>Keywright added signing key [^ ]+<\/bdi>/))
            #expect(event.text.contains(/Signs from.*[0-9]{4}, 0?[0-9:]+ UTC/))
        }
    }

    @Test("days begin and end in the zone that the filter names")
    func days() async throws {
        try await SetupSite.runSetUp { site, browser in
            try await site.makeKey("deploy", by: "admin@example.com")
            let made = site.clock.now.seconds
            /// A day, so many days from today, that begins so many minutes before or after now in its zone.
            func day(_ days: Int64, offset minutes: Int64) -> String {
                let local = Instant(milliseconds: (made + minutes * 60 + days * 86_400) * 1000)
                let size = "\(abs(minutes) / 60 < 10 ? "0" : "")\(abs(minutes) / 60)"
                return "\(Day.text(local))\(minutes < 0 ? "-" : "%2B")\(size):\(abs(minutes) % 60 == 0 ? "00" : "30")"
            }
            func count(_ query: String) async throws -> Int {
                let page = try await browser.open("/audit?target=api_key&\(query)")
                return page.text.matches(of: /data-local/).count
            }
            for minutes in [-720, -570, -60, 0, 60, 330, 840] as [Int64] {
                for (days, found) in [(-1, 0), (0, 1), (1, 0)] as [(Int64, Int)] {
                    let day = day(days, offset: minutes)
                    #expect(try await count("from=\(day)&until=\(day)") == found)
                }
            }
            let page = try await browser.open("/audit?from=2026-03-01%2B01:00&until=2026-03-31%2B02:00")
            #expect(page.text.contains(#"name="from" value="2026-03-01""#))
            #expect(page.words.contains("From 1 Mar 2026 (UTC+01:00)"))
            #expect(page.words.contains("Until 31 Mar 2026 (UTC+02:00)"))
            #expect(page.text.contains("/audit.csv?from=2026-03-01%2B01%3A00&amp;until=2026-03-31%2B02%3A00"))
            #expect(try await browser.open("/audit?from=2026-03-01").words.contains("From 1 Mar 2026 (UTC)"))
            for wrong in ["%2B1:00", "%2B15:00", "-01:60", "+01:00", "Z", "%2B01:00%CC%81"] {
                let page = try await browser.open("/audit?from=2026-03-01\(wrong)")
                #expect(page.text.contains(#"name="from" value="""#) && !page.words.contains("From 1 Mar"))
            }
        }
    }

    @Test("who cannot be chosen among very many actors is counted, and led to otherwise")
    func manyActors() async throws {
        try await SetupSite.runSetUp { site, browser in
            let admin = try await site.signIn("admin@example.com").signedIn.principal
            for number in 1...99 {
                _ = try await site.operations.createPerson(PersonDraft(email: "p\(number)@example.com"), as: admin)
            }
            #expect(!(try await browser.open("/audit").words.contains("can't be chosen here")))
            for number in 100...102 {
                _ = try await site.operations.createPerson(PersonDraft(email: "p\(number)@example.com"), as: admin)
            }
            let page = try await browser.open("/audit")
            #expect(page.words.contains("3 more people can't be chosen here."))
            let person = try await browser.open("/settings/people/1")
            #expect(person.text.contains("/audit?actor=1"))
        }
    }

    @Test("older and newer events are a page away, and what came meanwhile does not move them")
    func paging() async throws {
        try await SetupSite.runSetUp { site, browser in
            try await site.makeKeys((1...60).map { "key-\($0)" })
            let query = "target=api_key&per=25"
            let first = try await browser.open("/audit?\(query)")
            #expect(first.words.contains("key-60") && !first.words.contains("key-35") && first.words.contains("Older"))
            let older = try #require(first.text.firstMatch(of: /rel="next" href="([^"]*)"/)).output.1
            try await site.makeKey("meanwhile", by: "admin@example.com")
            let second = try await browser.open(Self.address(older))
            #expect(second.words.contains("key-35") && second.words.contains("key-11"))
            #expect(!second.words.contains("key-36") && second.words.contains("1 new event."))
            #expect(second.text.contains(#"<a href="/audit?target=api_key&amp;per=25">Show them</a>"#))
            let oldest = try #require(second.text.firstMatch(of: /rel="next" href="([^"]*)"/)).output.1
            let last = try await browser.open(Self.address(oldest))
            #expect(last.words.contains("key-10") && last.words.contains("End of the trail"))
            let newer = try #require(last.text.firstMatch(of: /rel="prev" href="([^"]*)"/)).output.1
            let back = try await browser.open(Self.address(newer))
            #expect(back.words.contains("key-35") && back.words.contains("key-11") && !back.words.contains("key-36"))
            let asked = try #require(first.text.firstMatch(of: /data-new-events="([^"]*)"/)).output.1
            let headers: HTTPFields = [.accept: "application/json"]
            let answer = try await browser.open(Self.address(asked), headers: headers)
            #expect(answer.text.contains(#""text":"1 new event.""#))
            let newest = try await browser.open("/audit?\(query)&after=1")
            #expect(newest.status == .ok && newest.words.contains("Newer"))
        }
    }

    @Test("asking for new events does not keep a session alive")
    func quiet() async throws {
        try await SetupSite.runSetUp { site, browser in
            let headers: HTTPFields = [.accept: "application/json"]
            for _ in 1...4 {
                site.clock.advance(by: .seconds(9 * 60))
                let answer = try await browser.open("/console/new-events.json", headers: headers)
                if answer.status == .unauthorized { break }
            }
            #expect(try await browser.open("/audit").words.contains("signed out after 30 minutes without activity"))
        }
    }

    @Test("an event's page shows what was before and after, in words, and never a secret")
    func event() async throws {
        try await SetupSite.runSetUp { site, browser in
            try await site.makeKey("deploy", by: "admin@example.com")
            let sent = try await browser.post(
                "/settings/api-keys/1",
                [
                    ("_method", "patch"), ("version", "1"), ("name", "<i>new"), ("resource_1", "account - main"),
                    ("nrn_1", Self.account), ("role_1", "member"), ("role_1", "developer"), ("tag", "team:web"),
                ]
            )
            #expect(sent.status == .seeOther)
            let page = try await browser.open("/audit?target=api_key:1")
            let event = try await browser.open(try path(of: "changed API key", page))
            #expect(event.status == .ok && event.text.contains("&lt;i&gt;new") && !event.text.contains("<i>new"))
            #expect(event.words.contains("Developer on main") && !event.words.contains("Member on main"))
            #expect(event.words.contains("1 unchanged") && event.words.contains("team:web"))
            #expect(event.words.contains("request-1") && event.words.contains("What else they did"))
            #expect(event.text.contains(#"href="/audit?target=api_key%3A1""#))
            let created = try await browser.open(try path(of: "created API key", page))
            #expect(created.words.contains("Member on main") && created.words.contains("deploy"))
            #expect(created.text.firstMatch(of: /kw_[0-9A-Za-z]{12}_[0-9A-Za-z]{8}/) == nil)
            let role = try await browser.post("/settings/roles/new", [("name", "Shipper"), ("inherits", "member")])
            #expect(role.status == .seeOther)
            _ = try await browser.post("/settings/roles/shipper/delete")
            let roles = try await browser.open("/audit?target=role")
            #expect(roles.text.contains("<del><bdi>Shipper</bdi></del>"))
            let made = try await browser.open(try path(of: "created role", roles))
            #expect(made.words.contains("Includes") && made.words.contains("Member"))
            for id in ["0", "x", "999999", "1%20"] {
                let none = try await browser.open("/audit/\(id)")
                #expect(none.status == .notFound && none.words.contains("There is no such event"))
            }
        }
    }

    @Test("another organization's events are not found, and not listed")
    func foreign() async throws {
        try await SetupSite.runSetUp { site, browser in
            let draft = AdministratorDraft(
                organization: "Foreign", email: "admin@foreign.example", password: Secret(SetupSite.password),
                keyName: nil
            )
            _ = try await site.operations.createAdministrator(draft)
            let other = try await site.browser(of: "admin@foreign.example")
            let theirs = try await other.open("/audit")
            #expect(!theirs.text.contains(">main<") && theirs.words.contains("signed in"))
            let event = try path(of: "added account", try await browser.open("/audit"))
            #expect(try await browser.open(event).status == .ok)
            let none = try await other.open(event)
            #expect(none.status == .notFound && none.words.contains("There is no such event"))
            #expect(!(try await other.open("/audit.csv").text.contains(",main,")))
        }
    }

    @Test("refusals and failures are told apart from what happened")
    func outcomes() async throws {
        try await SetupSite.runSetUp { site, browser in
            try await site.makePerson("member@example.com", [("member", "organization=1")])
            let member = try await site.signIn("member@example.com").signedIn.principal
            await #expect(throws: DomainError.self) {
                try await site.operations.createResource(.account, name: "x", slug: nil, parentID: 1, as: member)
            }
            await #expect(throws: DomainError.self) {
                try await site.operations.signIn(
                    email: "member@example.com", password: Secret("wrong wrong wrong wrong"), from: SetupSite.origin
                )
            }
            let page = try await browser.open("/audit?refused=true")
            #expect(page.words.contains("tried to add account") && page.words.contains("Refused"))
            #expect(page.words.contains("failed to sign in as") && page.words.contains("Failed"))
            #expect(page.words.contains("Somebody") && page.text.matches(of: /data-local/).count == 2)
            let event = try await browser.open(try path(of: "tried to add account", page))
            #expect(event.words.contains("Nothing was changed by this event."))
            #expect(event.words.contains("Ada Lovelace tried to add account"))
        }
    }

    @Test("the export holds every event that matches, and no cell that a spreadsheet would run")
    func export() async throws {
        try await SetupSite.runSetUp { site, browser in
            try await site.makeKey("=HYPERLINK(\"http://x\",\"a, b\")", by: "admin@example.com")
            try await site.makeKey("plain", by: "admin@example.com")
            let file = try await browser.open("/audit.csv?action=api_key.create")
            #expect(file.status == .ok && file.headers[.contentType] == "text/csv; charset=utf-8")
            #expect(file.headers[.contentDisposition]?.hasPrefix("attachment; filename=\"audit-20") == true)
            #expect(file.headers[.cacheControl] == "no-store")
            let lines = file.text.split(separator: "\r\n")
            #expect(lines.count == 3 && lines[0].hasPrefix("id,time,outcome,actor_type"))
            #expect(lines[2].contains(",\"'=HYPERLINK(\"\"http://x\"\",\"\"a, b\"\")\","))
            #expect(lines[1].contains(",api_key.create,api_key,2,plain,request-1,"))
            try await site.makeKeys((1...550).map { "k\($0)" })
            let all = try await browser.open("/audit.csv?action=api_key.create").text
            #expect(all.split(separator: "\r\n").count == 553 && all.contains(",k550,") && all.contains(",k1,"))
        }
    }

    @Test("whoever may not read the trail is told which role can, and is not led to it")
    func refused() async throws {
        try await SetupSite.runSetUp { site, browser in
            try await site.makePerson("ops@example.com", [("ops", "organization=1")])
            try await site.makeKey("deploy", by: "admin@example.com")
            let ops = try await site.browser(of: "ops@example.com")
            for path in ["/audit", "/audit/1", "/audit.csv"] {
                let page = try await ops.open(path)
                #expect(page.status == .forbidden && page.words.contains("You can't see the audit trail"))
                #expect(page.words.contains("Admin or SecOps"))
            }
            let headers: HTTPFields = [.accept: "application/json"]
            #expect(try await ops.open("/console/new-events.json", headers: headers).status == .forbidden)
            #expect(!(try await ops.open("/settings/api-keys/1").text.contains("/audit?")))
            try await site.makePerson("sec@example.com", [("secops", "organization=1")])
            let sec = try await site.browser(of: "sec@example.com")
            let page = try await sec.open("/audit")
            #expect(page.status == .ok && page.words.contains("created API key"))
            #expect(try await sec.open("/settings/api-keys/1").text.contains("/audit?target=api_key%3A1"))
            #expect(try await ConsoleBrowser(site).open("/audit").location == "/sign-in?next=%2Faudit")
            #expect(try await ConsoleBrowser(site).open("/audit.csv").status == .seeOther)
        }
    }
}

extension SetupSite {
    /// Keys that the administrator made within one session.
    fileprivate func makeKeys(_ names: [String]) async throws {
        let principal = try await signIn("admin@example.com").signedIn.principal
        let grant = GrantInput(nrn: "organization=1:account=1", shape: .slug("member"))
        for name in names {
            _ = try await operations.createAPIKey(APIKeyDraft(name: name, grants: [grant], tags: []), as: principal)
        }
    }
}

/// A day as the filter writes it.
private enum Day {
    static func text(_ time: Instant) -> String {
        String(
            Date(timeIntervalSince1970: TimeInterval(time.seconds))
                .ISO8601Format(.iso8601.year().month().day())
        )
    }
}
