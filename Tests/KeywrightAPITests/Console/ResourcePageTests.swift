import HTTPTypes
import KeywrightDomain
import KeywrightOperations
import Testing

@Suite("Resources")
struct ResourcePageTests {
    private static let path = "/settings/resources"
    private static let organization = "\(path)/organization=1"
    private static let account = "\(path)/organization=1:account=1"

    /// A site with the account "main" (1) and in it the namespace "payments" (1), in which lies the application "api" (1).
    private static func run(
        _ body: @escaping @Sendable (SetupSite, ConsoleBrowser, Principal) async throws -> Void
    ) async throws {
        try await SetupSite.runSetUp { site, browser in
            let admin = try await site.signIn("admin@example.com").signedIn.principal
            for (level, name) in [(NRN.Level.namespace, "payments"), (.application, "api")] {
                _ = try await site.operations.createResource(level, name: name, slug: nil, parentID: 1, as: admin)
            }
            try await body(site, browser, admin)
        }
    }

    @Test("the tree shows every resource with the keys that reach it, and a search opens to the hit")
    func tree() async throws {
        try await Self.run { site, browser, admin in
            try await site.makeKey("deploy", by: "admin@example.com")
            _ = try await site.operations.createResource(
                .account, name: "<img src=x>", slug: "other", parentID: 1, as: admin
            )
            let page = try await browser.open(Self.path)
            #expect(page.status == .ok && page.text.contains(#"href="\#(Self.account):namespace=1:application=1""#))
            #expect(page.text.contains("&lt;img src=x&gt;") && !page.text.contains("<img src=x>"))
            #expect(page.text.matches(of: /<span class="n">1 key<\/span>/).count == 3)
            #expect(page.text.matches(of: /<span class="n">No keys<\/span>/).count == 2)
            let found = try await browser.open("\(Self.path)?q=AP")
            #expect(found.words.contains("1 resource matches") && found.text.contains(#"<div class="node hit">"#))
            #expect(found.text.contains("namespace=1</code>") && !found.text.contains("account=2"))
            let number = try await browser.open("\(Self.path)?q=organization%3D1%3Aaccount%3D2")
            #expect(number.words.contains("1 resource matches") && number.text.contains("&lt;img src=x&gt;"))
            let none = try await browser.open("\(Self.path)?q=%3Ci%3E")
            #expect(none.status == .ok && none.words.contains("No resource matches") && !none.text.contains("<i>"))
            let key = "kw_\(String(repeating: "a", count: 12))_\(String(repeating: "b", count: 38))"
            let secret = try await browser.open("\(Self.path)?q=\(key)")
            #expect(secret.words.contains("That looks like a whole key.") && !secret.text.contains(key))
        }
    }

    @Test("of a large tree the upper levels are shown, and the rest is a link away")
    func largeTree() async throws {
        try await Self.run { site, browser, admin in
            for number in 2...260 {
                _ = try await site.operations.createResource(
                    .application, name: "app-\(number)", slug: nil, parentID: 1, as: admin
                )
            }
            let page = try await browser.open(Self.path)
            #expect(page.words.contains("payments") && !page.words.contains("app-2"))
            #expect(page.text.contains(#"<a class="small" href="\#(Self.account):namespace=1">"#))
            let first = try await browser.open("\(Self.account):namespace=1")
            #expect(first.words.contains("1–25 of 260") && first.words.contains("app-2"))
            let last = try await browser.open("\(Self.account):namespace=1?page=11")
            #expect(last.words.contains("251–260 of 260") && last.words.contains("app-260"))
            let beyond = try await browser.open("\(Self.account):namespace=1?page=99")
            #expect(beyond.status == .ok && beyond.words.contains("There is no page 99."))
        }
    }

    @Test("a resource names the keys with a grant on it and those that reach it from above")
    func resource() async throws {
        try await Self.run { site, browser, _ in
            try await site.makeKey("from-above", by: "admin@example.com")
            try await site.makeKey("right-here", by: "admin@example.com", at: "organization=1:account=1:namespace=1")
            let page = try await browser.open("\(Self.account):namespace=1")
            #expect(page.status == .ok && page.words.contains("Direct grants"))
            #expect(page.words.contains("Inherited from main") && !page.words.contains("Inherited from Example"))
            #expect(page.words.contains("2 keys can reach this: 1 by a grant on it, 1 by grants above it."))
            let direct = try #require(page.text.firstRange(of: "Direct grants"))
            let inherited = try #require(page.text.firstRange(of: "Inherited from main"))
            let (own, above) = (page.text[direct.upperBound..<inherited.lowerBound], page.text[inherited.upperBound...])
            #expect(own.contains("right-here") && !own.contains("from-above") && above.contains("from-above"))
            let listed = "/settings/api-keys?resource=organization%3D1%3Aaccount%3D1%3Anamespace%3D1"
            #expect(page.text.contains(listed))
            let prefilled = "/settings/api-keys/new?grant=organization%3D1%3Aaccount%3D1%3Anamespace%3D1"
            #expect(page.text.contains(prefilled) && page.text.contains(">api</bdi></a>"))
            #expect(try await browser.open(prefilled).text.contains("namespace - payments"))
            #expect(page.text.contains(#"<a href="\#(Self.organization)"><bdi>Example</bdi></a>"#))
            let empty = try await browser.open(Self.organization)
            #expect(empty.words.contains("No key can reach this.") && empty.words.contains("Accounts"))
        }
    }

    @Test("what is absent, foreign or no NRN is not found, in the same words")
    func absent() async throws {
        try await Self.run { site, browser, _ in
            let draft = AdministratorDraft(
                organization: "Foreign", email: "admin@foreign.example", password: Secret(SetupSite.password),
                keyName: nil
            )
            _ = try await site.operations.createAdministrator(draft)
            let known = try await browser.open("\(Self.organization):account=9")
            let absent = [
                "organization=2", "organization=2:account=1", "organization=1:account=1:namespace=9", "x",
                "organization=01", "organization=1:namespace=1", "organization=1:account=1:namespace=1:application=2",
            ]
            for nrn in absent {
                for suffix in ["", "/new", "/edit", "/archive"] {
                    let page = try await browser.open("\(Self.path)/\(nrn)\(suffix)")
                    #expect(page.status == .notFound && page.words.contains("There is no such resource"))
                    if suffix.isEmpty {
                        let same = known.text.replacing("organization=1:account=9", with: nrn)
                        #expect(page.text == same)
                        continue
                    }
                    let sent = try await browser.post("\(Self.path)/\(nrn)\(suffix)", [("name", "x")])
                    #expect(sent.status == .notFound)
                }
            }
        }
    }

    @Test("a resource is added beneath another; mistakes keep what was typed")
    func add() async throws {
        try await Self.run { _, browser, _ in
            let path = "\(Self.account)/new"
            #expect(try await browser.open(path).words.contains("New namespace in main"))
            let empty = try await browser.post(path, [("name", " "), ("slug", "kept")])
            #expect(empty.status == .unprocessableContent && empty.words.contains("Enter a name"))
            #expect(empty.text.contains("value=\"kept\"") && empty.text.contains("<title>Error: New namespace in main"))
            let odd = try await browser.post(path, [("name", "a\u{202E}b"), ("slug", "No Slug")])
            #expect(odd.words.contains("direct") && odd.words.contains("A slug has 1 to 70"))
            let taken = try await browser.post(path, [("name", "Payments")])
            #expect(taken.status == .unprocessableContent && taken.words.contains("with this slug already"))
            #expect(try await browser.post(path, [("name", "x")], token: "x").status == .forbidden)
            let added = try await browser.post(path, [("name", "Zahlungen <b>"), ("slug", "zahlungen")])
            #expect(added.status == .seeOther && added.location?.hasPrefix("\(Self.account):namespace=") == true)
            let page = try await browser.open(try #require(added.location))
            #expect(page.text.contains("Zahlungen &lt;b&gt;") && page.words.contains("added"))
        }
    }

    @Test("a resource is renamed; grants stay as they are")
    func rename() async throws {
        try await Self.run { site, browser, _ in
            try await site.makeKey("deploy", by: "admin@example.com")
            let path = "\(Self.account)/edit"
            #expect(try await browser.open(path).text.contains("value=\"main\""))
            #expect(try await browser.post(path, [("name", "")]).status == .unprocessableContent)
            #expect(try await browser.post(path, [("name", "main"), ("slug", "main")]).status == .seeOther)
            #expect(try await browser.open(Self.account).words.contains("Nothing to change"))
            let sent = try await browser.post(path, [("name", "Hauptkonto"), ("slug", "")])
            #expect(sent.location == Self.account)
            let page = try await browser.open(Self.account)
            #expect(page.words.contains("Hauptkonto saved") && page.words.contains("Member on Hauptkonto"))
        }
    }

    @Test("archiving names the keys that lose something, and waits for what is beneath")
    func archive() async throws {
        try await Self.run { site, browser, _ in
            let application = "\(Self.account):namespace=1:application=1"
            try await site.makeKey(
                "deploy", by: "admin@example.com", at: "organization=1:account=1:namespace=1:application=1")
            let held = try await browser.open("\(Self.account)/archive")
            #expect(
                held.status == .ok
                    && held.words.contains("1 namespace is beneath it. Archive what lies there first."))
            #expect(held.words.contains("payments") && !held.text.contains("data-submit>Archive account"))
            let refused = try await browser.post("\(Self.account)/archive")
            #expect(refused.status == .conflict && refused.words.contains("1 namespace is beneath it."))
            let free = try await browser.open("\(application)/archive")
            #expect(free.words.contains("1 key has a grant on it") && free.words.contains("deploy"))
            #expect(try await browser.post("\(application)/archive", token: "x").status == .forbidden)
            let sent = try await browser.post("\(application)/archive")
            #expect(sent.status == .seeOther && sent.location == "\(Self.account):namespace=1")
            let gone = try await browser.open(application)
            #expect(gone.status == .ok && gone.words.contains("Archived") && gone.words.contains("deploy"))
            #expect(
                !gone.text.contains("/edit\"") && !gone.text.contains("/archive\"") && !gone.text.contains("/new?grant")
            )
            for suffix in ["/new", "/edit", "/archive"] {
                #expect(try await browser.open("\(application)\(suffix)").status == .notFound)
                #expect(try await browser.post("\(application)\(suffix)", [("name", "x")]).status == .notFound)
            }
            #expect(!(try await browser.open(Self.path).words.contains("application=1")))
            #expect(try await browser.open("\(Self.organization)/archive").status == .forbidden)
            #expect(try await browser.post("\(Self.organization)/archive").status == .forbidden)
        }
    }

    @Test("whoever may only look, only see a part, or see nothing is offered and allowed nothing more")
    func refusals() async throws {
        try await Self.run { site, browser, _ in
            try await site.makePerson("member@example.com", [("member", "organization=1:account=1:namespace=1")])
            let member = try await site.browser(of: "member@example.com")
            let tree = try await member.open(Self.path)
            #expect(tree.status == .ok && tree.words.contains("Example") && tree.words.contains("payments"))
            #expect(!tree.text.contains("href=\"\(Self.account)\"") && tree.text.contains("<span class=\"n\">–</span>"))
            #expect(try await member.open(Self.account).status == .notFound)
            let page = try await member.open("\(Self.account):namespace=1")
            #expect(page.status == .ok && page.words.contains("You can look at this resource."))
            #expect(page.words.contains("you need a role that allows reading API keys"))
            #expect(!page.words.contains("Direct grants") && !page.text.contains("/settings/api-keys/new"))
            for suffix in ["/new", "/edit", "/archive"] {
                #expect(try await member.open("\(Self.account):namespace=1\(suffix)").status == .forbidden)
                let sent = try await member.post("\(Self.account):namespace=1\(suffix)", [("name", "x")])
                #expect(sent.status == .forbidden)
            }
            try await site.makePerson("none@example.com")
            let hidden = try await site.browser(of: "none@example.com").open(Self.path)
            #expect(hidden.status == .forbidden && hidden.words.contains("You can't see resources here"))
            #expect(try await browser.open("\(Self.account):namespace=1").words.contains("payments"))
        }
    }
}
