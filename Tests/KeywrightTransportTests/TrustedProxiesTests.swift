import HTTPTypes
import NIOCore
import Testing

@testable import KeywrightAPI

/// Who called, behind proxies and without.
@Suite
struct TrustedProxiesTests {
    private func check(
        peer: String, trusted: [String] = ["10.0.0.0/8", "fd00::/8"], fields: [(String, String)],
        is address: String, _ scheme: String = "http", _ host: String = "own.example",
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        var request = HTTPRequest(method: .get, scheme: "http", authority: "own.example", path: "/")
        for (name, value) in fields {
            request.headerFields.append(HTTPField(name: try #require(HTTPField.Name(name)), value: value))
        }
        let peer = try #require(IPAddress(parsing: peer))
        let origin = try TrustedProxies(parsing: trusted).origin(of: request, peer: peer, scheme: "http")
        #expect(origin.address?.description == address, sourceLocation: sourceLocation)
        #expect(origin.scheme == scheme, sourceLocation: sourceLocation)
        #expect(origin.host == host, sourceLocation: sourceLocation)
    }

    @Test("nobody's word counts but a trusted proxy's")
    func untrustedPeer() throws {
        let fields = [
            ("X-Forwarded-For", "192.0.2.1"), ("X-Forwarded-Proto", "https"), ("X-Forwarded-Host", "a.example"),
        ]
        try check(peer: "192.0.2.9", fields: fields, is: "192.0.2.9")
        try check(peer: "10.0.0.1", trusted: [], fields: fields, is: "10.0.0.1")
        try check(peer: "10.0.0.1", fields: fields, is: "192.0.2.1", "https", "a.example")
    }

    @Test("the caller is the last address in the list that is not a trusted proxy's")
    func chain() throws {
        try check(peer: "10.0.0.1", fields: [("X-Forwarded-For", "1.1.1.1, 192.0.2.1, 10.0.0.2")], is: "192.0.2.1")
        try check(peer: "10.0.0.1", fields: [("X-Forwarded-For", "1.1.1.1, 192.0.2.1")], is: "192.0.2.1")
        try check(
            peer: "10.0.0.1", fields: [("X-Forwarded-For", "1.1.1.1"), ("X-Forwarded-For", "192.0.2.1")],
            is: "192.0.2.1")
        try check(peer: "10.0.0.1", fields: [("X-Forwarded-For", "10.0.0.3,10.0.0.2")], is: "10.0.0.3")
        try check(peer: "10.0.0.1", fields: [], is: "10.0.0.1")
    }

    @Test("ports and brackets are no part of the address, and what is no address ends the list")
    func notations() throws {
        try check(peer: "10.0.0.1", fields: [("X-Forwarded-For", "192.0.2.1:443")], is: "192.0.2.1")
        try check(peer: "10.0.0.1", fields: [("X-Forwarded-For", "[2001:db8::1]:443")], is: "2001:db8::1")
        try check(peer: "10.0.0.1", fields: [("X-Forwarded-For", "[2001:db8::1]")], is: "2001:db8::1")
        try check(peer: "fd00::1", fields: [("X-Forwarded-For", "2001:db8::1")], is: "2001:db8::1")
        try check(peer: "::ffff:10.0.0.1", fields: [("X-Forwarded-For", "::ffff:192.0.2.1")], is: "192.0.2.1")
        for text in ["unknown", "", "192.0.2.1 x", "192.0.2.1:x", "192.0.2.256", "192.0.2.1,", "[::1"] {
            try check(peer: "10.0.0.1", fields: [("X-Forwarded-For", text)], is: "10.0.0.1")
        }
    }

    @Test("scheme and host are those that the outermost trusted proxy saw")
    func schemeAndHost() throws {
        let twoHops = [("X-Forwarded-For", "9.9.9.9, 192.0.2.1, 10.0.0.2")]
        try check(
            peer: "10.0.0.1", fields: twoHops + [("X-Forwarded-Proto", "ftp, https, http")], is: "192.0.2.1", "https")
        try check(peer: "10.0.0.1", fields: twoHops + [("X-Forwarded-Proto", "https")], is: "192.0.2.1", "https")
        let oneHop = [("X-Forwarded-For", "192.0.2.1")]
        try check(peer: "10.0.0.1", fields: oneHop + [("X-Forwarded-Proto", "https, http")], is: "192.0.2.1", "http")
        try check(peer: "10.0.0.1", fields: oneHop + [("X-Forwarded-Proto", "gopher")], is: "192.0.2.1", "http")
        try check(peer: "10.0.0.1", fields: oneHop + [("X-Forwarded-Host", "a/b")], is: "192.0.2.1")
        try check(peer: "10.0.0.1", fields: [("X-Forwarded-Proto", "HTTPS")], is: "10.0.0.1", "https")
    }

    @Test(
        "networks hold exactly their addresses",
        arguments: [
            ("10.0.0.0/8", "10.255.255.255", true), ("10.0.0.0/8", "11.0.0.0", false),
            ("10.1.2.3/8", "10.9.9.9", true), ("192.0.2.128/25", "192.0.2.127", false),
            ("192.0.2.128/25", "192.0.2.128", true), ("192.0.2.1", "192.0.2.1", true),
            ("192.0.2.1", "192.0.2.2", false), ("192.0.2.1/32", "192.0.2.0", false), ("0.0.0.0/0", "1.2.3.4", true),
            ("0.0.0.0/0", "::1", false), ("::/0", "1.2.3.4", false), ("2001:db8::/33", "2001:db8:7fff::", true),
            ("2001:db8::/33", "2001:db8:8000::", false), ("::1", "::1", true),
            ("127.0.0.0/8", "::ffff:127.0.0.1", true),
        ])
    func membership(_ network: String, _ address: String, _ isMember: Bool) throws {
        let proxies = try TrustedProxies(parsing: [network])
        #expect(proxies.contains(try #require(IPAddress(parsing: address))) == isMember)
    }

    @Test(
        "what is no network is refused by name",
        arguments: [
            "", "/", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/+8", "10.0.0.0/8/8", "10.0.0/8", "::/129",
            "::1%eth0", "localhost", "10.0.0.0 /8", "010.0.0.0/8", "10.0.0.0/008x",
        ])
    func badNetworks(_ text: String) {
        #expect(throws: TransportSettingsError.network(text)) { try TrustedProxies(parsing: ["::1", text]) }
    }

    @Test("the address of a connection is the address that texts name")
    func socketAddresses() throws {
        for text in ["127.0.0.1", "2001:db8::1"] {
            let socket = try SocketAddress(ipAddress: text, port: 1)
            #expect(IPAddress(socket) == IPAddress(parsing: text))
            #expect(IPAddress(socket)?.description == text)
        }
        #expect(IPAddress(try SocketAddress(unixDomainSocketPath: "x")) == nil)
    }

    @Test(
        "authorities are equal whatever their case and a default port",
        arguments: [
            ("a.example", "A.Example:443", true), ("a.example:80", "a.example", true),
            ("a.example:", "a.example", true),
            ("a.example:8080", "a.example", false), ("[::1]:8080", "[::1]:8080", true), ("a", "b", false),
        ])
    func authorities(_ one: String, _ other: String, _ areEqual: Bool) throws {
        let (one, other) = (try #require(Authority(parsing: one)), try #require(Authority(parsing: other)))
        #expect((one == other) == areEqual)
    }

    @Test(
        "what is no authority is none",
        arguments: [
            "", ":80", "a:b", "a:0", "a:65536", "a:080000", "a b", "a/", "a?b", "u@a", "[]", "[::1", "[g]", "::1", "é",
            "a\u{0}", "a\n",
        ])
    func badAuthorities(_ text: String) {
        #expect(Authority(parsing: text) == nil)
    }

    @Test(
        "dates are those of RFC 9110",
        arguments: [
            (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"), (0, "Thu, 01 Jan 1970 00:00:00 GMT"),
            (951_782_399, "Mon, 28 Feb 2000 23:59:59 GMT"), (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"),
            (1_735_689_599, "Tue, 31 Dec 2024 23:59:59 GMT"), (4_107_542_400, "Mon, 01 Mar 2100 00:00:00 GMT"),
            (-1, "Wed, 31 Dec 1969 23:59:59 GMT"),
        ])
    func dates(_ seconds: Int, _ text: String) {
        #expect(HTTPDate.text(secondsSince1970: seconds) == text)
    }
}
