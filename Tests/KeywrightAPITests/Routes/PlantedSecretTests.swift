import Foundation
import HTTPTypes
import KeywrightAPI
import KeywrightDomain
import KeywrightOperations
import Synchronization
import Testing

/// Secrets are in the one answer that gives them, and nowhere else.
@Suite("Planted secrets")
struct PlantedSecretTests {
    @Test("no secret part appears in any later answer, the audit trail, the log, or what is stored")
    func search() async throws {
        try await TestInstallation.run { installation in
            var values = [installation.admin]
            var keys: [MadeKey] = []
            for role in ["admin", "ops", "member", "secops"] {
                let key = try await installation.makeKey(role, at: "organization=1")
                keys.append(key)
                values.append(key.value)
            }
            let internalKey = try await installation.makeKey(
                #"{"name":"hidden","internal":true,"grants":[{"nrn":"organization=1","role_slug":"member"}]}"#
            )
            values.append(internalKey.value)
            for key in keys {
                let tokens = try await installation.exchange(key.value)
                values += [tokens.access, tokens.refresh]
            }
            var secrets = values.map { $0.hasPrefix("kw_") ? String($0.dropFirst(16).prefix(32)) : $0 }
            let invited = try await installation.call(
                .post, "/user/invite", #"{"email":"a@example.test"}"#, as: installation.admin
            )
            let reset = try await installation.call(.post, "/user/1/password_reset", as: installation.admin)
            for url in [invited["invitation_url"].text, reset["reset_url"].text] {
                secrets.append(String(try #require(url?.split(separator: "=").last)))
            }

            let places = try await Self.everythingElse(installation, keys, values)
            for secret in secrets {
                #expect(secret.utf8.count >= 20)
                for (name, content) in places {
                    #expect(content.range(of: Data(secret.utf8)) == nil, "a secret is in \(name)")
                }
            }
            for value in values where value.hasPrefix("kw_") {
                for digest in try Self.digests(of: value) {
                    for (name, content) in places where name != "the database" {
                        #expect(content.range(of: Data(digest.utf8)) == nil, "a digest is in \(name)")
                    }
                }
            }
            // The search would find one: the handles are public, and are in all of these places but the log.
            let handle = Data(keys[0].value.dropFirst(3).prefix(12).utf8)
            for name in ["the answers", "the database"] {
                #expect(places.contains { $0.name == name && $0.content.range(of: handle) != nil }, "\(name)")
            }
            #expect(places.contains { $0.name == "the log" && $0.content.count > 1_000 })
        }
    }

    /// Sends a value to the OAuth endpoints, where it belongs and where it does not.
    private static func sendForms(
        _ value: String, _ installation: TestInstallation, _ answers: inout String
    ) async throws {
        let forms: [[(String, String)]] = [
            [("token", value), ("token_type_hint", value)], [("token", value + "x")], [(value, value)],
            [("token", value), ("token", value)], [("grant_type", value)],
            [("client_id", value), ("client_secret", "x")],
            [("grant_type", "client_credentials"), ("client_id", value), ("client_secret", value + "x")],
            [("grant_type", "refresh_token"), ("refresh_token", value + "x")],
            [("grant_type", "client_credentials"), ("scope", value)],
            [
                ("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange"), ("subject_token", value + "x"),
                ("subject_token_type", value), ("audience", value),
            ],
        ]
        for form in forms {
            for path in ["/oauth/token", "/introspect", "/revoke?token=\(value)"] {
                let credential = path == "/introspect" ? installation.admin : nil
                let reply = try await installation.post(path, form: form, as: credential)
                answers += "\(reply.headers)\n\(reply.text)\n"
            }
            let basic = try await installation.post("/oauth/token", form: form, client: (value, value + "x"))
            answers += "\(basic.headers)\n\(basic.text)\n"
        }
        for path in ["/v1/changes?after=\(value)", "/v1/changes?\(value)=1", "/.well-known/jwks.json?x=\(value)"] {
            let reply = try await installation.call(.get, path, as: installation.admin)
            answers += "\(reply.headers)\n\(reply.text)\n"
        }
    }

    /// What is stored of a key's secret, in the ways in which bytes are written.
    private static func digests(of key: String) throws -> [String] {
        let parts = try #require(try KeyFormat().parse(Array(key.utf8)))
        let bytes = try Pepper([UInt8](repeating: 7, count: 32)).digest(parts).bytes
        let hexadecimal = bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        let base64 = Data(bytes).base64EncodedString()
        return [
            hexadecimal, hexadecimal.uppercased(), base64, base64.replacing("+", with: "-").replacing("/", with: "_"),
            base64.replacing("/", with: "\\/"),
        ]
    }

    /// Every answer to requests with these credentials, good and bad, and everything that was written meanwhile.
    private static func everythingElse(
        _ installation: TestInstallation, _ keys: [MadeKey], _ values: [String]
    ) async throws -> [(name: String, content: Data)] {
        var answers = ""
        func send(_ method: HTTPRequest.Method, _ path: String, _ body: String? = nil, as key: String?) async throws {
            let reply = try await installation.call(method, path, body, as: key)
            answers += "\(reply.headers)\n\(reply.text)\n"
        }
        let ids = [1, 2, 5, 6, 1_099_511_627_778]
        for route in API(installation.operations).routes where route.method != .delete && route.path != "/token" {
            for key in keys.map(\.value) + [nil] {
                for id in ids {
                    let path = route.path.replacing("{id}", with: "\(id)")
                    guard path == route.path ? id == 1 : true else { continue }
                    try await send(route.method, path, route.method == .get ? nil : "{}", as: key)
                }
            }
        }
        for value in values {
            // Where a client may put a secret by mistake.
            try await send(.get, "/api_key?q=\(value)", as: installation.admin)
            try await send(.get, "/api_key?\(value)=1", as: installation.admin)
            try await send(.get, "/api_key/\(value)", as: installation.admin)
            try await send(.get, "/\(value)", as: installation.admin)
            try await send(.post, "/api_key", #"{"\#(value)":1}"#, as: installation.admin)
            try await send(.post, "/api_key", #"{"name":["\#(value)"]}"#, as: installation.admin)
            try await send(.post, "/token", #"{"api_key":"\#(value)x"}"#, as: nil)
            try await send(.post, "/login", #"{"api_key":"\#(value)x","#, as: nil)
            try await send(.get, "/account/1", as: "\(value)x")
            try await sendForms(value, installation, &answers)
        }
        try await send(.get, "/v1/audit?limit=200", as: installation.admin)
        for key in keys { try await send(.delete, key.path, as: installation.admin) }
        try await send(.get, "/v1/audit?limit=200", as: installation.admin)
        try await installation.operations.flushUsage()

        var places = [(name: "the answers", content: Data(answers.utf8))]
        places.append((name: "the log", content: Data(installation.logs.text.utf8)))
        places.append((name: "the database", content: try await installation.data.content()))
        return places
    }
}
