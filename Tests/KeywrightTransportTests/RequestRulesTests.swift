import Foundation
import KeywrightAPI
import Testing

/// What the transport lets through and what it refuses, over real connections.
@Suite(.timeLimit(.minutes(2)))
struct RequestRulesTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let name: String
        let request: String
        let status: Int

        init(_ name: String, _ request: String, _ status: Int) {
            self.name = name
            self.request = request
            self.status = status
        }

        var testDescription: String { name }
    }

    static let refused: [Case] = [
        Case("no Host", "GET / HTTP/1.1\r\n\r\n", 400),
        Case("two Hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 400),
        Case("empty Host", "GET / HTTP/1.1\r\nHost:\r\n\r\n", 400),
        Case("Host with a path", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", 400),
        Case("Host with a user", "GET / HTTP/1.1\r\nHost: u@a\r\n\r\n", 400),
        Case("Host with a bad port", "GET / HTTP/1.1\r\nHost: a:99999\r\n\r\n", 400),
        Case("Host of two words", "GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 400),
        Case("two Hosts in HTTP/1.0", "GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n", 400),
        Case("absolute target for another host", "GET http://b/ HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        Case("absolute target of another scheme", "GET ftp://a/ HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        Case("absolute target with a user", "GET http://u@a/ HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        Case("asterisk", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        Case("target without a slash", "GET x HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        Case("target with a fragment", "GET /#x HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        Case("target beyond ASCII", "GET /é HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        Case("target with a control character", "GET /\u{1} HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        Case("target with a delete character", "GET /\u{7f} HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        Case("two lengths", "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx", 400),
        Case("a list of lengths", "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1, 1\r\n\r\nx", 400),
        Case("a signed length", "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: +1\r\n\r\nx", 400),
        Case("an empty length", "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length:\r\n\r\n", 400),
        Case(
            "a length and a coding",
            "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
        Case("an unknown coding", "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n", 400),
        Case(
            "a coding before chunked",
            "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 400),
        Case(
            "chunked twice",
            "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
        Case("a coding in HTTP/1.0", "POST /echo HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
        Case(
            "a bad chunk size", "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", 400),
        Case("a folded field", "GET / HTTP/1.1\r\nHost: a\r\nX-A: b\r\n c\r\n\r\n", 400),
        Case("a folded field with a tab", "GET / HTTP/1.1\r\nHost: a\r\nX-A: b\r\n\tc\r\n\r\n", 400),
        Case("a blank before the colon", "GET / HTTP/1.1\r\nHost: a\r\nX-A : b\r\n\r\n", 400),
        Case("a field without a name", "GET / HTTP/1.1\r\nHost: a\r\n: b\r\n\r\n", 400),
        Case("a control character in a field", "GET / HTTP/1.1\r\nHost: a\r\nX-A: b\u{1}\r\n\r\n", 400),
        Case("a lone carriage return in a field", "GET / HTTP/1.1\r\nHost: a\r\nX-A: b\rc\r\n\r\n", 400),
        Case("no HTTP at all", "HELO there\r\n\r\n", 400),
        Case("TLS without TLS", "\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}\u{0}\u{1}\r\n\r\n", 400),
        Case("HTTP/2 without TLS", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400),
        Case("an unknown version", "GET / HTTP/3.0\r\nHost: a\r\n\r\n", 400),
        Case("CONNECT", "CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n", 405),
        Case("TRACE", "TRACE / HTTP/1.1\r\nHost: a\r\n\r\n", 405),
        Case(
            "an unknown expectation",
            "POST /echo HTTP/1.1\r\nHost: a\r\nExpect: tea\r\nContent-Length: 1\r\n\r\n", 417),
        Case("a body too large", "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 65537\r\n\r\n", 413),
        Case(
            "a length beyond all numbers",
            "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999999\r\n\r\n", 400),
        Case(
            "a length near the largest number",
            "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 9223372036854775807\r\n\r\n", 413),
        Case(
            "a large body that waits for leave",
            "POST /echo HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 65537\r\n\r\n", 413),
        Case("a target too long", "GET /\(String(repeating: "x", count: 4096)) HTTP/1.1\r\nHost: a\r\n\r\n", 414),
        Case(
            "a target far too long", "GET /\(String(repeating: "x", count: 300_000)) HTTP/1.1\r\nHost: a\r\n\r\n", 414),
        Case(
            "a header block too large",
            "GET / HTTP/1.1\r\nHost: a\r\nX-A: \(String(repeating: "x", count: 16_384))\r\n\r\n", 431),
        Case(
            "a header block far too large",
            "GET / HTTP/1.1\r\nHost: a\r\nX-A: \(String(repeating: "x", count: 300_000))\r\n\r\n", 431),
        Case(
            "blanks without end",
            "GET / HTTP/1.1\r\nHost: a\r\nX-A: \(String(repeating: " ", count: 300_000))\r\n\r\n", 431),
        Case(
            "too many fields",
            "GET / HTTP/1.1\r\nHost: a\r\n\(String(repeating: "X-A: b\r\n", count: 100))\r\n", 431),
        Case(
            "far too many fields",
            "GET / HTTP/1.1\r\nHost: a\r\n\(String(repeating: "X-A: b\r\n", count: 1000))\r\n", 431),
    ]

    @Test("is refused with an error body, and the connection ends in order", arguments: refused)
    func refusal(_ sample: Case) async throws {
        try await TransportServer.run { server in
            let client = try await RawClient.connect(to: server.port)
            try await client.send(sample.request)
            let response = try await client.response()
            #expect(response.status == sample.status)
            #expect(response.closes)
            try checkErrorBody(response)
            #expect(try await client.remainder() == ("", .closed))
            #expect(server.reached.notes == [])
            #expect(server.refused.notes == ["\(sample.status)"])
        }
    }

    @Test("is refused all the same where everything else is answered at once", arguments: refused)
    func refusalAmongAnswers(_ sample: Case) async throws {
        try await TransportServer.run { settings in
            settings.makeImmediateResponder = { AnswersAll() }
        } perform: { server in
            let client = try await RawClient.connect(to: server.port)
            try await client.send("GET /1 HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try await client.response().status == 299)
            try await client.send(sample.request)
            #expect(try await client.response().status == sample.status)
            #expect(try await client.remainder() == ("", .closed))
        }
    }

    private func checkErrorBody(_ response: RawClient.Response) throws {
        let object = try JSONSerialization.jsonObject(with: Data(response.body.utf8))
        let members = try #require(object as? [String: Any])
        #expect(Set(members.keys) == ["message", "type", "title", "status", "detail", "code"])
        #expect(members["status"] as? Int == response.status)
        #expect(members["message"] as? String == members["detail"] as? String)
        #expect(!response.body.contains("\": "))
        #expect(response.fields["content-type"] == "application/json")
        #expect(response.fields["x-request-id"]?.count == 32)
        #expect(response.fields["date"]?.hasSuffix(" GMT") == true)
        #expect((response.fields["allow"] != nil) == (response.status == 405))
    }

    static let admitted: [Case] = [
        Case("Host with a port", "GET /1 HTTP/1.1\r\nHost: a:8080\r\n\r\n", 200),
        Case("an address as Host", "GET /1 HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n\r\n", 200),
        Case("an IPv6 address as Host", "GET /1 HTTP/1.1\r\nHost: [::1]:8080\r\n\r\n", 200),
        Case("absolute target for the same host", "GET http://a:80/1 HTTP/1.1\r\nHost: A\r\n\r\n", 200),
        Case("absolute target without a path", "GET http://a?x HTTP/1.1\r\nHost: a\r\n\r\n", 200),
        Case("the longest target", "GET /\(String(repeating: "x", count: 4095)) HTTP/1.1\r\nHost: a\r\n\r\n", 200),
        Case(
            "the most fields", "GET /1 HTTP/1.1\r\nHost: a\r\n\(String(repeating: "X-A: b\r\n", count: 99))\r\n", 200),
        Case(
            "the largest header block",
            "GET /1 HTTP/1.1\r\nHost: a\r\nX-A: \(String(repeating: "x", count: 16_384 - 9 - 7))\r\n\r\n", 200),
        Case("no body", "POST /echo HTTP/1.1\r\nHost: a\r\n\r\n", 200),
        Case("an empty line before the request", "\r\nGET /1 HTTP/1.1\r\nHost: a\r\n\r\n", 200),
        Case("a tab in a field", "GET /1 HTTP/1.1\r\nHost: a\r\nX-A: b\tc\r\n\r\n", 200),
        Case("bytes beyond ASCII in a field", "GET /1 HTTP/1.1\r\nHost: a\r\nX-A: é\r\n\r\n", 200),
        Case(
            "an expectation without a body", "GET /1 HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n\r\n", 200),
    ]

    @Test("is answered, and the connection stays open", arguments: admitted)
    func admission(_ sample: Case) async throws {
        try await TransportServer.run { server in
            let client = try await RawClient.connect(to: server.port)
            for _ in 0..<2 {
                try await client.send(sample.request)
                let response = try await client.response()
                #expect(response.status == sample.status)
                #expect(!response.closes)
            }
            client.close()
        }
    }

    @Test("may be answered at once", arguments: admitted)
    func admissionAmongAnswers(_ sample: Case) async throws {
        try await TransportServer.run { settings in
            settings.makeImmediateResponder = { AnswersAll() }
        } perform: { server in
            let client = try await RawClient.connect(to: server.port)
            for _ in 0..<3 {
                try await client.send(sample.request)
                #expect(try await client.response().status == 299)
            }
            client.close()
        }
    }

    @Test("a request without Host is answered in HTTP/1.0, which closes")
    func http10() async throws {
        try await TransportServer.run { server in
            for path in ["/1", "/stream"] {
                let client = try await RawClient.connect(to: server.port)
                try await client.send("GET \(path) HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
                let response = try await client.response()
                #expect(response.version == "HTTP/1.0")
                #expect(response.closes)
                #expect(response.body == (path == "/1" ? "1" : "onetwothree"))
                #expect(try await client.end() == .closed)
            }
        }
    }

    @Test("an absolute target reaches the routes as its path")
    func absoluteTarget() async throws {
        try await TransportServer.run { server in
            let client = try await RawClient.connect(to: server.port)
            try await client.send("GET HTTP://a/host?x=//y HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            #expect(try await client.response().body == "http://a/host?x=//y")
        }
    }

    @Test(
        "with a public host every other host is misdirected",
        arguments: [
            ("keys.example", "/1", 200), ("KEYS.example:443", "/1", 200), ("keys.example:8443", "/1", 421),
            ("other.example", "/1", 421), ("keys.example.evil", "/1", 421), ("10.0.0.1", "/9", 200),
            ("10.0.0.1", "/9?x", 200), ("10.0.0.1", "/99", 421),
        ])
    func publicHost(_ host: String, _ path: String, _ status: Int) async throws {
        try await TransportServer.run { settings in
            settings.publicHost = "keys.example"
            settings.anyHostPaths = ["/9"]
        } perform: { server in
            let client = try await RawClient.connect(to: server.port)
            try await client.send("GET \(path) HTTP/1.1\r\nHost: \(host)\r\nX-Forwarded-Host: keys.example\r\n\r\n")
            #expect(try await client.response().status == status)
            client.close()
        }
    }

    @Test("with a public host nothing for another one is answered at once")
    func publicHostAtOnce() async throws {
        try await TransportServer.run { settings in
            settings.publicHost = "keys.example"
            settings.anyHostPaths = ["/9"]
            settings.makeImmediateResponder = { AnswersAll() }
        } perform: { server in
            let client = try await RawClient.connect(to: server.port)
            for host in ["keys.example", "KEYS.example:443", "keys.example"] {
                try await client.send("GET /1 HTTP/1.1\r\nHost: \(host)\r\n\r\n")
                #expect(try await client.response().status == 299)
            }
            try await client.send("GET /9 HTTP/1.1\r\nHost: 10.0.0.1\r\n\r\n")
            #expect(try await client.response().status == 299)
            try await client.send("GET /1 HTTP/1.1\r\nHost: 10.0.0.1\r\n\r\n")
            #expect(try await client.response().status == 421)
            #expect(try await client.remainder() == ("", .closed))
        }
    }

    @Test("a trusted proxy's word for the host counts")
    func forwardedHost() async throws {
        try await TransportServer.run { settings in
            settings.publicHost = "keys.example"
            settings.trustedProxies = try TrustedProxies(parsing: ["127.0.0.0/8"])
        } perform: { server in
            for (forwarded, status) in [("keys.example", 200), ("x, keys.example", 200), ("other.example", 421)] {
                let client = try await RawClient.connect(to: server.port)
                try await client.send("GET /1 HTTP/1.1\r\nHost: upstream\r\nX-Forwarded-Host: \(forwarded)\r\n\r\n")
                #expect(try await client.response().status == status)
                client.close()
            }
        }
    }

    @Test("HEAD gets no body, with or without a length")
    func head() async throws {
        try await TransportServer.run { server in
            let client = try await RawClient.connect(to: server.port)
            for path in ["/", "/stream", "/"] {
                try await client.send("HEAD \(path) HTTP/1.1\r\nHost: a\r\n\r\n")
                #expect(try await client.response(toHEAD: true).status == 200)
            }
            try await client.send("GET /nothing HTTP/1.1\r\nHost: a\r\n\r\nHEAD / HTTP/1.1\r\n\r\n")
            #expect(try await client.response().status == 204)
            #expect(try await client.response(toHEAD: true).status == 400)
            #expect(try await client.remainder() == ("", .closed))
        }
    }

    @Test("an upgrade is not taken, and the connection ends after the answer")
    func upgrade() async throws {
        try await TransportServer.run { server in
            let client = try await RawClient.connect(to: server.port)
            try await client.send(
                "GET /1 HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n"
                    + "HTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n")
            let response = try await client.response()
            #expect(response.status == 200)
            #expect(response.closes)
            #expect(try await client.end() == .closed)
        }
    }
}
