extension KeywrightClient {
    /// Asks whether the server can reach its data and is not shutting down.
    ///
    /// - Throws: `.problem` with the status 503 when it is not, after the usual attempts.
    public func checkReadiness() async throws {
        try await send(APIRequest(.get, "/readyz"))
    }

    /// The server's description of its API: an OpenAPI 3.1 document, JSON in UTF-8.
    public func openAPIDocument() async throws -> [UInt8] {
        try await sendForBytes(APIRequest(.get, "/openapi.json"))
    }
}
