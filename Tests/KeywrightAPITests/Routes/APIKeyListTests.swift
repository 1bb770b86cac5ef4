import HTTPTypes
import KeywrightDomain
import KeywrightStore
import KeywrightWire
import Testing

@Suite("GET /api_key")
struct APIKeyListTests {
    /// Eight listed keys, newest last, one that has expired, and the first Admin key.
    private static func run(_ body: @Sendable (TestInstallation) async throws -> Void) async throws {
        try await TestInstallation.run { installation in
            let account = "organization=1:account=1"
            let scope = "\(account):namespace=1:application=1:scope=1"
            let web = #"{"key":"team","value":"web"}"#
            let plan: [(name: String, nrn: String, role: String, more: String)] = [
                ("ci-main", account, "machine:ci", #","tags":[{"key":"CI","value":"main"},\#(web)]"#),
                ("ci-release", "\(account):namespace=1", "machine:ci", #","tags":[{"key":"CI","value":"rc"},\#(web)]"#),
                ("Deploy", "organization=1:account=2", "developer", #","tags":[{"key":"team","value":"ops,web"}]"#),
                ("agent", scope, "controlplane:agent", ""),
                ("reader", "organization=1", "member", ""),
                ("off", "organization=1:account=2", "member", #","enabled":false"#),
                ("old", "organization=1:account=2", "member", #","expires_at":"2026-01-01T01:00:00Z""#),
            ]
            for key in plan {
                installation.clock.advance(by: .seconds(1))
                _ = try await installation.makeKey(
                    #"{"name":"\#(key.name)","grants":[{"nrn":"\#(key.nrn)","role_slug":"\#(key.role)"}]\#(key.more)}"#
                )
            }
            installation.clock.advance(by: .seconds(7200))
            try await body(installation)
        }
    }

    private static let all = ["off", "reader", "agent", "Deploy", "ci-release", "ci-main", "first key"]

    @Test("the list is an envelope of whole objects, newest first, without what has expired")
    func envelope() async throws {
        try await Self.run { installation in
            let list = try await installation.call(.get, "/api_key", as: installation.admin)
            #expect(list.status == 200)
            #expect(list.json.memberNames == ["paging", "results"])
            #expect(list.text.hasPrefix(#"{"paging":{"offset":0,"limit":30,"total":7},"results":[{"#))
            #expect(list.names == Self.all)
            for (id, item) in zip(list.ids, list["results"].items) {
                let read = try await installation.call(.get, "/api_key/\(id)", as: installation.admin)
                #expect(item == read.json)
            }
            #expect(!list.text.contains(#""api_key":"#))
            #expect(list.headers[.eTag] == nil)
            let dashed = try await installation.call(.get, "/api-key/", as: installation.admin)
            #expect(dashed.text == list.text)
        }
    }

    @Test("each filter, and several together, before the page is cut")
    func filters() async throws {
        try await Self.run { installation in
            let first = "organization=1:account=1"
            let encoded = "organization%3D1%3Aaccount%3d1"
            let cases: [(query: String, names: [String])] = [
                ("name=ci-main", ["ci-main"]), ("name=CI-main", []), ("name=first%20key", ["first key"]),
                ("name=first+key", ["first key"]), ("q=ci-", ["ci-release", "ci-main"]), ("q=CI-R", ["ci-release"]),
                ("q=eplo", ["Deploy"]), ("q=ea", []), ("q=re", ["reader"]), ("q=DE", ["Deploy"]),
                ("q=nothing", []), ("q=", Self.all),
                ("resource=\(first)", ["ci-main"]), ("resource=\(encoded)", ["ci-main"]),
                ("resource=\(first)&below=false", ["ci-main"]),
                ("resource=\(first)&below=true", ["agent", "ci-release", "ci-main"]),
                ("below=true&resource=\(encoded)", ["agent", "ci-release", "ci-main"]),
                ("nrn=\(first)", ["agent", "ci-release", "ci-main"]),
                ("nrn=\(encoded)", ["agent", "ci-release", "ci-main"]),
                ("nrn=organization=1", Self.all), ("resource=organization=1", ["reader", "first key"]),
                ("nrn=organization=1:account=10", []), ("nrn=organization=10", []),
                ("reaches=\(first):namespace=1", ["reader", "ci-release", "ci-main", "first key"]),
                ("reaches=organization=1", ["reader", "first key"]),
                ("role=machine:ci", ["ci-release", "ci-main"]), ("role=machine%3Aci", ["ci-release", "ci-main"]),
                ("role=machine:ci,developer", ["Deploy", "ci-release", "ci-main"]), ("role=nobody", []),
                ("tag=team:web", ["ci-release", "ci-main"]), ("tag=team%3Aweb", ["ci-release", "ci-main"]),
                ("tag=team:web&tag=CI:main", ["ci-main"]), ("tag=team:ops,web", ["Deploy"]), ("tag=team:we", []),
                ("owner_id=1", ["first key"]), ("owner_id=1099511627777", Array(Self.all.dropLast())),
                ("status=active", Self.all.filter { $0 != "off" }), ("status=disabled", ["off"]),
                ("status=expired", ["old"]),
                ("status=active&q=ci&tag=team:web&nrn=\(first)&role=machine:ci", ["ci-release", "ci-main"]),
                ("q=ci-&nrn=\(first):namespace=1", ["ci-release"]),
                ("q=ci-&tag=CI:main&owner_id=1099511627777&name=ci-main&resource=\(first)", ["ci-main"]),
                ("nrn=\(first)&reaches=\(first)", ["ci-main"]), ("tag=team:web&status=disabled", []),
                ("status=expired&nrn=organization=1:account=2&q=old", ["old"]),
            ]
            for (query, names) in cases {
                let list = try await installation.call(.get, "/api_key?\(query)", as: installation.admin)
                #expect(list.status == 200, "\(query): \(list.message ?? "")")
                #expect(list.names == names, "\(query)")
                #expect(list.total == Int64(names.count), "\(query)")
                guard names.count > 1 else { continue }
                let page = try await installation.call(
                    .get, "/api_key?limit=1&offset=1&\(query)", as: installation.admin)
                #expect(page.names == [names[1]] && page.total == Int64(names.count), "\(query)")
            }
        }
    }

    @Test("a search finds a key by its handle and by the last four characters of its mask, whole and exact")
    func searchByValue() async throws {
        try await Self.run { installation in
            let made = try await installation.makeKey("member", at: "organization=1", name: "needle")
            let handle = String(made.value.dropFirst(3).prefix(12))
            let ending = String(made.value.suffix(4))
            for text in [handle, ending] {
                let list = try await installation.call(.get, "/api_key?q=\(text)", as: installation.admin)
                #expect(list.names.contains("needle"), "\(text)")
            }
            for text in [String(handle.dropLast()), "kw_\(handle)", String(made.value.dropFirst(16).prefix(12))] {
                let list = try await installation.call(.get, "/api_key?q=\(text)", as: installation.admin)
                #expect(list.total == 0, "\(text)")
            }
        }
    }

    @Test(
        "sorting by name ignores case, by creation follows time",
        arguments: [
            ("name:asc", ["agent", "ci-main", "ci-release", "Deploy", "first key", "off", "reader"]),
            ("name", ["agent", "ci-main", "ci-release", "Deploy", "first key", "off", "reader"]),
            ("name:desc", ["reader", "off", "first key", "Deploy", "ci-release", "ci-main", "agent"]),
            ("created_at:desc", ["off", "reader", "agent", "Deploy", "ci-release", "ci-main", "first key"]),
            ("created_at%3Aasc", ["first key", "ci-main", "ci-release", "Deploy", "agent", "reader", "off"]),
        ]
    )
    func sorting(_ sort: String, _ names: [String]) async throws {
        try await Self.run { installation in
            let list = try await installation.call(.get, "/api_key?sort=\(sort)", as: installation.admin)
            #expect(list.names == names)
            var paged: [String] = []
            for offset in stride(from: 0, to: 8, by: 2) {
                let query = "sort=\(sort)&limit=2&offset=\(offset)"
                paged += try await installation.call(.get, "/api_key?\(query)", as: installation.admin).names
            }
            #expect(paged == names)
        }
    }

    @Test("lists tell when keys were used, and sort and filter by it")
    func use() async throws {
        try await TestInstallation.run { installation in
            let nrn = "organization=1"
            let early = try await installation.makeKey("member", at: nrn, name: "early")
            let late = try await installation.makeKey("member", at: nrn, name: "late")
            _ = try await installation.makeKey("member", at: nrn, name: "never")
            _ = try await installation.call(.get, "/account/1", as: early.value)
            installation.clock.advance(by: .seconds(60 * 86_400))
            _ = try await installation.exchange(late.value)
            _ = try await installation.makeKey("member", at: nrn, name: "fresh")
            let cases: [(query: String, names: [String])] = [
                ("used=30d", ["late", "first key"]), ("used=60d", ["late", "early", "first key"]),
                ("used=never", ["fresh", "never"]), ("unused=30d", ["never", "early"]), ("unused=90d", []),
                ("sort=last_used_at:desc&q=l", ["late"]), ("sort=last_used_at:asc&name=early", ["early"]),
            ]
            for (query, names) in cases {
                let list = try await installation.call(.get, "/api_key?\(query)", as: installation.admin)
                #expect(list.names == names && list.total == Int64(names.count), "\(query)")
            }
            let descending = try await installation.call(
                .get, "/api_key?sort=last_used_at:desc", as: installation.admin)
            #expect(descending.names == ["late", "first key", "early", "fresh", "never"])
            let ascending = try await installation.call(.get, "/api_key?sort=last_used_at:asc", as: installation.admin)
            #expect(ascending.names == ["early", "first key", "late", "never", "fresh"])
            let item = descending["results"][2]
            #expect(item["last_used_at"].text == "2026-01-01T00:00:00.000Z")
            #expect(descending["results"][4]["last_used_at"] == .null)
        }
    }

    @Test("what looks like a whole key is not looked up, echoed or logged", arguments: ["q", "name"])
    func searchForSecret(_ parameter: String) async throws {
        try await TestInstallation.run { installation in
            let made = try await installation.makeKey("member", at: "organization=1")
            for text in [made.value, "key%3D\(made.value)", String(made.value.dropLast(20)), "%20\(made.value)%0a"] {
                let reply = try await installation.call(
                    .get, "/api_key?\(parameter)=\(text)", as: installation.admin)
                if text.hasSuffix("%0a") {
                    reply.expectRefusal(400, at: [""])
                } else {
                    reply.expectRefusal(
                        400, "This looks like a whole key. Search by its last four characters instead.",
                        at: ["/\(parameter)"])
                }
                #expect(!reply.text.contains(made.value.dropFirst(16).prefix(8)))
            }
            #expect(!installation.logs.text.contains(made.value.dropFirst(16).prefix(8)))
            let mask = try await installation.call(.get, made.path, as: installation.admin)["masked_api_key"].text
            let escaped = try #require(mask).replacing("…", with: "%E2%80%A6")
            let list = try await installation.call(.get, "/api_key?q=\(escaped)", as: installation.admin)
            #expect(list.status == 200)
        }
    }

    @Test("the total of a filtered list stops at 10,000 and says so; unfiltered it is exact")
    func cappedTotal() async throws {
        try await TestInstallation.run { installation in
            try await installation.store.write { [now = installation.clock.now] transaction in
                let tag = try Tag(key: "many", value: "yes")
                for _ in 0..<10_001 {
                    let id = try transaction.allocate(.apiKey)
                    let grant = Grant(
                        id: Grant.ID(try transaction.allocate(.grant)), nrn: NRN(organization: 1), roleID: Role.member,
                        roleSlug: "member"
                    )
                    let handle = "H" + String(repeating: "0", count: 11 - "\(id)".utf8.count) + "\(id)"
                    let key = APIKey(
                        id: APIKey.ID(id), organizationID: Organization.ID(1), name: "many", handle: handle,
                        ending: "wxyz",
                        digest: SecretDigest(bytes: [UInt8](repeating: 1, count: 32), pepperVersion: 1), tags: [tag],
                        grants: [grant], ownerID: User.ID(1), isInternal: false, isEnabled: true, expiresAt: nil,
                        createdAt: now, updatedAt: now
                    )
                    try transaction.insert(key)
                }
            }
            let cases: [(query: String, total: Int64, isCapped: Bool)] = [
                ("", 10_002, false), ("?tag=many:yes", 10_000, true), ("?name=many", 10_000, true),
                ("?role=member&q=man", 10_000, true), ("?name=first%20key", 1, false),
                ("?tag=many:yes&limit=1&offset=10000", 10_000, true), ("?tag=many:no", 0, false),
            ]
            for (query, total, isCapped) in cases {
                let list = try await installation.call(.get, "/api_key\(query)", as: installation.admin)
                #expect(list.status == 200 && list.total == total, "\(query)")
                #expect(list["paging"]["total_is_capped"] == (isCapped ? .bool(true) : .null), "\(query)")
                if query.contains("offset") { #expect(list.ids.count == 1) }
            }
        }
    }
}
