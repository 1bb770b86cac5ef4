import KeywrightWire
import Testing

@Suite("The bodies of /token and /login")
struct TokenRequestTests {
    @Test("take an API key in three spellings and ignore other members", arguments: ["api_key", "apikey", "apiKey"])
    func spellings(_ spelling: String) throws {
        let body = try json(#"{"\#(spelling)":"kw_x","grant_type":[1],"refresh_token":null,"organization_id":"x"}"#)
        #expect(try TokenRequest.decode(body) == .apiKey(SensitiveText("kw_x")))
        #expect(try LoginRequest.decode(body) == LoginRequest(apiKey: SensitiveText("kw_x")))
    }

    @Test("take a refresh token with the organization as number or digits", arguments: ["7", #""7""#])
    func renewal(_ id: String) throws {
        let body = try json(#"{"refresh_token":"r","organization_id":\#(id),"api_key":null}"#)
        #expect(try TokenRequest.decode(body) == .refreshToken(SensitiveText("r"), organizationID: 7))
    }

    @Test("are written by clients as the server reads them")
    func roundTrips() throws {
        try expectRoundTrip(TokenRequest.apiKey(SensitiveText("k")), #"{"api_key":"k"}"#)
        try expectRoundTrip(
            TokenRequest.refreshToken(SensitiveText("r"), organizationID: 1),
            #"{"refresh_token":"r","organization_id":1}"#
        )
        try expectRoundTrip(LoginRequest(apiKey: SensitiveText("k")), #"{"api_key":"k"}"#)
    }

    @Test("take two spellings that agree")
    func twice() throws {
        #expect(try TokenRequest.decode(json(#"{"api_key":"k","apiKey":"k"}"#)) == .apiKey(SensitiveText("k")))
    }

    @Test("name every wrong field", arguments: wrong)
    func wrongFields(_ body: String, _ token: [String], _ login: [String]) throws {
        #expect(try KeywrightWireTests.wrongFields(TokenRequest.self, body) == token)
        #expect(try KeywrightWireTests.wrongFields(LoginRequest.self, body) == login)
    }

    @Test("show nothing of the key when printed or refused")
    func secrecy() throws {
        let request = try TokenRequest.decode(json(#"{"api_key":"kw_planted"}"#))
        var dumped = ""
        dump(request, to: &dumped)
        #expect(!"\(request) \(String(reflecting: request)) \(dumped)".contains("planted"))
        #expect(throws: WireErrors.self) {
            try TokenRequest.decode(json(#"{"api_key":"planted1","apikey":"planted2"}"#))
        }
        do throws(WireErrors) {
            let spellings = JSONObject([.init("api_key", .string("planted1")), .init("apikey", .string("planted2"))])
            _ = try TokenRequest.decode(.object(spellings))
        } catch {
            #expect(!"\(error)".contains("planted"))
        }
    }
}

private let wrong: [(String, [String], [String])] = [
    ("[]", [""], [""]), ("{}", [""], ["/api_key"]), (#"{"api_key":null}"#, [""], ["/api_key"]),
    (#"{"api_key":1}"#, ["/api_key"], ["/api_key"]), (#"{"apiKey":["x"]}"#, ["/apiKey"], ["/apiKey"]),
    (#"{"api_key":"a","apikey":"b"}"#, ["/apikey"], ["/apikey"]),
    (#"{"refresh_token":"r"}"#, ["/organization_id"], ["/api_key"]),
    (#"{"refresh_token":1,"organization_id":0}"#, ["/refresh_token", "/organization_id"], ["/api_key"]),
    (#"{"refresh_token":"r","organization_id":null}"#, ["/organization_id"], ["/api_key"]),
    (#"{"refresh_token":"r","organization_id":1,"api_key":"k"}"#, [""], []),
]
