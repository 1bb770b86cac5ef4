import HTTPTypes
import KeywrightAPI
import KeywrightWire
import Testing

/// Every route there is: none answers without a credential unless it is known to, and all are documented.
@Suite("All routes")
struct RouteListTests {
    private static let open: Set = [
        "POST /token", "POST /login", "GET /healthz", "GET /readyz", "GET /openapi.json", "GET /forward-auth",
        "POST /oauth/token", "POST /revoke", "GET /.well-known/jwks.json",
        "GET /.well-known/oauth-authorization-server",
    ]
    /// Whose refusals are written as OAuth's.
    private static let oauth: Set = ["POST /introspect"]

    private static func routes(_ installation: TestInstallation) -> [API.Route] {
        API(installation.operations).routes
    }

    /// A path in which every parameter is an id.
    private static func path(_ route: API.Route) -> String { route.path.replacing("{id}", with: "1") }

    @Test("without a credential every route but the open ones answers 401, always with the same body")
    func denyByDefault() async throws {
        try await TestInstallation.run { installation in
            let routes = Self.routes(installation)
            #expect(routes.count > 50)
            #expect(Self.open.isSubset(of: routes.map { "\($0.method) \($0.path)" }))
            var bodies: Set<String> = []
            for route in routes where !Self.open.contains("\(route.method) \(route.path)") {
                for body in [nil, "{}"] {
                    let reply = try await installation.call(route.method, Self.path(route), body)
                    if Self.oauth.contains("\(route.method) \(route.path)") {
                        reply.expectOAuthRefusal(401, "invalid_token")
                    } else {
                        reply.expectRefusal(401)
                        bodies.insert(reply.text)
                    }
                }
            }
            #expect(bodies.count == 1)
        }
    }

    @Test("who holds nothing that counts gets nothing but refusals, and nothing changes")
    func denyWithoutRights() async throws {
        try await TestInstallation.run { installation in
            let key = try await installation.makeKey(actions: ["custom_thing:fly"], at: "organization=1:account=2")
            let before = try await installation.call(.get, "/v1/audit", as: installation.admin).total
            for route in Self.routes(installation) where !Self.open.contains("\(route.method) \(route.path)") {
                let reply = try await installation.call(route.method, Self.path(route), "{}", as: key.value)
                #expect([400, 403, 404].contains(reply.status), "\(route.method) \(route.path): \(reply.status)")
            }
            let trail = try await installation.call(.get, "/v1/audit", as: installation.admin)
            let refused = try await installation.call(.get, "/v1/audit?outcome=refused", as: installation.admin)
            #expect((trail.total ?? 0) == (before ?? 0) + (refused.total ?? 0))
        }
    }

    @Test("every other method of a path is 405, and Allow names those it has")
    func methods() async throws {
        try await TestInstallation.run { installation in
            for (path, routes) in Dictionary(grouping: Self.routes(installation), by: Self.path) {
                var names = Set(routes.map(\.method.rawValue))
                if names.contains("GET") { names.insert("HEAD") }
                let all = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
                for name in all where !names.contains(name) {
                    let method = try #require(HTTPRequest.Method(name))
                    let reply = try await installation.call(method, path)
                    #expect(reply.status == 405, "\(name) \(path)")
                    #expect(reply.headers[.allow] == names.sorted().joined(separator: ", "), "\(name) \(path)")
                    if name != "HEAD" { reply.expectRefusal(405, "The method is not supported here.") }
                }
            }
        }
    }

    @Test("HEAD answers as GET does, without a body")
    func head() async throws {
        try await TestInstallation.run { installation in
            for route in Self.routes(installation) where route.method == .get {
                let path = Self.path(route)
                let get = try await installation.call(.get, path, as: installation.admin)
                let head = try await installation.call(.head, path, as: installation.admin)
                #expect(head.status == get.status && head.text.isEmpty, "\(path)")
                for name in [HTTPField.Name.contentType, .contentLength, .eTag] {
                    #expect(head.headers[name] == get.headers[name], "\(path) \(name)")
                }
            }
        }
    }

    @Test("a path that does not exist is 404 with the common body")
    func unknownPaths() async throws {
        try await TestInstallation.run { installation in
            for path in [
                "/nothing", "/v1", "/v2/audit", "/api_key/1/2", "/API_KEY", "/user/1/grants", "/authz", "/token/x",
            ] {
                for credential in [nil, installation.admin] {
                    let reply = try await installation.call(.get, path, as: credential)
                    reply.expectRefusal(404, "There is nothing at this path.")
                }
            }
        }
    }

    @Test("the OpenAPI document names exactly the routes that exist")
    func document() async throws {
        try await TestInstallation.run { installation in
            let document = try StrictJSON.parse(
                OpenAPIDocument.json.utf8, limits: JSONLimits(depth: 64, members: 1_000_000)
            )
            let methods: Set = ["get", "put", "post", "delete", "options", "head", "patch", "trace"]
            let documented = document["paths"].memberNames.flatMap { path in
                document["paths"][path].memberNames.filter(methods.contains).map { "\($0.uppercased()) \(path)" }
            }
            let existing = Self.routes(installation).map { "\($0.method) \($0.path)" }
            #expect(Set(existing).subtracting(documented) == [])
            #expect(Set(documented).subtracting(existing) == [])
            #expect(existing.count == Set(existing).count)
            // What is documented as open is what is open.
            let open = documented.filter { name in
                let parts = name.split(separator: " ").map(String.init)
                return document["paths"][parts[1]][parts[0].lowercased()]["security"] == .array([])
            }
            #expect(Set(open) == Self.open)
        }
    }
}
