import KeywrightDomain
import KeywrightStore
import Logging
import Synchronization

/// Uses of keys, gathered in memory and written behind.
final class UsageRecorder: Sendable {
    private let pending: Mutex<[APIKey.ID: APIKeyUse]> = Mutex([:])

    func note(_ id: APIKey.ID, at time: Instant, from address: String?) {
        pending.withLock { pending in
            let known = pending[id]
            pending[id] = APIKeyUse(
                id: id, at: max(known?.at ?? time, time), count: (known?.count ?? 0) + 1,
                address: address ?? known?.address
            )
        }
    }

    /// What was gathered of these keys; it stays.
    func pending(of ids: [APIKey.ID]) -> [APIKeyUse] {
        pending.withLock { pending in ids.compactMap { pending[$0] } }
    }

    /// Takes what was gathered.
    func take() -> [APIKeyUse] {
        pending.withLock { pending in
            defer { pending = [:] }
            return Array(pending.values)
        }
    }

    /// Puts back what could not be written.
    func putBack(_ uses: [APIKeyUse]) {
        pending.withLock { pending in
            for use in uses {
                let newer = pending[use.id]
                pending[use.id] = APIKeyUse(
                    id: use.id, at: max(newer?.at ?? use.at, use.at), count: (newer?.count ?? 0) + use.count,
                    address: newer?.address ?? use.address
                )
            }
        }
    }
}

extension Operations {
    /// Writes the uses gathered, before a list that shows them; a full disk does not stand in the way of reading.
    func flushUsageIfPossible() async {
        do {
            try await flushUsage()
        } catch {
            logger.warning("The last uses of API keys could not be written yet.", metadata: ["error": "\(error)"])
        }
    }

    /// Writes the uses gathered since the last time; what cannot be written now is kept.
    public func flushUsage() async throws {
        var uses = usage.take().sorted { $0.id < $1.id }[...]
        while !uses.isEmpty {
            let part = Array(uses.prefix(500))
            do {
                try await store.write { try $0.record(part) }
            } catch {
                usage.putBack(Array(uses))
                throw error
            }
            uses = uses.dropFirst(500)
        }
    }
}
