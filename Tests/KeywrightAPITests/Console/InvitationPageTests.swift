import HTTPTypes
import KeywrightDomain
import KeywrightOperations
import Testing

@Suite("Invitation page")
struct InvitationPageTests {
    private func invite(_ site: SetupSite) async throws -> String {
        let admin = try await site.signIn("admin@example.com").signedIn.principal
        let invitation = try await site.operations.invitePerson(
            PersonDraft(email: "zoe@example.com", firstName: "Zoe"), as: admin
        )
        return String(invitation.url.reveal().split(separator: "=").last ?? "")
    }

    @Test("a link asks for name and password, lets in once, and leads to the list in a session")
    func accept() async throws {
        try await SetupSite.runSetUp { site, _ in
            let token = try await invite(site)
            let browser = ConsoleBrowser(site)
            let page = try await browser.open("/invitation?token=\(token)")
            #expect(page.status == .ok && page.words.contains("Join Example") && page.text.contains("value=\"Zoe\""))
            #expect(page.headers[values: try #require(HTTPField.Name("Referrer-Policy"))] == ["no-referrer"])
            // Pages without referrer have no origin either: the token alone proves where the form comes from.
            let fields = [
                ("token", token), ("first_name", "Zoë "), ("last_name", ""), ("password", SetupSite.password),
            ]
            let answer = try await browser.submit("/invitation", fields)
            #expect(answer.status == .seeOther && answer.location == "/settings/api-keys")
            #expect(!answer.text.contains(token))
            let me = try await browser.open("/me")
            #expect(me.status == .ok && me.text.contains("zoe@example.com") && me.text.contains("Zoë"))
            let again = try await browser.submit("/invitation", fields)
            #expect(again.status == .notFound && again.words.contains("This link does not work"))
        }
    }

    @Test("a password that is too short keeps the link working, and is not in the page")
    func shortPassword() async throws {
        try await SetupSite.runSetUp { site, _ in
            let token = try await invite(site)
            let browser = ConsoleBrowser(site)
            let answer = try await browser.submit(
                "/invitation", [("token", token), ("first_name", "<b>Z</b>"), ("password", "secret-one")]
            )
            #expect(answer.status == .unprocessableContent && answer.words.contains("Use at least 15 characters."))
            #expect(answer.text.contains("&lt;b&gt;Z") && !answer.text.contains("secret-one"))
            #expect(answer.text.contains("<title>Error: Join Example"))
            #expect(try await browser.open("/invitation?token=\(token)").status == .ok)
        }
    }

    @Test("a link for a new password asks for nothing else")
    func reset() async throws {
        try await SetupSite.runSetUp { site, _ in
            let person = try await site.makePerson("ada@example.com")
            let admin = try await site.signIn("admin@example.com").signedIn.principal
            let link = try await site.operations.resetPassword(of: person.id, as: admin).url.reveal()
            let token = String(link.split(separator: "=").last ?? "")
            let browser = ConsoleBrowser(site)
            let page = try await browser.open("/invitation?token=\(token)")
            #expect(page.words.contains("Choose a new password") && !page.text.contains("first_name"))
            let fields = [("token", token), ("first_name", "Eve"), ("password", "another long password")]
            #expect(try await browser.submit("/invitation", fields).status == .seeOther)
            #expect(try await browser.open("/me").words.contains("Ada Lovelace"))
        }
    }

    @Test(
        "links that do not work get one answer, with a way on",
        arguments: ["", "nonsense", "%00", String(repeating: "x", count: 500)])
    func unknown(token: String) async throws {
        try await SetupSite.runSetUp { site, _ in
            let browser = ConsoleBrowser(site)
            let page = try await browser.open("/invitation?token=\(token)")
            #expect(page.status == .notFound && page.words.contains("This link does not work"))
            #expect(page.text.contains("href=\"/sign-in\""))
            let answer = try await browser.submit("/invitation", [("token", token), ("password", SetupSite.password)])
            #expect(answer.status == .notFound)
        }
    }

    @Test("a form from another site is refused, and the link still works")
    func foreign() async throws {
        try await SetupSite.runSetUp { site, _ in
            let token = try await invite(site)
            let browser = ConsoleBrowser(site)
            let fields = [("token", token), ("password", SetupSite.password)]
            #expect(try await browser.submit("/invitation", fields, site: "cross-site").status == .forbidden)
            #expect(try await browser.open("/invitation?token=\(token)").status == .ok)
        }
    }
}
