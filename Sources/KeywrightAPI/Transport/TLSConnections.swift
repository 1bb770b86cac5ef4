import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP2
import NIOSSL

/// TLS connections, which become HTTP/2 or HTTP/1.1 as the client chooses in the handshake.
struct TLSConnections: ServerChildChannel, HTTPChannelHandler {
    struct Value: ServerChildChannelValue {
        let channel: any Channel
        fileprivate let negotiated:
            EventLoopFuture<NIONegotiatedHTTPVersion<HTTP1Connections.Value, HTTP2Connections.Value>>
    }

    private let context: NIOSSLContext
    private let limits: TransportLimits
    private let drain: DrainSignal
    private let http1: HTTP1Connections
    private let http2: HTTP2Connections

    init(
        certificates: TLSCertificates, limits: TransportLimits, drain: DrainSignal, http1: HTTP1Connections,
        http2: HTTP2Connections
    ) throws {
        context = try NIOSSLContext(configuration: certificates.serverConfiguration())
        self.limits = limits
        self.drain = drain
        self.http1 = http1
        self.http2 = http2
    }

    var responder: Responder { http1.responder }

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        let handshake: NIOLoopBound<HandshakeHandler>
        do {
            let pipeline = channel.pipeline.syncOperations
            handshake = NIOLoopBound(
                HandshakeHandler(deadline: limits.handshakeDeadline, drain: drain), eventLoop: channel.eventLoop)
            try pipeline.addHandler(WriteStallHandler(timeout: limits.writeStallTimeout))
            try pipeline.addHandler(NIOSSLServerHandler(context: context))
            try pipeline.addHandler(handshake.value)
        } catch {
            return channel.eventLoop.makeFailedFuture(error)
        }
        return channel.configureHTTP2AsyncSecureUpgrade(
            http1ConnectionInitializer: { [http1] channel in
                channel.eventLoop.makeCompletedFuture {
                    handshake.value.finish()
                    return try http1.addHandlers(to: channel, logger: logger)
                }
            },
            http2ConnectionInitializer: { [http2] channel in
                channel.eventLoop.makeCompletedFuture {
                    handshake.value.finish()
                    return try http2.addHandlers(to: channel, logger: logger)
                }
            }
        ).map { Value(channel: channel, negotiated: $0) }
    }

    func handle(value: Value, logger: Logger) async {
        do {
            switch try await value.negotiated.get() {
            case .http1_1(let connection): await http1.handle(value: connection, logger: logger)
            case .http2(let connection): await http2.handle(value: connection, logger: logger)
            }
        } catch {
            logger.debug("TLS handshake failed", metadata: ["error": "\(error)"])
            value.channel.close(promise: nil)
        }
    }
}

/// Bounds the time before the handshake is complete, when no other handler watches the connection.
final class HandshakeHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let deadline: TimeAmount
    private let drain: DrainSignal
    private var task: Scheduled<Void>?

    init(deadline: Duration, drain: DrainSignal) {
        self.deadline = TimeAmount(deadline)
        self.drain = drain
    }

    /// The handshake is complete; from now on others watch.
    func finish() {
        task?.cancel()
        task = nil
    }

    func handlerAdded(context: ChannelHandlerContext) {
        task = context.eventLoop.assumeIsolated().scheduleTask(in: deadline) {
            context.close(promise: nil)
        }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        finish()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        // Until the handshake is complete nobody behind would hear this.
        if event is ChannelShouldQuiesceEvent { drain.begin() }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.fireErrorCaught(error)
        if task != nil { context.close(promise: nil) }
    }
}
