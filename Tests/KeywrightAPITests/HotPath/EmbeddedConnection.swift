import HTTPTypes
import KeywrightOperations
import Logging
import NIOCore
import NIOEmbedded
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1

@testable import KeywrightAPI

/// A connection without a socket: everything up to the hot path is real, and what is handed on is marked with 299.
struct EmbeddedConnection {
    private let channel = EmbeddedChannel()

    init(_ path: HotPath) throws {
        var settings = TransportSettings()
        settings.makeImmediateResponder = path.makeResponder
        let drain = DrainSignal()
        let rules = RequestRules(limits: settings.limits, publicHost: nil, anyHostPaths: [])
        let httpGuard = HTTPGuard(settings: settings, rules: rules, drain: drain, logger: path.logger)
        var encoding = HTTPResponseEncoder.Configuration()
        encoding.automaticallySetFramingHeaders = false
        var limits = NIOHTTPDecoderLimitConfiguration()
        limits.maxHeaderFieldSize = 256 * 1024
        limits.maxHeaderListSize = 256 * 1024
        limits.maxHeaderFieldCount = settings.limits.headerFieldCount + 20
        let pipeline = channel.pipeline.syncOperations
        try pipeline.addHandlers([
            ArrivalHandler(reportingTo: httpGuard), HTTPResponseEncoder(configuration: encoding),
            ByteToMessageHandler(HTTPRequestDecoder(limitConfiguration: limits)), httpGuard,
            HTTP1ToHTTPServerCodec(secure: false), Marker(),
        ])
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
        httpGuard.attach()
    }

    /// Sends bytes part by part and gives all that was answered.
    func exchange(_ parts: [ArraySlice<UInt8>]) throws -> [UInt8] {
        for part in parts where channel.isActive {
            try channel.writeInbound(ByteBuffer(bytes: part))
            channel.embeddedEventLoop.run()
        }
        var bytes: [UInt8] = []
        while let buffer = try channel.readOutbound(as: ByteBuffer.self) { bytes += buffer.readableBytesView }
        _ = try? channel.finish(acceptAlreadyClosed: true)
        return bytes
    }

    private final class Marker: ChannelInboundHandler {
        typealias InboundIn = HTTPRequestPart
        typealias OutboundOut = HTTPResponsePart

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            guard case .end = unwrapInboundIn(data) else { return }
            context.write(
                wrapOutboundOut(.head(.init(status: .init(code: 299), headerFields: [.contentLength: "0"]))),
                promise: nil)
            context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        }
    }
}
