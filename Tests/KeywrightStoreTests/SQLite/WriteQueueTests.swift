import Foundation
import Testing

@testable import KeywrightStore

@Suite("SQLite: who shares a commit", .timeLimit(.minutes(10)))
struct WriteQueueTests {
    private static let pending = WriteQueue.Pending(run: { _ in {} }, fail: { _ in })

    @Test("a writer that comes alone is not put off")
    func alone() {
        let queue = WriteQueue(longestPatience: .seconds(3600))
        #expect(queue.add(Self.pending))
        #expect(queue.next().count == 1)
        for _ in 0..<3 {
            queue.committed(1, in: .seconds(3600))
            #expect(!queue.add(Self.pending))
            #expect(queue.next().count == 1)
        }
    }

    @Test("those who were answered together, and those who came meanwhile, are waited for")
    func together() {
        let queue = WriteQueue(longestPatience: .seconds(3600))
        for _ in 0..<3 { _ = queue.add(Self.pending) }
        #expect(queue.next().count == 3)
        _ = queue.add(Self.pending)
        queue.committed(3, in: .seconds(3600))
        let others = Thread { for _ in 0..<3 { _ = queue.add(Self.pending) } }
        others.start()
        #expect(queue.next().count == 4)
    }

    @Test("who stays away is waited for once, and not for longer than the last commit took")
    func absent() {
        let queue = WriteQueue(longestPatience: .seconds(3600))
        for _ in 0..<3 { _ = queue.add(Self.pending) }
        #expect(queue.next().count == 3)
        queue.committed(3, in: .milliseconds(1))
        _ = queue.add(Self.pending)
        #expect(queue.next().count == 1)
        queue.committed(1, in: .seconds(3600))
        _ = queue.add(Self.pending)
        #expect(queue.next().count == 1)
    }

    @Test("the writer stops when nobody waits, and the next one starts it")
    func stop() {
        let queue = WriteQueue()
        #expect(queue.next().isEmpty)
        #expect(queue.add(Self.pending))
        #expect(!queue.add(Self.pending))
        #expect(queue.next().count == 2)
        queue.committed(2, in: .milliseconds(1))
        #expect(queue.next().isEmpty)
        #expect(queue.add(Self.pending))
        #expect(queue.next().count == 1)
    }

    @Test("one commit takes a bounded number of bodies")
    func limit() {
        let queue = WriteQueue(longestPatience: .seconds(3600))
        for _ in 0...WriteQueue.limit { _ = queue.add(Self.pending) }
        #expect(queue.next().count == WriteQueue.limit)
        queue.committed(WriteQueue.limit, in: .zero)
        #expect(queue.next().count == 1)
    }
}
