import Foundation
import KeywrightAPI
import NIOCore
import NIOHPACK
import Testing

/// The rules, limits and deadlines on HTTP/2.
@Suite(.timeLimit(.minutes(2)))
struct HTTP2Tests {
    private static func run(
        window: Int = 65_535, _ configure: (inout TransportSettings) throws -> Void = { _ in },
        perform body: @escaping @Sendable (TransportServer, HTTP2Client) async throws -> Void
    ) async throws {
        let certificate = try TestCertificate()
        try await TransportServer.run { settings in
            settings.certificates = try TLSCertificates(
                certificatePath: certificate.certificatePath, keyPath: certificate.keyPath, logger: .quiet)
            try configure(&settings)
        } perform: { server in
            let context = try certificate.clientContext(protocols: ["h2"])
            let client = try await HTTP2Client.connect(to: server.port, tls: context, window: window)
            try await body(server, client)
            client.close()
        }
    }

    @Test("requests are answered, many at a time")
    func requests() async throws {
        try await Self.run { server, client in
            let gated = Task { try await client.request(HTTP2Client.head("/gated")) }
            await server.reached.wait(for: 1)
            try await withThrowingTaskGroup(of: Void.self) { requests in
                for number in 0..<50 {
                    requests.addTask {
                        let response = try await client.request(HTTP2Client.head("/\(number)"))
                        #expect(response.status == 200)
                        #expect(response.body == "\(number)")
                        #expect(response.isComplete)
                    }
                }
                try await requests.waitForAll()
            }
            let echo = try await client.request(
                HTTP2Client.head("POST", "/echo"), body: [ByteBuffer(string: "hel"), ByteBuffer(string: "lo")])
            #expect(echo.body == "hello")
            #expect(try await client.request(HTTP2Client.head("/stream")).body == "onetwothree")
            let head = try await client.request(HTTP2Client.head("HEAD", "/"))
            #expect(head.body == "" && head.isComplete && head.fields["content-length"] == "5")
            #expect(try await client.request(HTTP2Client.head("/host")).body == "https://localhost/host")
            server.gate.open()
            #expect(try await gated.value.body == "opened")
        }
    }

    struct Case: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let head: HPACKHeaders
        let status: Int

        init(_ name: String, _ head: HPACKHeaders, _ status: Int) {
            testDescription = name
            self.head = head
            self.status = status
        }
    }

    static let refused = [
        Case("no authority", HTTP2Client.head("/", authority: nil), 400),
        Case("an empty authority", HTTP2Client.head("/", authority: ""), 400),
        Case("an authority with a user", HTTP2Client.head("/", authority: "u@localhost"), 400),
        Case("another Host", HTTP2Client.head("/", fields: [("host", "b")]), 400),
        Case("two Hosts", HTTP2Client.head("/", authority: nil, fields: [("host", "b"), ("host", "b")]), 400),
        Case("a path without a slash", HTTP2Client.head("x"), 400),
        Case("an asterisk", HTTP2Client.head("OPTIONS", "*"), 400),
        Case("a path beyond ASCII", HTTP2Client.head("/é"), 400),
        Case("a path with a fragment", HTTP2Client.head("/a#b"), 400),
        Case("TRACE", HTTP2Client.head("TRACE", "/"), 405),
        Case("an unknown expectation", HTTP2Client.head("POST", "/echo", fields: [("expect", "tea")]), 417),
        Case("a path too long", HTTP2Client.head("/" + String(repeating: "x", count: 4096)), 414),
        Case("too many fields", HTTP2Client.head("/", fields: Array(repeating: ("x-a", "b"), count: 101)), 431),
        Case(
            "a header block too large",
            HTTP2Client.head("/", fields: [("x-a", String(repeating: "x", count: 16_384))]), 431),
        Case("a length too large", HTTP2Client.head("POST", "/echo", fields: [("content-length", "65537")]), 413),
    ]

    @Test("is refused with an error body, and the connection goes on", arguments: refused)
    func refusal(_ sample: Case) async throws {
        try await Self.run { server, client in
            // Until the client has confirmed the server's settings, the limits are those of the protocol library.
            #expect(try await client.request(HTTP2Client.head("/0")).body == "0")
            let response = try await client.request(sample.head, isEndless: sample.status == 413)
            #expect(response.status == sample.status)
            #expect(response.isComplete)
            #expect(response.fields["content-type"] == "application/json")
            #expect(response.fields["x-request-id"]?.count == 32)
            #expect(response.fields["connection"] == nil)
            let members = try JSONSerialization.jsonObject(with: Data(response.body.utf8)) as? [String: Any]
            #expect(members?["status"] as? Int == sample.status)
            #expect(server.reached.notes == ["/0"])
            #expect(try await client.request(HTTP2Client.head("/1")).body == "1")
        }
    }

    @Test("a request that breaks the protocol does not take others with it")
    func streamError() async throws {
        try await Self.run { server, client in
            let gated = Task { try await client.request(HTTP2Client.head("/gated")) }
            await server.reached.wait(for: 1)
            let broken = HTTP2Client.head("POST", "/echo", fields: [("content-length", "3")])
            let response = try await client.request(broken, body: [ByteBuffer(string: "more than three")])
            #expect(response.status == 0)
            server.gate.open()
            #expect(try await gated.value.body == "opened")
            #expect(server.reached.notes == ["/gated"])
        }
    }

    @Test("a body past the limit is refused while it comes")
    func largeBody() async throws {
        try await Self.run { server, client in
            let part = ByteBuffer(repeating: 120, count: 16_000)
            let response = try await client.request(
                HTTP2Client.head("POST", "/echo"), body: Array(repeating: part, count: 5))
            #expect(response.status == 413)
            #expect(server.reached.notes == [])
            #expect(try await client.request(HTTP2Client.head("/1")).body == "1")
        }
    }

    @Test("a body that does not come is refused as slow")
    func slowBody() async throws {
        try await Self.run { settings in
            settings.limits.bodyGracePeriod = .milliseconds(200)
        } perform: { server, client in
            let response = try await client.request(HTTP2Client.head("POST", "/echo"), isEndless: true)
            #expect(response.status == 408)
            #expect(server.reached.notes == [])
        }
    }

    @Test(
        "an answer that the client gives no room for is taken back", arguments: ["/big?n=9", "/big?n=99999", "/stream"])
    func stalledReader(_ path: String) async throws {
        try await Self.run(window: 0) { settings in
            settings.limits.writeStallTimeout = .milliseconds(200)
            settings.limits.bodyBytesPerSecond = 1_000_000
        } perform: { _, client in
            let response = try await client.request(HTTP2Client.head(path))
            #expect(response.status == 200)
            #expect(!response.isComplete)
        }
    }

    @Test("a client that waits for leave gets it")
    func continuation() async throws {
        try await Self.run { _, client in
            let response = try await client.request(
                HTTP2Client.head("POST", "/echo", fields: [("expect", "100-continue")]),
                body: [ByteBuffer(string: "hello")])
            #expect(response.status == 200)
            #expect(response.body == "hello")
        }
    }

    @Test("with a public host every other authority is misdirected")
    func publicHost() async throws {
        try await Self.run { settings in
            settings.publicHost = "keys.example"
        } perform: { _, client in
            for (authority, status) in [("keys.example", 200), ("other.example", 421)] {
                let response = try await client.request(HTTP2Client.head("/1", authority: authority))
                #expect(response.status == status)
            }
        }
    }

    @Test("an idle connection is closed")
    func idle() async throws {
        try await Self.run { settings in
            settings.limits.idleTimeout = .seconds(1)
        } perform: { _, client in
            #expect(try await client.request(HTTP2Client.head("/1")).status == 200)
            try await client.channel.closeFuture.get()
        }
    }

    @Test("requests under way when the server shuts down are answered")
    func drain() async throws {
        try await Self.run { server, client in
            let requests = (0..<5).map { _ in Task { try await client.request(HTTP2Client.head("/gated")) } }
            await server.reached.wait(for: 5)
            await server.shutDown()
            server.gate.open()
            for request in requests {
                let response = try await request.value
                #expect(response.body == "opened")
                #expect(response.isComplete)
            }
            try await client.channel.closeFuture.get()
        }
    }

    @Test("a client that keeps cancelling its requests is sent away")
    func rapidReset() async throws {
        try await Self.run { _, client in
            for _ in 0..<10_000 where client.channel.isActive {
                try? await client.cancelledRequest(HTTP2Client.head("POST", "/echo"))
            }
            try await client.channel.closeFuture.get()
        }
    }
}

extension HTTP2Client {
    /// The head of a GET request.
    static func head(
        _ path: String, authority: String? = "localhost", fields: [(String, String)] = []
    ) -> HPACKHeaders {
        head("GET", path, authority: authority, fields: fields)
    }
}
