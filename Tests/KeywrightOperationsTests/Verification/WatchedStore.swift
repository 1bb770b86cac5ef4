import KeywrightDomain
import KeywrightStore
import Synchronization

/// A store that counts reads, holds them back, keeps changes from those who would forget, or says that it is not current.
final class WatchedStore: Store {
    private let store: any Store
    private let tellsObservers: Bool
    private let current = Atomic(true)
    private let reads = Mutex(0)
    private let observers: Mutex<[@Sendable (ChangeNotice) -> Void]> = Mutex([])
    private let gate: Mutex<(isClosed: Bool, waiting: [CheckedContinuation<Void, Never>])> = Mutex((false, []))
    private let (arrivals, arrival) = AsyncStream.makeStream(of: Void.self)

    /// - Parameter tellsObservers: false for a store whose caches never hear that they are wrong.
    init(_ store: any Store, tellsObservers: Bool = true) {
        self.store = store
        self.tellsObservers = tellsObservers
    }

    /// How many reads there were.
    var readCount: Int { reads.withLock { $0 } }

    /// Whether what was read before may be relied on.
    var isCurrent: Bool { current.load(ordering: .acquiring) }

    /// Says from now on whether it is current.
    func setCurrent(_ isCurrent: Bool) { current.store(isCurrent, ordering: .releasing) }

    /// Lets no read return until it is opened again.
    func closeGate() { gate.withLock { $0.isClosed = true } }

    /// Lets reads return.
    func openGate() {
        let waiting = gate.withLock { gate in
            gate.isClosed = false
            defer { gate.waiting = [] }
            return gate.waiting
        }
        for continuation in waiting { continuation.resume() }
    }

    /// Waits until a read has seen the database and is held back.
    func heldRead() async { _ = await arrivals.first { _ in true } }

    func read<Value: Sendable>(
        _ body: @escaping @Sendable (any ReadTransaction) throws -> Value
    ) async throws -> Value {
        reads.withLock { $0 += 1 }
        let value = try await store.read(body)
        await withCheckedContinuation { continuation in
            let isHeld = gate.withLock { gate in
                if gate.isClosed { gate.waiting.append(continuation) }
                return gate.isClosed
            }
            if isHeld { arrival.yield() } else { continuation.resume() }
        }
        return value
    }

    func write<Value: Sendable>(
        _ scope: WriteScope, _ body: @escaping @Sendable (any WriteTransaction) throws -> Value
    ) async throws -> Value {
        try await store.write(scope, body)
    }

    /// Tells observers that anything may have changed.
    func tellUnknown() {
        for observer in observers.withLock({ $0 }) { observer(.unknown) }
    }

    func observe(_ observer: @escaping @Sendable (ChangeNotice) -> Void) {
        observers.withLock { $0.append(observer) }
        if tellsObservers { store.observe(observer) }
    }

    func close() async throws {}
}
