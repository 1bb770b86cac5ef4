import Foundation
import HTTPTypes
import KeywrightDomain
import KeywrightOperations
import Testing

@Suite("A key's value in a form")
struct TypedKeyTests {
    private static let key = "kw_Ab3dEf6hIj9l_ZyXwVuTsRqPoNmLkJiHgFeDcBa9876540by7Sj"
    private static let secret = "ZyXwVuTsRqPoNmLkJiHgFeDcBa987654"

    @Test(
        "is refused where it would be kept, and repeated nowhere",
        arguments: [
            ("/settings/api-keys", "name"), ("/settings/api-keys", "resource_1"), ("/settings/api-keys", "tag"),
            ("/settings/api-keys/1", "name"), ("/settings/roles/new", "name"), ("/settings/roles/new", "slug"),
            ("/settings/roles/new", "description"), ("/settings/roles/new", "more_actions"),
            ("/settings/resources/organization=1/new", "name"),
            ("/settings/resources/organization=1:account=1/edit", "slug"), ("/settings/people/invite", "email"),
            ("/settings/people/invite", "first_name"), ("/settings/people/invite", "resource_1"),
        ]
    )
    func refused(_ path: String, _ field: String) async throws {
        try await SetupSite.runSetUp { site, browser in
            try await site.makeKey("deploy", by: "admin@example.com")
            var fields = [
                ("name", "n"), ("email", "p@example.com"), ("action", "deployment:read"), ("version", "1"),
                ("resource_1", "account - main"), ("nrn_1", "organization=1:account=1"), ("role_1", "member"),
            ].filter { $0.0 != field }
            if field == "resource_1" { fields.removeAll { $0.0 == "nrn_1" } }
            fields.append((field, Self.key))
            for headers in [HTTPFields(), [.accept: "application/json"]] {
                let answer = try await browser.post(path, fields, headers: headers)
                #expect(answer.status == .unprocessableContent)
                #expect(!answer.text.contains(Self.secret))
            }
            let trail = try await site.auditTrail()
            #expect(!trail.contains { $0.contains(Self.secret) })
            #expect(try await site.data.content().range(of: Data(Self.secret.utf8)) == nil)
        }
    }

    @Test("is refused in a step of a form without script, in an address, and when the session has ended")
    func elsewhere() async throws {
        try await SetupSite.runSetUp { site, browser in
            let step = try await browser.post("/settings/api-keys", [("name", Self.key), ("action", "add-grant")])
            #expect(step.status == .ok && !step.text.contains(Self.secret) && step.text.contains("kw_Ab3dEf6hIj9l_X…"))
            let filled = try await browser.open("/settings/api-keys/new?name=\(Self.key)")
            #expect(filled.text.contains(#"value="kw_Ab3dEf6hIj9l_X…""#))
            site.clock.advance(by: .seconds(31 * 60))
            let sent = try await browser.post("/settings/roles/new", [("name", Self.key), ("form_id", "form-1")])
            #expect(sent.words.contains("Your entries are kept.") && !sent.text.contains(Self.secret))
            #expect(try await site.data.content().range(of: Data(Self.secret.utf8)) == nil)
        }
    }

    @Test("is no email address to sign in with, but may be a password")
    func signIn() async throws {
        try await SetupSite.runSetUp { site, _ in
            let browser = ConsoleBrowser(site)
            let wrong = try await browser.submit("/sign-in", [("email", Self.key), ("password", Self.key)])
            #expect(wrong.status == .unprocessableContent && !wrong.text.contains(Self.secret))
            #expect(try await site.data.content().range(of: Data(Self.secret.utf8)) == nil)
            let admin = try await site.signIn("admin@example.com").signedIn.principal
            let link = try await site.operations.invitePerson(PersonDraft(email: "ada@example.com"), as: admin).url
            let token = String(link.reveal().split(separator: "=").last ?? "")
            let joined = try await browser.submit("/invitation", [("token", token), ("password", Self.key)])
            #expect(joined.status == .seeOther)
            let again = try await ConsoleBrowser(site).submit(
                "/sign-in", [("email", "ada@example.com"), ("password", Self.key)]
            )
            #expect(again.status == .seeOther)
        }
    }
}
