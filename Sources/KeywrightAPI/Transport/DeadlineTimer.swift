import NIOCore

/// One timer for one connection's changing deadline.
///
/// A busy connection moves its deadline with each request, so moving it later costs an assignment: the scheduled task
/// finds on waking that the deadline moved, and schedules itself again. Only moving it earlier schedules anew.
final class DeadlineTimer {
    private let eventLoop: any EventLoop
    private var deadline: NIODeadline?
    private var scheduled: (task: Scheduled<Void>, time: NIODeadline)?
    private var expire: (() -> Void)?

    /// - Parameter expire: Called on the event loop when a deadline passes; kept until the timer is invalidated.
    init(eventLoop: any EventLoop, expire: @escaping () -> Void) {
        self.eventLoop = eventLoop
        self.expire = expire
    }

    /// Replaces the deadline; `nil` means that nothing is awaited.
    func set(_ deadline: NIODeadline?) {
        self.deadline = deadline
        guard let deadline else { return }
        if let scheduled, scheduled.time <= deadline { return }
        schedule(at: deadline)
    }

    /// Ends the timer for good.
    func invalidate() {
        deadline = nil
        expire = nil
        scheduled?.task.cancel()
        scheduled = nil
    }

    private func schedule(at time: NIODeadline) {
        scheduled?.task.cancel()
        let task = eventLoop.assumeIsolated().scheduleTask(deadline: time) { self.wake() }
        scheduled = (task, time)
    }

    private func wake() {
        scheduled = nil
        guard let deadline, let expire else { return }
        if deadline > .now() {
            schedule(at: deadline)
        } else {
            self.deadline = nil
            expire()
        }
    }
}
