import KeywrightDomain
import KeywrightStore
import Logging
import Synchronization

/// Uses of keys, gathered in memory and written behind.
///
/// Every verification notes two, from every event loop, so keys are spread over parts with locks of their own.
final class UsageRecorder: Sendable {
    private struct Use {
        var at: Instant
        var count: Int64 = 0
        var address: String?

        mutating func add(_ use: APIKeyUse) {
            // Between uses of one moment the later one counts.
            if use.at >= at || address == nil { address = use.address ?? address }
            at = max(at, use.at)
            count += use.count
        }
    }

    private final class Part: Sendable {
        let uses: Mutex<[APIKey.ID: Use]> = Mutex([:])
    }

    private let parts = (0..<16).map { _ in Part() }

    private func part(_ id: APIKey.ID) -> Part { parts[Int(truncatingIfNeeded: id.rawValue) & 15] }

    func note(_ id: APIKey.ID, at time: Instant, from address: String?) {
        part(id).uses.withLock { uses in
            uses[id, default: Use(at: time)].add(APIKeyUse(id: id, at: time, count: 1, address: address))
        }
    }

    /// Of how many keys uses were gathered.
    var count: Int { parts.reduce(0) { $0 + $1.uses.withLock(\.count) } }

    /// What was gathered of these keys; it stays.
    func pending(of ids: [APIKey.ID]) -> [APIKeyUse] {
        ids.compactMap { id in
            part(id).uses.withLock { $0[id] }.map { Self.use(id, $0) }
        }
    }

    /// Takes what was gathered.
    func take() -> [APIKeyUse] {
        parts.flatMap { part in
            let uses = part.uses.withLock { uses in
                defer { uses = [:] }
                return uses
            }
            return uses.map { Self.use($0.key, $0.value) }
        }
    }

    /// Puts back what could not be written.
    func putBack(_ uses: [APIKeyUse]) {
        for use in uses {
            part(use.id).uses.withLock { $0[use.id, default: Use(at: use.at)].add(use) }
        }
    }

    private static func use(_ id: APIKey.ID, _ use: Use) -> APIKeyUse {
        APIKeyUse(id: id, at: use.at, count: use.count, address: use.address)
    }
}

extension Operations {
    /// Writes the uses gathered, before something is read that shows them; a full disk does not stand in the way of
    /// reading.
    public func flushUsageIfPossible() async {
        do {
            try await flushUsage()
        } catch {
            logger.warning("The last uses of API keys could not be written yet.", metadata: ["error": "\(error)"])
        }
    }

    /// Writes the uses gathered, when there are few or it has been a while: the more uses of a key come together, the
    /// less each costs.
    ///
    /// - Parameter age: how long ago uses were last written.
    /// - Returns: whether they were now.
    public func flushUsage(after age: Duration) async throws -> Bool {
        guard age >= .seconds(45) || usage.count <= 1_000 else { return false }
        try await flushUsage()
        return true
    }

    /// Writes the uses gathered since the last time; what cannot be written now is kept.
    public func flushUsage() async throws {
        var uses = usage.take().sorted { $0.id < $1.id }[...]
        while !uses.isEmpty {
            var left = Array(uses.prefix(500))
            do {
                for (scope, part) in try await scoped(left) {
                    try await store.write(scope) { try $0.record(part) }
                    let written = Set(part.map(\.id))
                    left.removeAll { written.contains($0.id) }
                }
            } catch {
                usage.putBack(left + uses.dropFirst(500))
                throw error
            }
            uses = uses.dropFirst(500)
        }
    }

    /// Uses by what writing them must have to itself: where writers run side by side, each organization's apart.
    private func scoped(_ uses: [APIKeyUse]) async throws -> [(WriteScope, [APIKeyUse])] {
        if store.isOnlyWriter { return [(.installation, uses)] }
        let organizations = try await store.read { try $0.organizations(of: uses.map(\.id)) }
        // A key that is gone has no uses.
        let known = uses.filter { organizations[$0.id] != nil }
        return Dictionary(grouping: known) { organizations[$0.id] }.compactMap { organization, uses in
            organization.map { (.organization($0), uses) }
        }
    }
}
