import HTTPTypes
import KeywrightDomain
import KeywrightOperations
import KeywrightWire

extension API {
    /// `/v1/verify` and its batch: is this credential good, and may it do this here?
    var verifyRoutes: [Route] {
        [
            authenticated(.post, VerifyPath.verify) { [operations] call, principal in
                try call.requireNoQuery()
                let body = try VerifyRequest.decode(try await call.json(), checks: .domain)
                let finding = try await operations.verify(try VerificationRequest(body), as: principal)
                return Answer(status: .ok, body: try VerificationText.bytes(finding))
            },
            authenticated(.post, VerifyPath.batch) { [operations] call, principal in
                try call.requireNoQuery()
                let body = try VerifyBatchRequest.decode(try await call.json(), checks: .domain)
                let requests = try body.checks.map { try VerificationRequest($0) }
                let findings = try await operations.verify(requests, as: principal)
                return Answer(status: .ok, body: try VerificationText.bytes(findings))
            },
        ]
    }
}

/// Where verifications are asked for.
enum VerifyPath {
    static let verify = "/v1/verify"
    static let batch = "/v1/verify/batch"
    static let forward = "/forward-auth"
}

extension VerificationRequest {
    /// A request whose values the decoder has checked.
    fileprivate init(_ request: VerifyRequest) throws(DomainError) {
        switch request.subject {
        case .apiKey(let key): self.init(.apiKey(Secret(key.reveal())))
        case .accessToken(let token): self.init(.accessToken(Secret(token.reveal())))
        }
        if let asked = request.question, let action = Action(asked.action) {
            question.permission = Question.Permission(AskedAction(action), at: try NRN(parsing: asked.nrn))
        }
        question.tags = request.tags.map { Tag(stored: $0.key, $0.value) }
        includesGrants = request.includesGrants
        explains = request.explains
    }
}
