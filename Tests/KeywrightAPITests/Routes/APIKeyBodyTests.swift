import HTTPTypes
import Testing

/// What bodies of `/api_key` are refused for, with every wrong field named.
@Suite("Bodies of /api_key")
struct APIKeyBodyTests {
    private static let grants = #""grants":[{"nrn":"organization=1:account=1","role_slug":"member"}]"#

    @Test("all that is wrong with the shape is named at once")
    func shape() async throws {
        try await check(
            """
            {"name":"","grants":[{"nrn":"organization=x","role_slug":""},{"nrn":"organization=1","role_slug":"admin",\
            "actions":["a:b"]},{"nrn":"organization=1","actions":["nonsense"],"extra":1}],\
            "tags":[{"key":"-","value":""},{"key":"a"}],"internal":"no","enabled":"yes","expires_at":"tomorrow",\
            "id":5,"api_key":"mine","surprise":1}
            """,
            at: [
                "/name", "/grants/0/nrn", "/grants/0/role_slug", "/grants/1", "/grants/2/actions/0", "/grants/2/extra",
                "/tags/0/key", "/tags/0/value", "/tags/1/value", "/internal", "/enabled", "/expires_at", "/id",
                "/api_key", "/surprise",
            ]
        )
    }

    @Test("all that is wrong with the values is named at once")
    func values() async throws {
        let tags = (0..<6).map { #"{"key":"t\#(min($0, 4))","value":"x"}"# }.joined(separator: ",")
        try await check(
            """
            {"name":"x","grants":[],"tags":[\(tags)],"expires_at":"2025-12-31T23:59:59Z"}
            """,
            at: ["/grants", "/tags", "/tags/5/key", "/expires_at"]
        )
    }

    @Test("all places and roles that do not exist are named at once")
    func references() async throws {
        try await check(
            """
            {"name":"x","grants":[{"nrn":"organization=1:account=99","role_slug":"member"},\
            {"nrn":"organization=1","role_slug":"nobody"},{"nrn":"organization=1","role_id":12}]}
            """,
            at: ["/grants/0/nrn", "/grants/1/role_slug", "/grants/2/role_id"]
        )
    }

    @Test(
        "a wrong grant is refused, naming the field",
        arguments: [
            (#"{"role_slug":"member"}"#, "/grants/0/nrn"),
            (#"{"nrn":"organization=1"}"#, "/grants/0"),
            (#"{"nrn":"organization=1","role_slug":null}"#, "/grants/0"),
            (#"{"nrn":"organization=1","role_slug":"member","role_id":704380989}"#, "/grants/0"),
            (#"{"nrn":"organization=1","role_slug":"member","inherits":["member"]}"#, "/grants/0"),
            (#"{"nrn":"organization=1","role_slug":""}"#, "/grants/0/role_slug"),
            (#"{"nrn":"organization=1","role_slug":"Member"}"#, "/grants/0/role_slug"),
            (#"{"nrn":"organization=1","role_slug":"account:member"}"#, "/grants/0/role_slug"),
            (#"{"nrn":"organization=1:account=1","role_id":507183117}"#, "/grants/0/role_id"),
            (#"{"nrn":"organization=1","role_id":-1}"#, "/grants/0/role_id"),
            (#"{"nrn":"organization=1","role_id":7.0}"#, "/grants/0/role_id"),
            (#"{"nrn":"organization=01","role_slug":"member"}"#, "/grants/0/nrn"),
            (#"{"nrn":" organization=1","role_slug":"member"}"#, "/grants/0/nrn"),
            (#"{"nrn":"account=1","role_slug":"member"}"#, "/grants/0/nrn"),
            (#"{"nrn":"organization=7","role_slug":"member"}"#, "/grants/0/nrn"),
            (#"{"nrn":"organization=1:account=2:namespace=1","role_slug":"member"}"#, "/grants/0/nrn"),
            (#"{"nrn":"organization=1","actions":[]}"#, "/grants/0/actions"),
            (#"{"nrn":"organization=1","actions":["build:create","Build:create"]}"#, "/grants/0/actions/1"),
            (#"{"nrn":"organization=1","actions":{"add":["build:create"]}}"#, "/grants/0/actions"),
            (#"{"nrn":"organization=1","inherits":[]}"#, "/grants/0/inherits"),
            (#"{"nrn":"organization=1","inherits":["member","nobody"]}"#, "/grants/0/inherits/1"),
            (#"{"nrn":"organization=1","inherits":["account:member"]}"#, "/grants/0/inherits/0"),
            (#"{"nrn":"organization=1","inherits":["member"],"actions":["a:b"]}"#, "/grants/0/actions"),
            (#"{"nrn":"organization=1","inherits":["member"],"actions":{"add":["x"]}}"#, "/grants/0/actions/add/0"),
            (#"{"nrn":"organization=1","inherits":["member"],"actions":{"drop":[]}}"#, "/grants/0/actions/drop"),
            (#""organization=1""#, "/grants/0"),
        ]
    )
    func grant(_ grant: String, _ pointer: String) async throws {
        try await check(#"{"name":"x","grants":[\#(grant)]}"#, at: [pointer])
    }

    @Test(
        "the same role at the same place twice is refused, however it is spelled",
        arguments: [#""role_slug":"member""#, #""role_id":704380989"#]
    )
    func repeatedGrant(_ second: String) async throws {
        try await check(
            #"{"name":"x","grants":[{"nrn":"organization=1","role_slug":"member"},{"nrn":"organization=1",\#(second)}]}"#,
            at: ["/grants/1"]
        )
    }

    @Test("a key carries at most 100 grants")
    func grantLimit() async throws {
        let many = (0..<101).map { _ in #"{"nrn":"organization=1","role_slug":"member"}"# }.joined(separator: ",")
        try await check(#"{"name":"x","grants":[\#(many)]}"#, at: ["/grants"])
    }

    @Test(
        "a wrong member is refused, naming it",
        arguments: [
            ("", "/name"), (#""name":7,"#, "/name"), (#""name":"   ","#, "/name"), (#""name":"a\nb","#, "/name"),
            (#""name":"a\u202eb","#, "/name"), (#""name":"a\u200bb","#, "/name"),
            (#""name":"\#(String(repeating: "x", count: 81))","#, "/name"),
            (#""name":"x","tags":{},"#, "/tags"),
            (#""name":"x","tags":[{"key":"a b","value":"x"}],"#, "/tags/0/key"),
            (#""name":"x","tags":[{"key":"a","value":"\#(String(repeating: "x", count: 64))"}],"#, "/tags/0/value"),
            (#""name":"x","tags":[{"key":"a","value":"x"},{"key":"a","value":"y"}],"#, "/tags/1/key"),
            (#""name":"x","tags":[{"key":"a","value":"x","color":"red"}],"#, "/tags/0/color"),
            (#""name":"x","expires_at":"2026-01-01T00:00:00Z","#, "/expires_at"),
            (#""name":"x","expires_at":1800000000,"#, "/expires_at"),
            (#""name":"x","masked_api_key":"kw_","#, "/masked_api_key"),
            (#""name":"x","owner_id":1,"#, "/owner_id"),
        ]
    )
    func member(_ members: String, _ pointer: String) async throws {
        try await check("{\(members)\(Self.grants)}", at: [pointer])
    }

    @Test(
        "what is no strict JSON object is refused as a whole",
        arguments: [
            "", "[]", "null", #""text""#, "{", #"{"name":"a","name":"b",\#(Self.grants)}"#, "{\(Self.grants),}",
            "\u{FEFF}{\(Self.grants)}", #"{"name":"a\u0000b",\#(Self.grants)}"#, #"{"name":"a"}{}"#, "{'name':'a'}",
            String(repeating: "[", count: 17) + String(repeating: "]", count: 17),
        ]
    )
    func syntax(_ body: String) async throws {
        try await check(body, at: [""])
    }

    /// Checks that a body is refused on both paths that take it, and that nothing was created.
    private func check(
        _ body: String, at pointers: [String], sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        try await TestInstallation.run { installation in
            for path in ["/api_key", "/api-key"] {
                let reply = try await installation.call(.post, path, body, as: installation.admin)
                reply.expectRefusal(400, at: pointers, sourceLocation: sourceLocation)
                let first = reply["errors"][0]["message"]
                #expect(reply["message"] == first, sourceLocation: sourceLocation)
            }
            let list = try await installation.call(.get, "/api_key", as: installation.admin)
            #expect(list.ids == [1], sourceLocation: sourceLocation)
        }
    }
}
