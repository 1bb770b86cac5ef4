import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1

/// HTTP/1.1 connections, in the clear or inside TLS.
struct HTTP1Connections: ServerChildChannel, HTTPChannelHandler {
    struct Value: ServerChildChannelValue {
        let channel: any Channel
        fileprivate let httpGuard: NIOLoopBound<HTTPGuard>
    }

    let responder: Responder
    let settings: TransportSettings
    let rules: RequestRules
    let drain: DrainSignal
    let isSecure: Bool

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        channel.eventLoop.makeCompletedFuture {
            if !isSecure {
                let stall = WriteStallHandler(timeout: settings.limits.writeStallTimeout)
                try channel.pipeline.syncOperations.addHandler(stall)
            }
            return try addHandlers(to: channel, logger: logger)
        }
    }

    /// The pipeline from bytes to the request parts that Hummingbird reads.
    func addHandlers(to channel: any Channel, logger: Logger) throws -> Value {
        let pipeline = channel.pipeline.syncOperations
        let httpGuard = HTTPGuard(settings: settings, rules: rules, drain: drain, logger: logger)
        var encoding = HTTPResponseEncoder.Configuration()
        encoding.automaticallySetFramingHeaders = false

        try pipeline.addHandler(ArrivalHandler(reportingTo: httpGuard))
        try pipeline.addHandler(HTTPResponseEncoder(configuration: encoding))
        try pipeline.addHandler(ByteToMessageHandler(HTTPRequestDecoder(limitConfiguration: parserLimits)))
        try pipeline.addHandler(httpGuard)
        try pipeline.addHandler(HTTP1ToHTTPServerCodec(secure: isSecure))
        return Value(channel: channel, httpGuard: NIOLoopBound(httpGuard, eventLoop: channel.eventLoop))
    }

    /// Wide enough for the guard to see, and answer, what passes its own limits by not too much.
    private var parserLimits: NIOHTTPDecoderLimitConfiguration {
        var limits = NIOHTTPDecoderLimitConfiguration()
        let total = settings.limits.headerLengthInBytes + settings.limits.targetLengthInBytes + 128 * 1024
        limits.maxHeaderFieldSize = total
        limits.maxHeaderListSize = total
        limits.maxHeaderFieldCount = settings.limits.headerFieldCount + 20
        return limits
    }

    func handle(value: Value, logger: Logger) async {
        // The async channel is made only here, by who consumes it: one that is dropped unused ends the process, and a
        // server that shuts down drops the connections it has just set up.
        let asyncChannel = try? await value.channel.eventLoop.submit {
            guard value.channel.isActive else { throw ChannelError.ioOnClosedChannel }
            let asyncChannel = try NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>(
                wrappingChannelSynchronously: value.channel, configuration: .init(isOutboundHalfClosureEnabled: true))
            value.httpGuard.value.attach()
            return asyncChannel
        }.get()
        guard let asyncChannel else {
            value.channel.close(promise: nil)
            return
        }
        await onEventLoop(of: value.channel) { await handleHTTP(asyncChannel: asyncChannel, logger: logger) }
    }
}
