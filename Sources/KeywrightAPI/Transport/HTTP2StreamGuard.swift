import HTTPTypes
import Logging
import NIOCore
import NIOHTTP2
import NIOHTTPTypes
import NIOHTTPTypesHTTP2

/// What `HTTPGuard` is to an HTTP/1 connection, for one HTTP/2 stream: hands on a complete and well-formed request or
/// refuses it, and bounds the time that its body and its answer take to get across.
final class HTTP2StreamGuard: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private enum Phase {
        case receiving
        case answering(isHEAD: Bool)
        /// The answer is written, and on its way through the stream's flow control.
        case finishing
        case closed
    }

    private let rules: RequestRules
    private let trustedProxies: TrustedProxies
    private let logger: Logger
    private let onRefusal: @Sendable (Int) -> Void

    private var phase = Phase.receiving
    private var context: ChannelHandlerContext?
    private var timer: DeadlineTimer?
    private var assembly: RequestAssembly<HTTPRequest>?
    private var request: CompleteRequest<HTTPRequest>?
    private var isAttached = false
    private var inputIsComplete = false
    private var answerLength = 0

    init(settings: TransportSettings, rules: RequestRules, logger: Logger) {
        self.rules = rules
        self.logger = logger
        trustedProxies = settings.trustedProxies
        onRefusal = settings.onRefusal
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        timer = DeadlineTimer(eventLoop: context.eventLoop) { [weak self] in
            self?.deadlinePassed()
        }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        phase = .closed
        timer?.invalidate()
        timer = nil
        self.context = nil
    }

    /// Called once something stands behind the guard that answers the request.
    func attach() {
        isAttached = true
        if let context { handOn(context) }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let part = unwrapInboundIn(data)
        if case .end = part { inputIsComplete = true }
        guard case .receiving = phase, request == nil else { return }
        do throws(Refusal) {
            switch part {
            case .head(let head): try receive(head, context)
            case .body(let bytes): try assembly?.append(bytes, limits: rules.limits)
            case .end: receiveEnd(context)
            }
            if let assembly { timer?.set(assembly.deadline(rules.limits)) }
        } catch {
            refuse(error, context)
        }
    }

    private func receive(_ head: HTTPRequest, _ context: ChannelHandlerContext) throws(Refusal) {
        let peer = context.channel.remoteAddress.flatMap(IPAddress.init)
        let isTrusted = peer.map(trustedProxies.contains) ?? false
        let framing = try rules.admit(head, fromTrustedProxy: isTrusted)
        assembly = RequestAssembly(head: head, framing: framing, at: .now())
        if framing.awaitsContinue {
            context.writeAndFlush(wrapOutboundOut(.head(HTTPResponse(status: .continue))), promise: nil)
        }
    }

    private func receiveEnd(_ context: ChannelHandlerContext) {
        request = assembly?.complete
        assembly = nil
        timer?.set(nil)
        handOn(context)
    }

    private func handOn(_ context: ChannelHandlerContext) {
        guard isAttached, case .receiving = phase, let request else { return }
        self.request = nil
        phase = .answering(isHEAD: request.head.method == .head)
        context.fireChannelRead(wrapInboundOut(.head(request.head)))
        if let body = request.body { context.fireChannelRead(wrapInboundOut(.body(body))) }
        context.fireChannelRead(wrapInboundOut(.end(nil)))
        context.fireChannelReadComplete()
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard case .answering(let isHEAD) = phase else {
            promise?.fail(ChannelError.ioOnClosedChannel)
            return
        }
        switch unwrapOutboundIn(data) {
        case .head:
            context.write(data, promise: promise)
        case .body(let part):
            if isHEAD {
                promise?.succeed()
            } else {
                answerLength &+= part.readableBytes
                context.write(data, promise: promise)
            }
        case .end:
            phase = .finishing
            boundAnswer()
            context.write(data, promise: promise)
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        // While the client gives no room, the writer behind waits with the rest of the answer.
        if case .answering = phase {
            timer?.set(context.channel.isWritable ? nil : .now() + TimeAmount(rules.limits.writeStallTimeout))
        }
        context.fireChannelWritabilityChanged()
    }

    private func refuse(_ refusal: Refusal, _ context: ChannelHandlerContext) {
        guard case .receiving = phase, request == nil else { return }
        let requestID = RequestIDs.single()
        logger.debug(
            "Request refused",
            metadata: ["status": "\(refusal.status)", "code": "\(refusal.code)", "request_id": "\(requestID)"])
        onRefusal(refusal.status)
        let isHEAD = assembly?.head.method == .head
        assembly = nil
        phase = .finishing
        let body = refusal.body
        let head = refusal.http2Head(requestID: requestID, bodyLength: body.readableBytes)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        if !isHEAD { context.write(wrapOutboundOut(.body(body)), promise: nil) }
        let written = context.eventLoop.makePromise(of: Void.self)
        written.futureResult.assumeIsolated().whenSuccess { [weak self] in
            // Complete answer, incomplete request: tells the client to stop sending (RFC 9113, section 8.1).
            guard let self, let context = self.context, !self.inputIsComplete else { return }
            context.triggerUserOutboundEvent(NIOHTTP2FramePayloadToHTTPEvent.reset(code: .noError), promise: nil)
        }
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: written)
        boundAnswer()
    }

    /// The client may give the answer little room to come through; this is how long it may take.
    private func boundAnswer() {
        let pace = Duration.seconds(answerLength) / max(1, rules.limits.bodyBytesPerSecond)
        timer?.set(.now() + TimeAmount(rules.limits.writeStallTimeout + pace))
    }

    private func deadlinePassed() {
        guard let context else { return }
        switch phase {
        case .receiving:
            refuse(.slowBody, context)
        case .answering, .finishing:
            context.triggerUserOutboundEvent(NIOHTTP2FramePayloadToHTTPEvent.reset(code: .cancel), promise: nil)
            context.close(promise: nil)
        case .closed:
            break
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // The stream was reset, or what came on it is not a request. Closing it resets it if need be.
        context.fireErrorCaught(error)
        context.close(promise: nil)
    }
}
