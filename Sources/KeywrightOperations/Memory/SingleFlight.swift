import Synchronization

/// Lets one attempt serve all who want the same thing at the same time.
final class SingleFlight<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private struct Flight {
        let number: UInt64
        /// Which state of the world it will see at least.
        let began: UInt64
        let task: Task<Value, any Error>
    }

    private struct State {
        var flights: [Key: Flight] = [:]
        var count: UInt64 = 0
    }

    private let state = Mutex(State())

    /// What an attempt gives: one that is under way, or else a new one.
    ///
    /// - Parameters:
    ///   - moment: the count of changes that the caller knows of. An attempt that began before the last of them may have
    ///     missed it and is not joined.
    ///   - isShared: false where nobody can say what an attempt that is under way has missed.
    func value(
        for key: Key, at moment: UInt64, isShared: Bool = true,
        _ attempt: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        guard isShared else { return try await attempt() }
        let task = state.withLock { state in
            if let flight = state.flights[key], flight.began == moment { return flight.task }
            state.count += 1
            let number = state.count
            let task = Task {
                defer { self.end(key, number) }
                return try await attempt()
            }
            state.flights[key] = Flight(number: number, began: moment, task: task)
            return task
        }
        return try await task.value
    }

    private func end(_ key: Key, _ number: UInt64) {
        state.withLock { state in
            if state.flights[key]?.number == number { state.flights[key] = nil }
        }
    }
}
