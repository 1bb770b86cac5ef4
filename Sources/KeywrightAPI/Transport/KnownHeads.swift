import NIOCore
import NIOHTTP1

/// The heads of requests that a connection brought lately, so that one that comes again, byte for byte, needs no parsing.
///
/// A service that verifies sends the same few heads with every request. What a head means follows from its bytes and
/// from the connection, so what it meant a moment ago it means again.
struct KnownHeads {
    private struct Known {
        let bytes: ByteBuffer
        let head: HTTPRequestHead
        let framing: RequestFraming
    }

    /// Bodies of some different lengths give as many heads.
    private static let limit = 4
    private static let lengthLimit = 1024

    private var known: [Known] = []
    private var oldest = 0

    /// The request that these bytes are, no more and no less; nil when its head is not known.
    func request(in bytes: ByteBuffer) -> CompleteRequest<HTTPRequestHead>? {
        for candidate in known {
            let length = candidate.framing.declaredLength ?? 0
            guard bytes.readableBytes == candidate.bytes.readableBytes + length else { continue }
            var body = bytes
            guard body.readSlice(length: candidate.bytes.readableBytes) == candidate.bytes else { continue }
            return CompleteRequest(
                head: candidate.head, framing: candidate.framing, body: length > 0 ? body : nil)
        }
        return nil
    }

    /// Remembers the head of a request that came alone, as these bytes.
    ///
    /// It is not remembered when there could be two opinions about where it ends.
    mutating func learn(_ request: CompleteRequest<HTTPRequestHead>, from bytes: ByteBuffer) {
        let framing = request.framing
        guard !framing.isChunked, !framing.awaitsContinue, !framing.closes else { return }
        let length = bytes.readableBytes - (framing.declaredLength ?? 0)
        guard (1...Self.lengthLimit).contains(length), Self.isHead(bytes.readableBytesView.prefix(length)) else {
            return
        }
        // A copy: the buffer is the connection's, to read into again.
        let known = Known(
            bytes: ByteBuffer(bytes: bytes.readableBytesView.prefix(length)), head: request.head, framing: framing)
        if self.known.count < Self.limit {
            self.known.append(known)
        } else {
            self.known[oldest] = known
            oldest = (oldest + 1) % Self.limit
        }
    }

    /// Whether bytes begin with a method and end with their first empty line, all lines ending in CR LF.
    private static func isHead(_ bytes: ByteBufferView) -> Bool {
        guard let first = bytes.first, (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(first) else { return false }
        var lineLength = 0
        var previous: UInt8 = 0
        for (index, byte) in zip(bytes.indices, bytes) {
            let isLineEnd = byte == 0x0a
            guard isLineEnd == (previous == 0x0d) else { return false }
            if isLineEnd {
                if lineLength == 0 { return index == bytes.endIndex - 1 }
                lineLength = 0
            } else if byte != 0x0d {
                lineLength += 1
            }
            previous = byte
        }
        return false
    }
}
