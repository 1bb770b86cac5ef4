import NIOCore

/// The connection's end.
extension HTTPGuard {
    /// Ends the connection once the socket has taken what was written so far.
    func finish(_ context: ChannelHandlerContext) {
        guard let wire else { return close(context) }
        phase = .finishing
        wire.write(NIOAny(IOData.byteBuffer(ByteBuffer())), promise: whenTaken(context))
        hasUnflushedAnswers = false
        wire.flush()
        updateDeadline()
    }

    /// What the connection's last write is to fulfil: it lingers then.
    func whenTaken(
        _ context: ChannelHandlerContext, _ promise: EventLoopPromise<Void>? = nil
    ) -> EventLoopPromise<Void> {
        let taken = promise ?? context.eventLoop.makePromise(of: Void.self)
        taken.futureResult.assumeIsolated().whenComplete { [weak self] result in
            guard let self, let context = self.context, self.phase == .finishing else { return }
            if case .success = result { self.linger(context) } else { self.close(context) }
        }
        return taken
    }

    /// Ends the own side and gives the client time to end its side, so that nothing it still sends becomes a reset.
    private func linger(_ context: ChannelHandlerContext) {
        guard !inputIsClosed, context.channel.isActive else { return close(context) }
        phase = .lingering
        inputIsDone = true
        lingeringSince = .now()
        context.close(mode: .output, promise: nil)
        context.read()
        updateDeadline()
    }

    func close(_ context: ChannelHandlerContext) {
        guard phase != .closed else { return }
        flushAnswers()
        phase = .closed
        context.close(mode: .all, promise: nil)
    }

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        switch (mode, phase) {
        case (.output, .open) where answering == nil:
            // Whoever stood behind the guard has gone.
            finish(context)
            promise?.succeed()
        case (.output, _):
            promise?.succeed()
        case (.input, .open) where answering == nil:
            close(context)
            promise?.succeed()
        case (.input, _):
            // The task that answers was cancelled; its answer, if one comes, is the last.
            beginDraining(context)
            inputIsDone = true
            promise?.succeed()
        case (.all, .finishing), (.all, .lingering):
            context.channel.closeFuture.cascade(to: promise)
        case (.all, _):
            flushAnswers()
            phase = .closed
            context.close(mode: .all, promise: promise)
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case ChannelEvent.inputClosed:
            noteInputClosed(context)
        case is ChannelShouldQuiesceEvent:
            drain.begin()
            beginDraining(context)
            updateDeadline()
        default:
            context.fireUserInboundEventTriggered(event)
        }
    }

    /// The client sends no more but may still read: requests that are complete are answered.
    private func noteInputClosed(_ context: ChannelHandlerContext) {
        isInReadLoop = false
        inputIsClosed = true
        inputIsDone = true
        assembly = nil
        headBegun = nil
        if phase == .lingering {
            close(context)
        } else if phase == .open, isIdle {
            finish(context)
        }
    }

    /// From now on the last answer to what has been received ends the connection.
    func beginDraining(_ context: ChannelHandlerContext) {
        guard !isDraining else { return }
        isDraining = true
        idleSince = .now()
        drainTask = context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(limits.drainDeadline)) {
            [weak self] in
            guard let self, let context = self.context else { return }
            self.close(context)
        }
    }
}
