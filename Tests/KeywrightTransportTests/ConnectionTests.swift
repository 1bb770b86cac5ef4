import KeywrightAPI
import NIOCore
import NIOHTTP1
import Testing

/// Several requests on a connection, and requests in pieces.
@Suite(.timeLimit(.minutes(2)))
struct ConnectionTests {
    private static let post =
        "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello"
    private static let chunked =
        "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nhel\r\n2\r\nlo\r\n0\r\nX-T: t\r\n\r\n"

    @Test("pipelined requests are answered in order")
    func pipelining() async throws {
        try await TransportServer.run { server in
            let client = try await RawClient.connect(to: server.port)
            let requests = (0..<200).map { number in
                number % 3 == 0
                    ? Self.post : number % 3 == 1 ? Self.chunked : "GET /\(number) HTTP/1.1\r\nHost: a\r\n\r\n"
            }
            try await client.send(requests.joined())
            for number in 0..<200 {
                let response = try await client.response()
                #expect(response.status == 200)
                #expect(response.body == (number % 3 == 2 ? "\(number)" : "hello"))
            }
            #expect(client.pending == "")
        }
    }

    @Test("a refusal comes in its turn, after the answers to the requests before it")
    func refusalInTurn() async throws {
        try await TransportServer.run { server in
            let client = try await RawClient.connect(to: server.port)
            try await client.send(
                "GET /gated HTTP/1.1\r\nHost: a\r\n\r\nGET /1 HTTP/1.1\r\nHost: a\r\n\r\nnonsense\r\n\r\n"
                    + "GET /2 HTTP/1.1\r\nHost: a\r\n\r\n")
            await server.reached.wait(for: 1)
            #expect(client.pending == "")
            server.gate.open()
            #expect(try await client.response().body == "opened")
            #expect(try await client.response().body == "1")
            let refusal = try await client.response()
            #expect(refusal.status == 400)
            #expect(refusal.closes)
            #expect(try await client.remainder() == ("", .closed))
            #expect(server.reached.notes == ["/gated", "/1"])
        }
    }

    @Test("one request is handed on at a time")
    func oneAtATime() async throws {
        try await TransportServer.run { server in
            let client = try await RawClient.connect(to: server.port)
            try await client.send(
                "GET /gated HTTP/1.1\r\nHost: a\r\n\r\nGET /1 HTTP/1.1\r\nHost: a\r\n\r\n")
            await server.reached.wait(for: 1)
            let other = try await RawClient.connect(to: server.port)
            try await other.send("GET /2 HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try await other.response().body == "2")
            #expect(server.reached.notes == ["/gated", "/2"])
            server.gate.open()
            #expect(try await client.response().body == "opened")
            #expect(try await client.response().body == "1")
        }
    }

    @Test("a request cut at any byte is the same request", arguments: [post, chunked])
    func splitting(_ request: String) async throws {
        try await TransportServer.run { server in
            let client = try await RawClient.connect(to: server.port)
            let bytes = Array(request.utf8)
            for cut in 1..<bytes.count {
                // The answer to a second client shows that the server has seen the first part alone.
                let probe = try await RawClient.connect(to: server.port)
                try await client.channel.writeAndFlush(ByteBuffer(bytes: bytes[..<cut]))
                try await probe.send("GET /1 HTTP/1.1\r\nHost: a\r\n\r\n")
                _ = try await probe.response()
                try await client.channel.writeAndFlush(ByteBuffer(bytes: bytes[cut...]))
                #expect(try await client.response().body == "hello")
            }
        }
    }

    @Test("a request in single bytes is the same request", arguments: [post, chunked])
    func singleBytes(_ request: String) async throws {
        try await TransportServer.run { server in
            let client = try await RawClient.connect(to: server.port)
            for byte in request.utf8 {
                try await client.channel.writeAndFlush(ByteBuffer(bytes: [byte]))
            }
            #expect(try await client.response().body == "hello")
        }
    }

    @Test("nothing follows a request that asks to close")
    func connectionClose() async throws {
        try await TransportServer.run { server in
            for value in ["close", "Close", "foo, close"] {
                let client = try await RawClient.connect(to: server.port)
                try await client.send(
                    "GET /1 HTTP/1.1\r\nHost: a\r\nConnection: \(value)\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\n\r\n")
                let response = try await client.response()
                #expect(response.body == "1")
                #expect(response.closes)
                #expect(try await client.remainder() == ("", .closed))
            }
            #expect(server.reached.notes == ["/1", "/1", "/1"])
        }
    }

    @Test("a client that has sent all it will send gets its answers")
    func halfClose() async throws {
        try await TransportServer.run { server in
            let client = try await RawClient.connect(to: server.port)
            try await client.send("GET /gated HTTP/1.1\r\nHost: a\r\n\r\nGET /1 HTTP/1.1\r\nHost: a\r\n\r\n")
            await server.reached.wait(for: 1)
            try await client.closeOutput()
            server.gate.open()
            #expect(try await client.response().body == "opened")
            #expect(try await client.response().body == "1")
            #expect(try await client.remainder() == ("", .closed))
        }
    }

    @Test("a request that is cut off is refused, not acted upon")
    func truncation() async throws {
        try await TransportServer.run { server in
            for request in ["POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhel", "GET / HTTP/1.1\r\nHo"] {
                let client = try await RawClient.connect(to: server.port)
                try await client.send(request)
                try await client.closeOutput()
                #expect(try await client.response().status == 400)
                #expect(try await client.remainder() == ("", .closed))
            }
            #expect(server.reached.notes == [])
        }
    }

    @Test("a client that sends nothing and closes is no error")
    func emptyConnection() async throws {
        try await TransportServer.run { server in
            let client = try await RawClient.connect(to: server.port)
            try await client.closeOutput()
            #expect(try await client.remainder() == ("", .closed))
            #expect(server.refused.notes == [])
        }
    }

    @Test("an answer without a length is sent in chunks, and the connection stays open")
    func streamedAnswer() async throws {
        try await TransportServer.run { server in
            let client = try await RawClient.connect(to: server.port)
            for _ in 0..<2 {
                try await client.send("GET /stream HTTP/1.1\r\nHost: a\r\n\r\n")
                let response = try await client.response()
                #expect(response.fields["transfer-encoding"] == "chunked")
                #expect(response.body == "onetwothree")
            }
        }
    }

    @Test("a client that waits for leave gets it in its turn, and only once")
    func continuation() async throws {
        try await TransportServer.run { server in
            let client = try await RawClient.connect(to: server.port)
            let head = "POST /echo HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n"
            try await client.send("GET /gated HTTP/1.1\r\nHost: a\r\n\r\n" + head)
            await server.reached.wait(for: 1)
            #expect(client.pending == "")
            server.gate.open()
            #expect(try await client.response().body == "opened")
            #expect(try await client.response().status == 100)
            try await client.send("hello")
            let response = try await client.response()
            #expect(response.status == 200)
            #expect(response.body == "hello")

            try await client.send(head + "hello")
            #expect(try await client.response().status == 200)
            #expect(client.pending == "")
        }
    }

    @Test("a body of the largest size passes, one byte more does not", arguments: [true, false])
    func bodyLimit(_ isChunked: Bool) async throws {
        try await TransportServer.run { settings in
            settings.limits.bodyLengthInBytes = 1000
        } perform: { server in
            for (length, status) in [(1000, 200), (1001, 413)] {
                let client = try await RawClient.connect(to: server.port)
                let body = String(repeating: "x", count: length)
                let request =
                    isChunked
                    ? "Transfer-Encoding: chunked\r\n\r\n\(String(length, radix: 16))\r\n\(body)\r\n0\r\n\r\n"
                    : "Content-Length: \(length)\r\n\r\n\(body)"
                try await client.send("POST /echo HTTP/1.1\r\nHost: a\r\n" + request)
                #expect(try await client.response().status == status)
            }
        }
    }

    @Test("a client that sends far more than it may can still read why that was refused")
    func lingering() async throws {
        try await TransportServer.run { server in
            let client = try await RawClient.connect(to: server.port)
            try await client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 9000000\r\n\r\n")
            await client.sendIfPossible(String(repeating: "x", count: 9_000_000))
            #expect(try await client.response().status == 413)
            #expect(try await client.remainder() == ("", .closed))
        }
    }

    @Test("chunk extensions without end are refused")
    func chunkExtensions() async throws {
        try await TransportServer.run { settings in
            settings.limits.bodyLengthInBytes = 1000
        } perform: { server in
            let client = try await RawClient.connect(to: server.port)
            try await client.send("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1;")
            await client.sendIfPossible(String(repeating: "x", count: 200_000))
            #expect(try await client.response().status == 413)
        }
    }

    @Test("connections past the limit wait until others have gone")
    func connectionLimit() async throws {
        try await TransportServer.run { settings in
            settings.limits.connectionCount = 2
        } perform: { server in
            var open: [RawClient] = []
            for _ in 0..<2 {
                let client = try await RawClient.connect(to: server.port)
                try await client.send("GET /1 HTTP/1.1\r\nHost: a\r\n\r\n")
                _ = try await client.response()
                open.append(client)
            }
            // Listeners accept a few at a time, so it takes a few more until some have to wait.
            var further: [RawClient] = []
            for _ in 0..<20 {
                let client = try await RawClient.connect(to: server.port)
                try await client.send("GET /2 HTTP/1.1\r\nHost: a\r\n\r\n")
                further.append(client)
            }
            try await open[0].send("GET /3 HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try await open[0].response().body == "3")
            #expect(further.count { $0.pending != "" } <= 4)
            for client in open { client.close() }
            for client in further {
                #expect(try await client.response().body == "2")
                client.close()
            }
        }
    }

    @Test("what can be answered at once is, in its turn, and all else is handed on")
    func immediateAnswers() async throws {
        try await TransportServer.run { settings in
            settings.makeImmediateResponder = { HotEcho() }
        } perform: { server in
            let client = try await RawClient.connect(to: server.port)
            try await client.send(
                (0..<50).map { $0 % 2 == 0 ? Self.hot("\($0)") : "GET /\($0) HTTP/1.1\r\nHost: a\r\n\r\n" }.joined()
                    + "HEAD /hot HTTP/1.1\r\nHost: a\r\n\r\nGET /hot HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            for number in 0..<50 {
                #expect(try await client.response().body == (number % 2 == 0 ? "hot \(number)" : "\(number)"))
            }
            #expect(try await client.response(toHEAD: true).status != 299)
            let last = try await client.response()
            #expect(last.closes)
            #expect(last.body == "hot")
            #expect(try await client.remainder() == ("", .closed))
        }
    }

    @Test("requests in pieces, and two at once, are answered at once, each from its own body")
    func immediateAnswersToPieces() async throws {
        try await TransportServer.run { settings in
            settings.makeImmediateResponder = { HotEcho() }
        } perform: { server in
            let client = try await RawClient.connect(to: server.port)
            for number in 0..<300 {
                let request = Self.hot("\(number)")
                switch number % 7 {
                case 0:
                    try await client.send(request + request)
                    #expect(try await client.response().body == "hot \(number)")
                case 1:
                    try await client.send(String(request.prefix(number % 50 + 1)))
                    try await client.send(String(request.dropFirst(number % 50 + 1)))
                case 2:
                    try await client.send("GET /\(number) HTTP/1.1\r\nHost: a\r\n\r\n" + request)
                    #expect(try await client.response().body == "\(number)")
                default: try await client.send(request)
                }
                #expect(try await client.response().body == "hot \(number)")
            }
            #expect(client.pending == "")
        }
    }

    @Test("what comes after a part of a head is the rest of it, although it looks like a request answered before")
    func restOfAHead() async throws {
        try await TransportServer.run { settings in
            settings.makeImmediateResponder = { HotEcho() }
        } perform: { server in
            let client = try await RawClient.connect(to: server.port)
            for _ in 0..<3 {
                try await client.send(Self.hot("1"))
                #expect(try await client.response().body == "hot 1")
            }
            try await client.send(Self.hot("1") + "GET /1 HTTP/1.1\r\nHost: a\r\nX-A: ")
            #expect(try await client.response().body == "hot 1")
            try await client.send(Self.hot("1"))
            // Two Host fields.
            #expect(try await client.response().status == 400)
        }
    }

    @Test("a body that comes behind its head is one, although it looks like a request")
    func bodiesApart() async throws {
        try await TransportServer.run { settings in
            settings.makeImmediateResponder = { HotEcho() }
        } perform: { server in
            let client = try await RawClient.connect(to: server.port)
            for number in 0..<200 {
                let body = Self.hot("\(number)")
                let whole = Self.hot(body).utf8
                let head = whole.dropLast(body.utf8.count)
                let cut = head.count + number % (body.utf8.count + 1)
                for part in [head, whole.prefix(cut).dropFirst(head.count), whole.dropFirst(cut)] {
                    try await client.send(String(decoding: part, as: UTF8.self))
                }
                #expect(try await client.response().body == "hot \(body)")
                try await client.send(body)
                #expect(try await client.response().body == "hot \(number)")
            }
            #expect(client.pending == "")
        }
    }

    @Test("each request is asked about once, before it is parsed or after, and then handed on")
    func declinedRequests() async throws {
        let asked = Reached()
        try await TransportServer.run { settings in
            settings.makeImmediateResponder = { DeclinesAll(asked) }
        } perform: { server in
            let client = try await RawClient.connect(to: server.port)
            for number in 0..<20 {
                let blank = number < 10 ? " " : "\t"
                try await client.send("GET /\(number) HTTP/1.1\r\nHost:\(blank)a\r\n\r\n")
                #expect(try await client.response().body == "\(number)")
            }
        }
        #expect(asked.notes == (0..<20).map { "/\($0)" })
    }

    private static func hot(_ body: String) -> String {
        "POST /hot HTTP/1.1\r\nHost: a\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
    }
}
