public import KeywrightDomain

/// Where everything that must not be lost lives. Two engines, one behaviour.
///
/// Bodies are synchronous and have no effects but through their transaction: they may run again after a conflict.
public protocol Store: Sendable {
    /// Runs a body on one consistent state.
    func read<Value: Sendable>(
        _ body: @escaping @Sendable (any ReadTransaction) throws -> Value
    ) async throws -> Value

    /// The same for a body that as a rule makes one statement of what it reads: an engine may then do without a
    /// transaction. It runs the body again, in one, when the body makes more.
    func readByOneStatement<Value: Sendable>(
        _ body: @escaping @Sendable (any ReadTransaction) throws -> Value
    ) async throws -> Value

    /// Runs a body all or nothing; when this returns, its effects are on stable storage and every observer has
    /// been told what to forget.
    ///
    /// - Parameter scope: what the body has to itself. An engine may give it more.
    /// - Throws: what the body throws, and `DomainError`: `.storageFull` when the disk is full, `.unavailable` when the
    ///   database cannot be reached.
    func write<Value: Sendable>(
        _ scope: WriteScope, _ body: @escaping @Sendable (any WriteTransaction) throws -> Value
    ) async throws -> Value

    /// Has a function called with every committed change: of this store's, before the write that made it returns; of
    /// others', while ``isCurrent`` holds, within its time. A change may be told twice.
    func observe(_ observer: @escaping @Sendable (ChangeNotice) -> Void)

    /// Whether nobody else can write to the database, so that observers hear of every change there is at once.
    var isOnlyWriter: Bool { get }

    /// Whether observers have been told of everything that was committed until less than two seconds ago.
    ///
    /// While it does not hold, nothing that was read before may be relied on. It may be once it holds again: observers
    /// were told of what happened meanwhile.
    var isCurrent: Bool { get }

    /// Makes room for what will be written in the coming months, where that is not made by itself.
    func makeRoomAhead() async throws

    /// Writes everything out and lets go of the database.
    func close() async throws
}

/// What those who observe a store are told.
public enum ChangeNotice: Sendable {
    /// This has changed.
    case changed([Change])
    /// Anything may have changed, and nobody can say what.
    case unknown
}

/// What a body of a write has to itself: whatever it reads there stays true until its commit, whichever node writes.
///
/// The embedded engine runs all bodies one after the other and needs none of this.
public enum WriteScope: Hashable, Sendable {
    /// The whole installation: no other body runs beside it but those with the scope `nothing`.
    case installation
    /// What belongs to one organization.
    case organization(Organization.ID)
    /// What is kept under one digest.
    case digest([UInt8])
    /// Nothing: the body decides by nothing that others may change, or each of its statements decides for itself.
    case nothing
}

extension Store {
    /// Runs a body all or nothing, with the whole installation to itself.
    public func write<Value: Sendable>(
        _ body: @escaping @Sendable (any WriteTransaction) throws -> Value
    ) async throws -> Value {
        try await write(.installation, body)
    }

    /// An engine that other nodes share says otherwise.
    public var isOnlyWriter: Bool { true }

    /// An engine that other nodes share must hear of their changes first.
    public var isCurrent: Bool { true }

    /// Nothing to do.
    public func makeRoomAhead() async throws {}
}

/// One consistent state of the database.
public protocol ReadTransaction {
    /// A value of the installation itself, as the pepper's check value.
    func setting(_ name: String) throws -> [UInt8]?

    /// What is counted and kept of an organization.
    func organization(_ id: Organization.ID) throws -> Organization?
    /// The organizations that exist, by id.
    func organizations() throws -> [Organization]

    /// The resource of a level with that id, deleted ones included.
    func resource(_ level: NRN.Level, _ id: Int64) throws -> Resource?
    /// Whether the resource exists, is not deleted, has only live ancestors, and its ids belong together.
    func isLive(_ nrn: NRN) throws -> Bool
    /// Resources of one level, by id.
    func resources(_ query: ResourceQuery, _ page: PageRequest) throws -> Page<Resource>
    /// Every resource of an organization, parents before children, deleted ones included.
    func resourceTree(_ organization: Organization.ID) throws -> [Resource]
    /// Whether anything beneath it is not deleted.
    func hasLiveChildren(_ nrn: NRN) throws -> Bool
    /// The live organization with that name.
    func organization(named name: String) throws -> Resource?

    /// The person with that id.
    func person(_ id: User.ID) throws -> User?
    /// The person with that lower-cased address, in any organization.
    func person(email: String) throws -> User?
    /// The stored form of a person's password; nil when none is set.
    func passwordDigest(of id: User.ID) throws -> String?
    /// Persons or machine users, by id.
    func users(_ query: UserQuery, _ page: PageRequest) throws -> Page<User>
    /// How many active persons hold the role `admin` at organization level, in one of its spellings.
    func activeAdministrators(_ organization: Organization.ID) throws -> [User.ID]
    /// Whether the installation has any person at all.
    func hasPersons() throws -> Bool

    /// The custom roles of an organization, by id.
    func customRoles(_ organization: Organization.ID) throws -> [Role]
    /// Whether a grant gives the role or a fine-grained grant inherits it.
    func isRoleInUse(_ id: Role.ID, in organization: Organization.ID) throws -> Bool

    /// The grants of a user, by id.
    func grants(of user: User.ID) throws -> [Grant]
    /// A grant with the user who holds it.
    func grant(_ id: Grant.ID) throws -> (grant: Grant, userID: User.ID)?
    /// The users who hold a grant that the reader may read, by id; all filters apply before the page is cut.
    func grantHolders(_ query: GrantHolderQuery, _ page: PageRequest) throws -> [User.ID]

    /// The key with that id.
    func apiKey(_ id: APIKey.ID) throws -> APIKey?
    /// The key with that handle.
    func apiKey(handle: String) throws -> APIKey?
    /// The tombstone of the key that had that handle.
    func deletedAPIKey(handle: String) throws -> DeletedAPIKey?
    /// The tombstone of the key that had that id.
    func deletedAPIKey(_ id: APIKey.ID) throws -> DeletedAPIKey?
    /// The next handles in their order, those of deleted keys too.
    func keyHandles(after handle: String, limit: Int) throws -> [String]
    /// The next handles of the keys with larger ids, those of deleted keys too, by id.
    func keyHandles(newerThan id: APIKey.ID, limit: Int) throws -> [(id: APIKey.ID, handle: String)]
    /// The largest id of a key, deleted ones included; nil when there never was one.
    func newestAPIKey() throws -> APIKey.ID?
    /// The keys of a list; all filters apply before the page is cut.
    func apiKeys(_ query: APIKeyQuery, _ page: PageRequest) throws -> Page<APIKey>

    /// Events of the trail, newest first.
    func auditEvents(_ query: AuditQuery, _ page: PageRequest) throws -> Page<SealedAuditEvent>
    /// The next events of an organization's chain, oldest first, after that id.
    func auditChain(
        _ organization: Organization.ID, after id: AuditEvent.ID, limit: Int
    ) throws -> [SealedAuditEvent]
    /// Where an organization's chain goes on, when events before were taken out of the trail; nil when it is whole.
    func auditCheckpoint(_ organization: Organization.ID) throws -> AuditCheckpoint?
    /// The link at which an organization's chain ends.
    func auditHead(_ organization: Organization.ID) throws -> [UInt8]
    /// The next rows of the change log, oldest first, after that number.
    ///
    /// Whoever reads on from the last number given misses none: no smaller number appears later, however many write.
    func changes(after sequence: Int64, limit: Int) throws -> [LoggedChange]
    /// As ``changes(after:limit:)``, of those that concern an organization or the whole installation.
    func changes(
        after sequence: Int64, concerning organization: Organization.ID, limit: Int
    ) throws -> [LoggedChange]
    /// How far the change log reaches.
    func changeLogBounds() throws -> ChangeLogBounds

    /// The keys that sign access tokens, the last to begin first.
    func signingKeys() throws -> [SigningKey]
    /// The revoked token, or exchange, with that number.
    func revokedToken(_ number: Int64) throws -> RevokedToken?
    /// Those of these numbers that are revoked.
    func revokedTokens(_ numbers: [Int64]) throws -> [RevokedToken]
    /// The next revoked tokens of an organization that have not ended by then, in the order of their numbers.
    func revokedTokens(
        in organization: Organization.ID, after number: Int64, endingAfter time: Instant, limit: Int
    ) throws -> [RevokedToken]
    /// How many revoked tokens a key has.
    func revokedTokenCount(of key: APIKey.ID) throws -> Int
    /// A link that works once.
    func oneTimeToken(digest: [UInt8]) throws -> OneTimeToken?
    /// What is kept of a request with that `Idempotency-Key`.
    func idempotencyRecord(_ user: User.ID, _ key: String) throws -> IdempotencyRecord?

    // Sessions

    /// The session whose value has that digest, ended ones included while they are remembered.
    func session(digest: [UInt8]) throws -> Session?
    /// The session with that id.
    func session(_ id: Session.ID) throws -> Session?
    /// The sessions of a person, newest first, ended ones included.
    func sessions(of user: User.ID) throws -> [Session]
    /// The failed attempts to sign in under an address.
    func signInAttempts(digest: [UInt8]) throws -> SignInAttempts?
    /// What was typed into a form, with that id.
    func formDraft(_ id: String) throws -> FormDraft?

    // Overviews

    /// The uses of keys that were used, at most a minute behind.
    func uses(of keys: [APIKey.ID]) throws -> [APIKey.ID: APIKeyUse]
    /// The organizations of those of these keys that exist.
    func organizations(of keys: [APIKey.ID]) throws -> [APIKey.ID: Organization.ID]
    /// How users are called: persons, and the keys behind machine users, deleted ones included.
    func names(of users: [User.ID], in organization: Organization.ID) throws -> [User.ID: UserName]
    /// The grants of persons, each one's by id; who has none is absent.
    func grants(of persons: [User.ID]) throws -> [User.ID: [Grant]]
    /// When persons signed in last, by whatever way; who never did is absent.
    func lastSignIns(of persons: [User.ID], in organization: Organization.ID) throws -> [User.ID: Instant]
    /// Which of these persons have a password.
    func havingPassword(_ persons: [User.ID]) throws -> Set<User.ID>
    /// The names of resources by level and id, deleted ones included.
    func resourceNames(_ ids: [NRN.Level: Set<Int64>]) throws -> ResourceNames
    /// Which of these resources have live ones directly beneath them.
    func parents(among places: [NRN]) throws -> Set<NRN>
    /// Live resources that match, from the top down, by id.
    func resources(_ search: ResourceSearch, limit: Int) throws -> [Resource]
    /// The tags of listed keys, the most frequent first. Reads every tag's set of keys.
    func tagCounts(_ scope: CountScope, now: Instant, limit: Int) throws -> TagCounts
    /// The roles that listed keys hold, the most frequent first. Reads every role's set of keys.
    func roleCounts(_ scope: CountScope, now: Instant, limit: Int) throws -> [RoleCount]
    /// How many listed keys reach each of these places.
    func keyReach(of places: [NRN], in scope: CountScope, now: Instant) throws -> [NRN: KeyReach]
    /// How many active persons hold each role.
    func personCounts(_ organization: Organization.ID) throws -> [Role.ID: Int]
    /// The active persons who hold a role, by id.
    func persons(holding role: Role.ID, in organization: Organization.ID, _ page: PageRequest) throws -> Page<User>
    /// The event with that id.
    func auditEvent(_ id: AuditEvent.ID, in organization: Organization.ID) throws -> SealedAuditEvent?
    /// A part of the trail beside an event.
    func auditEvents(_ query: AuditQuery, from cursor: AuditCursor, limit: Int) throws -> AuditPage
    /// How many matching events are newer than one, at most `limit`.
    func countAuditEvents(_ query: AuditQuery, after id: AuditEvent.ID, limit: Int) throws -> Int
}

/// A change of the database in the making: it happens as a whole or not at all.
public protocol WriteTransaction: ReadTransaction {
    /// The next ids of a kind; never given again, also when the transaction fails.
    func allocate(_ counter: Counter, count: Int) throws -> Int64

    /// Sets a value of the installation.
    func set(_ name: String, _ value: [UInt8]) throws

    /// Adds an organization with its resource.
    func insert(organization: Resource) throws
    /// Raises the epochs of every organization and key, which ends all tokens.
    ///
    /// An organization's epoch becomes the time: what was given out after one restore of a backup is not valid after
    /// another restore of it.
    func raiseAllEpochs(at time: Instant) throws
    /// Adds a resource below the organization.
    func insert(_ resource: Resource) throws
    /// Stores a resource's name, slug, status and time of change.
    func update(_ resource: Resource) throws

    /// Adds a person.
    func insert(_ person: User) throws
    /// Stores a person's members.
    func update(_ person: User) throws
    /// Stores the form of a person's password that can only be checked; nil takes it away.
    func setPasswordDigest(_ digest: String?, of person: User.ID) throws

    /// Adds a custom role.
    func insert(_ role: Role) throws
    /// Stores a custom role's members.
    func update(_ role: Role) throws
    /// Removes a custom role.
    func delete(_ role: Role) throws

    /// Gives a person a grant.
    func insert(_ grant: Grant, to user: User.ID, in organization: Organization.ID) throws
    /// Takes a grant from a person.
    func delete(_ grant: Grant.ID) throws

    /// Adds a key with its grants and tags.
    func insert(_ key: APIKey) throws
    /// Stores a key's members; grants and tags that differ from `old` are replaced.
    func update(_ key: APIKey, from old: APIKey) throws
    /// Removes a key and leaves its tombstone.
    func delete(_ key: APIKey, leaving tombstone: DeletedAPIKey) throws
    /// Notes uses; time only moves forward, neither version nor time of change moves.
    func record(_ uses: [APIKeyUse]) throws

    /// Adds an event to the trail; it is numbered and chained when the transaction commits.
    func append(_ event: AuditEvent)
    /// Adds a row to the change log.
    func append(_ change: Change)
    /// What has changed in this transaction's view that those who observe the store were not told of yet: they are told
    /// with the commit, and several transactions share one. Nil when other processes write too, and nobody can say.
    var untoldChanges: [Change]? { get }

    /// Adds a signing key.
    func insert(_ key: SigningKey) throws
    /// Removes a signing key: what it signed is not accepted any more.
    func deleteSigningKey(_ id: String) throws
    /// Adds a revoked token; false when it was there.
    func insert(_ token: RevokedToken) throws -> Bool
    /// Forgets the revoked tokens of a key, whose tokens are refused for another reason.
    func deleteRevokedTokens(of key: APIKey.ID) throws
    /// Adds a link that works once.
    func insert(_ token: OneTimeToken) throws
    /// Takes a link away; false when it was not there.
    func consumeOneTimeToken(digest: [UInt8]) throws -> Bool
    /// Takes away a user's links of one purpose; all of that purpose when no user is given.
    func deleteOneTimeTokens(_ purpose: OneTimeToken.Purpose, of user: User.ID?) throws
    /// Keeps what an `Idempotency-Key` stood for.
    func insert(_ record: IdempotencyRecord) throws
    /// Removes what has outlived its use: idempotency records, links, sessions, attempts, drafts, revoked tokens, and rows
    /// of the change log before that moment.
    func removeOutdated(now: Instant, changesBefore: Instant) throws

    // Sessions

    /// Adds a session.
    func insert(_ session: Session) throws
    /// Notes a use; time only moves forward.
    func noteUse(of session: Session.ID, at time: Instant, from address: String?) throws
    /// Ends a session; false when it was not there.
    func deleteSession(_ id: Session.ID) throws -> Bool
    /// Ends all sessions of a person, or of everybody; how many there were.
    @discardableResult
    func deleteSessions(of user: User.ID?) throws -> Int
    /// Keeps failed attempts to sign in.
    func set(_ attempts: SignInAttempts) throws
    /// Forgets the failed attempts under an address.
    func deleteSignInAttempts(digest: [UInt8]) throws
    /// Keeps what was typed into a form; another person's draft with that id stays as it is.
    func insert(_ draft: FormDraft) throws
    /// Forgets what was typed into a form; false when it was not there.
    func deleteFormDraft(_ id: String) throws -> Bool
}

/// A kind of number that is given once.
public enum Counter: Hashable, Sendable {
    case resource(NRN.Level)
    case person
    case role
    case grant
    case apiKey
    case session

    /// The name under which it is stored.
    public var name: String {
        switch self {
        case .resource(let level): level.name
        case .person: "person"
        case .role: "role"
        case .grant: "grant"
        case .apiKey: "api_key"
        case .session: "session"
        }
    }

    /// The first number it gives.
    public var first: Int64 { self == .role ? Role.firstCustomID : 1 }
}

/// Uses of a key since they were last written.
public struct APIKeyUse: Hashable, Sendable {
    /// The key.
    public let id: APIKey.ID
    /// The latest use.
    public let at: Instant
    /// How many uses.
    public let count: Int64
    /// The client's address at the latest use.
    public let address: String?

    /// Uses of a key.
    public init(id: APIKey.ID, at: Instant, count: Int64, address: String?) {
        self.id = id
        self.at = at
        self.count = count
        self.address = address
    }
}
