import NIOCore
import NIOEmbedded
import NIOHTTP1
import Testing

@testable import KeywrightAPI

/// What is taken for a plain request, the parser takes for the same one and the rules admit.
@Suite("The plain reader of heads")
struct PlainHeadTests {
    private static let templates = [
        "POST /v1/verify HTTP/1.1\r\nHost: localhost:8080\r\nAuthorization: Bearer abc\r\nContent-Length: 2\r\n\r\n{}",
        "GET /forward-auth?action=a:b&nrn=c HTTP/1.1\r\nHost: a\r\nX-Api-Key: k\r\nConnection: keep-alive\r\n\r\n",
        "GET / HTTP/1.1\r\nhost: [::1]:1\r\nX-Forwarded-For: 10.0.0.1, 10.0.0.2\r\nx-forwarded-for: b\r\n\r\n",
        "PUT /x HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\ncontent-length: 10\r\n\r\n0123456789",
        "POST /x HTTP/1.1\r\nUser-Agent: curl/8.1 (x; y)\r\nAccept: */*\r\nContent-Length: 0\r\nHost: a\r\n\r\n",
        "DELETE /x HTTP/1.1\r\nHost: a\r\nKeep-Alive: 5\r\nCookie: a=\"b\"; c\r\n\r\n",
    ]
    /// What is put where it does not belong.
    private static let fragments = [
        "\r", "\n", "\r\n", " ", "\t", ":", "0", "1", "#", "é", "\u{0}", "\u{7F}", "-", "_", ",", "a", "GET ",
        "\r\n\r\n",
        " HTTP/1.1", "Connection: close\r\n", "Connection: keep-alive, close\r\n", "Transfer-Encoding: chunked\r\n",
        "Content-Length: 2\r\n", "Expect: 100-continue\r\n", "Upgrade: h2c\r\n", "Proxy-Connection: close\r\n",
        "Host: b\r\n", "X-A: b\r\n c\r\n", "HTTP/1.0",
    ]

    private static func altered(_ random: inout SeededGenerator) -> [UInt8] {
        var bytes = Array(random.pick(templates).utf8)
        for _ in 0..<Int.random(in: 0...3, using: &random) {
            let place = Int.random(in: 0..<bytes.count, using: &random)
            switch Int.random(in: 0..<5, using: &random) {
            case 0: bytes.remove(at: place)
            case 1: bytes[place] ^= 0x20
            case 2: bytes[place] = UInt8.random(in: 0...255, using: &random)
            case 3:
                // Behind a line.
                let line = bytes[place...].firstIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? place
                bytes.insert(contentsOf: random.pick(fragments).utf8, at: line)
            default: bytes.insert(contentsOf: random.pick(fragments).utf8, at: place)
            }
        }
        return bytes
    }

    /// What the parser makes of bytes, with another request behind them.
    private static func parts(_ bytes: [UInt8]) throws -> [HTTPServerRequestPart] {
        let channel = EmbeddedChannel(handler: ByteToMessageHandler(HTTPRequestDecoder()))
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
        let next = Array("GET /next HTTP/1.1\r\nHost: next\r\n\r\n".utf8)
        try channel.writeInbound(ByteBuffer(bytes: bytes + next))
        var parts: [HTTPServerRequestPart] = []
        while let part = try channel.readInbound(as: HTTPServerRequestPart.self) { parts.append(part) }
        _ = try? channel.finish()
        return parts
    }

    @Test("20,000 requests and what comes near to one")
    func readAlike() throws {
        let rules = RequestRules(limits: TransportLimits(), publicHost: nil, anyHostPaths: [])
        var random = SeededGenerator(seed: 3)
        var taken = 0
        for _ in 0..<20_000 {
            let bytes = Self.altered(&random)
            var boundary = RequestBoundary()
            guard let plain = boundary.pass(bytes.span) else { continue }
            taken += 1
            func text(_ place: Range<Int>) -> String { String(decoding: bytes[place], as: UTF8.self) }
            let shown = Comment(rawValue: String(decoding: bytes, as: UTF8.self).debugDescription)
            var parts = try Self.parts(bytes)[...]
            guard case .head(var head)? = parts.popFirst() else {
                Issue.record(shown)
                continue
            }
            var body: [UInt8] = []
            while case .body(let part)? = parts.first {
                body += part.readableBytesView
                parts.removeFirst()
            }
            #expect(parts.map(Self.name) == ["end", "head /next", "end"], shown)
            #expect(Array(bytes[plain.end...]) == body && plain.bodyLength == body.count, shown)
            #expect(head.uri == text(plain.target) && head.version == .http1_1, shown)
            #expect((plain.method == .get) == (head.method == .GET), shown)
            #expect((plain.method == .post) == (head.method == .POST), shown)
            #expect(head.headers["host"] == [plain.host.map(text)], shown)
            #expect(head.headers["authorization"].count == plain.authorizationCount, shown)
            #expect(head.headers["authorization"].last == plain.authorization.map(text), shown)
            #expect(head.headers["x-api-key"].count == plain.apiKeyCount, shown)
            #expect(head.headers["x-api-key"].last == plain.apiKey.map(text), shown)
            #expect(head.headers["content-type"].count == plain.contentTypeCount, shown)
            #expect(head.headers["content-type"].last == plain.contentType.map(text), shown)
            #expect(head.headers["x-forwarded-for"] == plain.forwardedFor.map(text), shown)
            if let host = plain.host, rules.admits(host: text(host)) {
                let framing = try? rules.admit(&head, fromTrustedProxy: false)
                #expect(framing?.closes == false && framing?.awaitsContinue == false, shown)
            }
        }
        #expect(taken > 5_000)
    }

    private static func name(_ part: HTTPServerRequestPart) -> String {
        switch part {
        case .head(let head): "head \(head.uri)"
        case .body: "body"
        case .end: "end"
        }
    }

    @Test("what clients send is plain", arguments: templates)
    func taken(_ text: String) {
        var boundary = RequestBoundary()
        for _ in 0..<2 { #expect(boundary.pass(Array(text.utf8).span)?.end != nil) }
    }

    @Test(
        "what stands between requests is known while all that comes is plain, and never again afterwards",
        arguments: [
            // Parts of what comes, and whether what follows is seen to be a request of its own.
            ([], true), (["POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\n", "ab", "cd"], true),
            (["POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nab", "cd"], true),
            (["POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\n", "ab"], false),
            (["GET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"], true),
            (["POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nxGET / HTTP/1.1\r\nHost: a\r\n\r\n"], true),
            (["POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nx", "xGET / HTTP/1.1\r\nHost: a\r\n\r\n"], true),
            (["POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nxG"], false),
            (["GET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\nX-A: "], false),
            (["GET / HTTP/1.1\r\n", "Host: a\r\n\r\n"], false), (["\r\n"], false),
            (["GET / HTTP/1.1\r\nHost: a\r\n\r\n\r\n"], false),
            (["GET / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n\r\n"], false),
        ]
    )
    func boundaries(_ parts: [String], _ isKnown: Bool) {
        var boundary = RequestBoundary()
        for part in parts { #expect(boundary.pass(Array(part.utf8).span)?.end == nil) }
        let next = Array(Self.templates[0].utf8)
        #expect((boundary.pass(next.span)?.end != nil) == isKnown)
        #expect((boundary.pass(next.span)?.end != nil) == isKnown)
    }
}
