import KeywrightAPI
import NIOCore
import Testing

/// Shutting down while clients are at work: whoever has sent a request gets an answer.
@Suite(.timeLimit(.minutes(5)), .serialized)
struct DrainTests {
    @Test("a request under way is answered, and told that it was the last")
    func requestUnderWay() async throws {
        try await TransportServer.run { server in
            let client = try await RawClient.connect(to: server.port)
            try await client.send("GET /gated HTTP/1.1\r\nHost: a\r\n\r\n")
            await server.reached.wait(for: 1)
            await server.shutDown()
            try await refusesConnections(server)
            server.gate.open()
            let response = try await client.response()
            #expect(response.body == "opened")
            #expect(response.closes)
            #expect(try await client.remainder() == ("", .closed))
        }
    }

    @Test("all requests that were sent at once are answered; the last answer says that it is the last")
    func pipelinedRequests() async throws {
        try await TransportServer.run { server in
            let client = try await RawClient.connect(to: server.port)
            try await client.send(
                "GET /gated HTTP/1.1\r\nHost: a\r\n\r\n"
                    + (1...20).map { "GET /\($0) HTTP/1.1\r\nHost: a\r\n\r\n" }.joined())
            await server.reached.wait(for: 1)
            await server.shutDown()
            try await refusesConnections(server)
            server.gate.open()
            #expect(try await client.response().body == "opened")
            for number in 1...20 {
                let response = try await client.response()
                #expect(response.body == "\(number)")
                #expect(response.closes == (number == 20))
            }
            #expect(try await client.remainder() == ("", .closed))
        }
    }

    @Test("a request whose body is still coming is answered")
    func requestBeingSent() async throws {
        try await TransportServer.run { server in
            let client = try await RawClient.connect(to: server.port)
            try await client.send("GET /1 HTTP/1.1\r\nHost: a\r\n\r\n")
            _ = try await client.response()
            try await client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhe")
            // A second client's answer shows that the part has arrived.
            let other = try await RawClient.connect(to: server.port)
            try await other.send("GET /1 HTTP/1.1\r\nHost: a\r\n\r\n")
            _ = try await other.response()
            await server.shutDown()
            try await refusesConnections(server)
            try await client.send("llo")
            let response = try await client.response()
            #expect(response.body == "hello")
            #expect(response.closes)
        }
    }

    @Test("a request on an idle connection is still answered in the grace period")
    func requestOnIdleConnection() async throws {
        try await TransportServer.run { settings in
            settings.limits.drainGracePeriod = .seconds(20)
        } perform: { server in
            let client = try await RawClient.connect(to: server.port)
            try await client.send("GET /draining HTTP/1.1\r\nHost: a\r\n\r\n")
            let first = try await client.response()
            #expect(first.body == "false" && !first.closes)
            await server.shutDown()
            try await refusesConnections(server)
            try await client.send("GET /draining HTTP/1.1\r\nHost: a\r\n\r\n")
            let response = try await client.response()
            #expect(response.body == "true", "the server knows that it is shutting down")
            #expect(response.closes)
            #expect(try await client.remainder() == ("", .closed))
        }
    }

    @Test("idle connections are closed in order after the grace period")
    func idleConnections() async throws {
        try await TransportServer.run { server in
            let used = try await RawClient.connect(to: server.port)
            try await used.send("GET /1 HTTP/1.1\r\nHost: a\r\n\r\n")
            _ = try await used.response()
            let silent = try await RawClient.connect(to: server.port)
            await server.shutDown()
            #expect(try await used.remainder() == ("", .closed))
            #expect(try await silent.remainder() == ("", .closed))
        }
    }

    @Test("at its deadline the shutdown ends, whatever a request still does")
    func deadline() async throws {
        let start = ContinuousClock.now
        try await TransportServer.run { settings in
            settings.limits.drainDeadline = .milliseconds(300)
        } perform: { server in
            let client = try await RawClient.connect(to: server.port)
            try await client.send("GET /gated HTTP/1.1\r\nHost: a\r\n\r\n")
            await server.reached.wait(for: 1)
            await server.shutDown()
            await #expect(throws: RawClient.ConnectionEnded.self) { try await client.response() }
        }
        #expect(ContinuousClock.now - start < .seconds(25))
    }

    @Test("under load no request is lost", arguments: 0..<10)
    func load(_ round: Int) async throws {
        try await TransportServer.run { settings in
            settings.limits.drainGracePeriod = .seconds(10)
        } perform: { server in
            await withTaskGroup(of: Result<Int, any Error>.self) { clients in
                for _ in 0..<32 {
                    clients.addTask { await requestUntilToldToStop(server) }
                }
                await server.reached.wait(for: 200 + round * 37)
                await server.shutDown()
                for await result in clients {
                    #expect(throws: Never.self) { try result.get() }
                }
            }
        }
    }

    /// Asks on one connection until an answer says that it is the last, as an HTTP client does.
    private func requestUntilToldToStop(_ server: TransportServer) async -> Result<Int, any Error> {
        guard let client = try? await RawClient.connect(to: server.port) else { return .success(0) }
        do {
            var count = 0
            while true {
                try await client.send("GET /\(count) HTTP/1.1\r\nHost: a\r\n\r\n")
                let response = try await client.response()
                guard response.body == "\(count)" else { throw RawClient.ConnectionEnded(text: response.body) }
                count += 1
                if response.closes { return .success(count) }
            }
        } catch {
            return .failure(error)
        }
    }

    @Test("under load from clients that connect for every request, none that got through is reset", arguments: 0..<3)
    func connectionLoad(_ round: Int) async throws {
        try await TransportServer.run { settings in
            settings.limits.drainGracePeriod = .seconds(10)
        } perform: { server in
            // Keeps the shutdown from being over before the last connections have come in.
            let gated = try await RawClient.connect(to: server.port)
            try await gated.send("GET /gated HTTP/1.1\r\nHost: a\r\n\r\n")
            await withTaskGroup(of: Result<Int, any Error>.self) { clients in
                for _ in 0..<8 {
                    clients.addTask { await connectUntilRefused(server) }
                }
                await server.reached.wait(for: 100 + round * 37)
                await server.shutDown()
                for await result in clients {
                    #expect(throws: Never.self) { try result.get() }
                }
            }
            server.gate.open()
            #expect(try await gated.response().body == "opened")
        }
    }

    private func connectUntilRefused(_ server: TransportServer) async -> Result<Int, any Error> {
        var count = 0
        while true {
            guard let client = try? await RawClient.connect(to: server.port) else { return .success(count) }
            do {
                try await client.send("GET /\(count) HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
                _ = try await client.response()
            } catch {
                return .failure(error)
            }
            count += 1
        }
    }

    /// Waits until the server's port is closed.
    private func refusesConnections(_ server: TransportServer) async throws {
        while let client = try? await RawClient.connect(to: server.port) { client.close() }
    }
}
