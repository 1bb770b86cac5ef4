import NIOCore

/// Keeps the deadlines of an HTTP/2 connection: idle, and shutting down.
///
/// NIO's management handler, behind this one, says goodbye in the protocol's way: it announces the end, waits for the
/// client to have heard it, serves what was sent until then, and closes. A client that does not play along is cut off
/// here.
final class HTTP2ConnectionGuard: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = Any
    typealias InboundOut = Any

    private let limits: TransportLimits
    private let drain: DrainSignal
    private var context: ChannelHandlerContext?
    private var timer: DeadlineTimer?
    private var drainTask: Scheduled<Void>?
    private var openStreams = 0
    private var idleSince = NIODeadline.now()
    private var isEnding = false
    private var hasFailed = false

    init(limits: TransportLimits, drain: DrainSignal) {
        self.limits = limits
        self.drain = drain
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        idleSince = .now()
        timer = DeadlineTimer(eventLoop: context.eventLoop) { [weak self] in
            self?.deadlinePassed()
        }
        updateDeadline()
        guard drain.isDraining else { return }
        // The handler behind is not there yet to hear it.
        context.eventLoop.assumeIsolated().execute { [weak self] in
            self?.context?.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
        }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        timer?.invalidate()
        timer = nil
        drainTask?.cancel()
        drainTask = nil
        self.context = nil
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is ChannelShouldQuiesceEvent {
            drain.begin()
            beginEnding(context)
        }
        context.fireUserInboundEventTriggered(event)
    }

    /// An error may concern one stream, whose client deserves no further ones but its answers to the others, or the
    /// whole connection, which then fails again on the next frame.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.fireErrorCaught(error)
        if hasFailed || openStreams == 0 {
            context.close(promise: nil)
        } else {
            hasFailed = true
            beginEnding(context)
            context.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
        }
    }

    func streamCreated() {
        openStreams += 1
        updateDeadline()
    }

    func streamClosed() {
        openStreams -= 1
        idleSince = .now()
        updateDeadline()
    }

    private func updateDeadline() {
        timer?.set(
            openStreams > 0 ? nil : idleSince + TimeAmount(isEnding ? limits.drainGracePeriod : limits.idleTimeout))
    }

    private func deadlinePassed() {
        guard let context, openStreams == 0 else { return }
        if isEnding {
            context.close(promise: nil)
        } else {
            beginEnding(context)
            context.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
        }
    }

    private func beginEnding(_ context: ChannelHandlerContext) {
        guard !isEnding else { return }
        isEnding = true
        idleSince = .now()
        updateDeadline()
        drainTask = context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(limits.drainDeadline)) {
            context.close(promise: nil)
        }
    }
}
