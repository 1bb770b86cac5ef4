import Logging
import NIOCore
import NIOHTTP1

/// Requests on their way in.
extension HTTPGuard {
    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        isInReadLoop = true
        guard phase == .open, !inputIsDone else { return }
        switch unwrapInboundIn(data) {
        case .head(let head): receive(head, context)
        case .body(let part): receive(part, context)
        case .end: receiveEnd(context)
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        isInReadLoop = false
        sendContinueIfAwaited(context)
        updateDeadline()
        context.fireChannelReadComplete()
        // Nobody behind the guard asks for more once the connection has had its last request, but what still comes
        // must be read to be discarded.
        if inputIsDone, !inputIsClosed { context.read() }
    }

    private func receive(_ received: HTTPRequestHead, _ context: ChannelHandlerContext) {
        headBegun = nil
        var head = received
        do throws(Refusal) {
            let framing = try rules.admit(&head, fromTrustedProxy: peerIsTrustedProxy)
            assembly = RequestAssembly(head: head, framing: framing, at: .now())
        } catch {
            refuse(error, omittingBody: received.method == .HEAD, context)
        }
    }

    private func receive(_ part: ByteBuffer, _ context: ChannelHandlerContext) {
        do throws(Refusal) {
            try assembly?.append(part, limits: limits)
        } catch {
            refuse(error, context)
        }
    }

    private func receiveEnd(_ context: ChannelHandlerContext) {
        guard let request = assembly?.complete else { return }
        assembly = nil
        completed = request
        waiting.append(request)
        if request.framing.closes { inputIsDone = true }
        proceed(context)
    }

    /// Gives a request up. Its answer comes in its turn and is the connection's last.
    func refuse(_ refusal: Refusal, omittingBody omitsBody: Bool = false, _ context: ChannelHandlerContext) {
        guard phase == .open, self.refusal == nil, !inputIsDone else { return }
        let isHEAD = assembly?.head.method == .HEAD
        assembly = nil
        headBegun = nil
        inputIsDone = true
        self.refusal = (refusal, omitsBody || isHEAD)
        proceed(context)
        updateDeadline()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch error {
        case HTTPParserError.headerOverflow:
            refuse(.headerTooLarge(limits), context)
        case is HTTPParserError:
            refuse(.malformed("The request is not well-formed HTTP."), context)
        case is ByteToMessageDecoderError:
            // What comes after a parser error is not parsed.
            break
        default:
            logger.debug("Connection failed", metadata: ["error": "\(error)"])
            close(context)
        }
    }

    func read(context: ChannelHandlerContext) {
        // Reading on while a request waits would only pile up more of them.
        if phase == .open, !inputIsDone, !waiting.isEmpty {
            readIsHeldBack = true
        } else {
            context.read()
        }
    }

    func readOn(_ context: ChannelHandlerContext) {
        guard readIsHeldBack, waiting.isEmpty else { return }
        readIsHeldBack = false
        assembly?.restartClock(at: .now())
        if headBegun != nil { headBegun = .now() }
        context.read()
    }

    /// Asks for the body, once its request's turn has come. Its declared length has been checked by then.
    func sendContinueIfAwaited(_ context: ChannelHandlerContext) {
        guard phase == .open, answering == nil, waiting.isEmpty, assembly?.awaitsContinue == true else { return }
        assembly?.continueIsSent = true
        assembly?.restartClock(at: .now())
        context.writeAndFlush(
            wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: .continue))), promise: nil)
    }
}

/// The bytes around the parser, as `ArrivalHandler` reports them.
extension HTTPGuard {
    /// Bytes have come and will now be parsed.
    func bytesArrived() {
        completed = nil
        if phase == .open, !inputIsDone, assembly == nil, headBegun == nil { beginHead() }
    }

    /// The bytes have been parsed, and what they completed has been received.
    func bytesParsed(_ bytes: ByteBuffer) {
        defer { completed = nil }
        guard phase == .open, !inputIsDone, let context else { return }
        if assembly?.framing.isChunked == true {
            do throws(Refusal) {
                try assembly?.noteWire(length: bytes.readableBytes, limits: limits)
            } catch {
                refuse(error, context)
            }
        } else if assembly == nil, headBegun != nil {
            noteHead(bytes, context)
        } else if assembly == nil, let completed, !completed.isEnd(of: bytes) {
            beginHead()
        }
    }

    private func beginHead() {
        headBegun = .now()
        headLength = 0
        headHasLineEnd = false
    }

    /// The parser counts names, values and the target, but neither blanks nor line ends.
    private func noteHead(_ bytes: ByteBuffer, _ context: ChannelHandlerContext) {
        if headLength == 0, bytes.readableBytesView.allSatisfy(\.isLineEnd) {
            // Empty lines before a request are no part of one (RFC 9112, section 2.2).
            headBegun = nil
            return
        }
        headLength += bytes.readableBytes
        if !headHasLineEnd {
            headHasLineEnd = bytes.readableBytesView.drop(while: \.isLineEnd).contains(0x0a)
        }
        if headLength > limits.headerLengthInBytes + limits.targetLengthInBytes + 1024 {
            refuse(
                headHasLineEnd ? .headerTooLarge(limits) : .targetTooLong(limit: limits.targetLengthInBytes), context)
        }
    }
}

extension CompleteRequest {
    /// Whether these bytes, which completed the request, end with it, but for empty lines.
    ///
    /// The parser does not say what it holds of a further request. But a body of a declared length is known, and the
    /// rest end with an empty line, which no part of a head does. Whoever lets the next head look like their own body is
    /// taken for idle, which anybody may be.
    fileprivate func isEnd(of bytes: ByteBuffer) -> Bool {
        let bytes = bytes.readableBytesView
        let end = bytes.withoutLineEnds
        guard !end.isEmpty else { return true }
        guard !framing.isChunked, let body = body?.readableBytesView, !body.isEmpty else {
            return bytes[end.endIndex...].count { $0 == 0x0a } >= 2
        }
        let bodyEnd = body.withoutLineEnds
        let length = min(end.count, bodyEnd.count, 32)
        return end.suffix(length).elementsEqual(bodyEnd.suffix(length))
    }
}

extension ByteBufferView {
    fileprivate var withoutLineEnds: ByteBufferView {
        self[startIndex..<(lastIndex { !$0.isLineEnd }.map { $0 + 1 } ?? startIndex)]
    }
}

extension UInt8 {
    fileprivate var isLineEnd: Bool { self == 0x0a || self == 0x0d }
}
