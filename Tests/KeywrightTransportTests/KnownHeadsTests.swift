import NIOCore
import NIOHTTP1
import Testing

@testable import KeywrightAPI

/// Heads that need no parsing because they came before.
@Suite struct KnownHeadsTests {
    private static let head = "POST /hot HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n"

    private static func request(length: Int? = 5, _ change: (inout RequestFraming) -> Void = { _ in })
        -> CompleteRequest<HTTPRequestHead>
    {
        var framing = RequestFraming()
        framing.declaredLength = length
        change(&framing)
        return CompleteRequest(
            head: HTTPRequestHead(version: .http1_1, method: .POST, uri: "/hot"), framing: framing, body: nil)
    }

    private static func body(_ heads: KnownHeads, _ text: String) -> String? {
        heads.request(in: ByteBuffer(string: text)).map { $0.body.map { String(buffer: $0) } ?? "" }
    }

    @Test("a head that was learned is found with any body of its length, and with no other bytes")
    func found() {
        var heads = KnownHeads()
        #expect(Self.body(heads, Self.head + "12345") == nil)
        heads.learn(Self.request(), from: ByteBuffer(string: Self.head + "12345"))
        #expect(Self.body(heads, Self.head + "abcde") == "abcde")
        #expect(heads.request(in: ByteBuffer(string: Self.head + "abcde"))?.head.uri == "/hot")
        for other in ["", Self.head, Self.head + "1234", Self.head + "123456", Self.head.lowercased() + "12345"] {
            #expect(Self.body(heads, other) == nil, "\(other)")
        }
    }

    @Test("a request without a body is known, too")
    func withoutBody() {
        var heads = KnownHeads()
        let bytes = "GET /hot HTTP/1.1\r\nHost: a\r\n\r\n"
        heads.learn(Self.request(length: nil), from: ByteBuffer(string: bytes))
        #expect(Self.body(heads, bytes) == "")
        #expect(Self.body(heads, bytes + bytes) == nil)
    }

    @Test(
        "bytes whose head could end elsewhere are not learned",
        arguments: [
            // More than one request, a bare line feed, a bare carriage return, an empty line before the request.
            head + "12345GET / HTTP/1.1\r\n", head + "1234567", "GET / HTTP/1.1\r\nHost: a\r\n\r\n" + head + "12345",
            "POST /hot HTTP/1.1\nHost: a\r\nContent-Length: 5\r\n\r\n12345",
            "POST /hot HTTP/1.1\r\nHost: a\rb\r\nContent-Length: 5\r\n\r\n12345", "\r\n" + head + "12345",
            "POST /hot HTTP/1.1\nContent-Length: 5\n\nx\r\n\r\n12345", "12345", "",
            "POST /hot HTTP/1.1\r\nHost: a\r\nX: \(String(repeating: "x", count: 1_024))\r\n\r\n12345",
        ])
    func refused(_ text: String) {
        var heads = KnownHeads()
        heads.learn(Self.request(), from: ByteBuffer(string: text))
        #expect(Self.body(heads, text) == nil)
    }

    @Test("what is framed in any other way is not learned")
    func framing() {
        for change: (inout RequestFraming) -> Void in [
            { $0.isChunked = true }, { $0.awaitsContinue = true }, { $0.closes = true },
        ] {
            var heads = KnownHeads()
            heads.learn(Self.request(change), from: ByteBuffer(string: Self.head + "12345"))
            #expect(Self.body(heads, Self.head + "12345") == nil)
        }
    }

    @Test("four heads are kept, and the oldest gives way")
    func limit() {
        var heads = KnownHeads()
        func bytes(_ number: Int) -> String { "POST /\(number) HTTP/1.1\r\nContent-Length: 5\r\n\r\n12345" }
        for number in 0..<5 { heads.learn(Self.request(), from: ByteBuffer(string: bytes(number))) }
        #expect((0..<5).map { Self.body(heads, bytes($0)) != nil } == [false, true, true, true, true])
    }
}
