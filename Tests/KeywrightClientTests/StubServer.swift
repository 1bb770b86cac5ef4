import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// An HTTP server on loopback that answers what a test tells it to, and remembers what it was asked.
final class StubServer: Sendable {
    /// A request as it arrived.
    struct Request: Sendable, Equatable {
        var method: String
        var target: String
        var headers: [String: String]
        var body: String
    }

    /// What to do about a request.
    enum Answer: Sendable {
        case json(Int, String, headers: [String: String] = [:])
        /// Says nothing and keeps the connection open.
        case silence
        /// Promises a body, sends one byte of it, and keeps the connection open.
        case drip
        /// Closes the connection.
        case hangUp
    }

    private struct State {
        var answers: [Answer]
        var requests: [Request] = []
    }

    private let state: Mutex<State>
    private let channel = Mutex<(any Channel)?>(nil)

    private init(_ answers: [Answer]) {
        state = Mutex(State(answers: answers))
    }

    /// Runs a server for as long as the body does.
    ///
    /// - Parameter answers: one a request, in order; the last one is repeated.
    static func run<Value>(
        _ answers: Answer..., body: (StubServer) async throws -> Value
    ) async throws -> Value {
        let server = StubServer(answers)
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(StubHandler(server))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        server.channel.withLock { $0 = channel }
        do {
            let value = try await body(server)
            try await channel.close()
            return value
        } catch {
            try? await channel.close()
            throw error
        }
    }

    /// Where it listens.
    var url: String {
        "http://127.0.0.1:\(channel.withLock { $0?.localAddress?.port } ?? 0)"
    }

    /// What it was asked, in order.
    var requests: [Request] { state.withLock { $0.requests } }

    fileprivate func answer(_ request: Request) -> Answer {
        state.withLock { state in
            state.requests.append(request)
            return state.answers.count > 1 ? state.answers.removeFirst() : state.answers.first ?? .hangUp
        }
    }
}

private final class StubHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let server: StubServer
    private var head: HTTPRequestHead?
    private var body: [UInt8] = []

    init(_ server: StubServer) {
        self.server = server
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            self.head = head
            body = []
        case .body(let part):
            body += Array(part.readableBytesView)
        case .end:
            guard let head else { return }
            let headers = Dictionary(head.headers.map { ($0.name.lowercased(), $0.value) }) { $0 + ", " + $1 }
            respond(
                server.answer(
                    StubServer.Request(
                        method: head.method.rawValue, target: head.uri, headers: headers,
                        body: String(decoding: body, as: UTF8.self)
                    )
                ), context
            )
        }
    }

    private func respond(_ answer: StubServer.Answer, _ context: ChannelHandlerContext) {
        switch answer {
        case .json(let status, let text, let fields):
            var headers: HTTPHeaders = ["content-type": "application/json"]
            if status != 204 { headers.add(name: "content-length", value: "\(text.utf8.count)") }
            for (name, value) in fields { headers.add(name: name, value: value) }
            write(
                .head(HTTPResponseHead(version: .http1_1, status: .init(statusCode: status), headers: headers)), context
            )
            write(.body(.byteBuffer(ByteBuffer(string: text))), context)
            context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        case .drip:
            let headers: HTTPHeaders = ["content-length": "1000"]
            write(.head(HTTPResponseHead(version: .http1_1, status: .ok, headers: headers)), context)
            context.writeAndFlush(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: "{")))), promise: nil)
        case .silence:
            break
        case .hangUp:
            context.close(promise: nil)
        }
    }

    private func write(_ part: HTTPServerResponsePart, _ context: ChannelHandlerContext) {
        context.write(wrapOutboundOut(part), promise: nil)
    }
}
