import NIOCore
import NIOHTTP1

/// Requests that are answered past everything that stands behind the guard, and before the parser where that is possible.
extension HTTPGuard {
    /// Answers what has come, when it is one plain request, nothing is before it, and it can be answered at once.
    ///
    /// The parser is left out then: it stands between two requests before and after.
    func answerUnparsed(_ bytes: ByteBuffer) -> Bool {
        isDeclined = false
        guard immediateResponder != nil else { return false }
        let bytes = bytes.readableBytesUInt8Span
        guard let head = boundary.pass(bytes), let context, isAttached, isIdle, !inputIsDone, admits(head, bytes) else {
            return false
        }
        isDeclined = !answerAtOnce(head, bytes, body: bytes.extracting(droppingFirst: head.end), context)
        return !isDeclined
    }

    /// The same for a request that was parsed, unless it was asked about before.
    func answerAtOnce(_ request: CompleteRequest<HTTPRequestHead>, _ context: ChannelHandlerContext) -> Bool {
        guard immediateResponder != nil, !isDeclined, request.head.version == .http1_1, !request.framing.closes else {
            return false
        }
        let head = PlainHead(request.head, writtenTo: &parsedHead)
        let (bytes, body) = (parsedHead, request.body ?? ByteBuffer())
        return answerAtOnce(head, bytes.span, body: body.readableBytesUInt8Span, context)
    }

    /// Not while the client takes no answers: whoever stands behind waits until it does.
    private func answerAtOnce(
        _ head: PlainHead, _ bytes: Span<UInt8>, body: Span<UInt8>, _ context: ChannelHandlerContext
    ) -> Bool {
        guard let immediateResponder, let wire, phase == .open, !isDraining, !inputIsClosed,
            context.channel.isWritable, head.method != .head,
            let answer = immediateResponder.answer(head, in: bytes, body: body, on: context.channel)
        else { return false }
        wire.write(NIOAny(IOData.byteBuffer(answer)), promise: nil)
        idleSince = .now()
        if !hasUnflushedAnswers {
            hasUnflushedAnswers = true
            FlushTurn.add(self, on: context.eventLoop)
        }
        return true
    }

    /// Sends what was answered at once; at the end of the event loop's turn, or earlier when the connection ends.
    func flushAnswers() {
        guard hasUnflushedAnswers else { return }
        hasUnflushedAnswers = false
        wire?.flush()
    }

    /// Whether the rules admit a plain head without a doubt.
    private func admits(_ head: PlainHead, _ bytes: Span<UInt8>) -> Bool {
        guard let host = head.host, head.target.count <= limits.targetLengthInBytes,
            head.fieldCount <= limits.headerFieldCount, head.headerLength <= limits.headerLengthInBytes,
            head.bodyLength <= limits.bodyLengthInBytes
        else { return false }
        let asked = bytes.extracting(host)
        if asked.equals(admittedHost.span) { return true }
        let text = asked.withUnsafeBufferPointer { Array($0) }
        guard rules.admits(host: String(decoding: text, as: UTF8.self)) else { return false }
        admittedHost = text
        return true
    }
}
