public import KeywrightDomain

/// What a verification found.
public struct Verification: Sendable {
    /// The finding in one word.
    public enum Code: Sendable, CaseIterable {
        /// The credential is good, and so is what was asked.
        case valid
        /// The credential is not one of the organization's.
        case notFound
        /// The key is switched off.
        case disabled
        /// The key or the token has expired.
        case expired
        /// The key was deleted.
        case deleted
        /// The credential is good, but what was asked is not allowed, or the key lacks a tag.
        case forbidden
    }

    /// The finding.
    public let code: Code
    /// Whether the action is allowed; nil when none was asked.
    public let isAllowed: Bool?
    /// The key; nil when it was not found.
    public let key: VerifiedKey?
    /// When the credential stops working; nil for never.
    public let expiresAt: Instant?
    /// What was asked for besides; only for a good credential.
    public internal(set) var details = Details()

    /// Whether the credential itself is good.
    public var isValid: Bool { code == .valid || code == .forbidden }

    /// What must be asked for.
    public struct Details: Sendable {
        /// What the key may do.
        public internal(set) var grants: Grants?
        /// Why the decision fell as it did.
        public internal(set) var explanation: DecisionExplanation?
    }

    /// What a verifier needs to decide by itself for a while.
    public struct Grants: Sendable {
        /// The grants whose resources are live.
        public let live: [EffectiveGrant]
        /// The key's epoch.
        public let keyEpoch: Int64
        /// The organization's epoch.
        public let organizationEpoch: Int64
        /// Until when they may be used without asking again, unless the change log says otherwise.
        public let usableUntil: Instant
    }

    /// How long grants may be used without asking again.
    static let grantLifetime = Duration.seconds(60)
}

/// The key that a verification is about.
public struct VerifiedKey: Sendable {
    let row: KeyRow

    /// The key's id.
    public var id: APIKey.ID { row.id }
    /// The public part of its value.
    public var handle: KeyHandle { row.keyHandle }
    /// Its name.
    public var name: String { row.name }
    /// Its organization.
    public var organizationID: Organization.ID { row.organizationID }
    /// Its machine user.
    public var userID: User.ID { row.userID }
    /// Its labels.
    public var tags: [Tag] { row.tags }
}

/// Why a decision fell as it did.
public struct DecisionExplanation: Sendable {
    /// The reason in one word.
    public enum Reason: Sendable {
        /// A grant allows it.
        case granted
        /// A grant allows it, but the key lacks a tag.
        case missingTags
        /// No grant allows it.
        case noGrant
        /// The resource does not exist, is deleted, or its ids do not belong together.
        case unknownResource
    }

    /// The reason in one word.
    public let reason: Reason
    /// Which grant matched, or which would have.
    public let explanation: Explanation
}

extension Verification {
    /// The finding about a credential: the one place where it is made, whoever asks.
    ///
    /// - Parameters:
    ///   - subject: the credential, when its secret or signature is right.
    ///   - organization: the only one whose keys are known to whoever asks; nil for all.
    ///   - isLive: whether the resource that is asked for exists and its ids belong together.
    init(
        _ subject: ProvenCredential?, knownTo organization: Organization.ID?,
        _ question: VerificationRequest.Question, isLive: Bool, at time: Instant
    ) {
        let isRefused: Bool? = question.permission == nil ? nil : false
        guard let subject, organization == nil || organization == subject.key.organizationID else {
            self.init(code: .notFound, isAllowed: isRefused, key: nil, expiresAt: nil)
            return
        }
        let state = subject.state(at: time)
        guard state == .valid else {
            let key = state == .notFound ? nil : VerifiedKey(row: subject.key)
            self.init(code: state, isAllowed: isRefused, key: key, expiresAt: key == nil ? nil : subject.expiresAt)
            return
        }
        let hasTags = question.tags.isEmpty || subject.key.carries(question.tags)
        let isAllowed = question.permission.map { permission in
            hasTags && subject.key.matchingGrant(permission, isLive: isLive) != nil
        }
        self.init(
            code: hasTags && isAllowed != false ? .valid : .forbidden, isAllowed: isAllowed,
            key: VerifiedKey(row: subject.key), expiresAt: subject.expiresAt
        )
    }
}

extension KeyRow {
    /// The grant that allows an action at a resource; nil when none does.
    ///
    /// A grant that covers a live resource lies on it or an ancestor, which is live too. What lies in another
    /// organization no grant covers, and whether it is there is nobody's business.
    func matchingGrant(_ permission: VerificationRequest.Question.Permission, isLive: Bool) -> Grant? {
        guard isLive else { return nil }
        return Access.firstGrant(allowing: permission.action, at: permission.nrn, in: grants).map { grants[$0] }
    }
}
