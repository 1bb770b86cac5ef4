import KeywrightAPI
import NIOCore
import NIOHTTP1
import Synchronization
import Testing

/// What happens when time passes. Only what is promised about time is looked at: that something ends, not when.
@Suite(.timeLimit(.minutes(2)))
struct DeadlineTests {
    @Test("a header block that does not get complete is refused as slow, on a new and on a used connection")
    func slowHeader() async throws {
        try await TransportServer.run { settings in
            settings.limits.headerDeadline = .milliseconds(200)
        } perform: { server in
            let client = try await RawClient.connect(to: server.port)
            try await client.send("GET / HT")
            let first = try await client.response()
            #expect(first.status == 408)
            #expect(first.closes)
            #expect(try await client.remainder() == ("", .closed))

            let used = try await RawClient.connect(to: server.port)
            try await used.send("GET /1 HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try await used.response().status == 200)
            try await used.send("G")
            #expect(try await used.response().status == 408)
            #expect(try await used.remainder() == ("", .closed))
        }
    }

    @Test(
        "a header block that begins right behind a request has its deadline, too",
        arguments: [
            "GET /1 HTTP/1.1\r\nHost: a\r\n\r\n",
            "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\n1",
            "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n1\r\n0\r\n\r\n",
        ])
    func slowHeaderBehindRequest(_ request: String) async throws {
        try await TransportServer.run { settings in
            settings.limits.headerDeadline = .milliseconds(200)
            settings.limits.idleTimeout = .seconds(3600)
        } perform: { server in
            for parts in [[request + "GET / HTTP/1.1\r\nHo"], [String(request.dropLast(2)), request.suffix(2) + "G"]] {
                let client = try await RawClient.connect(to: server.port)
                for part in parts { try await client.send(part) }
                #expect(try await client.response().body == "1")
                #expect(try await client.response().status == 408)
                #expect(try await client.remainder() == ("", .closed))
            }
        }
    }

    @Test(
        "empty lines behind a request are no part of another",
        arguments: [
            "GET /1 HTTP/1.1\r\nHost: a\r\n\r\n", "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n1\r\n",
        ])
    func emptyLinesBehindRequest(_ request: String) async throws {
        try await TransportServer.run { settings in
            settings.limits.headerDeadline = .milliseconds(200)
            settings.limits.idleTimeout = .seconds(1)
        } perform: { server in
            for parts in [[request + "\r\n"], [String(request.dropLast(2)), String(request.suffix(2))]] {
                let client = try await RawClient.connect(to: server.port)
                for part in parts { try await client.send(part) }
                #expect(try await client.response().status == 200)
                #expect(try await client.remainder() == ("", .closed))
            }
            #expect(server.refused.notes == [])
        }
    }

    @Test("a header block that comes byte by byte is refused as slow")
    func drippedHeader() async throws {
        try await TransportServer.run { settings in
            settings.limits.headerDeadline = .milliseconds(200)
        } perform: { server in
            let client = try await RawClient.connect(to: server.port)
            try await client.send("GET / HTTP/1.1\r\nHost: a\r\nX-A: ")
            let dripping = Task {
                while !Task.isCancelled, client.channel.isActive { await client.sendIfPossible("x") }
            }
            #expect(try await client.response().status == 408)
            dripping.cancel()
        }
    }

    @Test(
        "a body that does not come is refused as slow", arguments: ["Content-Length: 5", "Transfer-Encoding: chunked"])
    func slowBody(_ framing: String) async throws {
        try await TransportServer.run { settings in
            settings.limits.bodyGracePeriod = .milliseconds(200)
        } perform: { server in
            let client = try await RawClient.connect(to: server.port)
            try await client.send("POST /echo HTTP/1.1\r\nHost: a\r\n\(framing)\r\n\r\n")
            #expect(try await client.response().status == 408)
            #expect(try await client.remainder() == ("", .closed))
            #expect(server.reached.notes == [])
        }
    }

    @Test("a body that comes fast enough at each moment still has an end")
    func endlessBody() async throws {
        try await TransportServer.run { settings in
            settings.limits.bodyDeadline = .milliseconds(300)
            settings.limits.bodyBytesPerSecond = 1
        } perform: { server in
            let client = try await RawClient.connect(to: server.port)
            try await client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 60000\r\n\r\n")
            let dripping = Task {
                for _ in 0..<59_000 where !Task.isCancelled && client.channel.isActive {
                    await client.sendIfPossible("x")
                    await Task.yield()
                }
            }
            #expect(try await client.response().status == 408)
            dripping.cancel()
        }
    }

    @Test("an idle connection is closed without a word, a new one as well as a used one")
    func idle() async throws {
        try await TransportServer.run { settings in
            settings.limits.idleTimeout = .seconds(1)
        } perform: { server in
            let silent = try await RawClient.connect(to: server.port)
            #expect(try await silent.remainder() == ("", .closed))

            let used = try await RawClient.connect(to: server.port)
            try await used.send("GET /1 HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try await used.response().status == 200)
            #expect(try await used.remainder() == ("", .closed))
            #expect(server.refused.notes == [])
        }
    }

    @Test("an answer being computed is never cut")
    func slowAnswer() async throws {
        try await TransportServer.run { settings in
            settings.limits.idleTimeout = .seconds(1)
            settings.limits.headerDeadline = .seconds(1)
            settings.limits.bodyGracePeriod = .seconds(1)
            settings.limits.bodyDeadline = .seconds(1)
            settings.limits.writeStallTimeout = .seconds(1)
        } perform: { server in
            let client = try await RawClient.connect(to: server.port)
            try await client.send("GET /gated HTTP/1.1\r\nHost: a\r\n\r\n")
            await server.reached.wait(for: 1)
            // Another connection comes and goes by such a deadline meanwhile.
            let silent = try await RawClient.connect(to: server.port)
            #expect(try await silent.remainder() == ("", .closed))
            server.gate.open()
            #expect(try await client.response().body == "opened")
        }
    }

    @Test("a request behind one that is being answered still has its deadline, and its turn")
    func slowSecondRequest() async throws {
        try await TransportServer.run { settings in
            settings.limits.headerDeadline = .milliseconds(100)
        } perform: { server in
            let client = try await RawClient.connect(to: server.port)
            try await client.send("GET /gated HTTP/1.1\r\nHost: a\r\n\r\n")
            await server.reached.wait(for: 1)
            try await client.send("GET /1 HT")
            let silent = try await RawClient.connect(to: server.port)
            try await silent.send("G")
            #expect(try await silent.response().status == 408)
            server.gate.open()
            #expect(try await client.response().body == "opened")
            #expect(try await client.response().status == 408)
            #expect(try await client.remainder() == ("", .closed))
        }
    }

    @Test("a client that takes nothing of its answer is cut off")
    func stalledReader() async throws {
        let kept = Mutex<RawClient?>(nil)
        try await TransportServer.run { settings in
            settings.limits.writeStallTimeout = .milliseconds(300)
            settings.limits.drainDeadline = .seconds(3600)
        } perform: { server in
            let client = try await RawClient.connect(to: server.port, pausesReading: true, receiveBufferSize: 4096)
            try await client.send("GET /big?n=50000000 HTTP/1.1\r\nHost: a\r\n\r\n")
            await server.reached.wait(for: 1)
            kept.withLock { $0 = client }
        }
        // The server has shut down, which takes until the connection is gone, and the client did not close it.
        #expect(kept.withLock { $0?.channel.isActive } == true)
    }

    @Test("a client that reads slowly gets its whole answer")
    func slowReader() async throws {
        // What the kernel holds for the client would last it longer than the time-out: progress must show nevertheless.
        try await TransportServer.run { settings in
            settings.limits.writeStallTimeout = .seconds(1)
        } perform: { server in
            let client = try await RawClient.connect(to: server.port, pausesReading: true, receiveBufferSize: 65_536)
            try await client.send("GET /big?n=4000000 HTTP/1.1\r\nHost: a\r\n\r\n")
            let reading = Task {
                while !Task.isCancelled, client.channel.isActive {
                    try await client.channel.eventLoop.scheduleTask(in: .milliseconds(100)) {
                        client.channel.read()
                    }.futureResult.get()
                }
            }
            #expect(try await client.response().body.utf8.count == 4_000_000)
            reading.cancel()
        }
    }

    @Test("a client that has not yet read its answer is not idle", arguments: [false, true])
    func unreadAnswer(closesOutput: Bool) async throws {
        try await TransportServer.run { settings in
            settings.limits.idleTimeout = .milliseconds(300)
            settings.makeImmediateResponder = { BigAnswer() }
        } perform: { server in
            let client = try await RawClient.connect(to: server.port, pausesReading: true, receiveBufferSize: 4096)
            try await client.send("GET /big HTTP/1.1\r\nHost: a\r\n\r\n")
            if closesOutput { try await client.closeOutput() }
            // Another connection comes and goes by the deadline meanwhile.
            let silent = try await RawClient.connect(to: server.port)
            #expect(try await silent.remainder() == ("", .closed))
            try await client.channel.setOption(.autoRead, value: true).get()
            #expect(try await client.response().body.utf8.count == BigAnswer.length)
            #expect(try await client.remainder() == ("", .closed))
        }
    }

    /// Answers with more than a socket takes at once.
    private final class BigAnswer: ImmediateResponder {
        static let length = 4_000_000

        func answer(
            _ head: PlainHead, in bytes: Span<UInt8>, body: Span<UInt8>, on channel: any Channel
        ) -> ByteBuffer? {
            var answer = ByteBuffer(string: "HTTP/1.1 200 OK\r\nContent-Length: \(Self.length)\r\n\r\n")
            answer.writeRepeatingByte(UInt8(ascii: "x"), count: Self.length)
            return answer
        }
    }

    @Test("after its last answer the server waits for the client only for so long")
    func lingeringEnds() async throws {
        try await TransportServer.run { settings in
            settings.limits.lingerPeriod = .milliseconds(100)
        } perform: { server in
            let client = try await RawClient.connect(to: server.port)
            try await client.send("GET /1 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            #expect(try await client.response().closes)
            #expect(try await client.remainder() == ("", .closed))
            // What is sent from now on is met, sooner or later, by a connection that is gone.
            while client.channel.isActive { await client.sendIfPossible("x") }
        }
    }
}
