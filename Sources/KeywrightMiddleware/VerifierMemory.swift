import KeywrightDomain
import KeywrightWire
import Synchronization

/// What is asked: may this be done there?
struct Question: Hashable, Sendable {
    let action: Action
    let nrn: NRN
}

/// What a verifier remembers of the server's answers: rows, never decisions.
///
/// Everything is bounded and has an end, and nothing counts unless the change feed was heard of within the tolerance.
final class VerifierMemory: Sendable {
    /// A key as the server described it.
    private struct Row {
        let key: VerifiedKey
        /// Those whose resources are live.
        let grants: [EffectiveGrant]
        let epochs: VerifyResponse.Epochs
        var until: Duration
        /// Differs between any two states of a key, so that a credential knows whether its row still stands.
        var revision: UInt64 = 0
    }

    /// A credential that was found to be good.
    private enum Credential {
        /// An API key: good while its row stands, until the key expires.
        case apiKey(APIKey.ID, revision: UInt64, expiresAt: Instant?)
        /// An access token with our server's signature: good while the row has the epochs it was made under.
        case token(TokenClaims)
    }

    /// Whether a resource is there.
    private struct Place {
        let isLive: Bool
        let until: Duration
    }

    private struct State {
        var credentials: BoundedMap<CredentialDigest, Credential>
        var rows: BoundedMap<APIKey.ID, Row>
        var places: BoundedMap<NRN, Place>
        /// Tokens and token exchanges that were revoked, by name, until they would have ended anyway.
        var revoked: [String: Instant] = [:]
        /// How many of these there may be before those that have ended are looked for.
        var revokedLimit = 1_000
        /// When the change of a key has reached every node of the server: answers asked for before are not remembered.
        var settling: [APIKey.ID: Duration] = [:]
        /// The same for all keys.
        var settledAt: Duration = .zero
        /// Raised by all news: what was asked before is not shared with who asks after.
        var generation: UInt64 = 1
        /// When the feed last told everything there was; nil before the first time.
        var toldAt: Duration?
        var revision: UInt64 = 0
    }

    /// The longest time for which an answer is used, whatever the server says.
    private static let longestUse: Duration = .seconds(60)

    /// For how long after the feed told of a change another node of the server may answer from before it: as long as a
    /// node trusts its own memory.
    private static let settlingTime: Duration = .seconds(2)
    /// The most keys whose changes are told apart for that time.
    private static let settlingLimit = 10_000
    /// No answer takes so long: a change that was told of before is in it.
    private static let longestAsking: Duration = .seconds(60)

    private let state: Mutex<State>
    private let clock: VerifierClock
    private let tolerance: Duration

    init(credentialLimit: Int, placeLimit: Int, tolerance: Duration, clock: VerifierClock) {
        state = Mutex(
            State(
                credentials: BoundedMap(limit: credentialLimit), rows: BoundedMap(limit: credentialLimit),
                places: BoundedMap(limit: placeLimit)
            )
        )
        self.tolerance = tolerance
        self.clock = clock
    }

    // MARK: Deciding

    /// The verification of a remembered credential; nil when the server must be asked.
    func verification(of digest: CredentialDigest, _ question: Question?) -> Verification? {
        let (now, elapsed) = (clock.now(), clock.elapsed())
        return state.withLock { state in
            guard isCurrent(state, at: elapsed), let credential = state.credentials.value(digest),
                let row = Self.row(of: credential, &state, now: now), row.until > elapsed
            else { return nil }
            guard let question else { return .allowed(row.key) }
            guard let place = state.places.value(question.nrn), place.until > elapsed else { return nil }
            let decision = Access.decide(question.action, at: question.nrn, isLive: place.isLive, grants: row.grants)
            return decision.isAllowed ? .allowed(row.key) : .forbidden(row.key)
        }
    }

    /// The row of a credential that is good by it; nil for any other, about which the server knows more.
    private static func row(of credential: Credential, _ state: inout State, now: Instant) -> Row? {
        switch credential {
        case .apiKey(let id, let revision, let expiresAt):
            guard expiresAt.map({ $0 > now }) ?? true, let row = state.rows.value(id), row.revision == revision else {
                return nil
            }
            return row
        case .token(let claims):
            guard claims.expiresAt > now, let row = state.rows.value(claims.apiKeyID),
                row.epochs.key == claims.keyEpoch, row.epochs.organization == claims.organizationEpoch,
                state.revoked.isEmpty || !claims.names.contains(where: { state.revoked[$0] != nil })
            else { return nil }
            return row
        }
    }

    private func isCurrent(_ state: State, at elapsed: Duration) -> Bool {
        state.toldAt.map { elapsed - $0 <= tolerance } ?? false
    }

    /// Whether the feed was heard of within the tolerance, so that what is remembered counts.
    var isCurrent: Bool {
        let elapsed = clock.elapsed()
        return state.withLock { isCurrent($0, at: elapsed) }
    }

    // MARK: Remembering

    /// Which news whoever asks now knows of.
    var generation: UInt64 { state.withLock { $0.generation } }

    /// Remembers a token whose signature was checked here.
    ///
    /// - Parameter generation: of the time before the check; when something was forgotten since, it is not remembered.
    func remember(_ digest: CredentialDigest, _ claims: TokenClaims, generation: UInt64) {
        state.withLock { state in
            if state.generation == generation { state.credentials.set(digest, .token(claims)) }
        }
    }

    /// Remembers an answer of the server about a good credential.
    ///
    /// - Parameters:
    ///   - claims: what the credential says when it is a token.
    ///   - askedAt: when it was asked for, in elapsed time; when the key changed since or shortly before, it is not
    ///     remembered.
    func remember(
        _ digest: CredentialDigest, _ claims: TokenClaims?, _ response: VerifyResponse, _ question: Question?,
        askedAt: Duration
    ) {
        guard let key = VerifiedKey(response), let epochs = response.epochs, let grants = response.effectiveGrants,
            let end = response.cacheUntil.flatMap(WireTime.parse)
        else { return }
        let left = Duration.milliseconds(end - clock.now().milliseconds)
        let until = askedAt + min(left, Self.longestUse)
        let id = APIKey.ID(key.id)
        var row = Row(key: key, grants: grants, epochs: epochs, until: until)
        state.withLock { state in
            guard askedAt >= state.settledAt, askedAt >= state.settling[id] ?? .zero else { return }
            if let known = state.rows.value(id), known.key == key, known.grants == grants, known.epochs == epochs {
                row.revision = known.revision
            } else {
                state.revision += 1
                row.revision = state.revision
            }
            state.rows.set(id, row)
            let expiresAt = response.expiresAt.flatMap(WireTime.parse).map { Instant(milliseconds: $0) }
            state.credentials.set(
                digest,
                claims.map(Credential.token) ?? .apiKey(id, revision: row.revision, expiresAt: expiresAt)
            )
            if let question, let reason = response.explanation?.reason {
                state.places.set(question.nrn, Place(isLive: reason != .unknownResource, until: until))
            }
        }
    }

    /// How many revoked tokens are remembered.
    var revokedCount: Int { state.withLock { $0.revoked.count } }

    // MARK: Forgetting

    /// Notes what the feed told.
    ///
    /// - Parameter heardUntil: in elapsed time: no change up to then is missing. Nil while more is to be heard at once.
    func apply(_ news: FeedNews, heardUntil: Duration?) {
        let (now, elapsed) = (clock.now(), clock.elapsed())
        state.withLock { state in
            if news.isReset {
                state.credentials.removeAll()
                state.revoked = [:]
                state.toldAt = nil
            }
            if news.isReset || news.isEverything {
                state.rows.removeAll()
                state.places.removeAll()
                state.settledAt = elapsed + Self.settlingTime
            }
            if news.hasNewSigningKeys { state.credentials.removeAll() }
            for id in news.apiKeyIDs {
                state.rows.remove(APIKey.ID(id))
                state.settling[APIKey.ID(id)] = elapsed + Self.settlingTime
            }
            Self.bound(&state, at: elapsed)
            state.revoked.merge(news.revoked) { max($0, $1) }
            if state.revoked.count > state.revokedLimit {
                state.revoked = state.revoked.filter { $0.value > now }
                state.revokedLimit = max(1_000, 2 * state.revoked.count)
            }
            if !news.isNothing { state.generation += 1 }
            if let heardUntil { state.toldAt = heardUntil }
        }
    }

    private static func bound(_ state: inout State, at elapsed: Duration) {
        guard state.settling.count > settlingLimit else { return }
        state.settling = state.settling.filter { $0.value > elapsed - longestAsking }
        guard state.settling.count > settlingLimit else { return }
        state.settling = [:]
        state.settledAt = elapsed + settlingTime
    }
}

/// What the change feed told, in terms of what is remembered.
struct FeedNews: Sendable, Equatable {
    /// Whether nothing that was told before counts any more.
    var isReset = false
    /// Whether any key or resource may have changed.
    var isEverything = false
    /// The keys that changed.
    var apiKeyIDs: [Int64] = []
    /// Tokens and token exchanges that were revoked, by name, with the time when they would have ended anyway.
    var revoked: [String: Instant] = [:]
    /// Whether the keys that sign tokens changed.
    var hasNewSigningKeys = false

    /// Whether nothing changed.
    var isNothing: Bool { self == FeedNews() }
}

extension FeedNews {
    init(_ response: ChangesResponse) {
        isReset = response.isReset
        for change in response.changes {
            switch change.kind {
            case .apiKey:
                guard let id = change.id else { fallthrough }
                apiKeyIDs.append(id)
            case .role, .resource, .organization, .other: isEverything = true
            case .signingKey: hasNewSigningKeys = true
            case .token:
                guard let name = change.tokenID else { continue }
                let end = change.expiresAt.flatMap(WireTime.parse)
                revoked[name] = end.map { Instant(milliseconds: $0) } ?? .distantFuture
            }
        }
    }
}

extension VerifyResponse {
    /// The grants in the form that decisions take; nil when one of them cannot be read, since to leave out an action of
    /// `except` would allow it.
    var effectiveGrants: [EffectiveGrant]? {
        guard let grants else { return nil }
        var result: [EffectiveGrant] = []
        for grant in grants {
            guard let nrn = try? NRN(parsing: grant.nrn), let actions = grant.actionSet else { return nil }
            // Where a grant came from does not matter to whoever only decides.
            result.append(
                EffectiveGrant(
                    id: Grant.ID(0), nrn: nrn, roleID: Role.ID(0), roleSlug: "", actions: actions,
                    assignable: .roles([])
                )
            )
        }
        return result
    }
}

extension VerifiedGrantObject {
    fileprivate var actionSet: ActionSet? {
        func set(_ names: [String]) -> [Action]? {
            let actions = names.compactMap { Action($0) }
            return actions.count == names.count ? actions : nil
        }
        if actions == ["*"] { return set(except ?? []).map { .allExcept(Set($0)) } }
        return set(actions).map { ActionSet($0) }
    }
}
