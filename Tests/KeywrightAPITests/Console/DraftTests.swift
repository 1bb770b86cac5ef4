import Foundation
import HTTPTypes
import KeywrightDomain
import KeywrightOperations
import Testing

@Suite("Entries of forms whose session has ended")
struct DraftTests {
    /// A form with something typed into it.
    struct Form: Sendable, CustomStringConvertible {
        /// The page that shows the form.
        let page: String
        /// Where it is sent.
        let action: String
        let fields: [(String, String)]
        /// What the page shows of the entries.
        let shown: [String]

        var description: String { page }
    }

    static let forms = [
        Form(
            page: "/settings/roles/new", action: "/settings/roles/new",
            fields: [("name", "Night shift"), ("action", "deployment:read"), ("more_actions", "canary:abort")],
            shown: [#"value="Night shift""#, #"value="deployment:read" checked"#, ">canary:abort<"]
        ),
        Form(
            page: "/settings/roles/shipper/edit", action: "/settings/roles/shipper/edit",
            fields: [("_method", "patch"), ("version", "123"), ("name", "Shippers"), ("inherits", "member")],
            shown: [#"value="Shippers""#, #"name="version" value="123""#, #"value="member" checked"#]
        ),
        Form(
            page: "/settings/resources/organization=1/new", action: "/settings/resources/organization=1/new",
            fields: [("name", "Side shop"), ("slug", "")], shown: [#"value="Side shop""#]
        ),
        Form(
            page: "/settings/resources/organization=1:account=1/edit",
            action: "/settings/resources/organization=1:account=1/edit",
            fields: [("name", "Principal"), ("slug", "other")], shown: [#"value="Principal""#, #"value="other""#]
        ),
        Form(
            page: "/settings/people/invite?q=ada", action: "/settings/people/invite?q=ada",
            fields: [
                ("email", "new@example.com"), ("first_name", "Nora"), ("nrn_1", "organization=1"),
                ("resource_1", "organization - Example"), ("role_1", "member"),
            ],
            shown: [#"value="new@example.com""#, #"value="Nora""#, #"value="organization=1""#]
        ),
        Form(
            page: "/settings/people/1/edit", action: "/settings/people/1",
            fields: [
                ("_method", "patch"), ("version", "7.8"), ("nrn_1", "organization=1:account=1"),
                ("resource_1", "account - main"), ("role_1", "developer"),
            ],
            shown: [#"name="version" value="7.8""#, #"value="organization=1:account=1""#]
        ),
        Form(
            page: "/settings/api-keys/1", action: "/settings/api-keys/1",
            fields: [
                ("_method", "patch"), ("version", "0"), ("name", "renamed"), ("nrn_1", "organization=1:account=1"),
                ("resource_1", "account - main"), ("role_1", "member"), ("tag", "team:web"),
            ],
            shown: [#"value="renamed""#, #"name="version" value="0""#, #"value="team:web""#]
        ),
    ]

    @Test("every panel takes up what was typed, once, and for whoever typed it alone", arguments: forms)
    func takenUp(_ form: Form) async throws {
        try await SetupSite.runSetUp { site, browser in
            try await site.makeKey("deploy", by: "admin@example.com")
            _ = try await browser.post("/settings/roles/new", [("name", "Shipper"), ("action", "deployment:read")])
            let page = try await browser.open(form.page)
            #expect(page.status == .ok)
            let id = try #require(page.text.firstMatch(of: /name="form_id" value="([0-9A-F-]{36})"/)).output.1
            site.clock.advance(by: .seconds(31 * 60))
            let sent = try await browser.post(form.action, form.fields + [("form_id", String(id))])
            #expect(sent.words.contains("Your entries are kept."))
            let next = try #require(sent.text.firstMatch(of: /name="next" value="([^"]*)"/)).output.1
            let address = String(next).replacing("&amp;", with: "&")
            #expect(address.contains("draft=\(id)"))

            try await site.makePerson("other@example.com", [("admin", "organization=1")])
            let stranger = try await site.browser(of: "other@example.com").open(address)
            #expect(stranger.status == .ok && form.shown.contains { !stranger.text.contains($0) })

            browser.take(try await site.signIn("admin@example.com"))
            let kept = try await browser.open(address)
            #expect(kept.status == .ok)
            for text in form.shown { #expect(kept.text.contains(text), "\(text)") }
            let again = try await browser.open(address)
            #expect(again.status == .ok && form.shown.contains { !again.text.contains($0) })
        }
    }

    @Test("a key that changed meanwhile is not overwritten by what was typed before")
    func changedMeanwhile() async throws {
        try await SetupSite.runSetUp { site, browser in
            let key = try await site.makeKey("deploy", by: "admin@example.com")
            let fields = [
                ("_method", "patch"), ("version", "\(key.version)"), ("nrn_1", "organization=1:account=1"),
                ("resource_1", "account - main"),
            ]
            let theirs = fields + [("name", "theirs"), ("role_1", "member")]
            #expect(try await browser.post("/settings/api-keys/1", theirs).status == .seeOther)
            // No role: refused, and shown again with the version that it began from.
            let mine = try await browser.post("/settings/api-keys/1", fields + [("name", "mine")])
            #expect(mine.status == .unprocessableContent)
            #expect(mine.text.contains(#"name="version" value="\#(key.version)""#))
            let whole = fields + [("name", "mine"), ("role_1", "member")]
            #expect(try await browser.post("/settings/api-keys/1", whole).status == .conflict)
        }
    }
}
