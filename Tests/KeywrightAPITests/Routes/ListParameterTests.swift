import HTTPTypes
import Testing

@Suite("Parameters of lists")
struct ListParameterTests {
    private static let lists = [
        "/api_key", "/api-key", "/role", "/user", "/organization", "/account", "/namespace", "/application", "/scope",
        "/v1/audit", "/authz/user_role",
    ]

    @Test("a page is cut where it was asked for", arguments: ["/api_key", "/role", "/v1/audit"])
    func pages(_ path: String) async throws {
        try await TestInstallation.run { installation in
            for _ in 0..<4 { _ = try await installation.makeKey("member", at: "organization=1") }
            let whole = try await installation.call(.get, "\(path)?limit=200", as: installation.admin)
            let total = try #require(whole.total)
            #expect(Int64(whole.ids.count) == total && Set(whole.ids).count == whole.ids.count)
            for offset in [0, 1, 3] {
                let page = try await installation.call(
                    .get, "\(path)?limit=2&offset=\(offset)", as: installation.admin
                )
                #expect(page.ids == Array(whole.ids.dropFirst(offset).prefix(2)))
                #expect(page["paging"]["limit"].number == 2)
                #expect(page["paging"]["offset"].number == Int64(offset) && page.total == total)
            }
            let past = try await installation.call(.get, "\(path)?offset=1000", as: installation.admin)
            #expect(past.status == 200 && past.ids == [] && past.total == total)
        }
    }

    @Test("a limit is 30 unless given, and cut to 200")
    func limits() async throws {
        try await TestInstallation.run { installation in
            for (query, limit) in [
                ("", 30), ("?limit=1", 1), ("?limit=200", 200), ("?limit=201", 200), ("?limit=999999999", 200),
                ("?limit=9999999999", 200), ("?limit=99999999999999999999", 200), ("?offset=99999999999999999999", 30),
            ] {
                for path in Self.lists where path != "/authz/user_role" {
                    let list = try await installation.call(.get, "\(path)\(query)", as: installation.admin)
                    #expect(list["paging"]["limit"].number == Int64(limit), "\(path)\(query)")
                }
            }
        }
    }

    @Test("a limit or offset that is none is refused by every list", arguments: Self.lists)
    func wrongPages(_ path: String) async throws {
        try await TestInstallation.run { installation in
            for value in ["0", "-1", "abc", "", "1.5", "%2B5", "1e1", "%D9%A1", "0x1"] {
                let reply = try await installation.call(.get, "\(path)?limit=\(value)", as: installation.admin)
                reply.expectRefusal(400, "The limit is a positive number.", at: ["/limit"])
            }
            for value in ["-1", "abc", "", "%2B5"] {
                let reply = try await installation.call(.get, "\(path)?offset=\(value)", as: installation.admin)
                reply.expectRefusal(400, "The offset is 0 or a positive number.", at: ["/offset"])
            }
        }
    }

    @Test("a repeated parameter is refused by every list", arguments: Self.lists)
    func repeated(_ path: String) async throws {
        try await TestInstallation.run { installation in
            for query in ["limit=1&limit=1", "limit=1&li%6Dit=2"] {
                let reply = try await installation.call(.get, "\(path)?\(query)", as: installation.admin)
                reply.expectRefusal(400, "The parameter limit may be given once.", at: ["/limit"])
            }
        }
    }

    @Test("an unknown parameter is refused, but ignored on users and resources", arguments: Self.lists)
    func unknown(_ path: String) async throws {
        try await TestInstallation.run { installation in
            let ignoring = ["/user", "/organization", "/account", "/namespace", "/application", "/scope"].contains(path)
            for query in ["page=2", "Limit=2", "surprise", "tags=a:b"] {
                let reply = try await installation.call(.get, "\(path)?\(query)", as: installation.admin)
                if ignoring { #expect(reply.status == 200) } else { reply.expectRefusal(400, at: [""]) }
            }
        }
    }

    @Test(
        "a filter of keys that cannot be read is refused, naming it",
        arguments: [
            ("nrn=organization=x", "/nrn"), ("nrn=", "/nrn"), ("resource=account=1", "/resource"),
            ("reaches=organization=1:namespace=1", "/reaches"), ("below=true", "/below"),
            ("resource=organization=1&below=maybe", "/below"), ("owner_id=abc", "/owner_id"),
            ("owner_id=0", "/owner_id"), ("tag=novalue", "/tag"), ("tag=:x", "/tag"), ("tag=a:", "/tag"),
            ("status=gone", "/status"), ("status=", "/status"), ("used=30", "/used"), ("used=0d", "/used"),
            ("used=-1d", "/used"), ("used=99999999d", "/used"), ("unused=never", "/unused"),
            ("used=30d&unused=30d", "/unused"), ("sort=size:asc", "/sort"), ("sort=name:up", "/sort"),
            ("sort=name:asc:asc", "/sort"), ("sort=", "/sort"), ("q=%zz", ""), ("q=%ff", ""), ("name=%00", ""),
            ("q=\(String(repeating: "x", count: 81))", "/q"),
        ]
    )
    func wrongFilters(_ query: String, _ pointer: String) async throws {
        try await TestInstallation.run { installation in
            let reply = try await installation.call(.get, "/api_key?\(query)", as: installation.admin)
            reply.expectRefusal(400, at: [pointer])
        }
    }

    @Test("requests about one thing take no parameters where unknown ones are refused")
    func singleThings() async throws {
        try await TestInstallation.run { installation in
            let key = try await installation.makeKey("member", at: "organization=1")
            let grants = #"[{"nrn":"organization=1","role_slug":"member"}]"#
            let replies = [
                try await installation.call(.get, "\(key.path)?x=1", as: installation.admin),
                try await installation.call(.patch, "\(key.path)?x=1", "{}", as: installation.admin),
                try await installation.call(.delete, "\(key.path)?x=1", as: installation.admin),
                try await installation.call(
                    .post, "/api_key?x=1", #"{"name":"x","grants":\#(grants)}"#, as: installation.admin),
                try await installation.call(.get, "/role/704380989?x=1", as: installation.admin),
                try await installation.call(.post, "/user/1/grant?x=1", grants, as: installation.admin),
            ]
            for reply in replies { reply.expectRefusal(400, at: [""]) }
            #expect(try await installation.call(.get, key.path, as: installation.admin).status == 200)
        }
    }

    @Test(
        "all wrong parameters are named at once",
        arguments: [
            (
                "/api_key?limit=0&offset=-1&nrn=x&status=gone&tag=a&tag=b&used=1&sort=up&owner_id=x&page=1&q=%zz",
                ["", "", "/limit", "/offset", "/nrn", "/status", "/tag", "/used", "/sort", "/owner_id"]
            ),
            ("/api_key?name=a&name=b&below=maybe&reaches=1", ["/name", "/below", "/reaches"]),
            ("/user?type=x&status=y&id=z&organization_id=0", ["/type", "/status", "/id", "/organization_id"]),
            ("/account?organization_id=x&status=y&limit=a", ["/organization_id", "/status", "/limit"]),
            ("/v1/audit?user_id=x&outcome=y&since=z&until=0", ["/user_id", "/outcome", "/since", "/until"]),
            ("/authz/user_role?user_id=x&nrn=y&offset=z&w=1", ["/user_id", "/nrn", "/offset", ""]),
            ("/role?limit=x&offset=y&limit=1", ["/limit", "/offset"]),
        ]
    )
    func everythingAtOnce(_ path: String, _ pointers: [String]) async throws {
        try await TestInstallation.run { installation in
            try await installation.call(.get, path, as: installation.admin).expectRefusal(400, at: pointers)
        }
    }

    @Test("filters take several values by comma; a name is one value, commas included")
    func severalValues() async throws {
        try await TestInstallation.run { installation in
            _ = try await installation.call(
                .post, "/account", #"{"name":"main, second","slug":"third"}"#, as: installation.admin)
            _ = try await installation.makeKey("member", at: "organization=1", name: "one, two")
            let cases: [(path: String, names: [String])] = [
                ("/account?slug=main,second,none", ["main", "second"]),
                ("/account?slug=main%2Cthird", ["main", "main, second"]),
                ("/account?name=main,%20second", ["main, second"]), ("/account?name=main,second", []),
                ("/account?status=inactive,active&slug=second", ["second"]), ("/account?status=inactive,deleted", []),
                ("/account?organization_id=9,1&slug=main", ["main"]),
                ("/namespace?account_id=2,1", ["shop"]), ("/namespace?account_id=2,3", []),
                ("/role?slug=ops,admin", ["Admin", "Ops"]), ("/role?slug=none,ops", ["Ops"]),
                ("/api_key?name=one,%20two", ["one, two"]), ("/api_key?name=one,two", []),
            ]
            for (path, names) in cases {
                let list = try await installation.call(.get, path, as: installation.admin)
                #expect(list.status == 200 && list.names == names, "\(path)")
                #expect(list.total == Int64(names.count), "\(path)")
            }
            for path in ["/account?status=active,gone", "/account?status=active,", "/account?status=,"] {
                try await installation.call(.get, path, as: installation.admin).expectRefusal(400, at: ["/status"])
            }
            let many = (1...201).map(String.init).joined(separator: ",")
            try await installation.call(.get, "/role?slug=\(many)", as: installation.admin)
                .expectRefusal(400, "The parameter slug takes at most 200 values.", at: ["/slug"])
        }
    }
}
