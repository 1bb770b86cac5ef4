/// Who is asking: the one thing that every credential turns into.
public struct Principal: Sendable {
    /// What kind of credential was shown.
    public enum Kind: Hashable, Sendable {
        /// An API key or a token made from it.
        case apiKey(APIKey.ID, handle: String)
        /// A person in a session.
        case person
        /// Somebody at the machine itself, with access to the data folder.
        case localOperator
    }

    /// What kind of credential was shown.
    public let kind: Kind
    /// The user who acts; nil for a local operator.
    public let userID: User.ID?
    /// The organization in which the principal acts.
    public let organizationID: Organization.ID
    /// The grants whose resources are live.
    public let grants: [EffectiveGrant]
    /// The roles of the organization.
    public let catalogue: RoleCatalogue
    /// Where the request came from, for the audit trail.
    public var origin: Origin
    /// Which load of the credential's rows this is; 0 when it is not remembered.
    public var revision: UInt64 = 0
    /// How many changes of resources were known when it was made, which decide about the grants that are live.
    public var resourceRevision: UInt64 = 0

    /// Where a request came from.
    public struct Origin: Hashable, Sendable {
        /// The client's address.
        public var address: String?
        /// The id of the request.
        public var requestID: String?
        /// The session in which a person acts.
        public var sessionID: Session.ID?

        /// Where a request came from.
        public init(address: String? = nil, requestID: String? = nil, sessionID: Session.ID? = nil) {
            self.address = address
            self.requestID = requestID
            self.sessionID = sessionID
        }
    }

    /// A principal with all its members.
    public init(
        kind: Kind, userID: User.ID?, organizationID: Organization.ID, grants: [EffectiveGrant],
        catalogue: RoleCatalogue, origin: Origin
    ) {
        self.kind = kind
        self.userID = userID
        self.organizationID = organizationID
        self.grants = grants
        self.catalogue = catalogue
        self.origin = origin
    }

    /// The key that acts; nil for people.
    public var apiKeyID: APIKey.ID? {
        if case .apiKey(let id, _) = kind { return id }
        return nil
    }

    /// Whether a change may have given the principal other rights than these, or taken them all.
    public func rests(on change: Change) -> Bool {
        guard change.organizationID == nil || change.organizationID == organizationID else { return false }
        return switch change.subject {
        case .apiKey: change.id == apiKeyID?.rawValue
        case .user: change.id == userID?.rawValue
        case .role, .resource, .organization: true
        case .signingKey, .token: false
        }
    }

    /// Whether the principal holds the action at a resource (that is known to be live).
    public func holds(_ action: Action, at nrn: NRN) -> Bool {
        Access.decide(action, at: nrn, isLive: true, grants: grants).isAllowed
    }

    /// The places at which the principal holds an action; an empty list when nowhere.
    public func places(holding action: Action) -> [NRN] {
        let all = grants.filter { $0.actions.contains(action) }.map(\.nrn)
        return all.enumerated().filter { index, nrn in
            !all.enumerated().contains { $0 != index && $1.covers(nrn) && ($1 != nrn || $0 < index) }
        }.map(\.element)
    }

    /// Refuses unless the principal holds the action at a resource.
    ///
    /// - Throws: `.forbidden` naming the action and the place.
    public func require(_ action: Action, at nrn: NRN) throws(DomainError) {
        guard holds(action, at: nrn) else { throw .missing(action, at: nrn) }
    }

    /// Refuses unless the principal holds the action at the place of every grant of a key.
    public func require(_ action: Action, on key: APIKey) throws(DomainError) {
        for grant in key.grants { try require(action, at: grant.nrn) }
    }

    /// Whether the principal sees a key: it reads keys at the place of every grant, within its organization.
    public func canSee(_ key: APIKey) -> Bool {
        key.organizationID == organizationID && key.grants.allSatisfy { holds(.readAPIKey, at: $0.nrn) }
    }

    /// Refuses to give a grant that the assignment rule does not allow.
    ///
    /// - Throws: `.forbidden` saying what stands in the way.
    public func requireAssignment(of grant: ResolvedGrant) throws(DomainError) {
        if let refusal = AssignmentRule.refusal(of: grant, by: grants, in: catalogue) {
            throw DomainError(.forbidden, refusal)
        }
    }
}
