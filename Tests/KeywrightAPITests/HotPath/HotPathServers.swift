import Hummingbird
import KeywrightAPI
import KeywrightOperations
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle

/// Two servers on the same operations: one with the hot path, one with the ordinary routes alone.
struct HotPathServers: Sendable {
    let hot: Int
    let ordinary: Int

    /// Runs both for as long as the body runs.
    static func run(
        _ operations: Operations, perform body: @escaping @Sendable (HotPathServers) async throws -> Void
    ) async throws {
        try await serve(operations, isHot: true) { hot in
            try await serve(operations, isHot: false) { ordinary in
                try await body(HotPathServers(hot: hot, ordinary: ordinary))
            }
        }
    }

    private static func serve(
        _ operations: Operations, isHot: Bool, perform body: @escaping @Sendable (Int) async throws -> Void
    ) async throws {
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        var settings = TransportSettings()
        settings.limits.lingerPeriod = .milliseconds(200)
        if isHot { settings.makeImmediateResponder = HotPath(operations, logger: logger).makeResponder }
        let transport = try Transport(settings)
        let (ports, port) = AsyncStream.makeStream(of: Int.self)
        let application = Application(
            router: API(operations).router(), server: transport.server,
            configuration: transport.configuration(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { channel in
                await transport.serverIsRunning(channel)
                port.yield(channel.localAddress?.port ?? 0)
            },
            logger: logger
        )
        let group = ServiceGroup(configuration: .init(services: [application], logger: logger))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask {
                defer { port.finish() }
                try await group.run()
            }
            do {
                try await body(await ports.first { _ in true } ?? 0)
            } catch {
                await group.triggerGracefulShutdown()
                throw error
            }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }

    /// Sends bytes on a new connection, in several writes, and gives all that comes back until the server ends it.
    static func exchange(_ parts: [ArraySlice<UInt8>], with port: Int) async throws -> [UInt8] {
        let (arrivals, arrival) = AsyncStream.makeStream(of: ByteBuffer.self)
        let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Collector(arrival))
                }
            }
            .connect(host: "127.0.0.1", port: port).get()
        for part in parts { channel.writeAndFlush(ByteBuffer(bytes: part), promise: nil) }
        var bytes: [UInt8] = []
        for await buffer in arrivals { bytes += buffer.readableBytesView }
        channel.close(promise: nil)
        return bytes
    }

    private final class Collector: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        private let arrival: AsyncStream<ByteBuffer>.Continuation

        init(_ arrival: AsyncStream<ByteBuffer>.Continuation) {
            self.arrival = arrival
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) { arrival.yield(unwrapInboundIn(data)) }

        func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
            if case ChannelEvent.inputClosed = event { arrival.finish() }
        }

        func channelInactive(context: ChannelHandlerContext) { arrival.finish() }

        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
    }
}
