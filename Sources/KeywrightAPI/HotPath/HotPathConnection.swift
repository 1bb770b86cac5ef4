import KeywrightDomain
import KeywrightOperations
import Logging
import NIOCore
import NIOHTTP1

/// The hot path on one HTTP/1 connection.
final class HotPathConnection: ImmediateResponder {
    private let path: HotPath
    private var caller: CallerAddress?
    private var forwardQuestion: (target: String, question: ForwardAuth.Question)?
    private var requestIDs = RequestIDs()
    private var date = DateField()
    /// Room to write in, kept from one answer to the next.
    private var body: [UInt8] = []
    private var ownFields: [UInt8] = []
    private var text: [UInt8] = []

    init(_ path: HotPath) {
        self.path = path
    }

    func answer(_ head: HTTPRequestHead, _ body: ByteBuffer?, on channel: any Channel) -> ByteBuffer? {
        switch head.method {
        case .POST where head.uri == VerifyPath.verify:
            guard let body, verify(PlainFields(head.headers), body, channel) else { return nil }
            return write(.json, route: VerifyPath.verify, method: "POST", channel)
        case .GET where isForward(head.uri):
            guard let head = forward(PlainFields(head.headers), head.uri, channel) else { return nil }
            return write(head, route: VerifyPath.forward, method: "GET", channel)
        default:
            return nil
        }
    }

    private func isForward(_ target: String) -> Bool {
        guard target.utf8.starts(with: VerifyPath.forward.utf8) else { return false }
        let rest = target.utf8.dropFirst(VerifyPath.forward.utf8.count)
        return rest.isEmpty || rest.first == UInt8(ascii: "?")
    }

    // MARK: /v1/verify

    /// Writes the answer's body; false hands the request on.
    private func verify(_ fields: PlainFields, _ question: ByteBuffer, _ channel: any Channel) -> Bool {
        guard fields.isPlainJSON, fields.authorizationCount == 1, var authorization = fields.authorization else {
            return false
        }
        let bytes = question.readableBytesUInt8Span
        guard let plain = PlainVerifyBody(bytes) else { return false }
        var question = VerificationRequest.Question()
        if let action = plain.action, let nrn = plain.nrn {
            guard let action = Action(bytes.extracting(action)), let nrn = NRN(bytes.extracting(nrn)) else {
                return false
            }
            question.permission = .init(AskedAction(action), at: nrn)
        }
        let address = address(fields, channel)
        let finding = authorization.withUTF8 { value -> Verification? in
            let value = value.span
            guard let credential = PlainFields.bearer(in: value) else { return nil }
            return path.operations.verifyFromMemory(
                bytes.extracting(plain.subject), isToken: plain.isToken, question, caller: value.extracting(credential),
                from: address
            )
        }
        guard let finding else { return false }
        startAnswer()
        VerificationText.appendPlain(finding, to: &body)
        body.append(UInt8(ascii: "}"))
        return true
    }

    // MARK: /forward-auth

    /// Writes the answer's own fields and its body.
    private func forward(_ fields: PlainFields, _ target: String, _ channel: any Channel) -> HotPathHead? {
        guard fields.authorizationCount + fields.apiKeyCount == 1, let question = question(in: target) else {
            return nil
        }
        let address = address(fields, channel)
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
        guard let finding else { return nil }
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
    private func question(in target: String) -> ForwardAuth.Question? {
        if let known = forwardQuestion, known.target == target { return known.question }
        let query = target.utf8.dropFirst(VerifyPath.forward.utf8.count).dropFirst()
        guard let text = String(query), let question = try? ForwardAuth.question(text) else { return nil }
        forwardQuestion = (target, question)
        return question
    }

    // MARK: Around the answer

    private func startAnswer() {
        body.removeAll(keepingCapacity: true)
        ownFields.removeAll(keepingCapacity: true)
    }

    private func address(_ fields: PlainFields, _ channel: any Channel) -> String? {
        var caller = caller ?? CallerAddress(of: channel, trusting: path.proxies)
        defer { self.caller = caller }
        return caller.address(fields.forwardedFor)
    }

    /// The whole answer, with the body that was written.
    private func write(
        _ head: HotPathHead, route: String, method: String, _ channel: any Channel
    ) -> ByteBuffer {
        let requestID = requestIDs.next()
        text.removeAll(keepingCapacity: true)
        head.append(
            to: &text, ownFields: ownFields, bodyLength: body.count, requestID: requestID, date: date.now())
        var answer = channel.allocator.buffer(capacity: text.count + body.count)
        answer.writeBytes(text)
        if head.hasBody { answer.writeBytes(body) }
        if path.logger.logLevel <= .debug {
            path.logger.debug(
                "request",
                metadata: [
                    "request_id": "\(requestID)", "method": "\(method)", "route": "\(route)",
                    "status": "\(head.status)",
                ]
            )
        }
        return answer
    }
}
