import KeywrightWire

/// Which events of the audit trail a list shows. What is nil does not narrow it.
public struct AuditFilter: Sendable, Equatable {
    /// Exactly this action, as in `api_key.create`.
    public var action: String?
    /// Done by this user.
    public var userID: Int64?
    /// Done to this kind of thing, as in `api_key`.
    public var targetType: String?
    /// Done to the thing with this id.
    public var targetID: String?
    /// `success`, `refused` or `failure`.
    public var outcome: String?
    /// At or after this moment, in milliseconds since 1970 UTC.
    public var since: Int64?
    /// Before this moment, in milliseconds since 1970 UTC.
    public var until: Int64?

    /// A filter that shows the whole trail.
    public init() {}

    var parameters: [Parameter] {
        Parameter.optional("action", action) + Parameter.optional("user_id", userID)
            + Parameter.optional("target_type", targetType) + Parameter.optional("target_id", targetID)
            + Parameter.optional("outcome", outcome) + Parameter.optional("since", since.map(WireTime.format))
            + Parameter.optional("until", until.map(WireTime.format))
    }
}
