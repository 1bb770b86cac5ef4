public import NIOCore

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

    /// Makes the handler of the hot path for one HTTP/1 connection.
    ///
    /// It gets requests as `HTTPServerRequestPart`: always a head, at most one body part, and an end, in one go and
    /// never before the last request is answered. It either passes all of them on or answers with
    /// `HTTPServerResponsePart`, at once or later on the event loop, and flushes in `channelReadComplete` or when it
    /// answers later. Framing, `HEAD`, keep-alive, pipelining, deadlines and shutdown are settled before it.
    public var makeHotPathHandler: (@Sendable () -> any ChannelHandler)?

    /// Hears the status of each request that the transport refuses, which no middleware sees.
    public var onRefusal: @Sendable (Int) -> Void = { _ in }

    /// Plain HTTP with the documented limits.
    public init() {}
}
