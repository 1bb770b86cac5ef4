import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP2
import NIOHTTPTypes
import NIOHTTPTypesHTTP2

/// HTTP/2 connections inside TLS.
struct HTTP2Connections: ServerChildChannel, HTTPChannelHandler {
    struct Value: ServerChildChannelValue {
        let channel: any Channel
        fileprivate let multiplexer: NIOHTTP2Handler.AsyncStreamMultiplexer<Stream>
    }

    /// One request and its answer.
    struct Stream: Sendable {
        let channel: any Channel
        let streamGuard: NIOLoopBound<HTTP2StreamGuard>
    }

    let responder: Responder
    let settings: TransportSettings
    let rules: RequestRules
    let drain: DrainSignal

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        channel.eventLoop.makeCompletedFuture { try addHandlers(to: channel, logger: logger) }
    }

    func addHandlers(to channel: any Channel, logger: Logger) throws -> Value {
        let pipeline = channel.pipeline.syncOperations
        let management = NIOHTTP2ServerConnectionManagementHandler(
            eventLoop: channel.eventLoop,
            configuration: .init(maxIdleTime: nil, maxAge: nil, maxGraceTime: nil, keepalive: nil))
        let connectionGuard = HTTP2ConnectionGuard(limits: settings.limits, drain: drain)
        let streams = StreamObserver(
            management: management.http2StreamDelegate,
            connectionGuard: NIOLoopBound(connectionGuard, eventLoop: channel.eventLoop))
        let multiplexer = try pipeline.configureAsyncHTTP2Pipeline(
            mode: .server, streamDelegate: streams, configuration: configuration
        ) { stream in
            stream.eventLoop.makeCompletedFuture { try addHandlers(toStream: stream, logger: logger) }
        }
        try pipeline.addHandler(connectionGuard)
        try pipeline.addHandler(management)
        return Value(channel: channel, multiplexer: multiplexer)
    }

    private func addHandlers(toStream channel: any Channel, logger: Logger) throws -> Stream {
        let streamGuard = HTTP2StreamGuard(settings: settings, rules: rules, logger: logger)
        try channel.pipeline.syncOperations.addHandler(HTTP2FramePayloadToHTTPServerCodec())
        try channel.pipeline.syncOperations.addHandler(streamGuard)
        return Stream(channel: channel, streamGuard: NIOLoopBound(streamGuard, eventLoop: channel.eventLoop))
    }

    private var configuration: NIOHTTP2Handler.Configuration {
        let limits = settings.limits
        var configuration = NIOHTTP2Handler.Configuration()
        // HPACK counts 32 bytes more for each field, and the pseudo fields too. Past this limit the whole connection
        // fails, so it is wide enough for the stream's own check to refuse what is only somewhat too large.
        let headerListSize =
            2 * (limits.headerLengthInBytes + limits.targetLengthInBytes) + 36 * limits.headerFieldCount
        configuration.connection.initialSettings = [
            HTTP2Setting(parameter: .maxConcurrentStreams, value: limits.streamCount),
            HTTP2Setting(parameter: .maxHeaderListSize, value: headerListSize),
        ]
        // Against rapid reset: as many cancelled requests are tolerated as may be under way at a time.
        configuration.stream.streamResetFrameRateLimit.maximumCount = max(1, limits.streamCount)
        configuration.stream.streamErrorRateLimit.maximumCount = max(1, limits.streamCount)
        return configuration
    }

    func handle(value: Value, logger: Logger) async {
        do {
            try await withThrowingDiscardingTaskGroup { group in
                for try await stream in value.multiplexer.inbound {
                    group.addTask { await handle(stream, logger: logger) }
                }
            }
        } catch {
            logger.debug("HTTP/2 connection failed", metadata: ["error": "\(error)"])
        }
        // No stream is consumed from here on, as when this task was cancelled.
        value.channel.close(promise: nil)
    }

    private func handle(_ stream: Stream, logger: Logger) async {
        let asyncChannel = try? await stream.channel.eventLoop.submit {
            guard stream.channel.isActive else { throw ChannelError.ioOnClosedChannel }
            let asyncChannel = try NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>(
                wrappingChannelSynchronously: stream.channel)
            stream.streamGuard.value.attach()
            return asyncChannel
        }.get()
        guard let asyncChannel else {
            stream.channel.close(promise: nil)
            return
        }
        await onEventLoop(of: stream.channel) { await handleHTTP(asyncChannel: asyncChannel, logger: logger) }
    }
}

/// Tells both who keep count of a connection's streams.
private struct StreamObserver: NIOHTTP2StreamDelegate {
    let management: NIOHTTP2ServerConnectionManagementHandler.HTTP2StreamDelegate
    let connectionGuard: NIOLoopBound<HTTP2ConnectionGuard>

    func streamCreated(_ id: HTTP2StreamID, channel: any Channel) {
        management.streamCreated(id, channel: channel)
        connectionGuard.value.streamCreated()
    }

    func streamClosed(_ id: HTTP2StreamID, channel: any Channel) {
        management.streamClosed(id, channel: channel)
        connectionGuard.value.streamClosed()
    }
}
