import Logging
import NIOCore
import NIOHTTP1

/// Answers on their way out.
extension HTTPGuard {
    /// Hands on the next request, or answers the one that is refused, unless an answer is still under way.
    func proceed(_ context: ChannelHandlerContext) {
        guard !isProceeding else { return }
        isProceeding = true
        var hasHandedOn = false
        while phase == .open, answering == nil {
            if isAttached, let request = waiting.popFirst() {
                if answerAtOnce(request, context) { continue }
                hasHandedOn = true
                handOn(request, context)
            } else if waiting.isEmpty, let (refusal, omitsBody) = refusal {
                answer(refusal, omittingBody: omitsBody, context)
            } else {
                break
            }
        }
        isProceeding = false
        if !isInReadLoop {
            if hasHandedOn { context.fireChannelReadComplete() }
            sendContinueIfAwaited(context)
        }
        readOn(context)
    }

    private func handOn(_ request: CompleteRequest<HTTPRequestHead>, _ context: ChannelHandlerContext) {
        answering = Answering(
            isHEAD: request.head.method == .HEAD, version: request.head.version, closes: request.framing.closes)
        context.fireChannelRead(wrapInboundOut(.head(request.head)))
        if let body = request.body { context.fireChannelRead(wrapInboundOut(.body(body))) }
        context.fireChannelRead(wrapInboundOut(.end(nil)))
    }

    private func answer(_ refusal: Refusal, omittingBody: Bool, _ context: ChannelHandlerContext) {
        let requestID = RequestIDs.single()
        logger.debug(
            "Request refused",
            metadata: ["status": "\(refusal.status)", "code": "\(refusal.code)", "request_id": "\(requestID)"])
        onRefusal(refusal.status)
        phase = .finishing
        let body = refusal.body
        let head = refusal.http1Head(requestID: requestID, bodyLength: body.readableBytes)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        if !omittingBody { context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil) }
        writeLast(wrapOutboundOut(.end(nil)), promise: nil, context)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard phase == .open, answering != nil else {
            promise?.fail(ChannelError.ioOnClosedChannel)
            return
        }
        switch unwrapOutboundIn(data) {
        case .head(var head):
            if head.status.code >= 200 { frame(&head) }
            context.write(wrapOutboundOut(.head(head)), promise: promise)
        case .body:
            if answering?.sendsBody == true {
                context.write(data, promise: promise)
            } else {
                promise?.succeed()
            }
        case .end:
            endAnswer(data, promise: promise, context)
        }
    }

    /// Settles how the answer's end is told from what follows, and whether anything does.
    private func frame(_ head: inout HTTPResponseHead) {
        guard var answering else { return }
        let hasNoContent = head.status == .noContent
        answering.sendsBody = !answering.isHEAD && !hasNoContent && head.status != .notModified
        answering.hasBegun = true
        head.version = answering.version == .http1_0 ? .http1_0 : .http1_1

        if hasNoContent { head.headers.remove(name: "Content-Length") }
        let hasLength = head.headers.contains(name: "Content-Length")
        if answering.sendsBody, !hasLength, answering.version != .http1_0 {
            head.headers.replaceOrAdd(name: "Transfer-Encoding", value: "chunked")
        } else {
            head.headers.remove(name: "Transfer-Encoding")
        }

        if isDraining || inputIsClosed, waiting.isEmpty, assembly == nil, headBegun == nil, refusal == nil {
            answering.closes = true
        }
        if head.headers[canonicalForm: "Connection"].contains(where: { $0.equalsIgnoringASCIICase("close") }) {
            answering.closes = true
        }
        if answering.closes { head.headers.replaceOrAdd(name: "Connection", value: "close") }
        self.answering = answering
    }

    private func endAnswer(_ end: NIOAny, promise: EventLoopPromise<Void>?, _ context: ChannelHandlerContext) {
        let closes = answering?.closes == true || (inputIsClosed && waiting.isEmpty && refusal == nil)
        answering = nil
        idleSince = .now()
        if closes {
            phase = .finishing
            writeLast(end, promise: promise, context)
        } else {
            context.write(end, promise: promise)
            proceed(context)
            if !isInReadLoop { updateDeadline() }
        }
    }

    /// Writes the end of the connection's last answer.
    private func writeLast(_ end: NIOAny, promise: EventLoopPromise<Void>?, _ context: ChannelHandlerContext) {
        context.writeAndFlush(end, promise: whenTaken(context, promise))
        updateDeadline()
    }
}
