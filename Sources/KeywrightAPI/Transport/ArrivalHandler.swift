import NIOCore

/// Tells the guard about bytes on both sides of the parser, which holds back what is incomplete: from here the guard
/// knows when a request begins and how much of one has come. Here it also gets past parser and encoder, with requests and
/// answers that need none.
final class ArrivalHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let httpGuard: HTTPGuard
    // What became of all that came in this turn.
    private var hasAnswered = false
    private var hasPassedOn = false

    init(reportingTo httpGuard: HTTPGuard) {
        self.httpGuard = httpGuard
    }

    func handlerAdded(context: ChannelHandlerContext) {
        httpGuard.wire = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        httpGuard.wire = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = unwrapInboundIn(data)
        if httpGuard.answerUnparsed(bytes) {
            hasAnswered = true
            return
        }
        hasPassedOn = true
        httpGuard.bytesArrived()
        context.fireChannelRead(data)
        httpGuard.bytesParsed(bytes)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        let isDone = hasAnswered && !hasPassedOn
        (hasAnswered, hasPassedOn) = (false, false)
        guard isDone else { return context.fireChannelReadComplete() }
        // Nobody behind has been given anything: none of them need hear that it was all, nor be asked for leave to read on.
        httpGuard.updateDeadline()
        context.read()
    }
}
