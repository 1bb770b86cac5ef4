public import KeywrightWire

extension KeywrightClient {
    /// What changed in the organization since an earlier answer, for a verifier that decides by itself.
    ///
    /// The client's credential needs the action `authz:check` at the organization.
    ///
    /// - Parameters:
    ///   - cursor: of the earlier answer; nil at the beginning, which is answered with the tokens that are revoked now.
    ///   - seconds: how long the server may hold back the answer while nothing changes, at most 30.
    public func changes(after cursor: String? = nil, waiting seconds: Int = 0) async throws -> ChangesResponse {
        var request = APIRequest(
            .get, "/v1/changes",
            Parameter.optional("after", cursor) + Parameter.optional("wait", seconds > 0 ? seconds : nil)
        )
        request.timeLimit = limits.time + .seconds(max(seconds, 0))
        return try await send(request)
    }
}
