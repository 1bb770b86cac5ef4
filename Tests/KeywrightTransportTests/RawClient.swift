import NIOCore
import NIOHTTP2
import NIOPosix
import NIOSSL
import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A client that sends any bytes and sees exactly what comes back, and how the connection ends.
final class RawClient: Sendable {
    enum End: Equatable {
        case closed
        case reset
    }

    struct Response: Equatable {
        let status: Int
        let version: String
        /// Names in lower case.
        let fields: [String: String]
        let body: String

        var closes: Bool { fields["connection"] == "close" }
    }

    let channel: any Channel
    private let inbox: Inbox

    private init(channel: any Channel, inbox: Inbox) {
        self.channel = channel
        self.inbox = inbox
    }

    deinit {
        channel.close(promise: nil)
    }

    /// - Parameter receiveBufferSize: Small, for a client that reads slowly: together with `pausesReading`.
    static func connect(
        to port: Int, tls: NIOSSLContext? = nil, pausesReading: Bool = false, receiveBufferSize: Int? = nil
    ) async throws -> RawClient {
        let inbox = Inbox()
        var bootstrap = ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .channelOption(.autoRead, value: !pausesReading)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let tls {
                        let handler = try NIOSSLClientHandler(context: tls, serverHostname: "localhost")
                        try channel.pipeline.syncOperations.addHandler(handler)
                    }
                    try channel.pipeline.syncOperations.addHandler(InboxHandler(inbox))
                }
            }
        if let receiveBufferSize {
            bootstrap = bootstrap.channelOption(.socketOption(.so_rcvbuf), value: .init(receiveBufferSize))
        }
        let channel = try await bootstrap.connect(host: "127.0.0.1", port: port).get()
        return RawClient(channel: channel, inbox: inbox)
    }

    func send(_ text: String) async throws {
        try await channel.writeAndFlush(ByteBuffer(string: text))
    }

    /// Sends without caring whether the server still reads.
    func sendIfPossible(_ text: String) async {
        try? await channel.writeAndFlush(ByteBuffer(string: text))
    }

    func closeOutput() async throws {
        try await channel.close(mode: .output)
    }

    func close() {
        channel.close(promise: nil)
    }

    /// The next answer; throws when the connection ends before it is complete.
    func response(toHEAD isHEAD: Bool = false) async throws -> Response {
        try await inbox.take { bytes, end in
            try Self.parse(&bytes, isHEAD: isHEAD, isAtEnd: end != nil)
        }
    }

    /// All that comes until the connection ends, and how it ends.
    func remainder() async throws -> (text: String, end: End) {
        try await inbox.take { bytes, end in
            guard let end else { return nil }
            defer { bytes = [] }
            return (String(decoding: bytes, as: UTF8.self), end)
        }
    }

    /// Waits until the server has closed its side, and tells how.
    func end() async throws -> End {
        try await remainder().end
    }

    /// What has come so far and has not been taken.
    var pending: String {
        String(decoding: inbox.bytes, as: UTF8.self)
    }

    struct ConnectionEnded: Error {
        let text: String
    }

    private static func parse(_ bytes: inout [UInt8], isHEAD: Bool, isAtEnd: Bool) throws -> Response? {
        let ended = ConnectionEnded(text: String(decoding: bytes, as: UTF8.self))
        guard let headEnd = bytes.firstRange(of: Array("\r\n\r\n".utf8)) else {
            if isAtEnd { throw ended }
            return nil
        }
        let lines = String(decoding: bytes[..<headEnd.lowerBound], as: UTF8.self).split(separator: "\r\n")
        let start = lines[0].split(separator: " ", maxSplits: 2)
        var fields: [String: String] = [:]
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            fields[parts[0].lowercased()] = parts[1].trimmingPrefix(" ").description
        }
        let status = Int(start[1]) ?? 0
        let rest = bytes[headEnd.upperBound...]
        let body: ArraySlice<UInt8>
        if isHEAD || status == 204 || status == 304 || status < 200 {
            body = []
            bytes = Array(rest)
        } else if let length = fields["content-length"].flatMap({ Int($0) }) {
            guard rest.count >= length else {
                if isAtEnd { throw ended }
                return nil
            }
            body = rest.prefix(length)
            bytes = Array(rest.dropFirst(length))
        } else if fields["transfer-encoding"] == "chunked" {
            guard let (chunks, consumed) = unchunk(rest) else {
                if isAtEnd { throw ended }
                return nil
            }
            body = chunks[...]
            bytes = Array(rest.dropFirst(consumed))
        } else {
            guard isAtEnd else { return nil }
            body = rest
            bytes = []
        }
        return Response(
            status: status, version: String(start[0]), fields: fields, body: String(decoding: body, as: UTF8.self))
    }

    private static func unchunk(_ bytes: ArraySlice<UInt8>) -> (body: [UInt8], consumed: Int)? {
        var body: [UInt8] = []
        var rest = bytes
        while let lineEnd = rest.firstRange(of: Array("\r\n".utf8)) {
            guard let length = Int(String(decoding: rest[..<lineEnd.lowerBound], as: UTF8.self), radix: 16),
                rest.distance(from: lineEnd.upperBound, to: rest.endIndex) >= length + 2
            else { return nil }
            body += rest[lineEnd.upperBound...].prefix(length)
            rest = rest[lineEnd.upperBound...].dropFirst(length + 2)
            if length == 0 { return (body, bytes.count - rest.count) }
        }
        return nil
    }
}

/// What a connection has received, and who waits for more.
final class Inbox: Sendable {
    private struct State {
        var bytes: [UInt8] = []
        var end: RawClient.End?
        var waiter: CheckedContinuation<Void, Never>?
        var isCancelled = false
    }

    private let state = Mutex(State())

    var bytes: [UInt8] { state.withLock(\.bytes) }

    /// Waits until `take` finds what it looks for. One waits at a time.
    func take<Result>(_ take: (inout [UInt8], RawClient.End?) throws -> Result?) async throws -> Result {
        while true {
            let (found, count, hasEnded) = try state.withLock { state in
                (try take(&state.bytes, state.end), state.bytes.count, state.end != nil)
            }
            if let found { return found }
            if hasEnded { throw RawClient.ConnectionEnded(text: String(decoding: bytes, as: UTF8.self)) }
            await change(from: count)
            try Task.checkCancellation()
        }
    }

    private func change(from count: Int) async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isDone = state.withLock { state in
                    if state.bytes.count != count || state.end != nil || state.isCancelled { return true }
                    state.waiter = continuation
                    return false
                }
                if isDone { continuation.resume() }
            }
        } onCancel: {
            update { $0.isCancelled = true }
        }
    }

    func append(_ buffer: ByteBuffer) {
        update { $0.bytes += buffer.readableBytesView }
    }

    func finish(_ end: RawClient.End) {
        update { $0.end = $0.end ?? end }
    }

    private func update(_ change: (inout State) -> Void) {
        let waiter = state.withLock { state in
            change(&state)
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume()
    }
}

final class InboxHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let inbox: Inbox

    init(_ inbox: Inbox) {
        self.inbox = inbox
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        inbox.append(unwrapInboundIn(data))
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed = event { inbox.finish(.closed) }
    }

    func channelInactive(context: ChannelHandlerContext) {
        inbox.finish(.closed)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if let error = error as? IOError, error.errnoCode == ECONNRESET { inbox.finish(.reset) }
        context.close(promise: nil)
    }
}
