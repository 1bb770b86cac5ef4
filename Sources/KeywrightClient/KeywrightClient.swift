import AsyncHTTPClient
public import KeywrightWire
import NIOCore
import NIOSSL

/// A client of Keywright's HTTP API, safe to share between tasks.
///
/// Speaks HTTP/1.1, and HTTP/2 where TLS offers it. Follows no redirects, since the credential is meant for one server.
/// Every call throws ``KeywrightClientError``, or `CancellationError` when its task is cancelled. What changes nothing
/// (GETs, verifications, introspections, and creations that name themselves) is sent again when the server answers 429,
/// 502, 503 or 504, up to four times in all unless set otherwise.
public final class KeywrightClient: Sendable {
    /// What bounds a call.
    struct Limits: Sendable {
        /// How long one attempt may take, from the connection to the last byte of the answer.
        var time: Duration = .seconds(30)
        /// How large an answer may be.
        var answerInBytes = 16 << 20
    }

    let endpoint: Endpoint
    let credential: SensitiveText?
    let http: HTTPClient
    let limits: Limits
    let retries: RetryPolicy
    let pause: @Sendable (Duration) async throws -> Void

    /// A client of one server.
    ///
    /// - Parameters:
    ///   - url: such as `https://keys.example.com`.
    ///   - credential: an API key or an access token; nil for what needs none.
    ///   - caCertificatePath: a PEM file with the only certificates to trust, in place of the system's.
    ///   - timeLimit: how long one attempt may take, from the connection to the last byte of the answer.
    ///   - attempts: how often a call that changes nothing is sent at most; 1 for whoever cannot wait.
    /// - Throws: `KeywrightClientError.settings`.
    public convenience init(
        url: String, credential: SensitiveText?, caCertificatePath: String? = nil, timeLimit: Duration = .seconds(30),
        attempts: Int = 4
    ) throws {
        try self.init(
            url: url, credential: credential, caCertificatePath: caCertificatePath, limits: Limits(time: timeLimit),
            retries: RetryPolicy(attempts: attempts)
        ) { try await Task.sleep(for: $0) }
    }

    init(
        url: String, credential: SensitiveText?, caCertificatePath: String? = nil, limits: Limits,
        retries: RetryPolicy = RetryPolicy(), pause: @escaping @Sendable (Duration) async throws -> Void
    ) throws {
        endpoint = try Endpoint(parsing: url)
        if let credential { try Self.check(credential) }
        self.credential = credential
        self.limits = limits
        self.retries = retries
        self.pause = pause
        var configuration = HTTPClient.Configuration()
        configuration.tlsConfiguration = try Self.tls(trusting: caCertificatePath)
        configuration.redirectConfiguration = .disallow
        configuration.timeout = .init(connect: TimeAmount(min(limits.time, .seconds(10))))
        configuration.connectionPool.retryConnectionEstablishment = false
        http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    /// The server's URL, without a slash at its end.
    public var url: String { endpoint.base }

    /// Whether requests leave this machine unencrypted, and the credential with them.
    public var isInTheClear: Bool { endpoint.isInTheClear }

    /// Closes the connections; the client is of no use afterwards. Without this they close when the client goes away.
    public func shutdown() async {
        // It fails only when it was called before.
        try? await http.shutdown()
    }

    deinit {
        http.shutdown { _ in }
    }

    /// A header value with other characters would be refused further down by an error that repeats it.
    private static func check(_ credential: SensitiveText) throws(KeywrightClientError) {
        let bytes = credential.reveal().utf8
        guard (1...8_192).contains(bytes.count), bytes.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw .settings("The API key is empty, too long, or holds blanks or other characters that no key has.")
        }
    }

    private static func tls(trusting path: String?) throws(KeywrightClientError) -> TLSConfiguration {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        guard let path else { return configuration }
        guard let certificates = try? NIOSSLCertificate.fromPEMFile(path), !certificates.isEmpty else {
            throw .settings("The CA certificate file \(path) cannot be read or holds no PEM certificate.")
        }
        configuration.trustRoots = .certificates(certificates)
        return configuration
    }
}
