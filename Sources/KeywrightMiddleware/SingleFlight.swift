import Synchronization

/// Lets those who ask the same at the same time share one answer.
///
/// The asking is a task of its own: it goes on when one of those who wait is cancelled. Whatever is asked must have a
/// time limit.
final class SingleFlight<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private let flights = Mutex<[Key: Task<Value, any Error>]>([:])

    /// The answer to a question, by asking or by waiting for who asks already.
    func value(for key: Key, _ ask: @escaping @Sendable () async throws -> Value) async throws -> Value {
        let flight = flights.withLock { flights in
            if let flight = flights[key] { return flight }
            let flight = Task {
                defer { self.land(key) }
                return try await ask()
            }
            flights[key] = flight
            return flight
        }
        return try await flight.value
    }

    private func land(_ key: Key) {
        flights.withLock { $0[key] = nil }
    }
}
