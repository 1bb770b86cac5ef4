import HTTPTypes
import KeywrightDomain
import KeywrightOperations
import Logging
import NIOCore
import NIOHTTP1
import NIOHTTPTypesHTTP1

/// The hot path on one HTTP/1 connection.
///
/// The guard before it hands on one complete request at a time, so it either answers at once or hands all of it on.
final class HotPathHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let path: HotPath
    /// A request that may be answered here, until it is complete.
    private var held: (head: HTTPRequestHead, body: ByteBuffer?)?
    private var hasWritten = false
    private var caller: CallerAddress?
    private var forwardQuestion: (target: String, question: ForwardAuth.Question)?
    private var date = DateField()
    private var text: [UInt8] = []

    init(_ path: HotPath) {
        self.path = path
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            if mayAnswer(head) { held = (head, nil) } else { context.fireChannelRead(data) }
        case .body(let body):
            if held == nil { context.fireChannelRead(data) } else { held?.body = body }
        case .end:
            guard let (head, body) = held else { return context.fireChannelRead(data) }
            held = nil
            if let answer = answer(head, body, context) {
                write(answer, context)
            } else {
                context.fireChannelRead(wrapInboundOut(.head(head)))
                if let body { context.fireChannelRead(wrapInboundOut(.body(body))) }
                context.fireChannelRead(data)
            }
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        if hasWritten {
            hasWritten = false
            context.flush()
        }
        context.fireChannelReadComplete()
    }

    private func mayAnswer(_ head: HTTPRequestHead) -> Bool {
        switch head.method {
        case .POST: return head.uri == VerifyPath.verify
        case .GET, .HEAD:
            guard head.uri.utf8.starts(with: VerifyPath.forward.utf8) else { return false }
            let rest = head.uri.utf8.dropFirst(VerifyPath.forward.utf8.count)
            return rest.isEmpty || rest.first == UInt8(ascii: "?")
        default: return false
        }
    }

    private func answer(
        _ head: HTTPRequestHead, _ body: ByteBuffer?, _ context: ChannelHandlerContext
    ) -> HotPathAnswer? {
        let fields = PlainFields(head.headers)
        let answer: HotPathAnswer?
        if head.method == .POST {
            answer = body.flatMap { verify(fields, $0, context) }
        } else {
            answer = forward(fields, head.uri, context)
        }
        guard var answer else { return nil }
        answer.route = head.method == .POST ? VerifyPath.verify : VerifyPath.forward
        answer.method = head.method
        return answer
    }

    // MARK: /v1/verify

    private func verify(
        _ fields: PlainFields, _ body: ByteBuffer, _ context: ChannelHandlerContext
    ) -> HotPathAnswer? {
        guard fields.isPlainJSON, fields.authorizationCount == 1, var authorization = fields.authorization else {
            return nil
        }
        let bytes = body.readableBytesUInt8Span
        guard let plain = PlainVerifyBody(bytes) else { return nil }
        var question = VerificationRequest.Question()
        if let action = plain.action, let nrn = plain.nrn {
            guard let action = Action(bytes.extracting(action)), let nrn = NRN(bytes.extracting(nrn)) else {
                return nil
            }
            question.permission = .init(AskedAction(action), at: nrn)
        }
        let address = address(fields, context)
        let finding = authorization.withUTF8 { value -> Verification? in
            let value = value.span
            guard let credential = PlainFields.bearer(in: value) else { return nil }
            return path.operations.verifyFromMemory(
                bytes.extracting(plain.subject), isToken: plain.isToken, question, caller: value.extracting(credential),
                from: address
            )
        }
        guard let finding else { return nil }
        text.removeAll(keepingCapacity: true)
        VerificationText.appendPlain(finding, to: &text)
        text.append(UInt8(ascii: "}"))
        return HotPathAnswer(.ok, fields: HotPathAnswer.fieldsOfJSON, body: text)
    }

    // MARK: /forward-auth

    private func forward(
        _ fields: PlainFields, _ target: String, _ context: ChannelHandlerContext
    ) -> HotPathAnswer? {
        guard fields.authorizationCount + fields.apiKeyCount == 1, let question = question(in: target) else {
            return nil
        }
        let address = address(fields, context)
        let finding: Verification?
        if var value = fields.authorization {
            finding = value.withUTF8 { value in
                let value = value.span
                guard let credential = PlainFields.bearer(in: value) else { return nil }
                return path.operations.verifyForwardFromMemory(value.extracting(credential), question, from: address)
            }
        } else if var value = fields.apiKey, !value.isEmpty {
            finding = value.withUTF8 { value in
                let value = value.span
                guard PlainFields.isVisible(value) else { return nil }
                return path.operations.verifyForwardFromMemory(value, question, from: address)
            }
        } else {
            finding = nil
        }
        return finding.map { HotPathAnswer(ForwardAuth.answer($0, to: question)) }
    }

    /// What a target asks; proxies ask the same again and again, so the last one is remembered.
    private func question(in target: String) -> ForwardAuth.Question? {
        if let known = forwardQuestion, known.target == target { return known.question }
        let query = target.utf8.dropFirst(VerifyPath.forward.utf8.count).dropFirst()
        guard let text = String(query), let question = try? ForwardAuth.question(text) else { return nil }
        forwardQuestion = (target, question)
        return question
    }

    // MARK: Around the answer

    private func address(_ fields: PlainFields, _ context: ChannelHandlerContext) -> String? {
        var caller = caller ?? CallerAddress(of: context.channel, trusting: path.proxies)
        defer { self.caller = caller }
        return caller.address(fields.forwardedFor)
    }

    private func write(_ answer: HotPathAnswer, _ context: ChannelHandlerContext) {
        let requestID = Refusal.makeRequestID()
        let head = answer.head(requestID: requestID, date: date.now())
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        if let body = answer.body {
            var buffer = context.channel.allocator.buffer(capacity: body.count)
            buffer.writeBytes(body)
            context.write(wrapOutboundOut(.body(.byteBuffer(buffer))), promise: nil)
        }
        context.write(wrapOutboundOut(.end(nil)), promise: nil)
        hasWritten = true
        guard path.logger.logLevel <= .debug else { return }
        path.logger.debug(
            "request",
            metadata: [
                "request_id": "\(requestID)", "method": "\(answer.method)", "route": "\(answer.route)",
                "status": "\(answer.status.code)",
            ]
        )
    }
}
