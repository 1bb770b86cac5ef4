import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import KeywrightDomain
import KeywrightOperations
import NIOCore
import Testing

@testable import KeywrightStore

@Suite("Set-up page")
struct SetupPageTests {
    private func text(_ response: TestResponse) -> String { String(buffer: response.body) }

    /// The key that a page shows.
    private func key(in page: String) throws -> String {
        String(try #require(page.firstMatch(of: /kw_[0-9A-Za-z]{12}_[0-9A-Za-z]{38}/)).output)
    }

    @Test("a working link shows the form, with the token as a hidden field")
    func form() async throws {
        try await SetupSite.run { site in
            let token = try await site.token()
            let response = try await site.open(token)
            let page = text(response)
            #expect(response.status == .ok)
            #expect(page.contains(#"<input type="hidden" name="token" value="\#(token)">"#))
            #expect(page.contains(#" method="post" action="/setup""#))
            #expect(page.contains(#"value="first-admin-key""#) && page.contains(" checked>"))
            #expect(!page.contains("aria-invalid") && page.contains(#"tabindex="-1" hidden"#))
        }
    }

    @Test("a form that is filled in makes the organization, its administrator and a key that works")
    func setUp() async throws {
        try await SetupSite.run { site in
            let response = try await site.send(try await site.token())
            #expect(response.status == .ok)
            let page = text(response)
            let value = try key(in: page)
            let token = try await site.operations.exchangeToken(apiKey: Secret(value), from: .init())
            let principal = try await site.operations.authenticate(.bearer(token.accessToken), from: .init())
            let keys = try await site.operations.apiKeys(
                APIKeyQuery(organizationID: principal.organizationID, now: site.clock.now), PageRequest(), as: principal
            ).results
            #expect(keys.map(\.name) == ["first-admin-key"])
            #expect(keys.first?.grants.map(\.roleSlug) == ["admin"])
            let (person, organization) = try await site.store.read { transaction in
                (
                    try transaction.person(email: "ada@example.com"),
                    try transaction.resource(.organization, principal.organizationID.rawValue)
                )
            }
            #expect(organization?.name == "Example Inc." && person?.organizationID == principal.organizationID)
            #expect(page.contains("http://127.0.0.1:8080/token") && page.contains("http://127.0.0.1:8080/api_key"))
        }
    }

    @Test("the two commands list the keys, as a shell runs them, with the key in no argument")
    func commands() async throws {
        try await SetupSite.run(publicURL: "https://keys.example.com") { site in
            let page = text(try await site.send(try await site.token()))
            let commands = page.matches(of: /<pre[^>]*>([^<]*)<\/pre>/).map { match in
                String(match.1).replacing("&quot;", with: "\"").replacing("&#39;", with: "'").replacing(
                    "&gt;", with: ">"
                )
                .replacing("&lt;", with: "<").replacing("&amp;", with: "&")
            }
            #expect(commands.count == 3)
            let value = try key(in: page)
            #expect(!commands.contains { $0.contains(value) })
            // A stand-in for curl says what it was called with, and gives a token for the key on its input.
            let script = """
                curl() {
                    echo "$@" >&2
                    case "$2" in */token) read -r body; echo "$body" >&2; echo '{"access_token":"a.b.c","x":"y"}';; esac
                }
                \(commands[1])
                \(commands[2])
                """
            let process = Process()
            process.executableURL = URL(filePath: "/bin/sh")
            process.arguments = ["-c", script]
            process.environment = ["KEYWRIGHT_API_KEY": value]
            let output = Pipe()
            process.standardError = output
            try process.run()
            process.waitUntilExit()
            let lines = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
                .split(separator: "\n").map(String.init)
            #expect(
                lines == [
                    "-sS https://keys.example.com/token -d @-", #"{"api_key":"\#(value)"}"#,
                    "-sS https://keys.example.com/api_key -H Authorization: Bearer a.b.c",
                ]
            )
        }
    }

    @Test("no key is made unless it is wanted")
    func withoutKey() async throws {
        try await SetupSite.run { site in
            let response = try await site.send(try await site.token(), ["key_name": ""], without: "with_key")
            #expect(response.status == .ok && !text(response).contains("kw_"))
            let count = try await site.store.read { try $0.organizations().map(\.keyCount) }
            #expect(count == [0])
        }
    }

    @Test(
        "a link that is unknown, expired or malformed, or none at all, gets one and the same page",
        arguments: [
            "?token=AAAAAAAAAAAAAAAAAAAAAA", "", "?token=", "?token=%00", "?token=%zz", "?token[a]=b",
            "?" + String(repeating: "a=b&", count: 200), "?token=" + String(repeating: "x", count: 3000),
        ]
    )
    func invalidLink(_ query: String) async throws {
        try await SetupSite.run { site in
            let response = try await site.client.execute(uri: "/setup\(query)", method: .get)
            #expect(response.status == .notFound)
            let expired = try await site.token()
            site.clock.advance(by: .seconds(15 * 60))
            let other = try await site.open(expired)
            #expect(other.status == .notFound && text(other) == text(response))
            let sent = try await site.send(expired)
            #expect(sent.status == .notFound && text(sent) == text(response))
        }
    }

    @Test("a newer link ends the older one")
    func newerLink() async throws {
        try await SetupSite.run { site in
            let (older, newer) = (try await site.token(), try await site.token())
            let statuses = [try await site.open(older).status, try await site.open(newer).status]
            #expect(statuses == [.notFound, .ok])
        }
    }

    @Test("once set up, there is no set-up page, and what was shown is shown nowhere again")
    func usedLink() async throws {
        try await SetupSite.run { site in
            let token = try await site.token()
            let value = try key(in: text(try await site.send(token)))
            let again = [try await site.send(token), try await site.open(token), try await site.open("")]
            for response in again {
                #expect(response.status == .notFound && !text(response).contains("kw_"))
            }
            let secrets = [value, SetupSite.password, token]
            let stored = try await site.data.content()
            let trail = try await site.auditTrail()
            #expect(trail.count >= 3 && trail.allSatisfy { $0.contains(SetupSite.address) })
            for secret in secrets {
                #expect(!trail.contains { $0.contains(secret) })
                #expect(!site.log.text.contains(secret))
                #expect(stored.range(of: Data(secret.utf8)) == nil)
            }
        }
    }

    @Test("of many who send the form at once, one becomes administrator", arguments: 0..<5)
    func race(_: Int) async throws {
        try await SetupSite.run { site in
            let token = try await site.token()
            let pages = try await withThrowingTaskGroup(of: (HTTPResponse.Status, String).self) { group in
                for index in 0..<8 {
                    group.addTask {
                        let response = try await site.send(
                            token, ["email": "person\(index)@example.com", "organization": "Organization \(index)"]
                        )
                        return (response.status, String(buffer: response.body))
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(pages.filter { $0.0 == .ok }.count == 1)
            #expect(pages.filter { $0.0 == .notFound }.count == 7)
            #expect(pages.filter { $0.1.contains("kw_") }.count == 1)
            let (organizations, users) = try await site.store.read { transaction in
                let organizations = try transaction.organizations()
                let users = try organizations.flatMap { organization in
                    try transaction.users(UserQuery(organizationID: organization.id), PageRequest()).results
                }
                return (organizations, users)
            }
            #expect(organizations.count == 1 && users.count == 1 && organizations.first?.keyCount == 1)
        }
    }

    @Test("every wrong field is marked and named in a summary; all but the password is kept, and the link still works")
    func errors() async throws {
        try await SetupSite.run { site in
            let token = try await site.token()
            let response = try await site.send(
                token, ["organization": "  ", "email": "ada", "password": "too short", "key_name": "a\u{200B}b"]
            )
            let page = text(response)
            #expect(response.status == .unprocessableContent)
            #expect(page.contains("<title>Error: Set up"))
            for name in ["organization", "email", "password", "key_name"] {
                #expect(page.contains(##"<a href="#\##(name)">"##))
                #expect(page.contains(#"id="\#(name)-error""#))
                let input = try #require(page.firstMatch(of: try Regex("<input [^>]*id=\"\(name)\"[^>]*>"))).output
                let tag = String(try #require(input[0].substring))
                #expect(tag.contains(#"aria-invalid="true""#))
                #expect(tag.contains(#"aria-describedby="\#(name)-error \#(name)-hint""#))
            }
            #expect(page.contains(#"value="ada""#) && page.contains(#"name="token" value="\#(token)""#))
            #expect(!page.contains("too short") && !page.contains("kw_"))
            let repaired = try await site.send(token)
            #expect(repaired.status == .ok)
        }
    }

    @Test("a right password is not echoed when another field is wrong, and the page says to type it again")
    func passwordIsNotKept() async throws {
        try await SetupSite.run { site in
            let response = try await site.send(try await site.token(), ["email": "nobody"])
            let page = text(response)
            #expect(response.status == .unprocessableContent)
            #expect(page.contains("Type the password again"))
            #expect(!page.contains(SetupSite.password))
            #expect(!(page.contains(#"id="password-error""#)))
            #expect(page.contains(#"value="Example Inc.""#))
        }
    }

    @Test("an unticked key stays unticked, and its name is not looked at")
    func untickedKey() async throws {
        try await SetupSite.run { site in
            let page = text(
                try await site.send(
                    try await site.token(), ["email": "nobody", "key_name": "\u{200B}"], without: "with_key"
                )
            )
            #expect(!page.contains(" checked>") && !page.contains("key_name-error"))
        }
    }

    @Test(
        "names cannot break out of the page",
        arguments: [
            "<script>alert(1)</script>", #""><img src=x onerror=alert(1)>"#, "'><b>", "&lt;&amp;", "{{token}}",
            "\"\u{0308} onfocus=alert(1) autofocus \"\u{0301}", "<\u{FE0F}script>", "{{{content}}}", "</title><b>",
        ]
    )
    func hostileNames(_ name: String) async throws {
        try await SetupSite.run { site in
            let token = try await site.token()
            let refused = text(try await site.send(token, ["organization": name, "email": name]))
            let accepted = text(try await site.send(token, ["organization": name, "key_name": name]))
            #expect(refused.contains("There is a problem"))
            #expect(accepted.contains("Keywright is set up"))
            let escaped = name.unicodeScalars.map { scalar in
                switch scalar {
                case "&": "&amp;"
                case "<": "&lt;"
                case ">": "&gt;"
                case "\"": "&quot;"
                case "'": "&#39;"
                default: String(scalar)
                }
            }.joined()
            #expect(
                refused.utf8.contains(#"id="organization" name="organization" type="text" value="\#(escaped)""#.utf8))
            #expect(accepted.utf8.contains("<bdi>\(escaped)</bdi>".utf8))
            for page in [refused, accepted] where escaped != name { #expect(!page.utf8.contains(name.utf8)) }
        }
    }

    @Test("the form is written in any script, and marks of direction in a name stay inside of it")
    func unicodeNames() async throws {
        try await SetupSite.run { site in
            let page = text(try await site.send(try await site.token(), ["organization": " مؤسسة المثال 例 "]))
            #expect(page.contains("<bdi>مؤسسة المثال 例</bdi>"))
        }
    }

    @Test("every page has the header fields that keep it private")
    func headers() async throws {
        try await SetupSite.run { site in
            let token = try await site.token()
            let foreign: HTTPFields = [try #require(.init("Sec-Fetch-Site")): "cross-site"]
            let responses = [
                try await site.open(token), try await site.open("unknown"),
                try await site.send(token, headers: foreign),
                try await site.send(body: [], type: "text/plain"), try await site.send(token, ["email": ""]),
                try await site.send(token), try await site.client.execute(uri: "/setup", method: .delete),
            ]
            #expect(responses.map(\.status.code) == [200, 404, 403, 415, 422, 200, 405])
            for response in responses {
                let fields = response.headers
                #expect(fields[.contentType] == "text/html; charset=utf-8")
                #expect(fields[.cacheControl] == "no-store")
                #expect(fields[.xContentTypeOptions] == "nosniff")
                #expect(fields[try #require(.init("Referrer-Policy"))] == "no-referrer")
                #expect(fields[try #require(.init("Cross-Origin-Opener-Policy"))] == "same-origin")
                let policy = try #require(fields[.contentSecurityPolicy])
                #expect(policy.hasPrefix("default-src 'none'; script-src 'self'; style-src 'self'"))
                #expect(policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe"))
                let page = text(response)
                #expect(!page.contains("<script>") && !page.contains("<style") && !page.contains("style="))
                #expect(page.hasPrefix("<!doctype html>") && page.contains(#"<html lang="en">"#))
            }
        }
    }

    @Test(
        "on plain HTTP that leaves the machine, every page warns",
        arguments: [
            ("http://192.0.2.1:8080", true), ("http://0.0.0.0:8080", true), ("http://127.example.com", true),
            ("http://127.0.0.1.example.com", true), ("http://127.0.0.1:8080", false), ("http://[::1]:8080", false),
            ("http://localhost", false), ("https://keys.example.com", false),
        ]
    )
    func readableConnection(_ url: String, _ isReadable: Bool) async throws {
        try await SetupSite.run(publicURL: url) { site in
            let response = try await site.open(try await site.token())
            #expect(text(response).contains("not encrypted") == isReadable)
            #expect((response.headers[try #require(.init("Cross-Origin-Opener-Policy"))] == nil) == isReadable)
        }
    }

    @Test("the style sheet and the mark are kept for good under a path that changes with them")
    func assets() async throws {
        try await SetupSite.run { site in
            let page = text(try await site.open(try await site.token()))
            let paths = page.matches(of: /(?:href|src)="(\/assets\/[0-9a-f]{16}\/[a-z0-9.-]+)"/).map { String($0.1) }
            #expect(Set(paths).count == 4)
            for path in paths {
                let response = try await site.client.execute(uri: path, method: .get)
                #expect(response.status == .ok)
                #expect(response.headers[.cacheControl] == "public, max-age=31536000, immutable")
                #expect(response.headers[.xContentTypeOptions] == "nosniff")
                let types = [
                    "css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8", "svg": "image/svg+xml",
                    "woff2": "font/woff2",
                ]
                #expect(response.headers[.contentType] == types[String(path.split(separator: ".").last ?? "")])
                let changed = path.replacing("/assets/", with: "/assets/0")
                let unknown = try await site.client.execute(uri: changed, method: .get)
                #expect(unknown.status == .notFound)
            }
        }
    }

    @Test("HEAD has the header fields of GET and no body; other methods are told what there is")
    func methods() async throws {
        try await SetupSite.run { site in
            let token = try await site.token()
            let head = try await site.client.execute(uri: "/setup?token=\(token)", method: .head)
            #expect(head.status == .ok && head.body.readableBytes == 0 && head.headers[.cacheControl] == "no-store")
            for method in [HTTPRequest.Method.put, .patch, .delete, .options] {
                let response = try await site.client.execute(uri: "/setup", method: method)
                #expect(response.status == .methodNotAllowed && response.headers[.allow] == "GET, HEAD, POST")
            }
        }
    }

    @Test("when the database fails, a page says so with the request's id, and nothing secret is logged")
    func damagedDatabase() async throws {
        try await SetupSite.run { site in
            let token = try await site.token()
            try await site.data.damage("DROP TABLE one_time_tokens")
            let responses = [try await site.open(token), try await site.send(token)]
            for response in responses {
                #expect(response.status.kind == .serverError)
                #expect(text(response).contains("request-1") && response.headers[.cacheControl] == "no-store")
            }
            #expect(!site.log.text.isEmpty)
            #expect(!site.log.text.contains(token) && !site.log.text.contains(SetupSite.password))
        }
    }
}
