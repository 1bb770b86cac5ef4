/// What one client may cost: sizes, counts and times of a connection and of a request.
///
/// A request that passes a limit is refused with the status named at the limit; the connection then ends, because
/// what follows on it can no longer be trusted to be a request.
public struct TransportLimits: Sendable, Equatable {
    /// The longest request target (path and query); a longer one is 414.
    public var targetLengthInBytes = 4 * 1024
    /// The largest header block: names, values and four bytes of punctuation a field; a larger one is 431.
    public var headerLengthInBytes = 16 * 1024
    /// How many header fields a request may have; more are 431.
    public var headerFieldCount = 100
    /// The largest body. A declared length above it is 413 before a byte is read, a body sent in chunks when it grows
    /// past it.
    public var bodyLengthInBytes = 64 * 1024

    /// How long a TLS handshake may take before the connection is closed.
    public var handshakeDeadline: Duration = .seconds(10)
    /// From a request's first byte to the end of its header block; later is 408.
    public var headerDeadline: Duration = .seconds(10)
    /// From the end of the header block to the end of the body, whatever its pace; later is 408.
    public var bodyDeadline: Duration = .seconds(30)
    /// How long a body may come at any pace before `bodyBytesPerSecond` is asked of it.
    public var bodyGracePeriod: Duration = .seconds(5)
    /// The pace of a body after its grace period: the period grows by a second for this many bytes; slower is 408.
    public var bodyBytesPerSecond = 1024
    /// How long a connection may stay open with no request under way. An answer being computed is never cut.
    public var idleTimeout: Duration = .seconds(60)
    /// How long a client may take nothing of what is written to it before the connection is closed.
    public var writeStallTimeout: Duration = .seconds(30)
    /// After the last answer: how long what the client still sends is read and discarded, so that it can read the
    /// answer instead of getting a reset.
    public var lingerPeriod: Duration = .seconds(2)

    /// The longest shutdown: then connections are cut, whatever they do.
    public var drainDeadline: Duration = .seconds(25)
    /// During shutdown: how long a connection with no request under way stays open for the request that its client
    /// may be sending this moment. That request is answered, with `Connection: close`.
    public var drainGracePeriod: Duration = .seconds(2)

    /// How many connections are open at a time; further ones wait in the listener's queue.
    public var connectionCount = 10_000
    /// How many requests an HTTP/2 connection has under way at a time.
    public var streamCount = 100

    /// The documented defaults.
    public init() {}
}
