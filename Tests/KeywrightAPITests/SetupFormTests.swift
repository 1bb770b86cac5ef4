import HTTPTypes
import Hummingbird
import HummingbirdTesting
import KeywrightOperations
import Testing

@Suite("Set-up form")
struct SetupFormTests {
    @Test("a form that another site sent is refused", arguments: ["cross-site", "same-site", "nonsense", ""])
    func foreignForm(_ site: String) async throws {
        try await SetupSite.run { page in
            let token = try await page.token()
            let response = try await page.send(token, headers: [try #require(.init("Sec-Fetch-Site")): site])
            #expect(response.status == .forbidden)
            let isSetUp = try await page.operations.isSetUp()
            #expect(!isSetUp)
        }
    }

    @Test("a form of our own page is taken", arguments: ["same-origin", "none", nil])
    func ownForm(_ site: String?) async throws {
        try await SetupSite.run { page in
            var headers = HTTPFields()
            if let site { headers[try #require(.init("Sec-Fetch-Site"))] = site }
            let response = try await page.send(try await page.token(), headers: headers)
            #expect(response.status == .ok)
        }
    }

    /// Bodies that no browser sends from our page.
    static let abuse: [(body: String, status: Int)] = [
        (String(repeating: "a[", count: 7000) + "=1", 400),
        ("a[b]=1", 400),
        ((0...1_000).map { "f\($0)=1" }.joined(separator: "&"), 400),
        ("token=a&token=b", 404),
        ("token=%", 400), ("token=%4", 400), ("token=%zz", 400), ("token=%C3%28", 400), ("token=a%00b", 400),
        ("token", 400), ("=a", 400), ("&", 400), ("token=a&", 400), ("Token=a", 400),
        (String(repeating: "n", count: 41) + "=1", 400),
        ("{\"token\":\"a\"}", 400),
        ("token=" + String(repeating: "x", count: 66_000), 413),
        ("token=" + String(repeating: "x", count: 16_000), 404),
        ("", 404), ("token=", 404), ("organization=a", 404),
        ((0..<1_000).map { "f\($0)=1" }.joined(separator: "&"), 404),
    ]

    @Test("a body that is not such a form gets an answer of its own, and changes nothing", arguments: abuse.indices)
    func abusedForm(_ index: Int) async throws {
        try await SetupSite.run { site in
            let (body, status) = Self.abuse[index]
            let response = try await site.send(body: Array(body.utf8))
            #expect(response.status.code == status)
            let isSetUp = try await site.operations.isSetUp()
            #expect(!isSetUp)
        }
    }

    @Test("a value that is not UTF-8 is refused, whether written out or in hexadecimal")
    func invalidEncoding() async throws {
        try await SetupSite.run { site in
            let response = try await site.send(body: Array("token=".utf8) + [0xC3, 0x28])
            #expect(response.status == .badRequest)
        }
    }

    @Test(
        "only a form is read as one",
        arguments: [
            (nil, 415), ("application/json", 415), ("multipart/form-data; boundary=a", 415), ("text/plain", 415),
            ("application/x-www-form-urlencoded-2", 415),
            ("Application/X-WWW-Form-URLencoded ; charset=UTF-8", 404),
        ] as [(String?, Int)]
    )
    func contentTypes(_ type: String?, _ status: Int) async throws {
        try await SetupSite.run { site in
            let response = try await site.send(body: Array("token=a".utf8), type: type)
            #expect(response.status.code == status)
        }
    }
}
