import KeywrightWire
import Testing

@Suite("The bodies of /api_key")
struct APIKeyRequestTests {
    @Test("are written by clients as the server reads them")
    func roundTrips() throws {
        let grant = GrantRequest(nrn: "organization=1:account=2", .role(.slug("admin")))
        try expectRoundTrip(
            CreateAPIKeyRequest(name: "ci-main", grants: [grant]),
            #"{"name":"ci-main","grants":[{"nrn":"organization=1:account=2","role_slug":"admin"}]}"#
        )
        try expectRoundTrip(
            CreateAPIKeyRequest(
                name: "é", grants: [grant], tags: [TagRequest(key: "CI", value: "main")], isInternal: true,
                isEnabled: false, expiresAt: 1_767_225_600_000
            ),
            #"{"name":"é","grants":[{"nrn":"organization=1:account=2","role_slug":"admin"}],"#
                + #""tags":[{"key":"CI","value":"main"}],"internal":true,"enabled":false,"#
                + #""expires_at":"2026-01-01T00:00:00.000Z"}"#
        )
        try expectRoundTrip(UpdateAPIKeyRequest(), "{}")
        try expectRoundTrip(UpdateAPIKeyRequest(tags: [], expiresAt: .null), #"{"tags":[],"expires_at":null}"#)
        try expectRoundTrip(
            UpdateAPIKeyRequest(name: "n", grants: [], isEnabled: true, expiresAt: .value(0)),
            #"{"name":"n","grants":[],"enabled":true,"expires_at":"1970-01-01T00:00:00.000Z"}"#
        )
    }

    @Test("take the body of the contract")
    func contractBody() throws {
        let body = #"""
            {"name":"ci-main","grants":[{"nrn":"organization=1:account=2","role_slug":"admin"}],
            "tags":[{"key":"CI","value":"main"}],"internal":false,"enabled":true,"expires_at":null}

            """#
        let request = try CreateAPIKeyRequest.decode(json(body))
        let grant = GrantRequest(nrn: "organization=1:account=2", .role(.slug("admin")))
        let tag = TagRequest(key: "CI", value: "main")
        #expect(request == CreateAPIKeyRequest(name: "ci-main", grants: [grant], tags: [tag]))
    }

    @Test("take null for what may be left out at creation")
    func nulls() throws {
        let body = #"{"name":"a","grants":[],"tags":null,"internal":null,"enabled":null,"expires_at":null}"#
        #expect(try CreateAPIKeyRequest.decode(json(body)) == CreateAPIKeyRequest(name: "a", grants: []))
    }

    @Test("name every wrong field of a creation", arguments: wrongCreations)
    func wrongCreation(_ body: String, _ pointers: [String]) throws {
        #expect(try wrongFields(CreateAPIKeyRequest.self, body) == pointers)
    }

    @Test("name every wrong field of a change", arguments: wrongUpdates)
    func wrongUpdate(_ body: String, _ pointers: [String]) throws {
        #expect(try wrongFields(UpdateAPIKeyRequest.self, body) == pointers)
    }

    @Test("tell in a change what is left out from what is cleared")
    func presence() throws {
        #expect(try UpdateAPIKeyRequest.decode(json("{}")).isEmpty)
        let never = try UpdateAPIKeyRequest.decode(json(#"{"expires_at":null}"#))
        #expect(never.expiresAt == .null && !never.isEmpty)
        let cleared = try UpdateAPIKeyRequest.decode(json(#"{"tags":[]}"#))
        #expect(cleared.tags == [] && cleared.grants == nil && cleared.expiresAt.isAbsent)
    }
}

private let wrongCreations: [(String, [String])] = [
    ("{}", ["/name", "/grants"]), ("[]", [""]), ("{", [""]),
    (#"{"name":1,"grants":{}}"#, ["/name", "/grants"]),
    (#"{"name":null,"grants":null}"#, ["/name", "/grants"]),
    (
        #"{"name":"a","grants":[],"tags":{},"internal":0,"enabled":"true","expires_at":1}"#,
        ["/tags", "/internal", "/enabled", "/expires_at"]
    ),
    (#"{"name":"a","grants":[],"expires_at":"2026-02-30T00:00:00Z"}"#, ["/expires_at"]),
    (
        #"{"name":"a","grants":[],"id":1,"api_key":"x","masked_api_key":"x","owner_id":1,"user_id":1,"#
            + #""created_at":"x","updated_at":"x","last_used_at":null,"extra":1}"#,
        [
            "/id", "/api_key", "/masked_api_key", "/owner_id", "/user_id", "/created_at", "/updated_at",
            "/last_used_at", "/extra",
        ]
    ),
    (#"{"Name":"a","name":"b","grants":[1]}"#, ["/grants/0", "/Name"]),
    (
        #"{"name":"a","grants":[{"nrn":1,"role_slug":""}],"tags":[{"key":"a","value":"b"},{"key":1},"#
            + #""x",{"key":"a","value":"b","c":1}]}"#,
        ["/grants/0/nrn", "/grants/0/role_slug", "/tags/1/key", "/tags/1/value", "/tags/2", "/tags/3/c"]
    ),
]

private let wrongUpdates: [(String, [String])] = [
    ("null", [""]),
    (#"{"name":null,"grants":null,"tags":null,"enabled":null}"#, ["/name", "/grants", "/tags", "/enabled"]),
    (
        #"{"name":1,"grants":1,"tags":1,"enabled":1,"expires_at":1}"#,
        ["/name", "/grants", "/tags", "/enabled", "/expires_at"]
    ),
    (#"{"internal":true,"id":1,"extra":1}"#, ["/internal", "/id", "/extra"]),
    (#"{"grants":[{"nrn":"a","role_slug":"b"},{"nrn":"a"}]}"#, ["/grants/1"]),
]
