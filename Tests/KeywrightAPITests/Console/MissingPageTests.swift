import HTTPTypes
import KeywrightOperations
import Testing

@Suite("Pages that are not there")
struct MissingPageTests {
    private static let asPerson: HTTPFields = [.accept: "text/html,application/xhtml+xml,*/*;q=0.8"]

    @Test("a person at a wrong address gets a page that leads on; a program gets no page")
    func missing() async throws {
        try await SetupSite.runSetUp { site, browser in
            for path in ["/nothing", "/settings", "/settings/nothing", "/settings/api-keys/1/2/3", "/%3Ci%3E"] {
                let page = try await browser.open(path, headers: Self.asPerson)
                #expect(page.status == .notFound && page.words.contains("There is no such page"))
                #expect(page.text.contains("href=\"/settings/api-keys\"") && !page.text.contains("<i>"))
                #expect(page.headers[.contentSecurityPolicy] != nil)
                let outside = try await ConsoleBrowser(site).open(path, headers: Self.asPerson)
                #expect(outside.status == .notFound && outside.words.contains("There is no such page"))
                #expect(!outside.text.contains("admin@example.com") && outside.text.contains(">Sign in</a>"))
                let program = try await browser.open(path, headers: [.accept: "application/json"])
                #expect(program.status == .notFound && !program.text.contains("<html"))
            }
        }
    }

    @Test("who sees no keys is led to their account instead of the list of keys")
    func waysOn() async throws {
        try await SetupSite.runSetUp { site, _ in
            try await site.makePerson("none@example.com")
            let page = try await site.browser(of: "none@example.com").open("/settings/api-keys")
            #expect(page.status == .forbidden && page.words.contains("You can't see API keys here"))
            #expect(page.text.contains("href=\"/me\">Go to your account"))
            #expect(page.words.contains("Ask an administrator.") && page.words.contains("request-1"))
        }
    }
}
