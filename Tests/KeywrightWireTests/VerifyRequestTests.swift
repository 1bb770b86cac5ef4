import KeywrightWire
import Testing

@Suite("The bodies of /v1/verify")
struct VerifyRequestTests {
    @Test("are written by clients as the server reads them")
    func roundTrips() throws {
        try expectRoundTrip(VerifyRequest(.apiKey(SensitiveText("k"))), #"{"api_key":"k"}"#)
        try expectRoundTrip(
            VerifyRequest(
                .accessToken(SensitiveText("t")), question: .init(action: "build:read", nrn: "organization=1"),
                tags: [TagRequest(key: "team", value: "pay")], includesGrants: true, explains: true
            ),
            #"{"access_token":"t","action":"build:read","nrn":"organization=1","#
                + #""tags":[{"key":"team","value":"pay"}],"include":["grants"],"explain":true}"#
        )
        try expectRoundTrip(
            VerifyBatchRequest(checks: [VerifyRequest(.apiKey(SensitiveText("k")))]), #"{"checks":[{"api_key":"k"}]}"#
        )
    }

    @Test("count null as left out")
    func nulls() throws {
        let body =
            #"{"api_key":"k","access_token":null,"action":null,"nrn":null,"tags":null,"include":null,"explain":null}"#
        #expect(try VerifyRequest.decode(json(body)) == VerifyRequest(.apiKey(SensitiveText("k"))))
        #expect(try VerifyRequest.decode(json(#"{"api_key":"k","include":[]}"#)).includesGrants == false)
    }

    @Test("name every wrong field", arguments: wrong)
    func wrongFields(_ body: String, _ pointers: [String]) throws {
        #expect(try KeywrightWireTests.wrongFields(VerifyRequest.self, body) == pointers)
    }

    @Test("hold 1 to 100 verifications and name every wrong field of each", arguments: wrongBatches)
    func wrongBatchFields(_ body: String, _ pointers: [String]) throws {
        #expect(try KeywrightWireTests.wrongFields(VerifyBatchRequest.self, body) == pointers)
    }

    @Test("show nothing of the credential when printed")
    func secrecy() throws {
        let request = try VerifyRequest.decode(json(#"{"api_key":"kw_planted"}"#))
        var dumped = ""
        dump(request, to: &dumped)
        #expect(!"\(request) \(String(reflecting: request)) \(dumped)".contains("planted"))
    }
}

private let wrong: [(String, [String])] = [
    ("[]", [""]), ("{}", [""]), (#"{"api_key":null}"#, [""]), (#"{"api_key":1}"#, ["/api_key"]),
    (#"{"api_key":"k","access_token":"t"}"#, [""]), (#"{"access_token":[]}"#, ["/access_token"]),
    (#"{"api_key":"k","action":"a:b"}"#, ["/nrn"]), (#"{"api_key":"k","nrn":"organization=1"}"#, ["/action"]),
    (#"{"api_key":"k","action":1,"nrn":2}"#, ["/action", "/nrn"]),
    (#"{"api_key":"k","tags":{}}"#, ["/tags"]), (#"{"api_key":"k","tags":[{"key":"a"}]}"#, ["/tags/0/value"]),
    (
        #"{"api_key":"k","tags":["# + Array(repeating: #"{"key":"a","value":"b"}"#, count: 6).joined(separator: ",")
            + "]}", ["/tags"]
    ),
    (#"{"api_key":"k","include":"grants"}"#, ["/include"]),
    (#"{"api_key":"k","include":["grants","name",1]}"#, ["/include/1", "/include/2"]),
    (#"{"api_key":"k","explain":1}"#, ["/explain"]), (#"{"api_key":"k","explain":true}"#, ["/explain"]),
    (#"{"api_key":"k","apikey":"k"}"#, ["/apikey"]),
    (#"{"api_key":1,"action":2,"tags":3,"other":4}"#, ["/api_key", "/action", "/nrn", "/tags", "/other"]),
]

private let wrongBatches: [(String, [String])] = [
    ("{}", ["/checks"]), (#"{"checks":{}}"#, ["/checks"]), (#"{"checks":[]}"#, ["/checks"]),
    (#"{"checks":[{"api_key":"k"}],"other":1}"#, ["/other"]),
    (
        #"{"checks":[{"api_key":"k"},{"api_key":1},{"action":"a:b"}]}"#,
        ["/checks/1/api_key", "/checks/2", "/checks/2/nrn"]
    ),
    (
        #"{"checks":["# + Array(repeating: #"{"api_key":"k"}"#, count: 101).joined(separator: ",") + "]}", ["/checks"]
    ),
]
