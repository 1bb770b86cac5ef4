import Logging
import NIOCore
import NIOHTTP1

/// Stands between an HTTP/1 connection and what answers its requests, and owns the connection's life.
///
/// It hands on complete and well-formed requests, one at a time; refuses the others itself, in their turn; frames
/// answers; keeps the connection's deadlines; and decides when the connection ends. So what stands behind it
/// (Hummingbird) never sees a second request before it has answered the first, and may ignore keep-alive, pipelining,
/// `HEAD`, slow clients and shutdown. An `ImmediateResponder` is asked first, and what it answers goes no further.
///
/// Hummingbird's own `HTTPConnectionStateHandler` has no part in this: on shutdown it closes idle connections at once
/// and others right behind the answer, which resets what their clients are sending.
final class HTTPGuard: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    enum Phase {
        /// Requests are received and answered.
        case open
        /// The connection's last answer is on its way into the socket.
        case finishing
        /// No more is written; what still arrives is discarded until the client closes, too.
        case lingering
        case closed
    }

    /// The request that what stands behind the guard is answering.
    struct Answering {
        let isHEAD: Bool
        let version: HTTPVersion
        var closes: Bool
        var sendsBody = true
        var hasBegun = false
    }

    private static let attachPatience = TimeAmount.seconds(30)

    let rules: RequestRules
    let drain: DrainSignal
    let trustedProxies: TrustedProxies
    let logger: Logger
    let onRefusal: @Sendable (Int) -> Void
    let immediateResponder: (any ImmediateResponder)?

    var phase = Phase.open
    var context: ChannelHandlerContext?
    var timer: DeadlineTimer?
    var drainTask: Scheduled<Void>?
    /// Whether there is somebody behind the guard to answer requests.
    var isAttached = false
    var peerIsTrustedProxy = false

    // What is received and not yet handed on, in order: waiting, then either the assembly or the refusal.
    var waiting = CircularBuffer<CompleteRequest<HTTPRequestHead>>(initialCapacity: 1)
    var assembly: RequestAssembly<HTTPRequestHead>?
    var refusal: (refusal: Refusal, omitsBody: Bool)?
    /// When the first byte of a header block came that is not complete.
    var headBegun: NIODeadline?
    var headLength = 0
    var headHasLineEnd = false
    /// The last request that the bytes being parsed have completed.
    var completed: CompleteRequest<HTTPRequestHead>?
    /// No request is accepted after this: the last one has been received, or refused.
    var inputIsDone = false
    var inputIsClosed = false
    var isInReadLoop = false
    var readIsHeldBack = false

    var answering: Answering?
    /// In front of parser and encoder: what is answered at once is written there, as bytes.
    var wire: ChannelHandlerContext?
    var hasUnflushedAnswers = false
    /// What needs no parser to be told apart, and the last host that was admitted so.
    var boundary = RequestBoundary()
    var admittedHost: [UInt8] = []
    /// Whether the request that comes out of the parser next was shown to the responder before.
    var isDeclined = false
    /// Room to write the heads of parsed requests in.
    var parsedHead: [UInt8] = []
    var isProceeding = false
    var isDraining = false
    var idleSince = NIODeadline.now()
    var lingeringSince = NIODeadline.now()

    init(settings: TransportSettings, rules: RequestRules, drain: DrainSignal, logger: Logger) {
        self.rules = rules
        self.drain = drain
        self.logger = logger
        trustedProxies = settings.trustedProxies
        onRefusal = settings.onRefusal
        immediateResponder = settings.makeImmediateResponder?()
    }

    var limits: TransportLimits { rules.limits }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        // The timer keeps this alive, and ends with the connection. A weak reference would make every use of it slower.
        timer = DeadlineTimer(eventLoop: context.eventLoop) { self.deadlinePassed() }
        if context.channel.isActive { open(context) }
    }

    func channelActive(context: ChannelHandlerContext) {
        open(context)
        context.fireChannelActive()
    }

    private func open(_ context: ChannelHandlerContext) {
        idleSince = .now()
        if let peer = context.channel.remoteAddress.flatMap(IPAddress.init) {
            peerIsTrustedProxy = trustedProxies.contains(peer)
        }
        if drain.isDraining { beginDraining(context) }
        updateDeadline()
    }

    func channelInactive(context: ChannelHandlerContext) {
        end()
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        end()
        self.context = nil
    }

    private func end() {
        phase = .closed
        timer?.invalidate()
        timer = nil
        drainTask?.cancel()
        drainTask = nil
        waiting.removeAll()
        assembly = nil
        refusal = nil
    }

    /// Called once something stands behind the guard that answers requests.
    func attach() {
        isAttached = true
        guard let context else { return }
        proceed(context)
        updateDeadline()
    }
}

extension HTTPGuard {
    /// Whether neither a request nor a part of one is here, as far as the guard knows.
    var isIdle: Bool {
        answering == nil && waiting.isEmpty && assembly == nil && headBegun == nil && refusal == nil
    }

    func updateDeadline() {
        timer?.set(currentDeadline)
    }

    private var currentDeadline: NIODeadline? {
        switch phase {
        case .closed, .finishing:
            // What is written and not taken is the business of `WriteStallHandler`.
            return nil
        case .lingering:
            return lingeringSince + TimeAmount(limits.lingerPeriod)
        case .open:
            // With a request waiting the guard does not read, so what is incomplete behind it is not late.
            if !waiting.isEmpty { return isAttached ? nil : idleSince + Self.attachPatience }
            if let assembly {
                // A client that awaits its turn to send the body is not late either.
                return assembly.awaitsContinue && answering != nil ? nil : assembly.deadline(limits)
            }
            if let headBegun { return headBegun + TimeAmount(limits.headerDeadline) }
            if answering != nil { return nil }
            return idleSince + TimeAmount(isDraining ? limits.drainGracePeriod : limits.idleTimeout)
        }
    }

    private func deadlinePassed() {
        guard let context else { return }
        switch phase {
        case .closed, .finishing:
            break
        case .lingering:
            close(context)
        case .open:
            if !waiting.isEmpty {
                // Nobody came to answer: the server dropped the connection while it was set up.
                close(context)
            } else if assembly != nil {
                refuse(.slowBody, context)
            } else if headBegun != nil {
                refuse(.slowHeader, context)
            } else if isIdle {
                finish(context)
            }
        }
    }
}
