import KeywrightDomain
import KeywrightStore
import Synchronization

/// The tree of resources, as far as it was asked for: which ids are live, and where they lie.
///
/// What does not exist is remembered too, until a resource with its id changes.
final class ResourceCache: Sendable {
    /// A level and an id below 2^53, in one number.
    private struct Place: Hashable {
        let rawValue: Int64

        init(_ level: NRN.Level, _ id: Int64) {
            rawValue = Int64(level.rawValue) << 56 | id
        }
    }

    private struct State {
        var live: [Place: NRN] = [:]
        var dead: Set<Place> = []
    }

    private final class Part: Sendable {
        let state = Mutex(State())
    }

    /// The most live resources of a part, and the most others. A part that is full is emptied; there are 64.
    private static let limit = 4_096

    private let parts = (0..<64).map { _ in Part() }
    private let log: ForgettingLog
    private let flights = SingleFlight<NRN, Bool>()
    private let changes = Atomic<UInt64>(1)
    private let isCurrent: @Sendable () -> Bool

    /// - Parameter isCurrent: whether what is remembered may be relied on.
    init(log: ForgettingLog, isCurrent: @escaping @Sendable () -> Bool) {
        self.log = log
        self.isCurrent = isCurrent
    }

    private func part(_ id: Int64) -> Part { parts[Int(truncatingIfNeeded: id) & 63] }

    /// Raised by every change of a resource.
    var revision: UInt64 { changes.load(ordering: .acquiring) }

    /// Whether a resource exists and its ids belong together; nil when that is not known.
    func isLive(_ nrn: NRN) -> Bool? {
        guard isCurrent() else { return nil }
        let place = Place(nrn.level, nrn.id)
        return part(nrn.id).state.withLock { state in
            if let live = state.live[place] { return live == nrn }
            return state.dead.contains(place) ? false : nil
        }
    }

    /// Whether a resource exists and its ids belong together; read when it is not known.
    func isLive(_ nrn: NRN, in store: any Store) async throws -> Bool {
        if let isLive = isLive(nrn) { return isLive }
        let moment = log.count
        return try await flights.value(for: nrn, at: moment, isShared: isCurrent()) { [self] in
            try await read([nrn], in: store, at: moment).contains(nrn)
        }
    }

    /// Those of several resources that exist; what is not known is read together.
    func live(among places: [NRN], in store: any Store) async throws -> Set<NRN> {
        let moment = log.count
        var live: Set<NRN> = []
        var unknown: [NRN] = []
        for place in places {
            switch isLive(place) {
            case true?: live.insert(place)
            case false?: break
            case nil: unknown.append(place)
            }
        }
        return unknown.isEmpty ? live : live.union(try await read(unknown, in: store, at: moment))
    }

    private func read(_ places: [NRN], in store: any Store, at moment: UInt64) async throws -> Set<NRN> {
        let find: @Sendable (any ReadTransaction) throws -> [Resource?] = { transaction in
            try places.map { try transaction.resource($0.level, $0.id) }
        }
        let found = try await places.count == 1 ? store.readByOneStatement(find) : store.read(find)
        var live: Set<NRN> = []
        for (place, resource) in zip(places, found) {
            let nrn = resource.flatMap { $0.isLive ? $0.nrn : nil }
            if nrn == place { live.insert(place) }
            remember(nrn, for: place, readAt: moment)
        }
        return live
    }

    private func remember(_ nrn: NRN?, for asked: NRN, readAt moment: UInt64) {
        let place = Place(asked.level, asked.id)
        part(asked.id).state.withLock { state in
            // Asked within the lock: who forgets has noted it before.
            let isOutdated = log.mayHaveChanged(since: moment) { $0.subject == .resource && $0.id == asked.id }
            if isOutdated { return }
            if let nrn {
                if state.live.count >= Self.limit { state.live = [:] }
                state.live[place] = nrn
            } else {
                if state.dead.count >= Self.limit { state.dead = [] }
                state.dead.insert(place)
            }
        }
    }

    /// Forgets the resources with that id; a change does not say of which level it is.
    func forget(_ id: Int64) {
        changes.add(1, ordering: .releasing)
        part(id).state.withLock { state in
            for level in NRN.Level.allCases {
                state.live[Place(level, id)] = nil
                state.dead.remove(Place(level, id))
            }
        }
    }

    /// Forgets everything.
    func forgetAll() {
        changes.add(1, ordering: .releasing)
        for part in parts { part.state.withLock { $0 = State() } }
    }
}
