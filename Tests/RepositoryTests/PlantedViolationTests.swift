import Testing

/// Shows that every rule can fail, and that it lets what only looks alike pass.
@Suite("Planted violations")
struct PlantedViolationTests {
    @Test("a planted violation is found", arguments: planted)
    func finds(_ planted: Planted) throws {
        try planted.check()
    }

    @Test("what only looks like a violation is not one", arguments: harmless)
    func ignores(_ planted: Planted) throws {
        try planted.check()
    }

    @Test("every rule has a planted violation")
    func isComplete() {
        #expect(Set(Self.planted.map(\.rule)) == Set(Rule.allCases))
    }

    private static let domain = "Sources/KeywrightDomain/Role.swift"
    private static let store = "Sources/KeywrightStore/SQLiteStore.swift"
    private static let page = "Sources/KeywrightConsole/Templates/setup.mustache"
    private static let unfinished = "TO" + "DO"
    private static let home = "/ho" + "me"
    private static let parts = "## Context\n## Decision\n## Alternatives\n## Consequences\n"

    static let planted: [Planted] = [
        Planted(.imports, domain, "import Foundation\nimport Logging\n", violations: ["\(domain):2"]),
        Planted(.imports, domain, "  @preconcurrency public import NIOCore\n", violations: ["\(domain):1"]),
        Planted(.imports, domain, "import struct Hummingbird.HTTPError\n", violations: ["\(domain):1"]),
        Planted(.imports, domain, "#if canImport(GRDB)\nimport GRDB\n#endif\n", violations: ["\(domain):2"]),
        Planted(.imports, domain, "import Foundation.NSURL; import Logging\n", violations: ["\(domain):1"]),
        Planted(.imports, domain, "@_exported import Crypto\n", violations: ["\(domain):1"]),
        Planted(.imports, store, "public import GRDB\n", violations: ["\(store):1"]),
        Planted(.imports, store, "package import GRDB\n", violations: ["\(store):1"]),
        Planted(
            .imports, "Sources/KeywrightAPI/Page.swift", "import KeywrightStore\nimport KeywrightConsole\n",
            violations: ["Sources/KeywrightAPI/Page.swift:1", "Sources/KeywrightAPI/Page.swift:2"]),
        Planted(.imports, "Sources/KeywrightHelpers/A.swift", "", violations: ["Sources/KeywrightHelpers"]),

        Planted(.sharedNames, [domain: "", "Sources/KeywrightDomain/Roles/Role.swift": ""], violations: [domain]),
        Planted(.sharedNames, ["Tests/A/X.swift": "", "Tests/A/B/x.swift": ""], violations: ["Tests/A/B/x.swift"]),

        Planted(.longFiles, domain, String(repeating: "\n", count: 401), violations: [domain]),
        Planted(.longFiles, "Tests/A/X.swift", String(repeating: "\n", count: 401), violations: ["Tests/A/X.swift"]),

        Planted(.traps, domain, "\nlet role = try! parse()\n", violations: ["\(domain):2"]),
        Planted(.traps, domain, "let role = value as! Role\n", violations: ["\(domain):1"]),
        Planted(.traps, domain, "fatalError()\n", violations: ["\(domain):1"]),
        Planted(.traps, domain, "value.unsafelyUnwrapped\n", violations: ["\(domain):1"]),
        Planted(.traps, domain, "let id = ids[0]!\n", violations: ["\(domain):1"]),
        Planted(.traps, domain, "let id = first(of: ids)!.value\n", violations: ["\(domain):1"]),
        Planted(.traps, domain, "if id! == other {}\n", violations: ["\(domain):1"]),
        Planted(.traps, domain, "throw error! /* not yet */\n", violations: ["\(domain):1"]),
        Planted(.traps, domain, "\r\nreturn id!\r\n", violations: ["\(domain):2"]),
        Planted(.traps, domain, "var id: Int!\n", violations: ["\(domain):1"]),
        Planted(.traps, domain, "log(\"the id \\(id!) // is gone\")\n", violations: ["\(domain):1"]),
        Planted(.traps, domain, "/* a\n/* nested */ comment */ id!\n", violations: ["\(domain):2"]),
        Planted(.traps, domain, "let text = \"\"\"\n    \"quoted\"\n    \"\"\"\nid!\n", violations: ["\(domain):4"]),

        Planted(.unfinishedWords, "Makefile", "test: # \(unfinished) all\n", violations: ["Makefile:1"]),
        Planted(.unfinishedWords, domain, "\n// FIX" + "ME: later\n", violations: ["\(domain):2"]),

        Planted(.machinePaths, "docs/a.md", "Run \(home)/alice/keywright\n", violations: ["docs/a.md:1"]),
        Planted(.machinePaths, "scripts/a.sh", "cd \"ROOT/Sources\"\n", violations: ["scripts/a.sh:1"]),
        Planted(.machinePaths, ".ci/run", "cd ROOT\n", violations: [".ci/run:1"]),
        Planted(.machinePaths, "README.md", "see ROOT/../notes\n", violations: ["README.md:1"]),

        Planted(.unescapedTemplates, page, "<p>\n{{{name}}}</p>\n", violations: ["\(page):2"]),
        Planted(.unescapedTemplates, page, "<p>{{ &name}}</p>\n", violations: ["\(page):1"]),

        Planted(
            .decisionRecords, "docs/decisions/0001-a.md", "# A\n## Context\n## Decision\n## Consequences\n",
            violations: ["docs/decisions/0001-a.md"]),
        Planted(.decisionRecords, "docs/decisions/Storage.md", parts, violations: ["docs/decisions/Storage.md"]),
        Planted(
            .decisionRecords, ["docs/decisions/0001-a.md": parts, "docs/decisions/0001-b.md": parts],
            violations: ["docs/decisions/0001-a.md"]),

        Planted(.brokenLinks, "README.md", "See [this](docs/absent.md).\n", violations: ["README.md:1"]),
        Planted(.brokenLinks, "docs/a.md", "\n![figure](images/a.png \"A\")\n", violations: ["docs/a.md:2"]),
        Planted(.brokenLinks, "docs/a.md", "[b]: ../b.md#part\n", violations: ["docs/a.md:1"]),
        Planted(.brokenLinks, "docs/a.md", "[out](../../outside.md)\n", violations: ["docs/a.md:1"]),
        Planted(.brokenLinks, "docs/a.md", "[root](/docs/a.md)\n", violations: ["docs/a.md:1"]),
    ]

    static let harmless: [Planted] = [
        Planted(
            .imports, domain, "import Crypto\nimport Foundation\n// import Logging\nlet text = \"import Logging\"\n"),
        Planted(.imports, store, "import GRDB\ninternal import Logging\npublic import KeywrightDomain\n"),
        Planted(.sharedNames, [domain: "", "Sources/KeywrightWire/Role.swift": ""]),
        Planted(.longFiles, domain, String(repeating: "\n", count: 400)),
        Planted(.traps, domain, "if !isEmpty, a != b, (a)!=(b), a !== b, !(c) {}\n#if !os(Linux)\n#endif\n"),
        Planted(.traps, domain, "// try! as! fatalError( id!\nlet text = \"try! \\\"it\\\"! id!\"\n"),
        Planted(
            .traps, domain,
            "let text = #\"a \" id! \\\"#\nlet pattern = #/a\"b!/#\nlet text = \"\"\"\n    id!\n    \"\"\"\n"),
        Planted(.traps, domain, "if try !isLive(id), try await !isLive(id) {}\n"),
        Planted(.traps, "Tests/A/X.swift", "id!\n"),
        Planted(.unfinishedWords, domain, "// todo lists, \(unfinished)S and NO\(unfinished)\n"),
        Planted(.unfinishedWords, ".build/checkouts/a.swift", "// \(unfinished)\n"),
        Planted(
            .machinePaths, "docs/a.md", "`./data`, `~\(home)/alice/`, https://example.com\(home)/alice/, /usr/bin/env\n"
        ),
        Planted(.unescapedTemplates, page, "<p>{{name}} {{#users}}{{name}}{{/users}} &amp;</p>\n"),
        Planted(.unescapedTemplates, "Sources/KeywrightWire/A.swift", "{{{a}}}\n"),
        Planted(.decisionRecords, ["docs/decisions/0001-a.md": parts, "docs/decisions/0002-b.md": "# B\n\n" + parts]),
        Planted(
            .brokenLinks,
            [
                "README.md":
                    "[a](docs/a.md#part), [b](docs/decisions/), <a@b.example>, [c](#here), [d](https://a.example/b)\n",
                "docs/a.md": "`[e](absent.md)` and [f](../README.md)\n```\n[g](absent.md)\n```\n",
                "docs/decisions/0001-b.md": "[h](mailto:a@b.example) [i](<../a.md>)\n",
            ]),
    ]
}
