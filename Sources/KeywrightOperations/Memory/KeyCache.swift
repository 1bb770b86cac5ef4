import KeywrightDomain
import Synchronization

/// The keys that are remembered, by handle and by id.
///
/// It is made of parts with locks of their own. A part that is full gives up one key at a time, one that nobody looked
/// up lately (the clock algorithm). A key that is forgotten is marked first, so it serves nobody from then on, wherever
/// it may still be found.
final class KeyCache: Sendable {
    private struct Slots {
        var places: [KeyHandle: Int32] = [:]
        var rows: [KeyRow?] = []
        var free: [Int32] = []
        var hand = 0

        func row(_ handle: KeyHandle) -> KeyRow? { places[handle].flatMap { rows[Int($0)] } }

        /// - Returns: the row that had to make room.
        mutating func insert(_ row: KeyRow, limit: Int) -> KeyRow? {
            let handle = row.keyHandle
            if let place = places[handle] {
                rows[Int(place)] = row
            } else if let place = free.popLast() {
                rows[Int(place)] = row
                places[handle] = place
            } else if rows.count < limit {
                places[handle] = Int32(rows.count)
                rows.append(row)
            } else {
                let place = findRoom()
                let old = rows[place]
                if let old { places[old.keyHandle] = nil }
                rows[place] = row
                places[handle] = Int32(place)
                return old
            }
            return nil
        }

        /// A place whose row nobody looked up since the hand last passed it, or the last one that the hand tries.
        private mutating func findRoom() -> Int {
            for _ in 0..<64 {
                hand = (hand + 1) % rows.count
                guard let row = rows[hand], row.isCurrent, row.wasTouched() else { break }
            }
            return hand
        }

        mutating func remove(_ row: KeyRow) {
            guard let place = places[row.keyHandle], rows[Int(place)] === row else { return }
            rows[Int(place)] = nil
            places[row.keyHandle] = nil
            free.append(place)
        }
    }

    private final class HandlePart: Sendable {
        let slots = Mutex(Slots())
    }

    private final class IDPart: Sendable {
        let rows: Mutex<[APIKey.ID: KeyRow]> = Mutex([:])
    }

    private static let partCount = 64

    private let byHandle = (0..<KeyCache.partCount).map { _ in HandlePart() }
    private let byID = (0..<KeyCache.partCount).map { _ in IDPart() }
    private let limit: Int

    /// - Parameter limit: the most keys remembered, within a tenth: parts fill unevenly.
    init(limit: Int) {
        self.limit = max(limit, 0) * 11 / 10 / Self.partCount + 4
    }

    private func part(_ handle: KeyHandle) -> HandlePart { byHandle[Int(handle.spread >> 58)] }
    private func part(_ id: APIKey.ID) -> IDPart { byID[Int(truncatingIfNeeded: id.rawValue) & (Self.partCount - 1)] }

    /// The key with that handle, when it is remembered and still what the database holds.
    func row(_ handle: KeyHandle) -> KeyRow? {
        guard let row = part(handle).slots.withLock({ $0.row(handle) }), row.isCurrent else { return nil }
        row.touch()
        return row
    }

    /// The key with that id, when it is remembered and still what the database holds.
    func row(_ id: APIKey.ID) -> KeyRow? {
        guard let row = part(id).rows.withLock({ $0[id] }), row.isCurrent else { return nil }
        row.touch()
        return row
    }

    /// Remembers a key in place of what was known of it.
    ///
    /// - Parameter isOutdated: whether the key was forgotten since it was read; then it is not remembered. Asked while
    ///   nobody can forget it unseen.
    func insert(_ row: KeyRow, unless isOutdated: () -> Bool) {
        let isInserted = part(row.id).rows.withLock { rows in
            if isOutdated() { return false }
            rows.updateValue(row, forKey: row.id)?.forget()
            return true
        }
        guard isInserted else { return }
        let evicted = part(row.keyHandle).slots.withLock { $0.insert(row, limit: limit) }
        guard let evicted else { return }
        part(evicted.id).rows.withLock { rows in
            if rows[evicted.id] === evicted { rows[evicted.id] = nil }
        }
    }

    /// Forgets a key.
    func forget(_ id: APIKey.ID) {
        let row = part(id).rows.withLock { rows in
            let row = rows.removeValue(forKey: id)
            row?.forget()
            return row
        }
        guard let row else { return }
        part(row.keyHandle).slots.withLock { $0.remove(row) }
    }

    /// How many keys are remembered.
    var count: Int { byID.reduce(0) { $0 + $1.rows.withLock(\.count) } }
}
