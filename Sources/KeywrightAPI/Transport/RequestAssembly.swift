import NIOCore

/// A complete request, ready to be handed on.
struct CompleteRequest<Head> {
    let head: Head
    let framing: RequestFraming
    let body: ByteBuffer?
}

/// A request whose body is still arriving.
///
/// The transport hands on complete requests only. So a body that is too large, too slow or cut off is refused before
/// anything acted on the request, no handler waits for a slow client, and an answer is never begun twice. What this
/// costs is one body's memory a request, which the limit on bodies bounds.
struct RequestAssembly<Head> {
    let head: Head
    let framing: RequestFraming
    private(set) var body: ByteBuffer?
    /// Whether the client was told to send the body it holds back.
    var continueIsSent = false
    private var begun: NIODeadline
    private var rawLength = 0

    init(head: Head, framing: RequestFraming, at time: NIODeadline) {
        self.head = head
        self.framing = framing
        begun = time
    }

    var receivedLength: Int { body?.readableBytes ?? 0 }

    /// Whether the client still holds the body back, as far as can be seen.
    var awaitsContinue: Bool {
        framing.awaitsContinue && !continueIsSent && receivedLength == 0
    }

    var complete: CompleteRequest<Head> {
        CompleteRequest(head: head, framing: framing, body: body)
    }

    /// - Throws: 413 when the body grows past the limit.
    mutating func append(_ part: ByteBuffer, limits: TransportLimits) throws(Refusal) {
        guard receivedLength + part.readableBytes <= limits.bodyLengthInBytes else {
            throw .bodyTooLarge(limit: limits.bodyLengthInBytes)
        }
        if body == nil {
            body = part
        } else {
            body?.writeImmutableBuffer(part)
        }
    }

    /// Counts what came on the wire for this body: chunk headers and extensions cost something too.
    ///
    /// - Throws: 413 when that is out of proportion to the limit on bodies.
    mutating func noteWire(length: Int, limits: TransportLimits) throws(Refusal) {
        rawLength += length
        if rawLength / 8 > limits.bodyLengthInBytes + 8 * 1024 { throw .bodyTooLarge(limit: limits.bodyLengthInBytes) }
    }

    /// When the body is too late: at its deadline, or at the end of its grace period, which every byte extends.
    func deadline(_ limits: TransportLimits) -> NIODeadline {
        let earned = Duration.seconds(receivedLength) / max(1, limits.bodyBytesPerSecond)
        return begun + TimeAmount(min(limits.bodyDeadline, limits.bodyGracePeriod + earned))
    }

    /// Begins the deadlines anew, after a time in which the server itself did not read.
    mutating func restartClock(at time: NIODeadline) {
        begun = time
    }
}
