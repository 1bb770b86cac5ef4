import HTTPTypes
import KeywrightDomain
import KeywrightOperations
import Testing

@Suite("One person")
struct PersonPageTests {
    private static let account = "organization=1:account=1"

    /// The grants that the panel shows, as its hidden field has them.
    private func version(_ browser: ConsoleBrowser, _ path: String) async throws -> String {
        let page = try await browser.open("\(path)/edit")
        return String(try #require(page.text.firstMatch(of: /name="version" value="([0-9.]*)"/)).output.1)
    }

    @Test("the page shows access, sessions and keys; who is not there has none")
    func page() async throws {
        try await SetupSite.runSetUp { site, browser in
            let user = try await site.makePerson("ops@example.com", [("ops", "organization=1")])
            try await site.makeKey("deploy", by: "ops@example.com")
            let page = try await browser.open("/settings/people/\(user.id)")
            #expect(page.status == .ok && page.words.contains("Ops on Example") && page.words.contains("2 sessions"))
            #expect(page.words.contains("deploy") && page.text.contains("/settings/api-keys?by=\(user.id)"))
            let keys = try await browser.open("/settings/api-keys?by=\(user.id)")
            #expect(keys.words.contains("Created by Ada Lovelace") && keys.words.contains("deploy"))
            let none = try await browser.open("/settings/api-keys?by=1")
            #expect(none.words.contains("No key matches these filters"))
            let machine = User.machineIDOffset + 1
            for id in ["99", "0", "x", "\(machine)"] {
                #expect(try await browser.open("/settings/people/\(id)").status == .notFound)
                #expect(try await browser.post("/settings/people/\(id)/deactivate").status == .notFound)
            }
        }
    }

    @Test("the panel gives and takes grants, and leaves alone what came meanwhile")
    func grants() async throws {
        try await SetupSite.runSetUp { site, browser in
            let user = try await site.makePerson("ada@example.com", [("member", Self.account)])
            let path = "/settings/people/\(user.id)"
            let seen = try await version(browser, path)
            let admin = try await site.signIn("admin@example.com").signedIn.principal
            let meanwhile = GrantInput(nrn: "organization=1", shape: .slug("insights-viewer"))
            _ = try await site.operations.giveGrant(meanwhile, to: user.id, as: admin)
            func send(_ fields: [(String, String)]) async throws -> ConsoleBrowser.Answer {
                try await browser.post(path, [("_method", "patch"), ("version", seen)] + fields)
            }
            func held() async throws -> [String] {
                try await site.operations.person(user.id, as: admin).facts.grants.map(\.roleSlug).sorted()
            }
            let same = try await send([("nrn_1", Self.account), ("role_1", "member")])
            #expect(same.status == .seeOther && same.location == path)
            #expect(try await browser.open(path).words.contains("Nothing to change"))
            let changed = try await send([("nrn_1", Self.account), ("role_1", "developer")])
            #expect(changed.status == .seeOther)
            #expect(try await held() == ["developer", "insights-viewer"])
            #expect(try await send([("nrn_1", Self.account), ("role_1", "none")]).status == .unprocessableContent)
            let all = try await version(browser, path)
            let empty = try await browser.post(path, [("version", all), ("nrn_1", Self.account)])
            #expect(empty.status == .seeOther)
            #expect(try await held() == [])
        }
    }

    @Test("the last administrator keeps the role, and the words say why")
    func lastAdministrator() async throws {
        try await SetupSite.runSetUp { _, browser in
            let path = "/settings/people/1"
            let answer = try await browser.post(path, [("version", try await version(browser, path)), ("nrn_1", "")])
            #expect(answer.status == .conflict)
            #expect(answer.words.contains("This is the organization's last active administrator."))
            let page = try await browser.open("\(path)/deactivate")
            #expect(page.status == .ok && page.words.contains("Make somebody else administrator first."))
            #expect(!page.text.contains("data-submit>Deactivate"))
            let sent = try await browser.post("\(path)/deactivate")
            #expect(sent.status == .conflict && sent.words.contains("last active administrator"))
            #expect(try await browser.open("/me").status == .ok)
        }
    }

    @Test("deactivating asks first, names the keys that keep working, and ends the sessions; activating undoes it")
    func deactivate() async throws {
        try await SetupSite.runSetUp { site, browser in
            let user = try await site.makePerson("ops@example.com", [("ops", "organization=1")])
            try await site.makeKey("deploy", by: "ops@example.com")
            let theirs = try await site.browser(of: "ops@example.com")
            let path = "/settings/people/\(user.id)"
            let page = try await browser.open("\(path)/deactivate")
            #expect(page.words.contains("The API key that they created keeps working."))
            #expect(page.words.contains("deploy") && page.text.contains("/settings/api-keys?by=\(user.id)"))
            #expect(try await browser.post("\(path)/deactivate", token: "x").status == .forbidden)
            #expect(try await theirs.open("/me").status == .ok)
            let done = try await browser.post("\(path)/deactivate")
            #expect(done.status == .seeOther && done.location == path)
            let after = try await browser.open(path)
            #expect(after.words.contains("Inactive") && after.text.contains("\(path)/activate"))
            #expect(!after.text.contains("\(path)/reset"))
            #expect(try await theirs.open("/me").status == .seeOther)
            #expect(try await browser.post("\(path)/reset").status == .conflict)
            #expect(try await browser.post("\(path)/activate").status == .seeOther)
            #expect(try await site.browser(of: "ops@example.com").open("/me").status == .ok)
        }
    }

    @Test("a reset link is shown once, and the old password stops working")
    func reset() async throws {
        try await SetupSite.runSetUp { site, browser in
            let user = try await site.makePerson("ada@example.com")
            let path = "/settings/people/\(user.id)"
            #expect(
                try await browser.open("\(path)/reset").words.contains("Make a password reset link for Ada Lovelace?"))
            let answer = try await browser.post("\(path)/reset")
            let link = try #require(answer.text.firstMatch(of: /\/invitation\?token=([0-9A-Za-z_-]{22})/))
            #expect(answer.status == .ok && answer.words.contains("It works once, for 24 hours."))
            #expect(!(try await browser.open(path).text.contains(link.output.1)))
            await #expect(throws: DomainError.self) { try await site.signIn("ada@example.com") }
            let page = try await ConsoleBrowser(site).open("/invitation?token=\(link.output.1)")
            #expect(page.words.contains("Choose a new password"))
        }
    }

    @Test("all sessions of a person can be ended")
    func endSessions() async throws {
        try await SetupSite.runSetUp { site, browser in
            let user = try await site.makePerson("ada@example.com")
            let theirs = try await site.browser(of: "ada@example.com")
            let path = "/settings/people/\(user.id)"
            #expect(try await browser.open("\(path)/end-sessions").words.contains("Their 2 sessions end at once."))
            #expect(try await browser.post("\(path)/end-sessions").status == .seeOther)
            #expect(try await browser.open(path).words.contains("2 sessions of Ada Lovelace ended"))
            #expect(try await theirs.open("/me").status == .seeOther)
        }
    }
}
