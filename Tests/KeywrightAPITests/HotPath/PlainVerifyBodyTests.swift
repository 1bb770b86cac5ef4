import KeywrightDomain
import KeywrightWire
import Testing

@testable import KeywrightAPI

/// What the hot path's reader takes, the ordinary one takes too, and both read the same.
@Suite("The plain reader of a verification's body")
struct PlainVerifyBodyTests {
    private struct Read: Equatable {
        var subject: String
        var isToken: Bool
        var action: String?
        var nrn: String?
    }

    private static func plain(_ body: [UInt8]) -> Read? {
        guard let plain = PlainVerifyBody(body.span) else { return nil }
        func text(_ range: Range<Int>) -> String { String(decoding: body[range], as: UTF8.self) }
        return Read(
            subject: text(plain.subject), isToken: plain.isToken, action: plain.action.map(text),
            nrn: plain.nrn.map(text)
        )
    }

    private static func ordinary(_ body: [UInt8]) -> Read? {
        guard let json = try? StrictJSON.parse(body), let request = try? VerifyRequest.decode(json) else { return nil }
        switch request.subject {
        case .apiKey(let key):
            return Read(
                subject: key.reveal(), isToken: false, action: request.question?.action, nrn: request.question?.nrn)
        case .accessToken(let token):
            return Read(
                subject: token.reveal(), isToken: true, action: request.question?.action, nrn: request.question?.nrn)
        }
    }

    @Test(
        "what clients send is plain, in any order and spacing",
        arguments: [
            #"{"api_key":"k"}"#, #"{"access_token":"t","nrn":"n","action":"a"}"#,
            "{ \"action\" : \"a\" ,\r\n\t\"nrn\":\"n\", \"api_key\":\"k k\" }\n", #"{"api_key":""}"#,
        ]
    )
    func taken(_ text: String) {
        let body = Array(text.utf8)
        #expect(Self.plain(body) != nil)
        #expect(Self.plain(body) == Self.ordinary(body))
    }

    @Test(
        "whatever is out of the ordinary is left to the ordinary reader",
        arguments: [
            "", "{}", "[]", #"{"api_key":"k""#, #"{"api_key":"k"}}"#, #"{"api_key":"k",}"#, #"{"api_key":"k\n"}"#,
            #"{"api_key":"k","api_key":"k"}"#, #"{"api_key":"k","access_token":"t"}"#, #"{"api_key":"k","action":"a"}"#,
            #"{"api_key":"k","nrn":"n"}"#, #"{"api_key":null}"#, #"{"api_key":1}"#, #"{"api_key":"é"}"#,
            #"{"api_key":"k","tags":[]}"#, #"{"API_KEY":"k"}"#, "\u{FEFF}{\"api_key\":\"k\"}", "{\"api_key\":\"\t\"}",
            "{\"api_key\":\"k\"}\u{0}", #"{"api_kez":"k"}"#, #"{"action":"a","nrn":"n"}"#, "{\"api_key\":\"\u{7f}\"}",
        ]
    )
    func left(_ text: String) {
        #expect(Self.plain(Array(text.utf8)) == nil)
    }

    @Test("bodies damaged at random are read alike or left", arguments: 0..<200)
    func damaged(seed: Int) {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<50 {
            var members = [
                #""api_key":"kw_1""#, #""access_token":"a.b""#, #""action":"a:b""#, #""nrn":"organization=1""#,
            ]
            members.shuffle(using: &random)
            var body = Array(
                ("{" + members.prefix(Int.random(in: 1...4, using: &random)).joined(separator: ", ") + "}").utf8)
            for _ in 0..<Int.random(in: 0...2, using: &random) {
                let place = Int.random(in: 0..<body.count, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: body.remove(at: place)
                case 1: body[place] = UInt8.random(in: 0...255, using: &random)
                default: body.insert(random.pick(Array(#"{}":,\ nu1"#.utf8)), at: place)
                }
            }
            guard let plain = Self.plain(body) else { continue }
            #expect(plain == Self.ordinary(body), "\(String(decoding: body, as: UTF8.self))")
        }
    }

    @Test("a bearer credential is what follows the scheme and one blank, in visible ASCII")
    func bearer() {
        func credential(_ value: String) -> String? {
            let bytes = Array(value.utf8)
            return PlainCredential.bearer(bytes.span, bytes.indices).map { String(decoding: bytes[$0], as: UTF8.self) }
        }
        for value in ["Bearer k", "bearer k", "BEARER k"] { #expect(credential(value) == "k") }
        for value in [
            "", "Bearer", "Bearer ", "Bearer  k", "Bearer k k", "Bearerk", "Basic kk", "Bearer é", "Bearer\tk",
        ] {
            #expect(credential(value) == nil)
        }
        #expect(credential("Bearer a.b-c_d~") == "a.b-c_d~")
    }
}
