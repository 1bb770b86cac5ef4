import Dispatch
import Foundation
import KeywrightDomain
import Logging
import Synchronization

/// Follows the change log on a thread and a connection of its own, and tells the store's observers of what every node
/// changed.
///
/// It looks every 250 ms; commits wake it earlier. Each look that has told everything renews the lease, which lasts 2 s
/// from the moment before the look began: as long as it holds, observers know of all that was committed before that.
final class PostgresFollower: Sendable {
    /// Where the log was read to.
    private struct Place: Equatable {
        /// When the server was started: another one, or one that was put back, may lack what was read here.
        let server: Int64
        /// The history of the data, which ends when a backup is put back.
        let history: [UInt8]?
        var sequence: Int64
    }

    /// What one look found.
    private struct Look {
        var notice: ChangeNotice?
        var place: Place
        /// Whether nothing more was there to read.
        var isComplete: Bool
    }

    /// A connection that listens, and to which server.
    private struct Link {
        let connection: PostgresConnection
        let server: Int64
    }

    /// The most changes told one by one of those that were missed; beyond, everything is forgotten.
    private static let catchUpLimit: Int64 = 20_000
    /// The most changes of one look.
    private static let partLimit = 1_000
    /// Commits that follow each other within this time are looked at together.
    private static let gatheringTime = Duration.milliseconds(20)
    /// The pauses between attempts to connect: the first follows at once.
    private static let (firstPause, longestPause) = (Duration.milliseconds(50), Duration.milliseconds(500))

    private let connect: @Sendable () throws -> PostgresConnection
    private let channel: String?
    private let following: PostgresStore.Following
    private let tell: @Sendable (ChangeNotice) -> Void
    private let logger: Logger
    /// Until when the lease lasts, on ``nanoseconds()``.
    private let leaseEnd = Atomic<Int64>(.min)
    private let isStopped = Atomic(false)
    /// A pipe that is closed to wake the thread for its end.
    private let wakeUp: (read: CInt, write: CInt)
    private let firstLook = DispatchSemaphore(value: 0)
    private let running = DispatchGroup()

    /// - Parameters:
    ///   - connect: opens a connection that gives up on a silent server within the lease's time.
    ///   - channel: where commits send notifications; nil to look by the clock alone.
    ///   - tell: called with what changed, before the lease is renewed.
    init(
        following: PostgresStore.Following, channel: String?, logger: Logger,
        connect: @escaping @Sendable () throws -> PostgresConnection, tell: @escaping @Sendable (ChangeNotice) -> Void
    ) throws {
        var ends: [CInt] = [0, 0]
        guard pipe(&ends) == 0 else { throw DomainError(.unavailable, "The process has too many files open.") }
        wakeUp = (ends[0], ends[1])
        self.following = following
        self.channel = channel
        self.logger = logger
        self.connect = connect
        self.tell = tell
    }

    /// Whether observers were told of everything that was committed until a moment within the lease's time.
    var isCurrent: Bool { Self.nanoseconds() < leaseEnd.load(ordering: .acquiring) }

    /// Begins to follow, and waits a little for the first look.
    func start() {
        running.enter()
        let thread = Thread { [self] in
            follow()
            close(wakeUp.read)
            running.leave()
        }
        thread.name = "postgres-changes"
        thread.start()
        _ = firstLook.wait(timeout: .now() + 3)
    }

    /// Ends following; the lease ends with it. Twice does no harm.
    func stop() async {
        guard !isStopped.exchange(true, ordering: .acquiringAndReleasing) else { return }
        close(wakeUp.write)
        await withCheckedContinuation { continuation in
            running.notify(queue: .global()) { continuation.resume() }
        }
        leaseEnd.store(.min, ordering: .releasing)
    }

    // MARK: On the thread

    private func follow() {
        var link: Link?
        var place: Place?
        var pause = Duration.zero
        var isInTouch = true
        while !isStopped.load(ordering: .acquiring) {
            do {
                let current = try link ?? open()
                link = current
                let start = ContinuousClock.now
                let isFirst = place == nil
                try readOn(from: &place, current)
                if isFirst { firstLook.signal() }
                if !isInTouch { logger.notice("This node hears of changes again.") }
                (pause, isInTouch) = (.zero, true)
                if try current.connection.waitForNotification(until: start + following.interval, or: wakeUp.read) {
                    wait(until: start + Self.gatheringTime)
                }
            } catch {
                link = nil
                if isInTouch {
                    logger.warning(
                        "This node does not hear of changes. When that lasts, it asks the database about every request.",
                        metadata: ["error": "\(error)"])
                }
                isInTouch = false
                wait(until: .now + pause)
                pause = min(max(pause * 2, Self.firstPause), Self.longestPause)
            }
        }
    }

    /// Waits on this thread, until the end of following at most.
    private func wait(until deadline: ContinuousClock.Instant) {
        let rest = deadline - .now
        guard rest > .zero else { return }
        var entry = pollfd(fd: wakeUp.read, events: Int16(POLLIN), revents: 0)
        _ = poll(&entry, 1, PostgresConnection.milliseconds(rest))
    }

    private func open() throws -> Link {
        let connection = try connect()
        if let channel {
            _ = try connection.run("LISTEN \"\(channel.replacing("\"", with: "\"\""))\"")
        }
        let start = try connection.run("SELECT (extract(epoch FROM pg_postmaster_start_time()) * 1000000)::bigint")
        return Link(connection: connection, server: start.row(0).integer(0))
    }

    /// Reads to the log's end and renews the lease.
    private func readOn(from place: inout Place?, _ link: Link) throws {
        while true {
            let moment = Self.nanoseconds()
            let look = try look(from: place, link)
            if let notice = look.notice { tell(notice) }
            place = look.place
            if look.isComplete {
                let (seconds, attoseconds) = following.lease.components
                leaseEnd.store(
                    moment + seconds * 1_000_000_000 + attoseconds / 1_000_000_000, ordering: .releasing)
                return
            }
        }
    }

    /// One look at the log, on one snapshot.
    private func look(from place: Place?, _ link: Link) throws -> Look {
        let connection = link.connection
        try connection.post(PostgresConnection.Command("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"))
        defer { if connection.loss == nil { try? connection.endReading() } }
        let transaction = SQLTransaction(session: PostgresSession(connection), numbers: NoNumbers())
        let history = try transaction.setting(ChangeLogBounds.historySetting)
        let bounds = try transaction.changeLogBounds()
        let end = Place(server: link.server, history: history, sequence: bounds.last)
        // Before the first look nothing was remembered.
        guard let place else { return Look(place: end, isComplete: true) }
        guard place.server == end.server, place.history == end.history,
            (bounds.removed...max(bounds.removed, bounds.last)).contains(place.sequence),
            bounds.last - place.sequence <= Self.catchUpLimit
        else { return Look(notice: .unknown, place: end, isComplete: true) }
        if place.sequence == bounds.last { return Look(place: place, isComplete: true) }
        let changes = try transaction.changes(after: place.sequence, limit: Self.partLimit)
        var next = place
        next.sequence = changes.last?.sequence ?? bounds.last
        return Look(
            notice: .changed(changes.map(\.change)), place: next, isComplete: changes.count < Self.partLimit
        )
    }

    // MARK: Time

    #if os(Linux)
        private static let clock = CLOCK_BOOTTIME
    #else
        private static let clock = CLOCK_MONOTONIC
    #endif

    /// The time of a clock that also runs while the machine sleeps.
    private static func nanoseconds() -> Int64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
