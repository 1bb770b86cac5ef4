/// Where the bytes of a connection stand between its requests, for as long as that is beyond doubt without a parser.
///
/// A parser does not say whether it holds the beginning of another request. But plain requests are counted as they come,
/// and with them the bodies that come behind their heads. With the first bytes that are not plain, or a head that comes
/// in pieces, this knowledge ends for the rest of the connection.
struct RequestBoundary {
    /// How much of a body is still to come; 0 between two requests, nil when only the parser knows.
    private var bodyLeft: Int? = 0

    /// Moves over bytes that have come.
    ///
    /// - Returns: the head, when they are one plain request, whole, and nothing else.
    mutating func pass(_ bytes: Span<UInt8>) -> PlainHead? {
        guard let left = bodyLeft else { return nil }
        var position = min(left, bytes.count)
        bodyLeft = left - position
        while position < bytes.count {
            guard let head = PlainHead(bytes, from: position) else {
                bodyLeft = nil
                return nil
            }
            let end = head.end + head.bodyLength
            if position == 0, end == bytes.count { return head }
            position = min(end, bytes.count)
            bodyLeft = end - position
        }
        return nil
    }
}
