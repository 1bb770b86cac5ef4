import NIOCore
import NIOHPACK
import NIOHTTP2
import NIOPosix
import NIOSSL

/// A client that sends any HTTP/2 requests, however wrong.
struct HTTP2Client: Sendable {
    struct Response: Equatable, Sendable {
        var status = 0
        var fields: [String: String] = [:]
        var body = ""
        /// Whether the server ended the stream in order after its answer.
        var isComplete = false
    }

    typealias Payload = HTTP2Frame.FramePayload

    let channel: any Channel
    private let multiplexer: NIOHTTP2Handler.AsyncStreamMultiplexer<Never>

    /// - Parameter window: How many bytes of an answer the server may send unasked.
    static func connect(to port: Int, tls: NIOSSLContext, window: Int = 65_535) async throws -> HTTP2Client {
        var configuration = NIOHTTP2Handler.Configuration()
        configuration.connection.initialSettings.append(.init(parameter: .initialWindowSize, value: window))
        configuration.stream.targetWindowSize = window
        configuration.connection.headerBlockValidation = .disabled
        configuration.connection.contentLengthValidation = .disabled
        return try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .connect(host: "127.0.0.1", port: port) { [configuration] channel in
                channel.eventLoop.makeCompletedFuture {
                    let handler = try NIOSSLClientHandler(context: tls, serverHostname: "localhost")
                    try channel.pipeline.syncOperations.addHandler(handler)
                    let multiplexer = try channel.pipeline.syncOperations.configureAsyncHTTP2Pipeline(
                        mode: .client, configuration: configuration
                    ) { channel -> EventLoopFuture<Never> in
                        channel.eventLoop.makeFailedFuture(ChannelError.operationUnsupported)
                    }
                    return HTTP2Client(channel: channel, multiplexer: multiplexer)
                }
            }
    }

    static func head(
        _ method: String, _ path: String?, authority: String? = "localhost", fields: [(String, String)] = []
    ) -> HPACKHeaders {
        var headers = HPACKHeaders([(":method", method), (":scheme", "https")])
        if let authority { headers.add(name: ":authority", value: authority) }
        if let path { headers.add(name: ":path", value: path) }
        for (name, value) in fields { headers.add(name: name, value: value) }
        return headers
    }

    /// Sends a request and collects its answer.
    ///
    /// - Parameters:
    ///   - body: The data frames; the last of them ends the request.
    ///   - isEndless: Leaves the request incomplete.
    func request(
        _ head: HPACKHeaders, body: [ByteBuffer] = [], isEndless: Bool = false
    ) async throws -> Response {
        let stream = try await multiplexer.openStream { channel in
            channel.eventLoop.makeCompletedFuture {
                try NIOAsyncChannel<Payload, Payload>(wrappingChannelSynchronously: channel)
            }
        }
        return try await stream.executeThenClose { inbound, outbound in
            try await outbound.write(.headers(.init(headers: head, endStream: body.isEmpty && !isEndless)))
            for (index, part) in body.enumerated() {
                let isLast = index == body.count - 1 && !isEndless
                // The server may have refused, and reset the stream, already.
                do {
                    try await outbound.write(.data(.init(data: .byteBuffer(part), endStream: isLast)))
                } catch {
                    break
                }
            }
            return await collect(inbound)
        }
    }

    /// Sends the head of a request and takes it back.
    func cancelledRequest(_ head: HPACKHeaders) async throws {
        let stream = try await multiplexer.openStream { channel in
            channel.eventLoop.makeCompletedFuture {
                try NIOAsyncChannel<Payload, Payload>(wrappingChannelSynchronously: channel)
            }
        }
        try await stream.executeThenClose { _, outbound in
            try await outbound.write(.headers(.init(headers: head)))
            try await outbound.write(.rstStream(.cancel))
        }
    }

    private func collect(_ inbound: NIOAsyncChannelInboundStream<Payload>) async -> Response {
        var response = Response()
        do {
            for try await payload in inbound {
                switch payload {
                case .headers(let frame):
                    for (name, value, _) in frame.headers { response.fields[name] = value }
                    response.status = frame.headers.first(name: ":status").flatMap { Int($0) } ?? response.status
                    response.isComplete = frame.endStream
                case .data(let frame):
                    if case .byteBuffer(let buffer) = frame.data { response.body += String(buffer: buffer) }
                    response.isComplete = frame.endStream
                default:
                    break
                }
                if response.isComplete { break }
            }
        } catch {
            // The stream was reset; what came before that is what there is.
        }
        return response
    }

    func close() {
        channel.close(promise: nil)
    }
}
