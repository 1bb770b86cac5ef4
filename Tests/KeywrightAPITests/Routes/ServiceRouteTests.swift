import HTTPTypes
import Hummingbird
import HummingbirdTesting
import KeywrightAPI
import KeywrightDomain
import KeywrightOperations
import KeywrightStore
import Logging
import Testing

@Suite("Service routes and common rules of requests")
struct ServiceRouteTests {
    @Test("health and readiness answer without credential", arguments: ["/healthz", "/readyz"])
    func healthy(_ path: String) async throws {
        try await TestInstallation.run { installation in
            let reply = try await installation.call(.get, path)
            #expect(reply.status == 200 && reply.text == #"{"status":"ok"}"#)
        }
    }

    @Test("without its database the server is alive but not ready")
    func notReady() async throws {
        let operations = Operations(
            store: LostStore(), settings: Operations.Settings(keyFormat: try KeyFormat()),
            pepper: try Pepper([UInt8](repeating: 7, count: 32)), now: { Instant(milliseconds: 0) },
            logger: CapturedLogs().logger
        )
        try await Application(router: API(operations).router()).test(.router) { client in
            let alive = try Reply(try await client.execute(uri: "/healthz", method: .get))
            #expect(alive.status == 200)
            let ready = try Reply(try await client.execute(uri: "/readyz", method: .get))
            ready.expectRefusal(503, "The database does not answer.")
        }
    }

    @Test("while it shuts down the server is alive but not ready")
    func draining() async throws {
        try await TestInstallation.run { installation in
            let router = API(installation.operations, isDraining: { true }).router()
            try await Application(router: router).test(.router) { client in
                let alive = try Reply(try await client.execute(uri: "/healthz", method: .get))
                #expect(alive.status == 200)
                let ready = try Reply(try await client.execute(uri: "/readyz", method: .get))
                ready.expectRefusal(503, "The server is shutting down.")
            }
        }
    }

    /// A store whose database went away.
    private struct LostStore: Store {
        func read<Value: Sendable>(
            _ body: @escaping @Sendable (any ReadTransaction) throws -> Value
        ) async throws -> Value {
            throw CancellationError()
        }

        func write<Value: Sendable>(
            _ scope: WriteScope, _ body: @escaping @Sendable (any WriteTransaction) throws -> Value
        ) async throws -> Value {
            throw CancellationError()
        }

        func observe(_ observer: @escaping @Sendable (ChangeNotice) -> Void) {}

        func close() async throws {}
    }

    @Test("the OpenAPI document is served as it is")
    func document() async throws {
        try await TestInstallation.run { installation in
            let reply = try await installation.call(.get, "/openapi.json")
            #expect(reply.status == 200 && reply.text == OpenAPIDocument.json)
            #expect(reply["openapi"].text == "3.1.0")
        }
    }

    @Test("each answer has a request id of its own, in the header alone")
    func requestIDs() async throws {
        try await TestInstallation.run { installation in
            var ids: Set<String> = []
            for (path, key) in [
                ("/healthz", nil), ("/api_key", installation.admin), ("/api_key/9", installation.admin),
                ("/api_key", nil),
                ("/nothing", nil),
            ] {
                let reply = try await installation.call(.get, path, as: key)
                let id = try #require(reply.headers[Reply.requestID])
                #expect(!reply.text.contains(id))
                ids.insert(id)
            }
            #expect(ids.count == 5)
        }
    }

    @Test("GET and DELETE tolerate a Content-Type without a body; paths tolerate a slash at their end")
    func tolerance() async throws {
        try await TestInstallation.run { installation in
            let headers: HTTPFields = [.contentType: "application/json"]
            let key = try await installation.makeKey("member", at: "organization=1")
            for path in ["/api_key", "/api_key/", key.path, "\(key.path)/", "/role/", "/account/1/"] {
                let reply = try await installation.call(.get, path, as: installation.admin, headers: headers)
                #expect(reply.status == 200, "\(path)")
            }
            let reply = try await installation.call(
                .delete, "\(key.path)/", as: installation.admin, headers: headers
            )
            #expect(reply.status == 204)
        }
    }

    /// The requests that carry a body, with one that is fine.
    private static let bodies: [(method: HTTPRequest.Method, path: String, body: String)] = [
        (.post, "/api_key", #"{"name":"x","grants":[{"nrn":"organization=1","role_slug":"member"}]}"#),
        (.patch, "/api_key/2", #"{"name":"x"}"#), (.post, "/role", #"{"name":"x","slug":"x","actions":["a:b"]}"#),
        (.post, "/authz/grants", #"{"nrn":"organization=1","user_id":1,"role_slug":"member"}"#),
        (.post, "/user/1/grant", "[]"), (.put, "/user/2/grant", "[]"), (.post, "/user", #"{"email":"a@example.test"}"#),
        (.post, "/user/invite", #"{"email":"b@example.test"}"#), (.patch, "/user/1", #"{"first_name":"x"}"#),
        (.put, "/user/1", #"{"status":"active"}"#), (.post, "/account", #"{"name":"x"}"#),
        (.patch, "/account/1", #"{"name":"x"}"#),
    ]

    @Test("a body that is not said to be JSON is 415; what says nothing, or says a charset, is read")
    func contentType() async throws {
        try await TestInstallation.run { installation in
            _ = try await installation.makeKey("member", at: "organization=1")
            _ = try await installation.makePerson("p@example.test")
            for (method, path, body) in Self.bodies {
                for type in ["text/plain", "application/x-www-form-urlencoded", "application/jsonx", "", "*/*"] {
                    let reply = try await installation.call(
                        method, path, body, as: installation.admin, contentType: type
                    )
                    reply.expectRefusal(415, "The body must be application/json.")
                }
                for type in ["Application/JSON; charset=utf-8", nil] as [String?] {
                    let reply = try await installation.call(
                        method, path, body, as: installation.admin, contentType: type
                    )
                    #expect(reply.status < 300 || reply.status == 409 || reply.status == 400, "\(path)")
                    #expect(reply.status < 300 || type == nil, "\(path): \(reply.message ?? "")")
                }
            }
        }
    }

    @Test("a body above 64 KiB is 413, one of just that size is read")
    func bodySize() async throws {
        try await TestInstallation.run { installation in
            _ = try await installation.makeKey("member", at: "organization=1")
            _ = try await installation.makePerson("p@example.test")
            for (method, path, body) in Self.bodies {
                let padding = String(repeating: " ", count: 65_536 - body.utf8.count)
                let large = try await installation.call(method, path, body + padding + " ", as: installation.admin)
                large.expectRefusal(413, "The body is larger than 65536 bytes.")
                let fits = try await installation.call(method, path, body + padding, as: installation.admin)
                #expect(fits.status < 300, "\(path): \(fits.message ?? "")")
            }
        }
    }
}
