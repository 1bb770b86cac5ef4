import NIOCore

/// Tells the guard about bytes on both sides of the parser, which holds back what is incomplete: from here the guard
/// knows when a request begins and how much of one has come.
final class ArrivalHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let httpGuard: HTTPGuard

    init(reportingTo httpGuard: HTTPGuard) {
        self.httpGuard = httpGuard
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        httpGuard.bytesArrived()
        context.fireChannelRead(data)
        httpGuard.bytesParsed(unwrapInboundIn(data))
    }
}
