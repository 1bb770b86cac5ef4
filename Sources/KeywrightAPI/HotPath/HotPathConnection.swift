import KeywrightDomain
import KeywrightOperations
import Logging
import NIOCore

/// The hot path on one HTTP/1 connection.
final class HotPathConnection: ImmediateResponder {
    private static let verifyTarget = Array(VerifyPath.verify.utf8)
    private static let forwardPath = Array(VerifyPath.forward.utf8)

    private let path: HotPath
    private var caller: CallerAddress?
    private var forwardQuestion: (target: [UInt8], question: ForwardAuth.Question)?
    private var requestIDs = RequestIDs()
    private var date = DateField()
    /// Room to write in, kept from one answer to the next.
    private var body: [UInt8] = []
    private var ownFields: [UInt8] = []
    private var text: [UInt8] = []

    init(_ path: HotPath) {
        self.path = path
    }

    func answer(
        _ head: PlainHead, in bytes: Span<UInt8>, body: Span<UInt8>, on channel: any Channel
    ) -> ByteBuffer? {
        let target = bytes.extracting(head.target)
        switch head.method {
        case .post where target.equals(Self.verifyTarget.span):
            guard verify(head, bytes, body, channel) else { return nil }
            return write(.json, route: VerifyPath.verify, method: "POST", channel)
        case .get where isForward(target):
            guard let answer = forward(head, bytes, channel) else { return nil }
            return write(answer, route: VerifyPath.forward, method: "GET", channel)
        default:
            return nil
        }
    }

    private func isForward(_ target: Span<UInt8>) -> Bool {
        let length = Self.forwardPath.count
        guard target.extracting(first: length).equals(Self.forwardPath.span) else { return false }
        return target.count == length || target[length] == UInt8(ascii: "?")
    }

    // MARK: /v1/verify

    /// Writes the answer's body; false hands the request on.
    private func verify(
        _ head: PlainHead, _ bytes: Span<UInt8>, _ asked: Span<UInt8>, _ channel: any Channel
    ) -> Bool {
        guard PlainCredential.isJSON(head, bytes), head.authorizationCount == 1,
            let caller = PlainCredential.bearer(bytes, head.authorization), let plain = PlainVerifyBody(asked)
        else { return false }
        var question = VerificationRequest.Question()
        if let action = plain.action, let nrn = plain.nrn {
            guard let action = Action(asked.extracting(action)), let nrn = NRN(asked.extracting(nrn)) else {
                return false
            }
            question.permission = .init(AskedAction(action), at: nrn)
        }
        guard
            let finding = path.operations.verifyFromMemory(
                asked.extracting(plain.subject), isToken: plain.isToken, question, caller: bytes.extracting(caller),
                from: address(head, bytes, channel)
            )
        else { return false }
        startAnswer()
        VerificationText.appendPlain(finding, to: &body)
        body.append(UInt8(ascii: "}"))
        return true
    }

    // MARK: /forward-auth

    /// Writes the answer's own fields and its body.
    private func forward(_ head: PlainHead, _ bytes: Span<UInt8>, _ channel: any Channel) -> HotPathHead? {
        guard head.authorizationCount + head.apiKeyCount == 1,
            let credential = head.apiKeyCount == 0
                ? PlainCredential.bearer(bytes, head.authorization)
                : PlainCredential.visible(bytes, head.apiKey),
            let question = question(in: bytes.extracting(head.target)),
            let finding = path.operations.verifyForwardFromMemory(
                bytes.extracting(credential), question, from: address(head, bytes, channel)
            )
        else { return nil }
        startAnswer()
        if finding.code == .valid, let key = finding.key {
            ForwardAuth.forEachField(of: key) { HotPathHead.append($0, $1, to: &ownFields) }
            return .empty
        }
        let answer = ForwardAuth.answer(finding, to: question)
        body += answer.body
        return HotPathHead(answer)
    }

    /// What a target asks; proxies ask the same again and again, so the last one is remembered.
    private func question(in target: Span<UInt8>) -> ForwardAuth.Question? {
        if let known = forwardQuestion, target.equals(known.target.span) { return known.question }
        let bytes = target.withUnsafeBufferPointer { Array($0) }
        let query = String(decoding: bytes.dropFirst(Self.forwardPath.count + 1), as: UTF8.self)
        guard let question = try? ForwardAuth.question(query) else { return nil }
        forwardQuestion = (bytes, question)
        return question
    }

    // MARK: Around the answer

    private func startAnswer() {
        body.removeAll(keepingCapacity: true)
        ownFields.removeAll(keepingCapacity: true)
    }

    private func address(_ head: PlainHead, _ bytes: Span<UInt8>, _ channel: any Channel) -> String? {
        if caller == nil { caller = CallerAddress(of: channel, trusting: path.proxies) }
        return caller?.address(head.forwardedFor, in: bytes) ?? nil
    }

    /// The whole answer, with the body that was written.
    private func write(
        _ head: HotPathHead, route: String, method: String, _ channel: any Channel
    ) -> ByteBuffer {
        requestIDs.advance()
        text.removeAll(keepingCapacity: true)
        head.append(
            to: &text, ownFields: ownFields, bodyLength: body.count, requestID: requestIDs, date: date.now())
        var answer = channel.allocator.buffer(capacity: text.count + body.count)
        answer.writeBytes(text)
        if head.hasBody { answer.writeBytes(body) }
        if path.logger.logLevel <= .debug {
            path.logger.debug(
                "request",
                metadata: [
                    "request_id": "\(requestIDs.text)", "method": "\(method)", "route": "\(route)",
                    "status": "\(head.status)",
                ]
            )
        }
        return answer
    }
}
