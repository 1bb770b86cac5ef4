package import NIOCore

/// Answers requests of one HTTP/1 connection at once, before anything else sees them.
package protocol ImmediateResponder: AnyObject {
    /// The whole answer to a complete request, as bytes, with its length told by `Content-Length` or its status; nil
    /// hands the request on.
    ///
    /// It is called on the connection's event loop, and only for requests whose answer needs nothing more: not for
    /// `HEAD`, HTTP/1.0, or a connection's last request.
    ///
    /// - Parameter bytes: what the places in the head are in.
    func answer(_ head: PlainHead, in bytes: Span<UInt8>, body: Span<UInt8>, on channel: any Channel) -> ByteBuffer?
}
