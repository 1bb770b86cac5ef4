import KeywrightDomain
import KeywrightStore
import Synchronization

/// Which handles there are at all, deleted ones included: who makes some up learns that none is his without a look into
/// the database.
///
/// Handles are never given up, so it only grows. It answers while it has learned every key that a change spoke of;
/// otherwise it does not know. Eight bytes a handle, hashed with this process's seed: two that meet cost one look into
/// the database.
final class HandleDirectory: Sendable {
    private final class Part: Sendable {
        let hashes: Mutex<Set<Int>> = Mutex([])
    }

    /// How many handles are read at once at the start: so few that the requests beside it never wait long for a processor.
    private static let pageLength = 100
    /// How many new ones a reading learns beside.
    private static let newerLimit = 1_000

    private let parts = (0..<64).map { _ in Part() }
    /// The largest id that a change spoke of.
    private let newest = Atomic<Int64>(0)
    /// Every key up to this id has been learned; negative before the first reading has gone through all.
    private let learned = Atomic<Int64>(-1)

    /// Notes that a key changed; it may be a new one.
    func keyChanged(_ id: Int64) {
        newest.max(id, ordering: .acquiringAndReleasing)
    }

    /// Whether a key with that handle may exist, or have existed.
    func mayHold(_ handle: KeyHandle) -> Bool {
        let learned = learned.load(ordering: .acquiring)
        guard learned >= 0, learned >= newest.load(ordering: .acquiring) else { return true }
        let hash = handle.hashValue
        return parts[hash & 63].hashes.withLock { $0.contains(hash) }
    }

    /// Whether it answers but for keys that were made since it last read.
    var isUsable: Bool { learned.load(ordering: .acquiring) >= 0 }

    /// Reads all handles there are, page by page.
    func learnAll(from store: any Store) async throws {
        guard store.isOnlyWriter else { return }
        var last = ""
        let start = try await store.read { try $0.newestAPIKey()?.rawValue ?? 0 }
        while true {
            let page = try await store.read { [last] in try $0.keyHandles(after: last, limit: Self.pageLength) }
            for handle in page { add(handle) }
            guard page.count == Self.pageLength, let end = page.last else { break }
            last = end
        }
        learned.max(start, ordering: .acquiringAndReleasing)
    }

    /// Within a reading that is made anyway: the keys that were made since it learned last.
    func newer(in transaction: any ReadTransaction) throws -> [(id: APIKey.ID, handle: String)] {
        let known = learned.load(ordering: .acquiring)
        guard known >= 0, known < newest.load(ordering: .acquiring) else { return [] }
        return try transaction.keyHandles(newerThan: APIKey.ID(known), limit: Self.newerLimit)
    }

    /// Learns keys that ``newer(in:)`` gave.
    func learn(_ keys: [(id: APIKey.ID, handle: String)]) {
        for key in keys { add(key.handle) }
        if let last = keys.last { learned.max(last.id.rawValue, ordering: .acquiringAndReleasing) }
    }

    private func add(_ text: String) {
        guard let handle = KeyHandle(text) else { return }
        let hash = handle.hashValue
        parts[hash & 63].hashes.withLock { _ = $0.insert(hash) }
    }
}
