import HTTPTypes
import KeywrightDomain
import KeywrightOperations
import Testing

@Suite("One's own account")
struct AccountPageTests {
    private static let newPassword = "a different long password"

    @Test("the page shows grants and sessions; strangers are led to the sign-in page")
    func page() async throws {
        try await SetupSite.runSetUp { site, browser in
            let page = try await browser.open("/me")
            #expect(page.status == .ok && page.text.contains("admin@example.com") && page.words.contains("This one"))
            #expect(page.words.contains("Admin on Example"))
            let stranger = try await ConsoleBrowser(site).open("/me")
            #expect(stranger.status == .seeOther && stranger.location == "/sign-in?next=%2Fme")
        }
    }

    @Test("preferences become cookies that scripts may read, and lead back to a page of ours")
    func preferences() async throws {
        try await SetupSite.runSetUp { _, browser in
            let fields = [("theme", "dark"), ("return", "/settings/people?q=a")]
            let answer = try await browser.post("/me", fields)
            #expect(answer.status == .seeOther && answer.location == "/settings/people?q=a")
            let cookie = try #require(answer.headers[values: .setCookie].first)
            #expect(cookie.hasPrefix("keywright-theme=dark;") && !cookie.contains("HttpOnly"))
            #expect(cookie.contains("SameSite=Strict"))
            #expect(try await browser.open("/me").text.contains("data-theme=\"dark\""))
            _ = try await browser.post("/me", [("shortcuts", "off")])
            #expect(browser.cookies["keywright-shortcuts"] == "off")
            let json = try await browser.post("/me", [("theme", "system")], headers: [.accept: "application/json"])
            #expect(json.status == .ok && json.text == #"{"saved":true}"#)
            #expect(browser.cookies["keywright-theme"] == nil)
        }
    }

    @Test("what is no preference changes nothing, and no return leads elsewhere")
    func badPreferences() async throws {
        try await SetupSite.runSetUp { _, browser in
            #expect(try await browser.post("/me", [("theme", "pink")]).status == .unprocessableContent)
            #expect(try await browser.post("/me").status == .unprocessableContent)
            for path in ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)"] {
                let answer = try await browser.post("/me", [("theme", "light"), ("return", path)])
                #expect(answer.location == "/settings/api-keys")
            }
            #expect(try await browser.post("/me", [("theme", "light")], token: "x").status == .forbidden)
        }
    }

    @Test("a new password ends all other sessions and begins a new one here")
    func password() async throws {
        try await SetupSite.runSetUp { site, browser in
            let other = try await site.browser(of: "admin@example.com")
            let before = browser.cookies["keywright"]
            let answer = try await browser.post(
                "/me/password", [("current_password", SetupSite.password), ("new_password", Self.newPassword)]
            )
            #expect(answer.status == .seeOther && answer.location == "/me")
            #expect(browser.cookies["keywright"] != before)
            #expect(try await browser.open("/me").words.contains("Password changed. Your other sessions have ended"))
            #expect(try await other.open("/me").status == .seeOther)
        }
    }

    @Test("wrong passwords are said at their fields, and never repeated")
    func wrongPassword() async throws {
        try await SetupSite.runSetUp { _, browser in
            let short = try await browser.post(
                "/me/password", [("current_password", SetupSite.password), ("new_password", "secret-two")]
            )
            #expect(short.status == .unprocessableContent && short.words.contains("Use at least 15 characters."))
            #expect(!short.text.contains("secret-two") && !short.text.contains(SetupSite.password))
            let wrong = try await browser.post(
                "/me/password", [("current_password", "not it"), ("new_password", Self.newPassword)]
            )
            #expect(wrong.status == .unprocessableContent)
            #expect(wrong.words.contains("That is not your current password."))
            #expect(!wrong.text.contains(Self.newPassword) && wrong.text.contains("<title>Error: Your account"))
            let none = try await browser.post("/me/password", [("new_password", Self.newPassword)])
            #expect(none.status == .unprocessableContent && none.words.contains("Enter your current password."))
            #expect(try await browser.open("/me").status == .ok)
        }
    }

    @Test("too many wrong passwords have to wait")
    func throttled() async throws {
        try await SetupSite.runSetUp { _, browser in
            let fields = [("current_password", "not it"), ("new_password", Self.newPassword)]
            var last = try await browser.post("/me/password", fields)
            for _ in 0..<6 { last = try await browser.post("/me/password", fields) }
            #expect(last.status == .tooManyRequests && last.words.contains("Too many attempts."))
            #expect(last.headers[.retryAfter] != nil)
        }
    }

    @Test("another session of one's own can be ended; somebody else's is not there")
    func sessions() async throws {
        try await SetupSite.runSetUp { site, browser in
            let second = try await site.signIn("admin@example.com")
            let other = ConsoleBrowser(site)
            other.take(second)
            let path = "/me/sessions/\(second.signedIn.session.id)/end"
            #expect(try await browser.open("/me").text.contains(path))
            try await site.makePerson("ada@example.com")
            let stranger = try await site.browser(of: "ada@example.com")
            #expect(try await stranger.post(path).status == .notFound)
            #expect(try await other.open("/me").status == .ok)
            #expect(try await browser.post(path, token: "x").status == .forbidden)
            let answer = try await browser.post(path)
            #expect(answer.status == .seeOther && answer.location == "/me")
            #expect(try await other.open("/me").status == .seeOther)
            #expect(try await browser.post("/me/sessions/none/end").status == .notFound)
        }
    }
}
