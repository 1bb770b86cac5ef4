package import NIOCore

/// Runs a connection's tasks on the connection's own event loop.
///
/// A request is then read, answered and written by one thread: no other one has to be woken in between, which costs
/// more than most requests do. So nothing on the way of a request may block: the database, passwords and files have
/// threads of their own.
package final class EventLoopTaskExecutor: TaskExecutor {
    private let eventLoop: any EventLoop

    package init(_ eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
    }

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        eventLoop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}

/// Serves a connection or stream on its event loop.
func onEventLoop(of channel: any Channel, _ body: () async -> Void) async {
    await withTaskExecutorPreference(EventLoopTaskExecutor(channel.eventLoop)) { await body() }
}
