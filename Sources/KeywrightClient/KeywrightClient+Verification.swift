public import KeywrightWire

extension KeywrightClient {
    /// Asks whether a key or token is good, and whether it may do something.
    ///
    /// The client's own credential needs the action `authz:check` at the organization. What is wrong with the credential
    /// in question is in the answer; this throws for what is wrong with the question or with the client's credential.
    public func verify(_ question: VerifyRequest) async throws -> VerifyResponse {
        var request = try APIRequest(.post, "/v1/verify", body: question)
        request.isSafe = true
        return try await send(request)
    }

    /// Asks several such questions at once.
    ///
    /// - Parameter questions: 1 to ``VerifyBatchRequest/limit``.
    /// - Returns: the answers in the order of the questions.
    public func verify(_ questions: [VerifyRequest]) async throws -> [VerifyResponse] {
        var request = try APIRequest(.post, "/v1/verify/batch", body: VerifyBatchRequest(checks: questions))
        request.isSafe = true
        let answer: VerifyBatchResponse = try await send(request)
        return answer.results
    }
}
