import NIOCore

/// How many connections a listener has accepted, and how many of them have come through its pipeline.
final class AcceptCount {
    var accepted = 0
    var delivered = 0
}

/// Counts connections where they enter the listener's pipeline.
final class AcceptCountHandler: ChannelInboundHandler {
    typealias InboundIn = any Channel
    typealias InboundOut = any Channel

    private let count: AcceptCount

    init(_ count: AcceptCount) {
        self.count = count
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        count.accepted &+= 1
        context.fireChannelRead(data)
    }
}

/// Delays the closing of a listener until what waits in its queue has been accepted and set up.
///
/// The kernel resets connections that nobody accepted when the listener closes, although their clients may have sent
/// requests; and a connection that is still being set up then would be dropped. So closing first keeps further
/// connections out, where that is possible, and then waits for those that are on their way to come in.
final class ListenerDrainHandler: ChannelDuplexHandler {
    typealias InboundIn = any Channel
    typealias InboundOut = any Channel
    typealias OutboundIn = Never
    typealias OutboundOut = Never

    private static let interval = TimeAmount.milliseconds(20)
    /// As long as a handshake with a client far away takes.
    private static let minimum = TimeAmount.milliseconds(100)
    private static let maximum = TimeAmount.milliseconds(500)

    private let count: AcceptCount
    private let drain: DrainSignal
    private var closing: EventLoopPromise<Void>?

    init(_ count: AcceptCount, drain: DrainSignal) {
        self.count = count
        self.drain = drain
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        count.delivered &+= 1
        context.fireChannelRead(data)
    }

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        drain.begin()
        if let closing {
            closing.futureResult.cascade(to: promise)
            return
        }
        let closing = promise ?? context.eventLoop.makePromise(of: Void.self)
        self.closing = closing
        ListenerFilter.ignoreNewConnections(on: context.channel)
        try? context.channel.syncOptions?.setOption(.maxMessagesPerRead, value: 1024)
        awaitQuiet(acceptedBefore: -1, since: .now(), context, closing)
    }

    private func awaitQuiet(
        acceptedBefore: Int, since start: NIODeadline, _ context: ChannelHandlerContext,
        _ promise: EventLoopPromise<Void>
    ) {
        let time = NIODeadline.now() - start
        let isQuiet = count.accepted == acceptedBefore && count.delivered >= count.accepted && time >= Self.minimum
        guard !isQuiet, time < Self.maximum, context.channel.isActive else {
            context.close(mode: .all, promise: promise)
            return
        }
        let accepted = count.accepted
        context.eventLoop.assumeIsolated().scheduleTask(in: Self.interval) {
            self.awaitQuiet(acceptedBefore: accepted, since: start, context, promise)
        }
    }
}
