/// How the server takes connections.
public struct TransportSettings: Sendable {
    /// What one client may cost.
    public var limits = TransportLimits()

    /// The certificate to terminate TLS with; `nil` serves plain HTTP/1.1.
    ///
    /// Over TLS a client chooses between HTTP/1.1 and HTTP/2 (ALPN).
    public var certificates: TLSCertificates?

    /// The `host[:port]` that requests must be for, as it stands in the public URL; others are 421. `nil` answers for
    /// every host.
    public var publicHost: String?

    /// Paths that are answered whatever the host is, as for a load balancer that checks health by address.
    public var anyHostPaths: Set<String> = []

    /// Whose `X-Forwarded-*` fields are believed.
    public var trustedProxies = TrustedProxies.none

    /// Makes what answers some requests of one HTTP/1 connection at once; nil hands all of them on.
    package var makeImmediateResponder: (@Sendable () -> any ImmediateResponder)?

    /// Hears the status of each request that the transport refuses, which no middleware sees.
    public var onRefusal: @Sendable (Int) -> Void = { _ in }

    /// Plain HTTP with the documented limits.
    public init() {}
}
