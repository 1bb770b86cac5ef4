public import KeywrightDomain

/// What is asked about somebody's credential.
public struct VerificationRequest: Sendable {
    /// The credential in question.
    public enum Subject: Sendable {
        /// A whole API key.
        case apiKey(Secret)
        /// An access token made from one.
        case accessToken(Secret)
    }

    /// The credential in question.
    public var subject: Subject
    /// What it shall be good for.
    public var question = Question()
    /// Whether the answer carries the grants, for a verifier that decides by itself.
    public var includesGrants = false
    /// Whether the answer says why.
    public var explains = false

    /// Asks whether a credential is good.
    public init(_ subject: Subject) {
        self.subject = subject
    }

    /// What a credential shall be good for; nothing but itself at first.
    public struct Question: Sendable {
        /// An action, and the resource where it shall be allowed.
        public struct Permission: Sendable {
            /// The action.
            public let action: AskedAction
            /// The resource.
            public let nrn: NRN

            /// An action at a resource.
            public init(_ action: AskedAction, at nrn: NRN) {
                self.action = action
                self.nrn = nrn
            }
        }

        /// What shall be allowed; nil asks for nothing.
        public var permission: Permission?
        /// Tags that the key must carry, all of them.
        public var tags: [Tag] = []

        /// Asks for nothing.
        public init() {}

        /// Asks for an action at a resource.
        public init(_ permission: Permission?) {
            self.permission = permission
        }
    }
}
