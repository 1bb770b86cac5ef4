public import Hummingbird
import KeywrightWire

/// Who calls: the API key behind a credential that the server found to be good.
public struct VerifiedKey: Sendable, Hashable {
    /// A label of a key.
    public struct Tag: Sendable, Hashable {
        /// What the label is about.
        public let key: String
        /// What it says.
        public let value: String
    }

    /// The key's id.
    public let id: Int64
    /// The public part of the key, fit for logs.
    public let handle: String
    /// The key's name.
    public let name: String
    /// The key's organization.
    public let organizationID: Int64
    /// The key's own machine user, as the audit trail knows it.
    public let userID: Int64
    /// The key's labels.
    public let tags: [Tag]

    /// Nil when the answer lacks what every good credential has.
    init?(_ response: VerifyResponse) {
        guard response.isValid, let id = response.keyID, let handle = response.handle, let name = response.name,
            let organizationID = response.organizationID, let userID = response.userID
        else { return nil }
        self.id = id
        self.handle = handle
        self.name = name
        self.organizationID = organizationID
        self.userID = userID
        tags = response.tags.map { Tag(key: $0.key, value: $0.value) }
    }
}

/// A context in which a handler finds who calls.
public protocol KeywrightRequestContext: RequestContext {
    /// The key behind the request's credential; nil only where no ``KeywrightMiddleware`` stands in front.
    var verifiedKey: VerifiedKey? { get set }
}
