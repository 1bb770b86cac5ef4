import NIOCore

/// Closes a connection whose client takes nothing of what is written to it.
///
/// It stands at the head of the pipeline, where bytes are what the socket gets. Watching costs one scheduled task per
/// connection and interval, and only while something is being written.
final class WriteStallHandler: ChannelOutboundHandler, RemovableChannelHandler {
    typealias OutboundIn = IOData
    typealias OutboundOut = IOData

    private let timeout: TimeAmount
    private var written = 0
    private var taken = 0
    private var lastProgress = NIODeadline.now()
    private var watch: Scheduled<Void>?

    init(timeout: Duration) {
        self.timeout = TimeAmount(timeout)
    }

    /// Keeps little that is not sent in the kernel. Otherwise it takes megabytes at once and nothing more until a third
    /// of them is gone, and a slow client looks like one that takes nothing.
    func handlerAdded(context: ChannelHandlerContext) {
        #if os(Linux)
            // TCP_NOTSENT_LOWAT of linux/tcp.h. A channel that is no TCP socket has none, and needs none.
            try? context.channel.syncOptions?.setOption(.tcpOption(.init(rawValue: 25)), value: 32_768)
        #endif
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        written &+= unwrapOutboundIn(data).readableBytes
        context.write(data, promise: promise)
    }

    func flush(context: ChannelHandlerContext) {
        context.flush()
        guard watch == nil, context.channel.isActive else { return }
        lastProgress = .now()
        schedule(context)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        watch?.cancel()
        watch = nil
    }

    private func schedule(_ context: ChannelHandlerContext) {
        let interval = TimeAmount.nanoseconds(max(1, timeout.nanoseconds / 6))
        watch = context.eventLoop.assumeIsolated().scheduleTask(in: interval) { self.check(context) }
    }

    private func check(_ context: ChannelHandlerContext) {
        watch = nil
        guard context.channel.isActive,
            let buffered = try? context.channel.syncOptions?.getOption(.bufferedWritableBytes), buffered > 0
        else { return }
        let takenNow = written &- buffered
        if takenNow != taken {
            taken = takenNow
            lastProgress = .now()
        } else if .now() - lastProgress >= timeout {
            context.close(promise: nil)
            return
        }
        schedule(context)
    }
}
