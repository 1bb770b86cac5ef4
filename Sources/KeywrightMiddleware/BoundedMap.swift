/// A dictionary that forgets what was not used for longest, roughly, once it is full.
///
/// Two generations: what is used moves into the young one; when that holds half of the limit, the old one goes and the
/// young one takes its place. So at most `limit` entries stay, and the last `limit / 2` used ones do.
struct BoundedMap<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private let limit: Int
    private var young: [Key: Value] = [:]
    private var old: [Key: Value] = [:]

    /// An empty map.
    ///
    /// - Parameter limit: the most entries, at least 2.
    init(limit: Int) {
        self.limit = max(limit, 2)
    }

    /// How many entries there are at most; one that moved counts twice.
    var count: Int { young.count + old.count }

    /// The value of a key, which thereby is used.
    mutating func value(_ key: Key) -> Value? {
        if let value = young[key] { return value }
        guard let value = old.removeValue(forKey: key) else { return nil }
        set(key, value)
        return value
    }

    mutating func set(_ key: Key, _ value: Value) {
        if young.count >= limit / 2, young[key] == nil {
            old = young
            young = [:]
        }
        young[key] = value
    }

    mutating func remove(_ key: Key) {
        young[key] = nil
        old[key] = nil
    }

    mutating func removeAll() {
        young = [:]
        old = [:]
    }
}
