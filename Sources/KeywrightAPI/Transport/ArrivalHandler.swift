import NIOCore

/// Tells the guard about bytes on both sides of the parser, which holds back what is incomplete: from here the guard
/// knows when a request begins and how much of one has come. Here it also gets past the encoder, with answers that need
/// none.
final class ArrivalHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundOut = IOData

    private let httpGuard: HTTPGuard

    init(reportingTo httpGuard: HTTPGuard) {
        self.httpGuard = httpGuard
    }

    func handlerAdded(context: ChannelHandlerContext) {
        httpGuard.writeBytes = { [unowned context] bytes, promise in
            context.write(Self.wrapOutboundOut(.byteBuffer(bytes)), promise: promise)
        }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        httpGuard.writeBytes = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        httpGuard.bytesArrived()
        context.fireChannelRead(data)
        httpGuard.bytesParsed(unwrapInboundIn(data))
    }
}
